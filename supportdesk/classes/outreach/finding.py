"""Finding a day and instructors for a request: who is free with the way there and back, and holding them for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.accounts.serving import Serving, serving, why_not_on
from supportdesk.classes.doubts import ask_about
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.lectures import LECTURE_ROLES
from supportdesk.classes.models import Course
from supportdesk.classes.outreach.locking import held_activity, lock_request, move_on
from supportdesk.classes.outreach.models import OutreachInstructor, OutreachRequest, OutreachState
from supportdesk.classes.outreach.travel import Window, window
from supportdesk.classes.outreach.ways import Way, Ways, homes_of, read_ways, stops_of_day, there_and_back
from supportdesk.classes.planning import check_open, people_on_duty
from supportdesk.core import clock
from supportdesk.core.activities import Description, describe
from supportdesk.core.moments import span
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.models import Room


class Instructor(NamedTuple):
    """Somebody who could go, and why they cannot; empty when they can. `ways` are the way there and the way on."""

    account_id: int
    name: str
    why_not: str
    ways: tuple[Way, Way]

    @property
    def free(self) -> bool:
        """Whether nothing is in the way."""
        return not self.why_not


class Option(NamedTuple):
    """A date with those who are free then first, and why the others are not."""

    number: int
    starts_at: datetime
    ends_at: datetime
    when: Window
    instructors: Sequence[Instructor]

    @property
    def free(self) -> list[Instructor]:
        """Who can go."""
        return [one for one in self.instructors if one.free]

    @property
    def others(self) -> list[Instructor]:
        """Who cannot."""
        return [one for one in self.instructors if not one.free]


def options(
    request_id: int, dates: Iterable[tuple[int, datetime]], minutes: int, travel_minutes: int, district: str
) -> list[Option]:
    """For each date (its number, when it begins) who is free, and the ways: a few statements a date."""
    length, people = timedelta(minutes=minutes), serving(LECTURE_ROLES)
    found = []
    for number, starts_at in dates:
        when = window(starts_at, starts_at + length, travel_minutes)
        resources = [occupancy.person(row.person_id) for row in people]
        has = occupancy.who_has(resources, when.leaves_at, when.back_at, besides=held_activity(request_id))
        found.append((number, starts_at, when, has))
    known = describe({one for *_rest, has in found for activities in has.values() for one in activities})
    ways = read_ways()
    return [
        Option(
            number,
            starts_at,
            starts_at + length,
            when,
            _instructors(
                people,
                _ways_of(request_id, _persons(people), (starts_at, starts_at + length), district, ways),
                {one.account_id: _why_not(one, when, has, known) for one in people},
            ),
        )
        for number, starts_at, when, has in found
    ]


def _persons(people: Iterable[Serving]) -> dict[int, int]:
    return {one.account_id: one.person_id for one in people}


def _instructors(
    people: Iterable[Serving], ways: Mapping[int, tuple[Way, Way]], why_not: Mapping[int, str]
) -> list[Instructor]:
    found = [Instructor(one.account_id, one.name, why_not[one.account_id], ways[one.account_id]) for one in people]
    return sorted(found, key=lambda one: bool(one.why_not))


def _ways_of(
    request_id: int, people: Mapping[int, int], time: tuple[datetime, datetime], district: str, ways: Ways
) -> dict[int, tuple[Way, Way]]:
    """The way there and the way on of each account, by what their person has on that day."""
    day = clock.local(time[0]).date()
    stops, homes = stops_of_day(set(people.values()), day, besides=held_activity(request_id)), homes_of(people, day)
    return {
        account_id: there_and_back(ways, stops.get(person_id, ()), homes.get(account_id), district, *time)
        for account_id, person_id in people.items()
    }


def _why_not(one: Serving, when: Window, has: dict[str, set[str]], known: dict[str, Description]) -> str:
    away = why_not_on(one, clock.local(when.there_at).date(), LECTURE_ROLES)
    if away:
        return away
    taken = sorted(has.get(occupancy.person(one.person_id), ()))
    return "、".join(_in_words(known.get(activity)) for activity in taken)


def _in_words(description: Description | None) -> str:
    if description is None:
        return _("ほかの予定")
    if description.starts_at and description.ends_at:
        return f"{description.title}（{span(description.starts_at, description.ends_at)}）"
    return description.title


@dataclass(frozen=True, kw_only=True)
class FoundDay:
    """A day and who goes there; `room_id` is the city's room, for a lecture that is held in one."""

    course_code: str
    starts_at: datetime
    ends_at: datetime
    travel_minutes: int
    staff: tuple[int, ...]
    room_id: int | None = None


def find_day(request_id: int, wanted: FoundDay, *, although: bool = False, actor: Actor, now: datetime) -> None:
    """Hold the instructors, with the way there and back, and the room: until it is confirmed or given up.

    Raises NotFound, StepTaken, PlanRefused (VenueClosed, Doubtful unless `although`), and Occupied, naming what is in
    the way.
    """
    request = lock_request(request_id, {OutreachState.CHECKED})
    wanted = replace(wanted, room_id=wanted.room_id if request.at_city else None)
    room = _room(request, wanted)
    _check(wanted, now)
    if room is not None:
        check_open(room.venue_id, [wanted.starts_at])
    people = people_on_duty(set(wanted.staff), duties=[(wanted.starts_at, wanted.staff)], roles=LECTURE_ROLES)
    occupancy.take_all(_hold(request_id, wanted, people))
    if not although:
        time = (wanted.starts_at, wanted.ends_at)
        ask_about(
            [time],
            [room] if room else [],
            request.people,
            besides=_too_short(_ways_of(request_id, people, time, request.district_code, read_ways())),
        )
    request.course_code = wanted.course_code
    request.starts_at, request.ends_at = wanted.starts_at, wanted.ends_at
    request.travel_minutes, request.room_id = wanted.travel_minutes, wanted.room_id
    request.instructors = [OutreachInstructor(account_id=account_id) for account_id in sorted(people)]
    move_on(request, OutreachState.FOUND, actor=actor, now=now)


def _too_short(ways: Mapping[int, tuple[Way, Way]]) -> list[str]:
    """Whose time for the way does not do, in words."""
    short = {account_id: [way for way in both if way.short] for account_id, both in ways.items()}
    late = [account_id for account_id, found in short.items() if found]
    if not late:
        return []
    names = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(late)).order_by(Account.id))
    return [
        _("%(name)sの移動の時間がたりません：%(way)s", name=row.name, way=way.in_words)
        for row in names
        for way in short[row.id]
    ]


def _hold(request_id: int, wanted: FoundDay, people: dict[int, int]) -> list[occupancy.Claim]:
    """All of the instructors' time, and the room's for the lecture."""
    when, held = window(wanted.starts_at, wanted.ends_at, wanted.travel_minutes), held_activity(request_id)
    persons = tuple(occupancy.person(person_id) for person_id in people.values())
    claims = [occupancy.Claim(held, persons, when.leaves_at, when.back_at)]
    if wanted.room_id is not None:
        claims.append(occupancy.Claim(held, (occupancy.room(wanted.room_id),), when.there_at, when.goes_at))
    return claims


def _room(request: OutreachRequest, wanted: FoundDay) -> Room | None:
    if not request.at_city:
        return None
    room = db.session.get(Room, wanted.room_id) if wanted.room_id is not None else None
    if room is None:
        raise PlanRefused(_l("市の会場の部屋をえらんでください。"), field="room_id")
    return room


def _check(wanted: FoundDay, now: datetime) -> None:
    if wanted.starts_at <= now:
        raise PlanRefused(_l("これからの日時を入力してください。"), field="day")
    if wanted.starts_at >= wanted.ends_at:
        raise PlanRefused(_l("終わりの時刻は、始まりより後にしてください。"), field="end")
    if not wanted.staff:
        raise PlanRefused(_l("講師をえらんでください。"), field="staff")
    if db.session.get(Course, wanted.course_code) is None:
        raise PlanRefused(_l("講座をえらんでください。"), field="course_code")
