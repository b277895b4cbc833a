"""Reads of the catalogue and of levels, for every room that shows or asks for skills."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from flask_babel import get_locale
from sqlalchemy import Label, func, select
from sqlalchemy.orm import aliased

from supportdesk.accounts.models import Account
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.skills.levels import shown_level
from supportdesk.skills.models import EvidenceSource, Skill, SkillArea, SkillEvidence, SkillLevel

_LEVEL = table_of(SkillLevel)


class AreaRow(NamedTuple):
    """A field of skills, in the page's language."""

    code: str
    name: str


class SkillRow(NamedTuple):
    """A skill of the catalogue, in the page's language."""

    code: str
    name: str
    area_code: str
    area: str


class LevelRow(NamedTuple):
    """A learner's level in one skill and where it came from.

    `review`: it was seen on another kind of phone than the learner has now (復習).
    """

    skill_code: str
    level: int | None
    self_level: int | None
    awaits_staff: bool
    source: EvidenceSource
    activity: str
    observed_at: datetime
    observer: str
    review: bool

    @property
    def shown(self) -> int | None:
        """What counts: the observed level, else the self-check up to 2."""
        return shown_level(self.level, self.self_level)


def catalogue() -> list[SkillRow]:
    """All skills in the catalogue's order."""
    rows = db.session.execute(
        select(Skill.code, _named(Skill), Skill.area_code, _named(SkillArea))
        .join(SkillArea, SkillArea.code == Skill.area_code)
        .order_by(Skill.position)
    )
    return [SkillRow._make(row) for row in rows]


def areas() -> list[AreaRow]:
    """The fields of skills, A first."""
    rows = db.session.execute(select(SkillArea.code, _named(SkillArea)).order_by(SkillArea.code))
    return [AreaRow._make(row) for row in rows]


def skills_of_areas(area_codes: Collection[str]) -> frozenset[str]:
    """The codes of all skills in these fields. One statement, or none."""
    if not area_codes:
        return frozenset()
    return frozenset(db.session.scalars(select(Skill.code).where(Skill.area_code.in_(list(area_codes)))))


def skill_names(codes: Collection[str] | None = None) -> dict[str, str]:
    """Names by code, of these skills or of all, in the catalogue's order."""
    wanted = select(Skill.code, _named(Skill)).order_by(Skill.position)
    if codes is not None:
        wanted = wanted.where(Skill.code.in_(codes))
    return {row.code: row.name for row in db.session.execute(wanted)}


def skill_choices(codes: Collection[str] | None = None) -> list[tuple[str, str]]:
    """(code, code and name), for fields in which one picks skills."""
    return [(code, f"{code} {name}") for code, name in skill_names(codes).items()]


def levels_of(learner_id: int) -> dict[str, LevelRow]:
    """One learner's levels by skill, with the evidence each came from: one statement."""
    evidence = aliased(SkillEvidence)
    rows = db.session.execute(
        select(
            SkillLevel.skill_code,
            SkillLevel.level,
            SkillLevel.self_level,
            SkillLevel.awaits_staff,
            evidence.source,
            evidence.activity,
            evidence.observed_at,
            func.coalesce(Account.name, "").label("observer"),
            func.coalesce(evidence.device != Learner.device, False).label("review"),
        )
        .join(evidence, evidence.id == func.coalesce(SkillLevel.evidence_id, SkillLevel.self_evidence_id))
        .join(Learner, Learner.id == SkillLevel.learner_id)
        .outerjoin(Account, Account.id == evidence.observer_id)
        .where(SkillLevel.learner_id == learner_id)
    )
    return {row.skill_code: LevelRow._make(row) for row in rows}


def levels_of_many(learner_ids: Iterable[int], skill_codes: Iterable[str]) -> dict[tuple[int, str], int | None]:
    """What counts, by learner and skill, where anything is known: one statement."""
    rows = db.session.execute(
        select(_LEVEL.c.learner_id, _LEVEL.c.skill_code, _LEVEL.c.level, _LEVEL.c.self_level).where(
            _LEVEL.c.learner_id.in_(list(learner_ids)), _LEVEL.c.skill_code.in_(list(skill_codes))
        )
    )
    return {(row.learner_id, row.skill_code): shown_level(row.level, row.self_level) for row in rows}


def _named(model: type[Skill] | type[SkillArea]) -> Label[str]:
    return (model.name_en if str(get_locale()) == "en" else model.name).label("name")
