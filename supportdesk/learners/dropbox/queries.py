"""Reads about what was handed in: which of it waits for somebody to decide, and who that is."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from supportdesk.accounts.models import Account
from supportdesk.core.database import table_of
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.dropbox.kinds import Kind, Told, Written, kinds
from supportdesk.learners.dropbox.models import Entry, EntryState
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as
from supportdesk.learners.rooms import scope_of

_ENTRY = table_of(Entry)


class HeldRow(NamedTuple):
    """An entry that could not be recorded. `advice`: why, and what to do; `page`: where it is done by hand.

    Without a learner's id and name for whoever may not know them.
    """

    id: int
    learner_id: int | None
    name: str
    told: Told
    by: str
    observed_at: datetime
    received_at: datetime
    advice: str
    can_be_recorded: bool
    page: str


def held_entries(actor: Actor, number: int) -> Page[HeldRow]:
    """What waits for the actor's decision, the oldest first: what they handed in, and what they answer for."""
    statement = (
        select(
            *(_ENTRY.c.id, _ENTRY.c.kind, _ENTRY.c.activity, _ENTRY.c.payload, _ENTRY.c.reason),
            *(_ENTRY.c.observed_at, _ENTRY.c.received_at, _ENTRY.c.learner_id),
            *(Learner.name, Learner.kana, Account.name.label("by")),
            *(answered_for(actor).label("answered"), _known(actor).label("known"), _seen(actor).label("seen")),
        )
        .join(Account, Account.id == _ENTRY.c.account_id)
        .outerjoin(Learner, Learner.id == _ENTRY.c.learner_id)
        .where(_waits(), theirs(actor))
        .order_by(_ENTRY.c.id)
    )
    page = fetch_page(statement, number)
    told, pages = _told(page.rows), _pages(page.rows, actor)
    rows = [_held(row, told.get(row.id), actor, pages.get(row.activity, "")) for row in page.rows]
    return page.showing(rows)


def count_held(actor: Actor, activity: str = "") -> int:
    """How many wait for the actor's decision; of one activity alone, when it is named."""
    wanted = select(func.count()).select_from(_ENTRY).where(_waits(), theirs(actor))
    if activity:
        wanted = wanted.where(_ENTRY.c.activity == activity)
    return db.session.scalar(wanted) or 0


def held_of(actor: Actor, activity: str) -> list[str]:
    """Those of one activity that wait for the actor's decision, by the numbers that phones gave them."""
    wanted = select(_ENTRY.c.uuid).where(_waits(), theirs(actor), _ENTRY.c.activity == activity)
    return list(db.session.scalars(wanted.order_by(_ENTRY.c.id)))


def entry_to_settle(entry_id: int, actor: Actor) -> Entry | None:
    """An entry that the actor may decide about."""
    wanted = select(Entry).where(Entry.id == entry_id, theirs(actor))
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def theirs(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor handed it in or answers for it. An administrator looks after what nobody answers for."""
    if actor.account_id is None or Role.ADMIN in actor.roles:
        return true()
    return or_(_ENTRY.c.account_id == actor.account_id, answered_for(actor))


def answered_for(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor answers for what it is about. That they handed it in is not enough."""
    return or_(false(), *(condition for _kind, condition in _answered(actor)))


def _answered(actor: Actor) -> list[tuple[Kind, ColumnElement[bool]]]:
    asked = [(kind, kind.answers_for(actor, _ENTRY.c.activity)) for kind in kinds().values()]
    return [(kind, and_(_ENTRY.c.kind == kind.name, found)) for kind, found in asked if found is not None]


def _known(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor answers for what it is about, and that knows the learner."""
    belong = (and_(found, kind.belongs(_ENTRY.c.activity, _ENTRY.c.learner_id)) for kind, found in _answered(actor))
    return or_(false(), *belong)


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor may see the learner anyhow."""
    scope = scope_of(actor)
    return true() if scope is None else and_(_ENTRY.c.learner_id.is_not(None), _ENTRY.c.learner_id.in_(scope))


def _waits() -> ColumnElement[bool]:
    """What an erasure emptied waits for nobody."""
    return and_(_ENTRY.c.state == EntryState.HELD, _ENTRY.c.payload != "")


def _told(rows: Any) -> dict[int, tuple[Written, Told]]:
    """What is written, and in words; a few statements for each kind."""
    found: dict[int, tuple[Written, Told]] = {}
    for name, kind in kinds().items():
        ours = [row for row in rows if row.kind == name and row.activity]
        written = [Written(row.learner_id, row.activity, row.observed_at, json.loads(row.payload)) for row in ours]
        pairs = zip(written, kind.tell(written) if written else (), strict=True)
        found |= dict(zip((row.id for row in ours), pairs, strict=True))
    return found


def _pages(rows: Any, actor: Actor) -> dict[str, str]:
    """Where the actor records by hand, by the names of activities: a statement for each kind."""
    found: dict[str, str] = {}
    for name, kind in kinds().items():
        ours = {row.activity for row in rows if row.kind == name and row.activity}
        found |= kind.pages(actor, ours) if ours else {}
    return found


def _held(row: Any, told: tuple[Written, Told] | None, actor: Actor, page: str) -> HeldRow:
    kind = kinds().get(row.kind)
    helps = bool(kind and told and row.known and kind.can_insist(told[0], row.reason, actor))
    return HeldRow(
        row.id,
        row.learner_id if row.known or row.seen else None,
        _name(row),
        told[1] if told else Told("", _("内容を読み取れません")),
        row.by,
        row.observed_at,
        row.received_at,
        _advice(row, kind if told else None),
        helps,
        "" if helps else page,
    )


def _name(row: Any) -> str:
    if row.learner_id is None:
        return _("だれのことか分かりません")
    return known_as(row.name, row.kana) if row.known or row.seen else _("ここでは名前を出せない方")


def _advice(row: Any, kind: Kind | None) -> str:
    if kind is None:
        return _("読み取れないので、記録できません。たしかめて、「記録しない」を押してください。")
    if not row.answered:
        return _("記録するかどうかは、担当の人が決めます。担当の人の画面にも出ています。")
    if not row.known:
        return _(
            "この方はここの名簿にいないので、ここでは記録できません。来ていたときは、ふつうの画面で加えてください。"
        )
    return str(kind.advice.get(row.reason) or _("たしかめて、「記録する」か「記録しない」を押してください。"))
