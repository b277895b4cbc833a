"""Who could do with a tutor: learners who cannot yet do alone what they practise, and whom nobody helps.

Read for the coordinators' page on which a learner is looked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, exists, func, select

from supportdesk.core.database import table_of
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Learner, Status
from supportdesk.learners.rooms import scope_of
from supportdesk.places.models import District
from supportdesk.skills.levels import ALONE
from supportdesk.skills.models import SkillEvidence, SkillLevel
from supportdesk.tutors.models import Match
from supportdesk.tutors.office import WAITING_WEEKS

_LEARNER = table_of(Learner)
_LEVEL = table_of(SkillLevel)
_EVIDENCE = table_of(SkillEvidence)
_MATCH = table_of(Match)


class WaitingRow(NamedTuple):
    """A learner whom nobody helps, how many skills they do not do alone yet, and when that was last seen."""

    learner_id: int
    name: str
    district: str | None
    unfinished: int
    seen_at: datetime


def waiting_page(actor: Actor, now: datetime, number: int) -> Page[WaitingRow]:
    """Of the learners whom the actor may see, those last seen first. A self-check counts where nobody has looked."""
    seen_at = func.max(_EVIDENCE.c.observed_at)
    statement = (
        select(
            _LEARNER.c.id,
            case((_LEARNER.c.name != "", _LEARNER.c.name), else_=_LEARNER.c.kana).label("shown_name"),
            District.name.label("district"),
            func.count().label("unfinished"),
            seen_at.label("seen_at"),
        )
        .join(_LEVEL, _LEVEL.c.learner_id == _LEARNER.c.id)
        .join(_EVIDENCE, _EVIDENCE.c.id == func.coalesce(_LEVEL.c.evidence_id, _LEVEL.c.self_evidence_id))
        .outerjoin(District, District.code == _LEARNER.c.district_code)
        .where(
            _LEARNER.c.status == Status.ACTIVE,
            func.coalesce(_LEVEL.c.level, _LEVEL.c.self_level) < ALONE,
            _EVIDENCE.c.observed_at >= now - timedelta(weeks=WAITING_WEEKS.get()),
            ~exists().where(_MATCH.c.learner_id == _LEARNER.c.id, _MATCH.c.ended_at.is_(None)),
        )
        .group_by(_LEARNER.c.id, _LEARNER.c.name, _LEARNER.c.kana, District.name)
        .order_by(seen_at.desc(), _LEARNER.c.id)
    )
    scope = scope_of(actor)
    if scope is not None:
        statement = statement.where(_LEARNER.c.id.in_(scope))
    page = fetch_page(statement, number)
    return page.showing([WaitingRow._make(row) for row in page.rows])
