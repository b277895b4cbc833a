"""What may be meant and is more often mistyped: asked about before a class is planned or changed. Rules alone.

Called by planning, changing and changes of a day with the dates that are new. Whoever says that it is meant is not
asked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.office import EARLIEST_HOUR, LATEST_HOUR
from supportdesk.core import clock
from supportdesk.core.moments import clock_time, short_day
from supportdesk.places.calendar import holiday_name
from supportdesk.places.models import Room


class Doubtful(PlanRefused):
    """It can be done, if it is meant: `doubts` says in words what is unusual."""

    def __init__(self, doubts: list[str]) -> None:
        super().__init__(
            _l("いつもとちがうところがあります。このままでよければ、チェックを入れて、もう一度送ってください。")
        )
        self.doubts = doubts


def ask_about(
    dates: Iterable[tuple[datetime, datetime]],
    rooms: Iterable[Room],
    capacity: int,
    *,
    holidays: bool = True,
    besides: Iterable[str] = (),
) -> None:
    """Raises Doubtful for a public holiday (unless that is asked elsewhere), an odd hour, more seats than the room
    has, and what was found `besides`.
    """
    doubts = [*doubts_about(dates, holidays=holidays), *_of_rooms(rooms, capacity), *besides]
    if doubts:
        raise Doubtful(doubts)


def doubts_about(dates: Iterable[tuple[datetime, datetime]], *, holidays: bool = True) -> list[str]:
    """What is unusual about the dates, each thing said once."""
    return list(dict.fromkeys(_of_dates(dates, holidays)))


def _of_dates(dates: Iterable[tuple[datetime, datetime]], holidays: bool) -> Iterable[str]:
    for starts_at, ends_at in dates:
        begins, ends = clock.local(starts_at), clock.local(ends_at)
        holiday = holiday_name(begins.date()) if holidays else None
        if holiday:
            yield _("%(day)sは祝日（%(name)s）です。", day=short_day(starts_at), name=holiday)
        if (
            begins.time() < time(EARLIEST_HOUR.get())
            or ends.time() > time(LATEST_HOUR.get())
            or ends.date() > begins.date()
        ):
            yield _(
                "%(day)sの時間は、%(start)sから%(end)sまでです。",
                day=short_day(starts_at),
                start=clock_time(starts_at),
                end=clock_time(ends_at),
            )


def _of_rooms(rooms: Iterable[Room], capacity: int) -> Iterable[str]:
    for room in rooms:
        if room.seats is not None and room.seats < capacity:
            yield _(
                "定員は%(capacity)s人ですが、%(room)sに入れるのは%(seats)s人までです。",
                capacity=capacity,
                room=room.name,
                seats=room.seats,
            )
