"""Consultations applied for at home: one that was booked at once, and two that wait for reception."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import extract, func, select

from supportdesk.core import clock
from supportdesk.core.database import connection
from supportdesk.helpdesk.applying.free import free_times
from supportdesk.helpdesk.applying.operations import apply
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.learners.applying.matching import learner_like
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.caller import Caller
from supportdesk.learners.models import Learner, LearnerPhone

#: Nobody in the ledger is called so.
_NEW: Final = Wish(kana="カマダ キヨシ", phone="+81188550163", residence="nanbu", birth_year=1946)
#: What the register knows of the year.
_BORN: Final = func.coalesce(extract("year", Learner.birth_date), Learner.birth_year)
_DAUGHTER: Final = Caller("佐々木 優子", "長女", "+819000005512")


def play(now: datetime) -> None:
    """Somebody new; somebody who has something else at that time; and somebody of whose birth year there is a doubt."""
    taken = {row.starts_at: row for row in reversed(_booked_ahead(now))}
    # As they were offered when the first of them applied: that may have been yesterday.
    times = free_times(now - timedelta(hours=9), first=clock.local(now).date() + timedelta(days=1))
    clashing = next(one for one in times if one.starts_at in taken)
    first, last = times[len(times) // 2], times[-1]
    apply(first.desk_id, first.starts_at, _NEW, question="写真をLINEで送りたい", now=now - timedelta(hours=9))
    busy = taken[clashing.starts_at]
    known = Wish(kana=busy.kana, phone=busy.number)
    apply(clashing.desk_id, clashing.starts_at, known, question="地図の見方", now=now - timedelta(hours=5))
    doubtful = next(row for row in taken.values() if row.born and row.kana != busy.kana)
    other_year = Wish(kana=doubtful.kana, phone=doubtful.number, birth_year=doubtful.born + 1)
    apply(last.desk_id, last.starts_at, other_year, caller=_DAUGHTER, now=now - timedelta(hours=3))


def _booked_ahead(now: datetime) -> list[Any]:
    """Bookings to come of learners whom the register knows by their number and reading alone."""
    rows = connection().execute(
        select(Booking.starts_at, Learner.id, Learner.kana, Learner.kana_key, LearnerPhone.number, _BORN.label("born"))
        .join(Learner, Learner.id == Booking.learner_id)
        .join(LearnerPhone, LearnerPhone.learner_id == Learner.id)
        .where(
            Booking.state == BookingState.BOOKED,
            Booking.starts_at > now + timedelta(days=1),
            LearnerPhone.number.is_not(None),
        )
        .order_by(Booking.starts_at, Booking.id, LearnerPhone.id)
    )
    return [row for row in rows.all() if learner_like(row.kana_key, str(row.number), None) == row.id]
