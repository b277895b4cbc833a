"""Noting that a desk is shut or an adviser away, and taking that back. Whoever is booked then stays booked.

Who they are, the page of lost slots says (lost.py), with where each could go.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.desks.errors import DeskRefused
from supportdesk.helpdesk.locking import lock_desks
from supportdesk.helpdesk.models import Desk, DeskHours, TimeOff
from supportdesk.helpdesk.waiting.answering import recall_offers


@dataclass(frozen=True)
class Days:
    """From which day to which, each all day or from and until when, and why."""

    first_day: date
    last_day: date
    reason: str
    opens: time | None = None
    closes: time | None = None


def shut_desk(desk_id: int, days: Days, *, actor: Actor, now: datetime) -> int:
    """The desk does not sit on these days: the id of that. Raises NotFound, DeskRefused."""
    if db.session.get(Desk, desk_id) is None:
        raise NotFound
    return _note(TimeOff(desk_id=desk_id), days, [desk_id], actor=actor, now=now)


def let_adviser_off(adviser_id: int, days: Days, *, actor: Actor, now: datetime) -> int:
    """The adviser keeps no desk on these days: the id of that. Raises NotFound, DeskRefused."""
    if db.session.get(Account, adviser_id) is None:
        raise NotFound
    return _note(TimeOff(adviser_id=adviser_id), days, _desks_of(adviser_id), actor=actor, now=now)


def end_time_off(time_off_id: int, *, actor: Actor, now: datetime) -> None:
    """Work goes on as the hours say. Raises NotFound."""
    row = db.session.get(TimeOff, time_off_id)
    if row is None:
        raise NotFound
    desk_ids = [row.desk_id] if row.desk_id else _desks_of(row.adviser_id or 0)
    lock_desks(desk_ids)
    if db.session.scalar(delete(TimeOff).where(TimeOff.id == time_off_id).returning(TimeOff.id)) is None:
        raise NotFound
    audit.record(actor=actor, action=Action.END_TIME_OFF, subject=_subject(row), now=now)


def _note(row: TimeOff, days: Days, desk_ids: list[int], *, actor: Actor, now: datetime) -> int:
    if days.last_day < days.first_day:
        raise DeskRefused(_l("終わりの日は、最初の日より後にしてください。"), field="last_day")
    if (days.opens is None) != (days.closes is None):
        raise DeskRefused(_l("時間を入れるときは、始まりと終わりの両方を入力してください。"), field="closes")
    if days.opens and days.closes and days.closes <= days.opens:
        raise DeskRefused(_l("終わりの時刻は、始まりより後にしてください。"), field="closes")
    lock_desks(desk_ids)
    for name, value in asdict(days).items():
        setattr(row, name, value)
    row.noted_at, row.noted_by = now, actor.account_id
    db.session.add(row)
    db.session.flush()
    recall_offers(desk_ids=desk_ids, actor=actor, now=now)
    audit.record(actor=actor, action=Action.NOTE_TIME_OFF, subject=_subject(row), now=now)
    return row.id


def _desks_of(adviser_id: int) -> list[int]:
    return list(db.session.scalars(select(DeskHours.desk_id).where(DeskHours.adviser_id == adviser_id).distinct()))


def _subject(row: TimeOff) -> str:
    return f"desk:{row.desk_id}" if row.desk_id else f"account:{row.adviser_id}"
