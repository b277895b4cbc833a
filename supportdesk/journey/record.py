"""Everything that one page says of a learner: what they can do and since when, what happened, what is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.classes.absences import Absences, absences_of
from supportdesk.classes.enrolment_queries import EnrolmentRow, enrolments_ahead
from supportdesk.classes.sheets.queries import areas_wished
from supportdesk.core import clock
from supportdesk.core.activities import Description, describe
from supportdesk.core.wareki import age_on
from supportdesk.extensions import db
from supportdesk.helpdesk.waiting.queries import WishRow, wishes_of
from supportdesk.journey.appointments import Appointment, appointments_of
from supportdesk.journey.next_step import NextStep, next_step
from supportdesk.learners.admission import phones_of
from supportdesk.learners.models import Learner, Status
from supportdesk.learners.passes import LivePass, live_pass
from supportdesk.learners.queries import learner_to_edit
from supportdesk.learners.rooms import TimelineEntry, timeline_of
from supportdesk.places.models import District
from supportdesk.skills import queries as skills
from supportdesk.skills.levels import is_able
from supportdesk.tutors.queries import TutorOf, tutors_of

ENTRIES_SHOWN: Final = 20


class SkillLine(NamedTuple):
    """A skill with its level, if any, and the activity in which it was seen, if that still exists."""

    code: str
    name: str
    row: skills.LevelRow | None
    seen_in: Description | None


class SkillGroup(NamedTuple):
    """The skills of one area; `able` counts those done alone or better."""

    code: str
    name: str
    lines: Sequence[SkillLine]
    able: int


class Record(NamedTuple):
    """One learner's page. `earlier`: there is more to tell, from before that instant."""

    learner: Learner
    district: str
    age: int | None
    held_pass: LivePass | None
    own_phones: int
    tutors: Sequence[TutorOf]
    step: NextStep | None
    appointments: Sequence[Appointment]
    wishes: Sequence[WishRow]
    absences: Absences
    timeline: Sequence[TimelineEntry]
    earlier: datetime | None
    skills: Sequence[SkillGroup]


def record_of(learner_id: int, now: datetime, before: datetime | None = None) -> Record:
    """Read one learner's page, with the latest of their story or the latest of what was before an instant.

    The same number of statements however long the story. Raises NotFound.
    """
    learner = learner_to_edit(learner_id)
    levels = skills.levels_of(learner_id)
    enrolments = enrolments_ahead(learner_id, now)
    timeline, earlier = story_of(learner_id, before)
    return Record(
        learner=learner,
        district=db.session.scalar(select(District.name).where(District.code == learner.district_code)) or "",
        age=age_on(learner.birth_date, clock.local(now).date()) if learner.birth_date else None,
        held_pass=live_pass(learner_id),
        own_phones=phones_of(learner_id),
        tutors=tutors_of(learner_id),
        step=step_of(learner, levels, enrolments, now),
        appointments=appointments_of(learner_id, enrolments, now),
        wishes=wishes_of(learner_id),
        absences=absences_of(learner_id, now),
        timeline=timeline,
        earlier=earlier,
        skills=_grouped(levels),
    )


def story_of(learner_id: int, before: datetime | None = None) -> tuple[list[TimelineEntry], datetime | None]:
    """One page's worth of what happened, and, when there is more, before which instant the next page's things were.

    Things of one instant stay on one page: no two pages could share them.
    """
    entries = timeline_of(learner_id, limit=ENTRIES_SHOWN + 1, before=before)
    if len(entries) <= ENTRIES_SHOWN:
        return entries, None
    shown = [entry for entry in entries if entry.at > entries[-1].at] or entries
    return shown, shown[-1].at


def step_of(
    learner: Learner, levels: dict[str, skills.LevelRow], enrolments: Iterable[EnrolmentRow], now: datetime
) -> NextStep | None:
    """The next step of this learner, who has a place in these runs: a run once cancelled may be suggested again.

    Who is not active has none.
    """
    if learner.status is not Status.ACTIVE:
        return None
    return next_step(
        levels,
        device=learner.device,
        district_code=learner.district_code,
        booked_runs=[row.run_id for row in enrolments],
        wished_areas=areas_wished(learner.id),
        now=now,
    )


def _grouped(levels: dict[str, skills.LevelRow]) -> list[SkillGroup]:
    places = describe(row.activity for row in levels.values())
    by_area: dict[tuple[str, str], list[SkillLine]] = {}
    for skill in skills.catalogue():
        row = levels.get(skill.code)
        seen_in = places.get(row.activity) if row else None
        by_area.setdefault((skill.area_code, skill.area), []).append(SkillLine(skill.code, skill.name, row, seen_in))
    return [SkillGroup(code, name, lines, sum(map(_is_able, lines))) for (code, name), lines in by_area.items()]


def _is_able(line: SkillLine) -> bool:
    return line.row is not None and is_able(line.row.shown)
