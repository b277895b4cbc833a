"""Planning a run with its meetings, rooms and people on duty, and calling it off. Called by class and lecture pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.serving import Serving, serving, why_not_on
from supportdesk.classes import wording
from supportdesk.classes.conditions import UNCONDITIONED, Conditions
from supportdesk.classes.day_changes.telling import withdraw_change
from supportdesk.classes.dismissing import Dismissal, dismiss
from supportdesk.classes.doubts import ask_about
from supportdesk.classes.errors import AlreadyCancelled, PlanRefused, VenueClosed
from supportdesk.classes.lending.phones import keep_phones, pick_phones
from supportdesk.classes.locking import LockedRun, lock_run
from supportdesk.classes.lottery.entering import dismiss_entrants
from supportdesk.classes.making_up.telling import tell_who_make_up
from supportdesk.classes.models import (
    Course,
    CourseSkill,
    Duty,
    Edition,
    Filling,
    Meeting,
    MeetingSkill,
    MeetingStaff,
    Run,
    RunKind,
    RunState,
    Seat,
)
from supportdesk.classes.office import PLANNED_AHEAD_DAYS
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.codes import new_code
from supportdesk.core.database import table_of
from supportdesk.core.moments import short_day
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.standing import standings_of
from supportdesk.notices.operations import ToTell, cancel_notices, queue_notices
from supportdesk.places import occupancy
from supportdesk.places.calendar import closed_because, hold_open
from supportdesk.places.models import District, Room, Venue

LARGEST = 1000
_SEAT = table_of(Seat)


@dataclass(frozen=True)
class MeetingPlan:
    """One date. Without `skills`, those of the course are taught."""

    starts_at: datetime
    ends_at: datetime
    room_id: int | None = None
    staff: tuple[int, ...] = ()
    skills: tuple[str, ...] = ()
    assistants: tuple[int, ...] = ()

    @property
    def duties(self) -> dict[int, Duty]:
        """Who is to be what there. Whoever teaches is no assistant beside it."""
        return dict.fromkeys(self.assistants, Duty.ASSISTANT) | dict.fromkeys(self.staff, Duty.INSTRUCTOR)


@dataclass(frozen=True)
class RunPlan:
    """A run as somebody wishes it. A lecture has a group, and a `place` with its district instead of a venue."""

    course_code: str
    edition: Edition
    capacity: int
    meetings: tuple[MeetingPlan, ...]
    listed: bool = True
    to_bring: str = ""
    kind: RunKind = RunKind.CLASS
    group_name: str = ""
    place: str = ""
    district_code: str = ""
    venue_id: int | None = None
    title: str = ""
    conditions: Conditions = UNCONDITIONED
    series_id: int | None = None
    phones: int = 0
    filling: Filling = Filling.FIRST_COME
    apply_until: datetime | None = None
    asks_feedback: bool | None = None


def plan_run(plan: RunPlan, *, although: bool = True, actor: Actor, now: datetime) -> int:
    """Make the run with its seats and meetings, and take rooms and people for it; the run's id.

    Raises PlanRefused (VenueClosed among them) for what cannot be, and Occupied, naming what is in the way; Doubtful
    for what is unusual, unless `although` says that it is meant.
    """
    (run_id,) = plan_runs([plan], although=although, actor=actor, now=now)
    return run_id


def plan_runs(plans: Sequence[RunPlan], *, although: bool = True, actor: Actor, now: datetime) -> list[int]:
    """Several runs as `plan_run` makes one, all or none; what they need is taken together, in the order of all."""
    claims: list[occupancy.Claim] = []
    runs = []
    needing: list[tuple[Meeting, int]] = []
    for plan in sorted(plans, key=lambda plan: plan.venue_id or 0):  # two who plan at two venues lock them in one order
        run, claimed = _written(plan, although=although, actor=actor, now=now)
        runs.append(run)
        claims += claimed
        needing += [(meeting, plan.phones) for meeting in run.meetings if plan.phones]
    occupancy.lock_several()
    claims += _phones(needing)
    occupancy.take_all(claims)
    for run in runs:
        audit.record(actor=actor, action=Action.PLAN_RUN, subject=f"run:{run.id}", now=now)
    return [run.id for run in runs]


def _phones(needing: Sequence[tuple[Meeting, int]]) -> list[occupancy.Claim]:
    """Loan phones for the meetings, those that are free; what they take of them."""
    picked = pick_phones([((meeting.starts_at, meeting.ends_at), phones) for meeting, phones in needing])
    keep_phones({meeting.id: phones for (meeting, _count), phones in zip(needing, picked, strict=True)})
    return [
        occupancy.Claim(
            activity("meeting", meeting.id),
            tuple(occupancy.equipment(phone) for phone in phones),
            meeting.starts_at,
            meeting.ends_at,
        )
        for (meeting, _count), phones in zip(needing, picked, strict=True)
    ]


def _written(plan: RunPlan, *, although: bool, actor: Actor, now: datetime) -> tuple[Run, list[occupancy.Claim]]:
    """The run with its seats and meetings, and what it needs."""
    course = db.session.get(Course, plan.course_code)
    if course is None:
        raise PlanRefused(_l("講座をえらんでください。"), field="course_code")
    meetings = sorted(plan.meetings, key=lambda meeting: meeting.starts_at)
    _check_shape(plan, meetings, now)
    plan.conditions.check(meetings[0].starts_at, plan.capacity)
    rooms = _rooms(plan, meetings)
    dates = [(meeting.starts_at, meeting.ends_at) for meeting in meetings if meeting.starts_at > now]
    if dates and not although:  # what was held was held
        ask_about(dates, rooms.values(), plan.capacity)
    venue_id = plan.venue_id or next((room.venue_id for room in rooms.values()), None)
    district_code = _district(plan, venue_id)
    check_open(venue_id, (meeting.starts_at for meeting in meetings))
    people = people_on_duty(
        {account_id for meeting in meetings for account_id in meeting.duties},
        duties=[(meeting.starts_at, meeting.duties) for meeting in meetings if meeting.starts_at > now],
    )
    run = Run(
        course_code=course.code,
        kind=plan.kind,
        title=plan.title or course.title,
        edition=plan.edition,
        capacity=plan.capacity,
        listed=plan.listed,
        venue_id=venue_id,
        district_code=district_code,
        group_name=plan.group_name,
        place=plan.place,
        to_bring=plan.to_bring,
        publish_at=plan.conditions.publish_at,
        least=plan.conditions.least,
        decide_on=plan.conditions.decide_on,
        series_id=plan.series_id,
        filling=plan.filling,
        apply_until=plan.apply_until,
        asks_feedback=plan.asks_feedback,
        starts_at=meetings[0].starts_at,
        ends_at=meetings[-1].ends_at,
        created_at=now,
        created_by=actor.account_id,
        meetings=_meetings(course.code, meetings),
    )
    db.session.add(run)
    db.session.flush()
    db.session.execute(insert(_SEAT), [{"run_id": run.id, "number": number} for number in range(1, plan.capacity + 1)])
    return run, _claims(run.meetings, meetings, people)


def _check_shape(plan: RunPlan, meetings: Sequence[MeetingPlan], now: datetime) -> None:
    """What can be seen without asking the database."""
    if not meetings:
        raise PlanRefused(_l("日時を入力してください。"), field="meetings")
    if any(meeting.starts_at >= meeting.ends_at for meeting in meetings):
        raise PlanRefused(_l("終わりの時刻は、始まりより後にしてください。"), field="meetings")
    if any(earlier.ends_at > later.starts_at for earlier, later in pairwise(meetings)):
        raise PlanRefused(_l("開催日の時間が重なっています。"), field="meetings")
    if not 1 <= plan.capacity <= LARGEST:
        raise PlanRefused(_l("定員は1から%(most)sまでにしてください。", most=LARGEST), field="capacity")
    if plan.kind is RunKind.CLASS and meetings[0].starts_at <= now:
        raise PlanRefused(_l("これからの日時を入力してください。"), field="meetings")
    farthest = timedelta(days=PLANNED_AHEAD_DAYS.get())
    if abs(meetings[0].starts_at - now) > farthest or abs(meetings[-1].ends_at - now) > farthest:
        raise PlanRefused(
            _l("日にちをたしかめてください。%(days)s日より離れた日は登録できません。", days=PLANNED_AHEAD_DAYS.get()),
            field="meetings",
        )
    check_deadline(plan.filling, plan.apply_until, meetings[0].starts_at, now)
    if plan.kind is RunKind.LECTURE and not plan.group_name:
        raise PlanRefused(_l("団体の名前を入力してください。"), field="group_name")


def check_deadline(
    filling: Filling, apply_until: datetime | None, starts_at: datetime, now: datetime | None = None
) -> None:
    """A draw has a deadline, before the first meeting begins; other applying ends when it begins at the latest. A new
    deadline is after `now`. Raises PlanRefused.
    """
    if apply_until is not None and now is not None and apply_until <= now:
        raise PlanRefused(_l("申し込みの締め切りは、これからの日時にしてください。"), field="until_day")
    if filling is Filling.LOTTERY and apply_until is None:
        raise PlanRefused(_l("抽選のときは、申し込みの締め切りを入力してください。"), field="until_day")
    drawn_then = filling is Filling.LOTTERY and apply_until == starts_at  # nobody draws what has begun
    if apply_until is not None and (apply_until > starts_at or drawn_then):
        raise PlanRefused(_l("申し込みの締め切りは、教室が始まるより前にしてください。"), field="until_day")


def _rooms(plan: RunPlan, meetings: Sequence[MeetingPlan]) -> dict[int, Room]:
    """The rooms asked for: all in one venue."""
    wanted = {meeting.room_id for meeting in meetings if meeting.room_id is not None}
    rooms = {room.id: room for room in db.session.scalars(select(Room).where(Room.id.in_(wanted)))}
    venues = {room.venue_id for room in rooms.values()} | ({plan.venue_id} if plan.venue_id else set())
    if len(rooms) != len(wanted) or len(venues) > 1:
        raise PlanRefused(_l("部屋をえらびなおしてください。"), field="room_id")
    return rooms


def _district(plan: RunPlan, venue_id: int | None) -> str:
    """The venue's district; where there is no venue, the one that was given. A run is held at one place."""
    if venue_id is not None and plan.place:
        raise PlanRefused(_l("団体の場所と市の会場の、どちらか一方にしてください。"), field="room_id")
    if venue_id is not None:
        code = db.session.scalar(select(Venue.district_code).where(Venue.id == venue_id))
        if code is None:
            raise PlanRefused(_l("会場をえらんでください。"), field="venue_id")
        return code
    if plan.kind is RunKind.CLASS:
        raise PlanRefused(_l("会場をえらんでください。"), field="venue_id")
    if db.session.get(District, plan.district_code) is None:
        raise PlanRefused(_l("地区をえらんでください。"), field="district_code")
    if not plan.place:
        raise PlanRefused(_l("市の会場をえらぶか、団体の場所を入力してください。"), field="place")
    return plan.district_code


def check_open(venue_id: int | None, begins: Iterable[datetime]) -> None:
    """Keep the venue open on the days of these meetings. Raises VenueClosed."""
    if venue_id is None:
        return
    hold_open(venue_id)
    for starts_at in begins:
        reason = closed_because(venue_id, clock.local(starts_at).date())
        if reason is not None:
            raise VenueClosed(short_day(starts_at), reason)


def people_on_duty(
    wanted: Collection[int],
    *,
    duties: Iterable[tuple[datetime, Collection[int]]] = (),
    roles: Collection[Role] | None = None,
) -> dict[int, int]:
    """The person behind each of these accounts. `duties`: who is to be there at which times; with `roles`, in one of
    these. Raises PlanRefused unless all work here, and naming whoever is away on the day.
    """
    people = {one.account_id: one for one in serving(besides=wanted) if one.active}
    if len(people) != len(wanted):
        raise PlanRefused(_l("講師をえらびなおしてください。"), field="staff")
    for away in _away(people, duties, roles):
        if away:
            raise PlanRefused(away[0], field="staff")
    return {account_id: one.person_id for account_id, one in people.items()}


def away_from(duties: Iterable[tuple[datetime, Collection[int]]]) -> list[list[str]]:
    """For each time to which a duty moves, who of them is away on that day and why, in words. One statement."""
    duties = list(duties)
    people = serving(besides={account_id for _starts_at, staff in duties for account_id in staff})
    return _away({one.account_id: one for one in people}, duties, None)


def _away(
    people: Mapping[int, Serving],
    duties: Iterable[tuple[datetime, Collection[int]]],
    roles: Collection[Role] | None,
) -> list[list[str]]:
    return [
        [
            _("%(name)sさんは、%(day)sに担当できません（%(why)s）。", name=one.name, day=short_day(starts_at), why=why)
            for one in (people[account_id] for account_id in sorted(staff))
            if (why := why_not_on(one, clock.local(starts_at).date(), roles))
        ]
        for starts_at, staff in duties
    ]


def _meetings(course_code: str, plans: Sequence[MeetingPlan]) -> list[Meeting]:
    taught = db.session.scalars(
        select(CourseSkill.skill_code).where(CourseSkill.course_code == course_code).order_by(CourseSkill.position)
    ).all()
    return [
        Meeting(
            number=number,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            room_id=plan.room_id,
            code=_unused_code(),
            staff=[MeetingStaff(account_id=account_id, duty=duty) for account_id, duty in sorted(plan.duties.items())],
            skills=[MeetingSkill(skill_code=code) for code in dict.fromkeys(plan.skills or taught)],
        )
        for number, plan in enumerate(plans, start=1)
    ]


def _unused_code() -> str:
    while True:
        code = new_code("M")
        if db.session.scalar(select(Meeting.id).where(Meeting.code == code)) is None:
            return code


def _claims(meetings: Sequence[Meeting], plans: Sequence[MeetingPlan], people: dict[int, int]) -> list[occupancy.Claim]:
    return [
        occupancy.Claim(
            activity("meeting", meeting.id),
            (
                *((occupancy.room(plan.room_id),) if plan.room_id is not None else ()),
                *(occupancy.person(people[account_id]) for account_id in plan.duties),
            ),
            plan.starts_at,
            plan.ends_at,
        )
        for meeting, plan in zip(meetings, plans, strict=True)
    ]


def cancel_run(run_id: int, *, begun: bool = False, actor: Actor, now: datetime) -> int:
    """Call the run off before it starts: rooms, people and seats are free, everybody enrolled or waiting is told.

    `begun`: it has started, but nobody came. Returns how many learners are told. Raises NotFound, AlreadyCancelled, and
    RunNotOpen once it has started.
    """
    run = lock_run(run_id)
    if run.state is RunState.CANCELLED:
        raise AlreadyCancelled
    if not begun:
        run.demand_open(now)
    withdraw_change([run_id], now=now)
    told = _tell_dismissed(run, dismiss(run, actor=actor, now=now), now)
    told += dismiss_entrants(run, actor=actor, now=now)
    told += tell_who_make_up(run.title, run.claims, now=now)
    audit.record(actor=actor, action=Action.CANCEL_RUN, subject=f"run:{run_id}", now=now)
    return told


def _tell_dismissed(run: LockedRun, places: Sequence[Dismissal], now: datetime) -> int:
    """Whoever had a place hears that it is called off, and nothing else of it any more."""
    standings = standings_of([place.learner_id for place in places], clock.local(now).date()) if places else {}
    cancel_notices([place.name for place in places], now=now)
    queue_notices(
        (
            ToTell(
                standing=standings[place.learner_id],
                kind=wording.CALLED_OFF,
                activity=place.name,
                text=wording.called_off(run),
                call_to=place.call_to,
                tell_until=run.starts_at if now < run.starts_at else run.ends_at,
            )
            for place in places
        ),
        now=now,
    )
    return len(places)
