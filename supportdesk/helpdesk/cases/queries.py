"""Reads for the adviser's page of one consultation: the case, the learner, their levels by area and their story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case, CaseResult
from supportdesk.learners.models import Device, Learner, Need
from supportdesk.learners.rooms import TimelineEntry, timeline_of
from supportdesk.skills import queries as skills

HISTORY_SHOWN: Final = 10


class Aside(NamedTuple):
    """What another screen typed while this case was saved elsewhere."""

    at: datetime
    topic: str
    note: str


class CaseRow(NamedTuple):
    """A case as it is stored; the first time, with the learner's wish as its topic."""

    topic: str
    area_code: str | None
    note: str
    result: CaseResult | None
    levels: dict[str, int]
    saved_form: str
    closed_at: datetime | None
    asides: Sequence[Aside]


class Area(NamedTuple):
    """A field of skills with what the learner can do of each (None: never seen)."""

    code: str
    name: str
    skills: Sequence[tuple[str, str, int | None]]

    @property
    def seen(self) -> list[tuple[str, str, int | None]]:
        """The skills of which anything is known."""
        return [skill for skill in self.skills if skill[2] is not None]


class Visitor(NamedTuple):
    """What an adviser needs to know of the learner before them, and no more."""

    learner_id: int
    name: str
    kana: str
    birth_year: int | None
    device: Device | None
    needs: Sequence[Need]
    note: str


def case_row(booking_id: int, wish: str) -> CaseRow:
    """The booking's case; an empty one with the wish as its topic, when nobody has written yet."""
    case = db.session.scalar(select(Case).where(Case.booking_id == booking_id))
    if case is None:
        return CaseRow(wish, None, "", None, {}, "", None, ())
    return CaseRow(
        case.topic,
        case.area_code,
        case.note,
        case.result,
        dict(case.levels),
        case.saved_form,
        case.closed_at,
        [_aside(typed) for typed in (case.asides or {}).values()],
    )


def _aside(typed: dict[str, Any]) -> Aside:
    return Aside(datetime.fromisoformat(typed["at"]), typed["topic"], typed["note"])


def visitor(learner_id: int) -> Visitor:
    """The learner. Raises NotFound."""
    learner = db.session.scalar(select(Learner).where(Learner.id == learner_id).options(selectinload(Learner.needs)))
    if learner is None:
        raise NotFound
    born = learner.birth_date.year if learner.birth_date else learner.birth_year
    needs = [need.need for need in learner.needs]
    name, kana = learner.display_name, learner.display_kana
    return Visitor(learner.id, name, kana, born, learner.device, needs, learner.note)


def areas_of(learner_id: int) -> list[Area]:
    """All fields of skills with the learner's levels: two statements."""
    levels = skills.levels_of(learner_id)
    by_area: dict[tuple[str, str], list[tuple[str, str, int | None]]] = {}
    for skill in skills.catalogue():
        row = levels.get(skill.code)
        by_area.setdefault((skill.area_code, skill.area), []).append(
            (skill.code, skill.name, row.shown if row else None)
        )
    return [Area(code, name, lines) for (code, name), lines in by_area.items()]


def history_of(learner_id: int) -> list[TimelineEntry]:
    """The latest things that happened, in all rooms."""
    return timeline_of(learner_id, limit=HISTORY_SHOWN)
