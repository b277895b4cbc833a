"""Reads for the adviser's page of one consultation: the case as it is stored, the learner, their levels by area."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.accounts.models import Account
from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case, CaseArea, CaseResult, ReferredTo
from supportdesk.helpdesk.cases.operations import Phone, phone_of
from supportdesk.learners.models import Device, Learner, Need
from supportdesk.skills import queries as skills


class Aside(NamedTuple):
    """What another screen typed while this case was saved elsewhere, and who sat there."""

    at: datetime
    by: str
    asked: str
    done: str


class CaseRow(NamedTuple):
    """A case as it is stored; the first time, with the learner's wish and their phone. `id` is None until then."""

    id: int | None
    adviser_id: int | None
    adviser: str
    asked: str
    done: str
    areas: frozenset[str]
    device: Device | None
    os: str
    result: CaseResult | None
    referred_to: ReferredTo | None
    referral: str
    minutes: int | None
    levels: dict[str, int]
    scam_steps: frozenset[str]
    saved_form: str
    opened_at: datetime | None
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


def case_row(booking_id: int, wish: str, learner_id: int | None = None) -> CaseRow:
    """The booking's case; when nobody has written yet, an empty one with the wish and the learner's phone."""
    row = db.session.execute(
        select(Case, Account.name)
        .join(Account, Account.id == Case.adviser_id)
        .where(Case.booking_id == booking_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        phone: Phone = phone_of(learner_id) if learner_id is not None else {"device": None, "os": ""}
        return CaseRow(
            None, None, "", wish, "", frozenset(), phone["device"], phone["os"], None, None, "", None, {},
            frozenset(), "", None, None, (),
        )  # fmt: skip
    case: Case = row.Case
    areas = db.session.scalars(select(CaseArea.area_code).where(CaseArea.case_id == case.id))
    return CaseRow(
        case.id,
        case.adviser_id,
        row.name,
        case.asked,
        case.done,
        frozenset(areas),
        case.device,
        case.os,
        case.result,
        case.referred_to,
        case.referral,
        case.minutes,
        dict(case.levels),
        frozenset(case.scam_steps or ()),
        case.saved_form,
        case.opened_at,
        case.closed_at,
        [_aside(typed) for typed in (case.asides or {}).values()],
    )


def _aside(typed: dict[str, Any]) -> Aside:
    return Aside(datetime.fromisoformat(typed["at"]), typed.get("by", ""), typed["asked"], typed["done"])


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
