"""Writing to the audit trail's lanes. Called by `audit` and by what seals and forgets rows."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from flask import current_app
from sqlalchemy import bindparam, select, update

from supportdesk.accounts.chain import Head, chain_key, seal
from supportdesk.accounts.models import AuditLane
from supportdesk.core.database import connection, insert_ignoring_conflict, table_of

T = TypeVar("T")
#: The rows from before the chain, sealed once.
OLD = 0
#: Lanes 1 to LANES are written day by day: more than threads are likely to write at once.
LANES = 64

LANE = table_of(AuditLane)
#: Moves a lane that stands where it was known to: `_steps` are its values.
MOVE: Final = (
    update(LANE)
    .where(LANE.c.id == bindparam("lane"), LANE.c.seal == bindparam("known"))
    .values({name: bindparam(f"new_{name}") for name in ("seq", "hash", "anchor_seq", "anchor_hash", "seal")})
)
_HELD = select(LANE).where(LANE.c.id == bindparam("lane")).with_for_update()


class _Own(threading.local):
    """The head of the lane that this thread writes to, as it left it."""

    head: Head | None = None
    process: int | None = None


def _move(steps: Mapping[str, Any], _written: object) -> bool:
    return connection().execute(MOVE, steps).rowcount == 1


def append(write: Callable[[Head], tuple[Head, T]], move_by: Callable[[Mapping[str, Any], T], bool] = _move) -> T:
    """Move this thread's lane on, and hold it until the transaction ends; returns what `write` answered beside.

    `write` is handed a head and answers with the next; it writes nothing itself, since it is called again where the
    lane has been moved by others. Such a lane is left for another one, and so is one whose row bears no true seal.
    `move_by` carries out MOVE with these values, with what `write` answered in the same statement if it likes, and says
    whether the lane was moved.
    """
    own = _own()
    if own.head is not None:
        after, answer = write(own.head)
        if move_by(_steps(own.head, after), answer):
            own.head = after
            return answer
    first = secrets.randbelow(LANES)
    for place in range(LANES):
        head = held((first + place) % LANES + 1)
        after, answer = write(head)
        if move_by(_steps(head, after), answer):
            own.head = after
            return answer
    raise RuntimeError("no lane of the audit trail bears a true seal: supportdesk verify-audit says more")


def held(lane: int) -> Head:
    """A lane's head, locked for as long as the transaction lasts."""
    row = connection().execute(_HELD, {"lane": lane}).one_or_none()
    if row is None:
        new = Head(lane)
        begun = {"id": lane, "seq": 0, "hash": "", "anchor_seq": 0, "anchor_hash": "", "seal": seal(chain_key(), new)}
        connection().execute(insert_ignoring_conflict(LANE), begun)
        row = connection().execute(_HELD, {"lane": lane}).one()
    return Head(row.id, row.seq, row.hash, row.anchor_seq, row.anchor_hash)


def move(before: Head, after: Head) -> bool:
    """Move a lane on, if it still stands where it was known to."""
    return _move(_steps(before, after), None)


def _steps(before: Head, after: Head) -> dict[str, Any]:
    key = chain_key()
    after_it = {f"new_{name}": value for name, value in after._asdict().items() if name != "lane"}
    return {**after_it, "lane": before.lane, "known": seal(key, before), "new_seal": seal(key, after)}


def _own() -> _Own:
    """Of this application and process: a process that was forked off writes to a lane of its own."""
    own: _Own = current_app.extensions.setdefault("audit_lane", _Own())
    if own.process != os.getpid():
        own.head, own.process = None, os.getpid()
    return own
