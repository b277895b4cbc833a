"""Reads for whoever holds a meeting: its roster with marks and levels, and the meetings on an instructor's list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, func, or_, select

from supportdesk.accounts.models import Account
from supportdesk.classes.marks import ATTENDED, NOT_SEEN, KeptMark, disagreement_of, is_to_make_up, marks_of
from supportdesk.classes.models import AttendanceMark, AttendanceState, EnrolmentState, RunKind
from supportdesk.classes.queries import (
    ENROLMENT,
    IS_ON,
    MEETING,
    MEETING_ROWS,
    OWN_SEAT,
    RUN,
    MeetingRow,
    on_duty,
    skills_of_meeting,
)
from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.core.japanese import shown_name
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Device, Learner, Need
from supportdesk.learners.names import known_as
from supportdesk.learners.queries import needs_of
from supportdesk.learners.rooms import scope_of
from supportdesk.skills.levels import shown_level
from supportdesk.skills.models import SkillLevel

MARK = table_of(AttendanceMark)
_LEARNER = table_of(Learner)
_LEVEL = table_of(SkillLevel)


class MarkRow(NamedTuple):
    """A mark in words for whoever reads the history. `by` is a name."""

    state: AttendanceState
    observed_at: datetime
    recorded_at: datetime
    by: str


class KnownLevel(NamedTuple):
    """What is known of one skill. `asks`: the learner claims more than was seen, or a 3 is to be confirmed."""

    level: int | None
    asks: bool


UNKNOWN: Final = KnownLevel(None, asks=False)


class RosterRow(NamedTuple):
    """Somebody on the roster: with a seat, in line, or there without either.

    `history` is every mark, the first observed first. `disputed` is the mark that somebody else made of them, and that
    the standing one contradicts. `levels` holds the skills taught at the meeting. `note` and `needs` are what they told
    us to prepare for.
    """

    learner_id: int
    name: str
    kana: str
    device: Device | None
    needs: tuple[Need, ...]
    note: str
    enrolment_id: int | None
    code: str
    seat: int | None
    waiting: bool
    state: AttendanceState | None
    history: tuple[MarkRow, ...]
    disputed: MarkRow | None
    levels: dict[str, KnownLevel]
    making_up: bool

    @property
    def attended(self) -> bool:
        """Whether they took part."""
        return self.state in ATTENDED

    @property
    def expected(self) -> bool:
        """Whether they have a seat, or were to come to make up for another meeting."""
        return self.seat is not None or self.making_up


def roster(meeting_id: int) -> list[RosterRow]:
    """Who is expected at the meeting, by seat; who waits, in order; and who came without either. Five statements."""
    skills = skills_of_meeting(meeting_id)
    people = _people(meeting_id)
    ids = [person.learner_id for person in people]
    marks, needs, levels = _marks(meeting_id), needs_of(ids), _levels(ids, skills)
    rows = [_row(person, marks.get(person.learner_id, []), needs, levels, skills) for person in people]
    return [row for row in rows if row.enrolment_id is not None or row.state is not None or row.making_up]


def is_on_roster(meeting_id: int, learner_id: int) -> bool:
    """Whether `roster` has them: a live enrolment in the run, a mark that was not taken back, or that they were to make
    up here. One statement, or two.
    """
    enrolled = (
        select(ENROLMENT.c.learner_id)
        .join(MEETING, MEETING.c.run_id == ENROLMENT.c.run_id)
        .where(
            MEETING.c.id == meeting_id,
            ENROLMENT.c.learner_id == learner_id,
            ENROLMENT.c.state != EnrolmentState.CANCELLED,
        )
    )
    marked = select(MARK.c.learner_id).where(
        MARK.c.meeting_id == meeting_id,
        MARK.c.learner_id == learner_id,
        MARK.c.current,
        MARK.c.state != AttendanceState.UNMARKED,
    )
    if db.session.execute(enrolled.union(marked)).first() is not None:
        return True
    return is_to_make_up(mark.state for mark in marks_of(meeting_id, [learner_id]).get(learner_id, ()))


def _row(
    person: Any,
    marks: list[tuple[KeptMark, str]],
    needs: dict[int, list[Need]],
    levels: dict[tuple[int, str], KnownLevel],
    skills: Sequence[str],
) -> RosterRow:
    kept = [mark for mark, _by in marks]
    history = {mark.id: MarkRow(mark.state, mark.observed_at, mark.recorded_at, by) for mark, by in marks}
    told = disagreement_of(kept) if kept else None
    stands = kept[-1].state if kept else AttendanceState.UNMARKED
    return RosterRow(
        learner_id=person.learner_id,
        name=known_as(person.name, person.kana),
        kana=shown_name(person.kana),
        device=person.device,
        needs=tuple(needs.get(person.learner_id, ())),
        note=person.note,
        enrolment_id=person.enrolment_id,
        code=person.code or "",
        seat=person.seat,
        waiting=person.enrolment_id is not None and person.seat is None,
        state=None if stands in NOT_SEEN else stands,
        history=tuple(history.values()),
        disputed=history[told.overruled.id] if told else None,
        levels={code: levels.get((person.learner_id, code), UNKNOWN) for code in skills},
        making_up=is_to_make_up(mark.state for mark in kept),
    )


def _people(meeting_id: int) -> Sequence[Any]:
    """Everybody with a live enrolment in the run or a mark at the meeting.

    Their ids come first, and only then the register: it holds the whole city, and this is read at every tap.
    """
    live = and_(
        ENROLMENT.c.run_id == select(MEETING.c.run_id).where(MEETING.c.id == meeting_id).scalar_subquery(),
        ENROLMENT.c.state != EnrolmentState.CANCELLED,
    )
    marked = select(MARK.c.learner_id).where(MARK.c.meeting_id == meeting_id)
    on_it = select(ENROLMENT.c.learner_id).where(live).union(marked).subquery("on_it")
    return db.session.execute(
        select(
            _LEARNER.c.id.label("learner_id"),
            _LEARNER.c.name,
            _LEARNER.c.kana,
            _LEARNER.c.device,
            _LEARNER.c.note,
            ENROLMENT.c.id.label("enrolment_id"),
            ENROLMENT.c.code,
            OWN_SEAT.label("seat"),
        )
        .select_from(
            on_it.join(_LEARNER, _LEARNER.c.id == on_it.c.learner_id).outerjoin(
                ENROLMENT, and_(ENROLMENT.c.learner_id == on_it.c.learner_id, live)
            )
        )
        .order_by(OWN_SEAT.is_(None), OWN_SEAT, ENROLMENT.c.id.is_(None), ENROLMENT.c.id, _LEARNER.c.kana_key)
    ).all()


def _marks(meeting_id: int) -> dict[int, list[tuple[KeptMark, str]]]:
    found: dict[int, list[tuple[KeptMark, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(
            MARK.c.id,
            MARK.c.learner_id,
            MARK.c.state,
            MARK.c.observed_at,
            MARK.c.recorded_at,
            MARK.c.recorded_by,
            func.coalesce(Account.name, "").label("by"),
        )
        .outerjoin(Account, Account.id == MARK.c.recorded_by)
        .where(MARK.c.meeting_id == meeting_id)
        .order_by(MARK.c.observed_at, MARK.c.id)
    )
    for *mark, by in rows:
        found[mark[1]].append((KeptMark._make(mark), by))
    return found


def _levels(learner_ids: Sequence[int], skills: Sequence[str]) -> dict[tuple[int, str], KnownLevel]:
    rows = db.session.execute(
        select(
            _LEVEL.c.learner_id, _LEVEL.c.skill_code, _LEVEL.c.level, _LEVEL.c.self_level, _LEVEL.c.awaits_staff
        ).where(_LEVEL.c.learner_id.in_(learner_ids), _LEVEL.c.skill_code.in_(skills))
    )
    return {
        (row.learner_id, row.skill_code): KnownLevel(shown_level(row.level, row.self_level), row.awaits_staff)
        for row in rows
    }


class PaperPerson(NamedTuple):
    """A line of the paper roster: no pass, no telephone. Neither id nor name for whoever may not see this learner."""

    learner_id: int | None
    name: str
    kana: str
    code: str
    seat: int | None
    needs: tuple[Need, ...]
    note: str
    levels: dict[str, int | None]


def paper_people(meeting_id: int, actor: Actor) -> list[PaperPerson]:
    """Who has a seat, by number, then who waits: named where the actor may see them. Five statements."""
    people = [person for person in _people(meeting_id) if person.enrolment_id is not None]
    ids = [person.learner_id for person in people]
    scope = scope_of(actor)
    seen = select(_LEARNER.c.id).where(_LEARNER.c.id.in_(ids))
    known = set(db.session.scalars(seen if scope is None else seen.where(_LEARNER.c.id.in_(scope))))
    skills = skills_of_meeting(meeting_id)
    needs, levels = needs_of(ids), _levels(ids, skills)
    return [
        PaperPerson(
            person.learner_id,
            known_as(person.name, person.kana),
            shown_name(person.kana),
            person.code,
            person.seat,
            tuple(needs.get(person.learner_id, ())),
            person.note,
            {code: levels.get((person.learner_id, code), UNKNOWN).level for code in skills},
        )
        if person.learner_id in known
        else PaperPerson(None, "", "", person.code, person.seat, (), "", dict.fromkeys(skills))
        for person in people
    ]


class MeetingOfMine(NamedTuple):
    """A meeting on an instructor's own list, with how far it has been dealt with."""

    meeting: MeetingRow
    marked: int
    attended: int
    unnamed_heads: int
    levels_confirmed_at: datetime | None


def _count_of_marks(*states: AttendanceState) -> Any:
    return (
        select(func.count())
        .select_from(MARK)
        .where(MARK.c.meeting_id == MEETING.c.id, MARK.c.current, MARK.c.state.in_(states))
        .correlate(MEETING)
        .scalar_subquery()
    )


_PROGRESS = (
    _count_of_marks(*(state for state in AttendanceState if state not in NOT_SEEN)).label("marked"),
    _count_of_marks(*ATTENDED).label("attended"),
    MEETING.c.unnamed_heads,
    MEETING.c.levels_confirmed_at,
)


def meetings_of_staff(account_id: int, *, first: datetime, end: datetime, limit: int = 50) -> list[MeetingOfMine]:
    """The meetings at which this account is on duty that start in this time, in order: one statement."""
    return _of_mine(
        MEETING_ROWS.add_columns(*_PROGRESS).where(
            on_duty(account_id),
            MEETING.c.starts_at >= first,
            MEETING.c.starts_at < end,
            IS_ON,
        ),
        limit,
    )


def unfinished_of_staff(account_id: int, *, now: datetime, days: int) -> list[MeetingOfMine]:
    """Past meetings of this account, not older than so many days, of which something is still to be recorded.

    That is where learners came and no levels were confirmed, or where nothing at all was recorded though seats were
    given, or a lecture was held. Today's are not among them.
    """
    first, _end = clock.day_bounds(clock.local(now).date())
    expected = or_(RUN.c.taken > 0, RUN.c.kind == RunKind.LECTURE)
    untouched = and_(
        expected,
        _count_of_marks(*(state for state in AttendanceState if state is not AttendanceState.MAKING_UP)) == 0,
        MEETING.c.unnamed_heads == 0,
    )
    statement = MEETING_ROWS.add_columns(*_PROGRESS).where(
        on_duty(account_id),
        MEETING.c.starts_at >= now - timedelta(days=days),
        MEETING.c.starts_at < first,
        IS_ON,
        MEETING.c.levels_confirmed_at.is_(None),
        or_(_count_of_marks(*ATTENDED) > 0, untouched),
    )
    return _of_mine(statement, 50)


def _of_mine(statement: Any, limit: int) -> list[MeetingOfMine]:
    width = len(MeetingRow._fields)
    return [
        MeetingOfMine(MeetingRow._make(row[:width]), *row[width:]) for row in db.session.execute(statement.limit(limit))
    ]


class MeetingRecord(NamedTuple):
    """What has been recorded of a meeting as a whole."""

    unnamed_heads: int
    levels_confirmed_at: datetime | None


def record_of(meeting_id: int) -> MeetingRecord:
    """The head-count, and when levels were confirmed."""
    row = db.session.execute(
        select(MEETING.c.unnamed_heads, MEETING.c.levels_confirmed_at).where(MEETING.c.id == meeting_id)
    ).one()
    return MeetingRecord._make(row)
