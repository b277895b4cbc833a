"""The classes about which somebody has to decide today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select

from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Filling, RunKind, RunState
from supportdesk.classes.queries import RUN, RUN_ROWS, RunRow
from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db


class ToDecide(NamedTuple):
    """A class whose day has come and to which fewer people are coming than it was to be held with: who has a seat, or
    where those are `to_draw`, who is in the draw.
    """

    run: RunRow
    coming: int
    to_draw: bool
    least: int
    decide_on: date


_ENTRANT = table_of(LotteryEntrant)
_TO_DRAW = (RUN.c.filling == Filling.LOTTERY) & RUN.c.drawn_at.is_(None)
_IN_DRAW = (
    select(func.count())
    .select_from(_ENTRANT)
    .where(_ENTRANT.c.run_id == RUN.c.id, _ENTRANT.c.withdrawn_at.is_(None))
    .correlate(RUN)
    .scalar_subquery()
)
#: Before the draw nobody has a seat.
_COMING = case((_TO_DRAW, _IN_DRAW), else_=RUN.c.taken)


def _undecided(now: datetime, districts: Collection[str] | None) -> list[ColumnElement[bool]]:
    conditions = [
        RUN.c.kind == RunKind.CLASS,
        RUN.c.state == RunState.OPEN,
        RUN.c.starts_at > now,
        RUN.c.decide_on <= clock.local(now).date(),
        RUN.c.least > _COMING,
        RUN.c.held_at.is_(None),
    ]
    return conditions if districts is None else [*conditions, RUN.c.district_code.in_(districts)]


def runs_to_decide(number: int, *, districts: Collection[str] | None, now: datetime) -> Page[ToDecide]:
    """Those in these districts, or in all of them; the next to begin first."""
    statement = RUN_ROWS.add_columns(
        _COMING.label("coming"), _TO_DRAW.label("to_draw"), RUN.c.least, RUN.c.decide_on
    ).where(*_undecided(now, districts))
    page = fetch_page(statement, number)
    width = len(RunRow._fields)
    rows = [
        ToDecide(RunRow._make(row[:width]), row.coming, bool(row.to_draw), row.least, row.decide_on)
        for row in page.rows
    ]
    return page.showing(rows)


def how_many_to_decide(*, districts: Collection[str] | None, now: datetime) -> int:
    """How many there are: one statement."""
    return db.session.scalar(select(func.count()).select_from(RUN).where(*_undecided(now, districts))) or 0
