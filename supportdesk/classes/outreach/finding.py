"""Finding a day and instructors for a request: who is free with the way there and back, and holding them for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import holds_on
from supportdesk.classes.doubts import ask_about
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.lectures import LECTURERS
from supportdesk.classes.models import Course
from supportdesk.classes.outreach.locking import held_activity, lock_request, move_on
from supportdesk.classes.outreach.models import OutreachLecturer, OutreachRequest, OutreachState
from supportdesk.classes.planning import check_open, people_on_duty
from supportdesk.core import clock
from supportdesk.core.activities import Description, describe
from supportdesk.core.moments import clock_time, span
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.models import Room


class Window(NamedTuple):
    """The time that instructors need: they leave, are there for all quarters of an hour that the lecture touches, and
    come back.
    """

    leaves_at: datetime
    there_at: datetime
    goes_at: datetime
    back_at: datetime


def window(starts_at: datetime, ends_at: datetime, travel_minutes: int) -> Window:
    """A lecture with the way there and back. No quarter of an hour is needed twice."""
    cells, travel = occupancy.cells_of(starts_at, ends_at), timedelta(minutes=travel_minutes)
    there_at = datetime.fromtimestamp(cells.start * occupancy.SECONDS_A_CELL, UTC)
    goes_at = datetime.fromtimestamp(cells.stop * occupancy.SECONDS_A_CELL, UTC)
    return Window(there_at - travel, there_at, goes_at, goes_at + travel)


def travel_claims(request_id: int, when: Window, resources: tuple[str, ...]) -> list[occupancy.Claim]:
    """The way there and the way back, for themselves; none where there is no way."""
    ways = ((when.leaves_at, when.there_at), (when.goes_at, when.back_at))
    return [occupancy.Claim(held_activity(request_id), resources, first, last) for first, last in ways if first < last]


class Lecturer(NamedTuple):
    """Somebody who could go, and why they cannot; empty when they can."""

    account_id: int
    name: str
    why_not: str

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
    lecturers: Sequence[Lecturer]

    @property
    def free(self) -> list[Lecturer]:
        """Who can go."""
        return [one for one in self.lecturers if one.free]

    @property
    def others(self) -> list[Lecturer]:
        """Who cannot."""
        return [one for one in self.lecturers if not one.free]


def options(request_id: int, dates: Iterable[tuple[int, datetime]], minutes: int, travel_minutes: int) -> list[Option]:
    """For each date (its number, when it begins) who is free: a statement a date, and one for what is in the way."""
    length, people = timedelta(minutes=minutes), _people()
    found = []
    for number, starts_at in dates:
        when = window(starts_at, starts_at + length, travel_minutes)
        resources = [occupancy.person(row.person_id) for row in people]
        has = occupancy.who_has(resources, when.leaves_at, when.back_at, besides=held_activity(request_id))
        found.append((number, starts_at, when, has))
    known = describe({one for *_rest, has in found for activities in has.values() for one in activities})
    return [
        Option(number, starts_at, starts_at + length, when, _lecturers(people, when, has, known))
        for number, starts_at, when, has in found
    ]


class _Person(NamedTuple):
    id: int
    person_id: int
    name: str
    leave_from: date | None
    leave_until: date | None
    service_ends_on: date | None
    terms: frozenset[tuple[date | None, date | None]]


def _people() -> list[_Person]:
    """Everybody who holds lectures, with the days on which they do."""
    rows = db.session.execute(
        select(
            Account.id,
            Account.person_id,
            Account.name,
            Account.leave_from,
            Account.leave_until,
            Account.service_ends_on,
            AccountRole.starts_on,
            AccountRole.ends_on,
        )
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(Account.active, AccountRole.role.in_(LECTURERS))
        .order_by(Account.kana, Account.name, Account.id)
    ).all()
    terms: dict[int, set[tuple[date | None, date | None]]] = {}
    for row in rows:
        terms.setdefault(row.id, set()).add((row.starts_on, row.ends_on))
    return [_Person(*row[:6], frozenset(terms[row.id])) for row in {row.id: row for row in rows}.values()]


def _lecturers(
    people: Iterable[_Person], when: Window, has: dict[str, set[str]], known: dict[str, Description]
) -> list[Lecturer]:
    found = [Lecturer(one.id, one.name, _why_not(one, when, has, known)) for one in people]
    return sorted(found, key=lambda one: bool(one.why_not))


def _why_not(one: _Person, when: Window, has: dict[str, set[str]], known: dict[str, Description]) -> str:
    away = _away(one, when)
    if away:
        return away
    taken = sorted(has.get(occupancy.person(one.person_id), ()))
    return "、".join(_in_words(known.get(activity)) for activity in taken)


def _away(one: _Person, when: Window) -> str:
    day = clock.local(when.there_at).date()
    if one.leave_from is not None and holds_on(day, one.leave_from, one.leave_until):
        return _("休みの期間です")
    if not holds_on(day, None, one.service_ends_on) or not any(holds_on(day, *term) for term in one.terms):
        return _("担当する期間ではありません")
    return ""


def _in_words(description: Description | None) -> str:
    if description is None:
        return _("ほかの予定")
    if description.starts_at and description.ends_at:
        return f"{description.title}（{span(description.starts_at, description.ends_at)}）"
    return description.title


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A day and who goes there; `room_id` is the city's room, for a lecture that is held in one."""

    course_code: str
    starts_at: datetime
    ends_at: datetime
    travel_minutes: int
    staff: tuple[int, ...]
    room_id: int | None = None


def find_day(request_id: int, finding: Finding, *, although: bool = False, actor: Actor, now: datetime) -> None:
    """Hold the instructors, with the way there and back, and the room: until it is confirmed or given up.

    Raises NotFound, StepTaken, PlanRefused (VenueClosed, Doubtful unless `although`), and Occupied, naming what is in
    the way.
    """
    request = lock_request(request_id, {OutreachState.CHECKED})
    finding = replace(finding, room_id=finding.room_id if request.at_city else None)
    room = _room(request, finding)
    _check(finding, now)
    if room is not None:
        check_open(room.venue_id, [finding.starts_at])
    if not although:
        ask_about([(finding.starts_at, finding.ends_at)], [room] if room else [], request.people)
    people = people_on_duty(set(finding.staff))
    occupancy.take_all(_hold(request_id, finding, people))
    request.course_code = finding.course_code
    request.starts_at, request.ends_at = finding.starts_at, finding.ends_at
    request.travel_minutes, request.room_id = finding.travel_minutes, finding.room_id
    request.lecturers = [OutreachLecturer(account_id=account_id) for account_id in sorted(people)]
    move_on(request, OutreachState.FOUND, actor=actor, now=now)


def _hold(request_id: int, finding: Finding, people: dict[int, int]) -> list[occupancy.Claim]:
    """All of the instructors' time, and the room's for the lecture."""
    when, held = window(finding.starts_at, finding.ends_at, finding.travel_minutes), held_activity(request_id)
    persons = tuple(occupancy.person(person_id) for person_id in people.values())
    claims = [occupancy.Claim(held, persons, when.leaves_at, when.back_at)]
    if finding.room_id is not None:
        claims.append(occupancy.Claim(held, (occupancy.room(finding.room_id),), when.there_at, when.goes_at))
    return claims


def _room(request: OutreachRequest, finding: Finding) -> Room | None:
    if not request.at_city:
        return None
    room = db.session.get(Room, finding.room_id) if finding.room_id is not None else None
    if room is None:
        raise PlanRefused(_l("市の会場の部屋をえらんでください。"), field="room_id")
    return room


def _check(finding: Finding, now: datetime) -> None:
    if finding.starts_at <= now:
        raise PlanRefused(_l("これからの日時を入力してください。"), field="day")
    if finding.starts_at >= finding.ends_at:
        raise PlanRefused(_l("終わりの時刻は、始まりより後にしてください。"), field="end")
    if not finding.staff:
        raise PlanRefused(_l("講師をえらんでください。"), field="staff")
    if db.session.get(Course, finding.course_code) is None:
        raise PlanRefused(_l("講座をえらんでください。"), field="course_code")
    when = window(finding.starts_at, finding.ends_at, finding.travel_minutes)
    for one in _people():
        away = _away(one, when) if one.id in finding.staff else ""
        if away:
            raise PlanRefused(
                _l("%(name)sさんは、%(time)sからの講座に行けません（%(why)s）。",
                   name=one.name, time=clock_time(finding.starts_at), why=away),
                field="staff",
            )  # fmt: skip
