"""How much neighbours taught neighbours: sessions, learners, tutors and hours by district, for a month or a year."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from supportdesk.accounts.terms import in_force
from supportdesk.core import clock, wareki
from supportdesk.core.database import table_of
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.places.models import AccountDistrict, District
from supportdesk.tutors.models import STANDS, PeerSession

_DISTRICT = table_of(District)
_SESSION = table_of(PeerSession)
_MONTHS_OFFERED: Final = 12
_YEARS_OFFERED: Final = 3
_APRIL: Final = 4


class FigureRow(NamedTuple):
    """One district, or all together. A learner of two districts counts once in the total, and so does an hour in which
    a tutor taught several."""

    code: str
    name: str
    sessions: int
    learners: int
    tutors: int
    minutes: int


class Period(NamedTuple):
    """A month or a fiscal year; both days belong to it."""

    code: str
    label: str
    first: date
    last: date


def districts_of(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the districts whose figures the actor may see: a coordinator's own, an administrator's all."""
    wanted = select(_DISTRICT.c.code, _DISTRICT.c.name).order_by(_DISTRICT.c.position)
    if actor.account_id is not None and Role.ADMIN not in actor.roles:
        own = select(AccountDistrict.district_code).where(
            AccountDistrict.account_id == actor.account_id, in_force(AccountDistrict)
        )
        wanted = wanted.where(_DISTRICT.c.code.in_(own))
    return [(row.code, row.name) for row in db.session.execute(wanted)]


def district_codes_of(account_id: int) -> set[str]:
    """Where the account's holder serves."""
    return set(
        db.session.scalars(
            select(AccountDistrict.district_code).where(
                AccountDistrict.account_id == account_id, in_force(AccountDistrict)
            )
        )
    )


_COUNTS: Final[tuple[Any, ...]] = (
    func.count(_SESSION.c.id),
    func.count(_SESSION.c.learner_id.distinct()),
    func.count(_SESSION.c.tutor_id.distinct()),
    func.coalesce(func.sum(_SESSION.c.tutor_minutes), 0),
)


def figures_by_district(first: date, last: date, codes: Collection[str] | None = None) -> list[FigureRow]:
    """One row for each district, or for each of these, in the city's order; those where nothing happened too."""
    within = _within(first, last)
    wanted = (
        select(_DISTRICT.c.code, _DISTRICT.c.name, *_COUNTS)
        .outerjoin(_SESSION, (_SESSION.c.district_code == _DISTRICT.c.code) & within)
        .group_by(_DISTRICT.c.code, _DISTRICT.c.name, _DISTRICT.c.position)
        .order_by(_DISTRICT.c.position)
    )
    if codes is not None:
        wanted = wanted.where(_DISTRICT.c.code.in_(codes))
    return [FigureRow(*row) for row in db.session.execute(wanted)]


def figures_in_all(first: date, last: date, codes: Collection[str]) -> FigureRow:
    """These districts together."""
    wanted: Select[Any] = select(*_COUNTS).where(_within(first, last), _SESSION.c.district_code.in_(codes))
    return FigureRow("", _("合計"), *db.session.execute(wanted).one())


def _within(first: date, last: date) -> Any:
    since, until = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    return STANDS & (_SESSION.c.held_at >= since) & (_SESSION.c.held_at < until)


def fiscal_year(year: int) -> Period:
    """From 1 April to 31 March."""
    label = _("%(year)s年度（%(year)s年4月から）", year=year)
    return Period(f"fy{year}", label, date(year, _APRIL, 1), date(year + 1, _APRIL, 1) - timedelta(days=1))


def month_of(day: date) -> Period:
    """The month in which the day lies."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(f"{first:%Y-%m}", _("%(year)s年%(month)s月", year=first.year, month=first.month), first, last)


def periods(today: date) -> Sequence[Period]:
    """What can be looked at: this month, this fiscal year and those before."""
    months = [month_of(today)]
    while len(months) < _MONTHS_OFFERED:
        months.append(month_of(months[-1].first - timedelta(days=1)))
    this_year = wareki.fiscal_year(today)
    return [*(fiscal_year(this_year - back) for back in range(_YEARS_OFFERED)), *months]


def period_named(code: str, today: date) -> Period:
    """The period of that code; nonsense is this month."""
    return next((period for period in periods(today) if period.code == code), month_of(today))
