"""The demo's classes and outreach lectures: planned, filled, attended, their levels confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance, record_heads
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.confirmation import confirm_levels
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.models import (
    AttendanceState,
    Course,
    Edition,
    Enrolment,
    EnrolmentState,
    Meeting,
    MeetingSkill,
    Run,
    RunKind,
)
from supportdesk.classes.planning import MeetingPlan, RunPlan, plan_run
from supportdesk.classes.series.operations import SeriesPlan, plan_series
from supportdesk.classes.series.shape import Line, Term, rows_of
from supportdesk.classes.sheets.operations import answer_on_phone, type_sheet
from supportdesk.classes.sheets.queries import Said, asks, seats_of
from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor, Role
from supportdesk.demo.people import Cast, Person
from supportdesk.extensions import db
from supportdesk.journey.next_step import EDITION_OF
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.places.models import Room, Venue

WEEKS: Final = 4
_STARTS: Final = (time(10), time(13, 30))
#: What most people ask for, oftener than the rest.
_COURSES: Final = ("K01", "K20", "K02", "K07", "K04", "K06", "K08", "K14", "K18", "K10")
_TODAYS: Final = ("K01", "K02")
_DAUGHTER: Final = Caller("ご家族", "娘", "+81188885643")
_WANTED: Final = ("B", "C", "D", "E", "F", "G", "H")
_WISHES: Final = (
    "写真を孫に送りたい",
    "もう少しゆっくり教えてほしい",
    "バスの時刻を調べたい",
    "文字を大きくする方法を、また聞きたい",
)
_GROUPS: Final = (
    ("tobu", "広面町内会", "広面児童センター"),
    ("hokubu", "土崎北老人クラブ", "土崎北町内会館"),
    ("nanbu", "牛島ふれあいサロン", "牛島会館"),
    ("seibu", "新屋長寿会", "新屋町内会館"),
    ("kawabe", "和田いきいきサロン", "和田集落会館"),
    ("chuo", "旭北婦人会", "旭北集会所"),
    ("yuwa", "妙法老人クラブ", "妙法会館"),
    ("hokubu", "飯島サロン", "飯島会館"),
)


class _Place(NamedTuple):
    room_id: int
    venue_id: int
    district_code: str


def play(cast: Cast, dice: Random, now: datetime) -> None:
    """Eight weeks of classes around today, and one lecture a week."""
    today = clock.local(now).date()
    places = _places()
    edition_of = dict(db.session.execute(select(Course.code, Course.edition)).all())
    instructors = cast.of(Role.INSTRUCTOR)
    for number, day in enumerate(_days(today)):
        for half, start in enumerate(_STARTS):
            place = places[(2 * number + half) % len(places)]
            course, instructor = _COURSES[(number + 3 * half) % len(_COURSES)], instructors[(number + half) % 3]
            if day == today:  # whatever day it is, the one who logs in teaches something for which there is a video
                course, instructor = _TODAYS[half], instructors[0]
            plan = RunPlan(
                course_code=course,
                edition=edition_of[course],
                capacity=dice.choice((6, 8, 10)),
                meetings=_meetings(day, start, place, instructor, twice=number % 5 == 3),
                venue_id=place.venue_id,
                to_bring="お使いのスマートフォン、充電器、老眼鏡",
            )
            _hold(plan, place.district_code, instructor, cast, dice, now)
    _next_term(places, edition_of["S01"], cast, today, now)
    _fall_ill(cast, now)
    for week in range(2 * WEEKS):
        day = _weekday(today + timedelta(weeks=week - WEEKS), 3)
        _lecture(_GROUPS[week % len(_GROUPS)], day, instructors[week % 3], cast, dice, now)


def _fall_ill(cast: Cast, now: datetime) -> None:
    """One meeting of a class with several is called off: its instructor is ill, and everybody is to be told."""
    meeting = db.session.execute(
        select(Meeting.id, Meeting.starts_at)
        .join(Run, Run.id == Meeting.run_id)
        .where(Meeting.number == 2, Meeting.starts_at > now + timedelta(days=3), Run.taken > 0)
        .order_by(Meeting.starts_at)
    ).first()
    if meeting is not None:
        day = clock.local(meeting.starts_at).date()
        clerk = cast.of(Role.ADMIN)[0]
        change_day(day, [Wanted(meeting.id)], reason="講師の急病のため", actor=clerk, now=now)


def _next_term(places: list[_Place], edition: Edition, cast: Cast, today: date, now: datetime) -> None:
    """はじめてのスマホ in two districts, planned at once: on Saturdays, when nothing else is held."""
    first = _weekday(today + timedelta(days=8), 5)
    instructors = cast.of(Role.INSTRUCTOR)
    lines = tuple(
        Line(place.room_id, (instructor.account_id or 0,), start=start)
        for place, instructor, start in zip(places[1:3], instructors, _STARTS, strict=False)
    )
    term = Term(_STARTS[0], 90, lines, first, first + timedelta(weeks=2), frozenset({5}))
    rows = tuple(replace(row, meant=True) for row in rows_of(term))
    plan = SeriesPlan("S01", 3, edition, 8, rows, publish_at=now + timedelta(days=1), least=4, decide_before=11)
    plan_series(plan, actor=cast.staff["coordinator"], now=now - timedelta(days=1))


def _days(today: date) -> list[date]:
    """Working days, and today."""
    around = [today + timedelta(days=number) for number in range(-7 * WEEKS, 7 * WEEKS + 1)]
    return [day for day in around if day.weekday() < 5 or day == today]


def _weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _places() -> list[_Place]:
    rows = db.session.execute(
        select(Room.id, Room.venue_id, Venue.district_code).join(Venue, Venue.id == Room.venue_id).order_by(Room.id)
    )
    first_rooms = {row.venue_id: _Place(*row) for row in reversed(rows.all())}
    return sorted(first_rooms.values())


def _meetings(day: date, start: time, place: _Place, instructor: Actor, *, twice: bool) -> tuple[MeetingPlan, ...]:
    """One date, or two a week apart."""
    first = clock.at(day, start)
    account_id = instructor.account_id or 0
    return tuple(
        MeetingPlan(starts_at, starts_at + timedelta(hours=1), place.room_id, (account_id,))
        for starts_at in (first, first + timedelta(weeks=1))[: 2 if twice else 1]
    )


def _hold(plan: RunPlan, district_code: str, instructor: Actor, cast: Cast, dice: Random, now: datetime) -> None:
    """Plan a run, fill it, and hold whichever of its meetings are past. A clash of rooms or people: no such class."""
    opened = min(plan.meetings[0].starts_at, now) - timedelta(weeks=3)
    is_today = clock.local(plan.meetings[0].starts_at).date() == clock.local(now).date()
    try:
        with db.session.begin_nested():
            run_id = plan_run(plan, actor=cast.staff["coordinator"], now=opened)
    except DeskError:
        return
    wanted = _applicants(plan, district_code, cast, dice)
    half, full = plan.capacity // 2, plan.capacity
    busy = dice.random() < 0.25  # every fourth is overbooked; today there is room for whoever calls
    how_many = half if is_today else full + dice.randint(1, 3) if busy else dice.randint(half, full - 1)
    _fill(run_id, wanted[:how_many], plan, cast, dice, now, opened)
    _teach(run_id, instructor, dice, now)


def _applicants(plan: RunPlan, district_code: str, cast: Cast, dice: Random) -> list[Person]:
    """Whose phone it is for, those of the district first."""
    suited = [person for person in cast.learners if plan.edition is Edition.BOTH or _edition(person) is plan.edition]
    dice.shuffle(suited)
    return sorted(suited, key=lambda person: person.district_code != district_code)


def _edition(person: Person) -> Edition | None:
    return EDITION_OF.get(person.device) if person.device else None


def _fill(
    run_id: int, people: list[Person], plan: RunPlan, cast: Cast, dice: Random, now: datetime, opened: datetime
) -> None:
    last = min(plan.meetings[0].starts_at, now) - timedelta(hours=1)
    clerk = cast.staff["reception"]
    for number, person in enumerate(people):
        at = opened + (last - opened) * (number + 1) / (len(people) + 1)
        caller = _DAUGHTER if dice.random() < 0.1 else THE_LEARNER
        try:
            with db.session.begin_nested():
                enrolled = enrol_learner(
                    run_id, person.id, caller=caller, told=dice.random() < 0.9, actor=clerk, now=at
                )
                if dice.random() < 0.06:
                    cancel_enrolment(enrolled.enrolment_id, actor=clerk, now=at + timedelta(minutes=20))
        except DeskError:
            continue  # they have something else at that time


def _teach(run_id: int, instructor: Actor, dice: Random, now: datetime) -> None:
    """Attendance and levels of the meetings that are over."""
    seated = db.session.scalars(
        select(Enrolment.learner_id)
        .where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.SEATED)
        .order_by(Enrolment.seat)
    ).all()
    past = select(Meeting.id, Meeting.starts_at, Meeting.ends_at).where(Meeting.run_id == run_id)
    for meeting in db.session.execute(past.where(Meeting.ends_at < now).order_by(Meeting.starts_at)):
        marks = [Mark(learner_id, _turned_up(dice), meeting.starts_at) for learner_id in seated]
        record_attendance(meeting.id, marks, actor=instructor, now=meeting.starts_at + timedelta(minutes=5))
        came = [mark.learner_id for mark in marks if mark.state in (AttendanceState.PRESENT, AttendanceState.LATE)]
        skills = db.session.scalars(
            select(MeetingSkill.skill_code).where(MeetingSkill.meeting_id == meeting.id).order_by("skill_code")
        ).all()
        if came:
            unsure = {
                (learner_id, skill): dice.choice((0, 1, 1, 3))
                for learner_id in came
                for skill in skills
                if dice.random() < 0.3
            }
            confirm_levels(meeting.id, unsure, level=2, actor=instructor, now=meeting.ends_at)
        if dice.random() < 0.2:
            record_heads(meeting.id, dice.randint(1, 3), actor=instructor, now=meeting.ends_at)
        _answer(run_id, meeting.id, came, instructor, meeting.ends_at)


def _answer(run_id: int, meeting_id: int, came: list[int], instructor: Actor, at: datetime) -> None:
    """After every third class most of those who came answer the sheet: some on their phones, some on paper."""
    if run_id % 3 or not asks(run_id):
        return
    dice = Random(meeting_id)  # noqa: S311  # invented answers keep no secrets
    seats = {row.learner_id: row.seat for row in db.session.execute(seats_of(meeting_id))}
    for number, learner_id in enumerate(came):
        wanted = tuple(sorted(dice.sample(_WANTED, dice.randint(0, 2))))
        wish = dice.choice(_WISHES) if number % 3 == 0 else ""
        said = Said(dice.choice((4, 4, 3, 3, 3, 2)), dice.choice((4, 4, 4, 3, 3, 2)), wanted, wish)
        if number % 2:
            type_sheet(meeting_id, seats[learner_id], said, actor=instructor, now=at)
        elif number % 5:
            answer_on_phone(meeting_id, said, learner_id=None, now=at)


def _turned_up(dice: Random) -> AttendanceState:
    return dice.choices(
        (
            AttendanceState.PRESENT,
            AttendanceState.LATE,
            AttendanceState.ABSENT_NOTIFIED,
            AttendanceState.ABSENT,
        ),
        weights=(84, 6, 7, 3),
    )[0]


def _lecture(
    group: tuple[str, str, str], day: date, instructor: Actor, cast: Cast, dice: Random, now: datetime
) -> None:
    district_code, name, place = group
    starts_at = clock.at(day, time(15))
    plan = RunPlan(
        course_code="K08",
        edition=Edition.BOTH,
        capacity=20,
        meetings=(MeetingPlan(starts_at, starts_at + timedelta(hours=1), None, (instructor.account_id or 0,)),),
        listed=False,
        kind=RunKind.LECTURE,
        group_name=name,
        place=place,
        district_code=district_code,
    )
    opened = min(starts_at, now) - timedelta(weeks=2)
    try:
        with db.session.begin_nested():
            run_id = plan_run(plan, actor=cast.staff["coordinator"], now=opened)
    except DeskError:
        return
    neighbours = cast.in_district(district_code)
    _fill(run_id, dice.sample(neighbours, min(9, len(neighbours))), plan, cast, dice, now, opened)
    _teach(run_id, instructor, dice, now)
