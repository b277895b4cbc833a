"""Requests for lectures, made and taken further by the desk's own operations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import selectinload

from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.applying import Application, take_application
from supportdesk.classes.outreach.finding import FoundDay, find_day
from supportdesk.classes.outreach.models import Door, GroupKind, OutreachRequest, OutreachState
from supportdesk.classes.outreach.queries import items_of
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from tests.clocks import Clock

#: More than thirty days after the tests' day: a Wednesday and a Thursday.
FIRST, SECOND = date(2027, 1, 13), date(2027, 1, 14)


def at(day: date = FIRST, hour: int = 10, minute: int = 0) -> datetime:
    return clock.at(day, time(hour, minute))


def application(**changed: object) -> Application:
    """泉町内会 asks for two dates at ten, at its own place."""
    given = Application(
        group_kind=GroupKind.NEIGHBOURHOOD,
        group_name="泉町内会",
        course_code="K08",
        theme="",
        choices=(at(FIRST), at(SECOND)),
        minutes=60,
        people=12,
        at_city=False,
        place="泉会館",
        address="泉中央1-1",
        district_code="tobu",
        room_for=30,
        has_screen=False,
        has_wifi=True,
        has_parking=True,
        contact_name="泉 花子",
        contact_kana="いずみ はなこ",
        contact_phone="+81188885643",
        note="",
    )
    return replace(given, **changed)  # type: ignore[arg-type]  # whatever field the test is about


def ask(*, although: bool = False, door: Door = Door.PHONE, **changed: object) -> int:
    with transaction():
        return take_application(
            application(**changed), door=door, although=although, actor=SYSTEM, now=clock.now()
        ).request_id


def check(request_id: int) -> int:
    with transaction():
        stepping.check_request(request_id, actor=SYSTEM, now=clock.now())
    return request_id


def finding(*staff: int, starts_at: datetime | None = None, **changed: object) -> FoundDay:
    starts_at = starts_at or at()
    given = FoundDay(
        course_code="K08", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), travel_minutes=30, staff=staff
    )
    return replace(given, **changed)  # type: ignore[arg-type]


def find(request_id: int, *staff: int, starts_at: datetime | None = None, **changed: object) -> int:
    with transaction():
        find_day(request_id, finding(*staff, starts_at=starts_at, **changed), actor=SYSTEM, now=clock.now())
    return request_id


def confirm(request_id: int) -> int:
    """The run's id."""
    with transaction():
        return stepping.confirm_request(request_id, actor=SYSTEM, now=clock.now())


def pack(request_id: int) -> None:
    """Everything is packed, and said to be."""
    with transaction():
        for item in items_of(request_id):
            stepping.tick_item(request_id, item.number, done=True, actor=SYSTEM, now=clock.now())
        stepping.prepare_lecture(request_id, actor=SYSTEM, now=clock.now())


def held_lecture(instructor_id: int, clock_in_hand: Clock) -> int:
    """A request whose lecture was held just now."""
    request_id = find(check(ask()), instructor_id)
    confirm(request_id)
    pack(request_id)
    clock_in_hand.set(at() + timedelta(hours=2))
    with transaction():
        stepping.hold_lecture(request_id, actor=SYSTEM, now=clock.now())
    return request_id


def request_of(request_id: int) -> OutreachRequest:
    loaded = (selectinload(OutreachRequest.choices), selectinload(OutreachRequest.instructors))
    return db.session.get_one(OutreachRequest, request_id, options=loaded, populate_existing=True)


def state_of(request_id: int) -> OutreachState:
    return request_of(request_id).state
