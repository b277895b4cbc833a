"""How rows of the audit trail are chained: each bears a keyed hash of itself, of whom it is tied to, and of the hash
before it. Whoever can write to the database, but does not know the desk's secret key, cannot forge one.

Rows stand in lanes, so that nobody waits for everybody: a lane is written by whoever holds its row, and read by all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import current_app

#: What is hashed of a row, in this order. Its id is none of it: it is known only when the row is written.
HASHED = ("lane", "seq", "at", "account_id", "action", "subject", "detail", "surface", "address", "reason")


class Head(NamedTuple):
    """A lane as its row tells of it."""

    lane: int
    seq: int = 0
    hash: str = ""
    anchor_seq: int = 0
    anchor_hash: str = ""


def chain_key(secret: str | None = None) -> bytes:
    """The key of the chain, from the desk's secret key or a former one."""
    secret = secret or current_app.config["SECRET_KEY"]
    return hmac.digest(secret.encode(), b"audit chain", "sha256")


def row_hash(key: bytes, previous: str, row: Mapping[str, Any], learners: Sequence[int]) -> str:
    """The hash of a row that follows the one whose hash is `previous`; `learners` are those tied to it, sorted."""
    return _keyed(key, [previous, [_written(row[name]) for name in HASHED], list(learners)])


class Cleared(NamedTuple):
    """That an erasure cleared the words of the row at this place, and what proves it; `proof` is empty for a row that
    proved nothing even then.
    """

    lane: int
    seq: int
    written: str
    proof: str


def reworded(key: bytes, written: str, now: str) -> str:
    """What proves that the desk itself cleared a row's words: from the hash with which it was `written`, and keeps, and
    the hash that what it says now would have.
    """
    return _keyed(key, ["reworded", written, now])


def seal(key: bytes, head: Head) -> str:
    """What a lane's row bears, so that neither its end nor its beginning can be moved without the key."""
    return _keyed(key, ["lane", *head])


def _written(value: object) -> object:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _keyed(key: bytes, content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
