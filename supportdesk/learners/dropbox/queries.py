"""Reads about what was handed in: which of it waits for somebody to decide, and who that is."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select, true

from supportdesk.accounts.models import Account
from supportdesk.core.database import table_of
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.dropbox.kinds import Told, Written, kinds
from supportdesk.learners.dropbox.models import Drop, DropState
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as

_DROP = table_of(Drop)


class HeldRow(NamedTuple):
    """An entry that could not be recorded. `advice`: why, and what to do."""

    id: int
    learner_id: int | None
    name: str
    told: Told
    by: str
    observed_at: datetime
    received_at: datetime
    advice: str
    can_be_recorded: bool


def held_entries(actor: Actor, number: int) -> Page[HeldRow]:
    """What waits for the actor's decision, the oldest first: what they handed in, and what they answer for."""
    statement = (
        select(
            *(_DROP.c.id, _DROP.c.kind, _DROP.c.activity, _DROP.c.payload, _DROP.c.reason),
            *(_DROP.c.observed_at, _DROP.c.received_at, _DROP.c.learner_id),
            *(Learner.name, Learner.kana, Account.name.label("by")),
        )
        .join(Account, Account.id == _DROP.c.account_id)
        .outerjoin(Learner, Learner.id == _DROP.c.learner_id)
        .where(_waits(), theirs(actor))
        .order_by(_DROP.c.id)
    )
    page = fetch_page(statement, number)
    told = _told(page.rows)
    return Page([_held(row, told) for row in page.rows], page.number, page.pages, page.total)


def count_held(actor: Actor, activity: str = "") -> int:
    """How many wait for the actor's decision; of one activity alone, when it is named."""
    wanted = select(func.count()).select_from(_DROP).where(_waits(), theirs(actor))
    if activity:
        wanted = wanted.where(_DROP.c.activity == activity)
    return db.session.scalar(wanted) or 0


def drop_to_settle(drop_id: int, actor: Actor) -> Drop | None:
    """An entry that the actor may decide about."""
    wanted = select(Drop).where(Drop.id == drop_id, theirs(actor))
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def theirs(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor handed it in or answers for it."""
    if actor.account_id is None or Role.ADMIN in actor.roles:
        return true()
    mine: list[ColumnElement[bool]] = [_DROP.c.account_id == actor.account_id]
    for kind in kinds().values():
        answered = kind.answers_for(actor, _DROP.c.activity)
        if answered is not None:
            mine.append(and_(_DROP.c.kind == kind.name, answered))
    return or_(*mine)


def _waits() -> ColumnElement[bool]:
    """What an erasure emptied waits for nobody."""
    return and_(_DROP.c.state == DropState.HELD, _DROP.c.payload != "")


def _told(rows: Any) -> dict[int, Told]:
    """In words, a few statements for each kind."""
    found: dict[int, Told] = {}
    for name, kind in kinds().items():
        ours = [row for row in rows if row.kind == name and row.activity]
        written = [Written(row.learner_id, row.activity, row.observed_at, json.loads(row.payload)) for row in ours]
        found |= dict(zip((row.id for row in ours), kind.tell(written) if written else (), strict=True))
    return found


def _held(row: Any, told: dict[int, Told]) -> HeldRow:
    kind = kinds().get(row.kind)
    advice = kind.advice.get(row.reason) if kind else None
    return HeldRow(
        row.id,
        row.learner_id,
        known_as(row.name, row.kana) if row.learner_id is not None else _("だれのことか分かりません"),
        told.get(row.id, Told("", _("内容を読み取れません"))),
        row.by,
        row.observed_at,
        row.received_at,
        str(advice or _("たしかめて、「記録する」か「記録しない」を押してください。")),
        can_be_recorded=row.id in told,
    )
