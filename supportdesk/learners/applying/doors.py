"""What keeps floods and guesses out of the doors at which residents apply, and the numbers that they are given."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app, session
from sqlalchemy import func, select

from supportdesk.core import clock, throttle
from supportdesk.core.codes import new_code
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.applying.errors import NoSuchApplication, TooMany, TriedTooOften
from supportdesk.learners.applying.models import ApplicationState, AppliedInPublic

_LATELY: Final = timedelta(minutes=10)
#: The receipts that this browser was given, as long as it is open.
_RECEIPTS: Final = "receipts"
_MOST_RECEIPTS: Final = 10


def sender_of(address: str, now: datetime) -> str:
    """Stands for an address on one day; it can be counted, and not read."""
    day = clock.local(now).date().isoformat()
    key = str(current_app.secret_key).encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    return hashlib.blake2b(f"{day}\0{address}".encode(), key=key, digest_size=12).hexdigest()


def refuse_floods(table: type[AppliedInPublic], sender: str, most: int, now: datetime) -> None:
    """A shared address is slowed, never shut: so many within ten minutes. Raises TooMany."""
    if not sender:
        return
    lately = select(func.count()).where(table.sender == sender, table.applied_at > now - _LATELY)
    if (db.session.scalar(lately) or 0) >= most:
        raise TooMany


def unused_receipt(table: type[AppliedInPublic], prefix: str) -> str:
    """A number that nobody was given."""
    while True:
        code = new_code(prefix)
        if db.session.scalar(select(table.receipt).where(table.receipt == code)) is None:
            return code


def own_receipts() -> list[str]:
    """What this browser was given before."""
    kept: list[Any] = session.get(_RECEIPTS, [])
    return [str(one) for one in kept]


def keep_receipt(receipt: str) -> None:
    """The browser may see it again when it sends the same once more."""
    kept = [one for one in own_receipts() if one != receipt]
    session[_RECEIPTS] = [*kept, receipt][-_MOST_RECEIPTS:]


def refuse_guesses(code: str, last_four: str, phones: Collection[str], now: datetime) -> DeskError | None:
    """Why an application is not taken back: nobody in it has a number that ends so, or somebody guesses. A wrong guess
    is counted, and must not be rolled back: so it is returned and not raised.
    """
    bucket = throttle.bucket_name("application", code)
    throttle.wait_in_turn(bucket, now)
    if throttle.blocked_until(bucket, now) is not None:
        return TriedTooOften()
    if not any(phone.endswith(last_four) for phone in phones if phone):
        throttle.count_failure(bucket, now)
        return NoSuchApplication()
    throttle.clear(bucket)
    return None


def settle(one: AppliedInPublic, state: ApplicationState, *, actor: Actor, now: datetime) -> None:
    """Nobody need look at it any more."""
    one.state, one.settled_at, one.settled_by = state, now, actor.account_id
    db.session.flush()
