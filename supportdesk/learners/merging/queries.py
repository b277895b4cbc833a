"""Reads for the pages of merging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.learners.found import Found, described
from supportdesk.learners.merging.models import HandOver, HandOverKind
from supportdesk.learners.merging.operations import obstacles, why_not_undone
from supportdesk.learners.merging.rows import rows_of
from supportdesk.learners.models import Learner

_ROWS = select(HandOver).order_by(HandOver.done_at.desc(), HandOver.id.desc())


class HandOverRow(NamedTuple):
    """A merge or a split, as it is shown. `why_not` says why it cannot be taken back any more."""

    id: int
    kind: HandOverKind
    giver: Found
    taker: Found
    done_at: datetime
    by: str
    undone_at: datetime | None
    why_not: object | None


def hand_overs_page(number: int, now: datetime) -> Page[HandOverRow]:
    """All merges and splits, the latest first."""
    page = fetch_page(_ROWS, number)
    return page.showing(_shown([row[0] for row in page.rows], now))


def hand_over(hand_over_id: int, now: datetime) -> HandOverRow | None:
    """One of them."""
    rows = _shown(list(db.session.scalars(_ROWS.where(HandOver.id == hand_over_id))), now)
    return rows[0] if rows else None


def obstacles_of(gone_id: int, kept_id: int, now: datetime) -> list[str]:
    """What has to be settled before the two can be one. Raises NotFound."""
    learners = {one.id: one for one in db.session.scalars(select(Learner).where(Learner.id.in_([gone_id, kept_id])))}
    if len(learners) != 2:
        raise NotFound
    return obstacles(learners[gone_id], learners[kept_id], now)


def rows_to_move(gone_id: int, kept_id: int) -> int:
    """How many rows of all rooms change hands when the two become one."""
    return sum(len(held.free) for held in rows_of(gone_id, kept_id))


def _shown(rows: Sequence[HandOver], now: datetime) -> list[HandOverRow]:
    people = {one.id: one for one in described(sorted({one for row in rows for one in (row.giver_id, row.taker_id)}))}
    wanted = select(Account.id, Account.name).where(Account.id.in_([row.done_by for row in rows if row.done_by]))
    names = {row.id: row.name for row in db.session.execute(wanted)}
    return [
        HandOverRow(
            row.id,
            row.kind,
            people[row.giver_id],
            people[row.taker_id],
            row.done_at,
            names.get(row.done_by or 0, ""),
            row.undone_at,
            why_not_undone(row, now),
        )
        for row in rows
    ]
