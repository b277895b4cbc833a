"""Reads for the pages of the register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.found import Found, described
from supportdesk.learners.models import Learner, LearnerNeed, Need, Status
from supportdesk.learners.names import known_as
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.rooms import scope_of


def learners_page(actor: Actor, number: int) -> Page[Found]:
    """The learners whom the actor may see, in the order of their kana. Three statements however many there are."""
    live = select(Learner.id).where(Learner.merged_into.is_(None), Learner.erased_at.is_(None))
    statement = live.order_by(Learner.kana_key, Learner.id)
    scope = scope_of(actor)
    if scope is not None:
        statement = statement.where(Learner.id.in_(scope))
    page = fetch_page(statement, number)
    rows = described([row.id for row in page.rows]) if page.rows else []
    return page.showing(rows)


def learner_to_edit(learner_id: int) -> Learner:
    """The learner with phones and needs. Raises NotFound."""
    learner = db.session.scalar(
        select(Learner)
        .where(Learner.id == learner_id)
        .options(selectinload(Learner.phones), selectinload(Learner.needs))
        .execution_options(populate_existing=True)
    )
    if learner is None:
        raise NotFound
    return learner


def needs_of(learner_ids: Collection[int]) -> dict[int, list[Need]]:
    """What to prepare for each of them who needs something: one statement."""
    found: dict[int, list[Need]] = defaultdict(list)
    rows = db.session.execute(
        select(LearnerNeed.learner_id, LearnerNeed.need)
        .where(LearnerNeed.learner_id.in_(learner_ids))
        .order_by(LearnerNeed.need)
    )
    for learner_id, need in rows:
        found[learner_id].append(need)
    return found


def name_of(learner_id: int) -> str:
    """The learner's name as it is shown. Raises NotFound."""
    row = db.session.execute(select(Learner.name, Learner.kana).where(Learner.id == learner_id)).one_or_none()
    if row is None:
        raise NotFound
    return known_as(row.name, row.kana)


def particulars_of(learner_id: int) -> Particulars:
    """All that is held of the learner, as a form would give it. Raises NotFound."""
    learner = learner_to_edit(learner_id)
    own = {one.name: getattr(learner, one.name) for one in fields(Particulars) if one.name not in ("phones", "needs")}
    return Particulars(
        **own,
        phones=tuple(Telephone(phone.typed, phone.number) for phone in learner.phones),
        needs=frozenset(need.need for need in learner.needs),
    )


def everybody() -> Select[*tuple[Any, ...]]:
    """Every learner, for whoever asks what is unusual about a look: id, name, kana, deceased."""
    return select(Learner.id, Learner.name, Learner.kana, (Learner.status == Status.DECEASED).label("deceased"))


def stands_for(learner_id: int) -> int | None:
    """The record into which this one was merged; None where it stands for itself, or there is none."""
    return db.session.scalar(select(Learner.merged_into).where(Learner.id == learner_id))
