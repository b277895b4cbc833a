"""Reads about applications for consultations: the receipt, and what reception is still to settle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select

from supportdesk.accounts.models import Account
from supportdesk.core.activities import Description, page_of
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication as _Applied
from supportdesk.helpdesk.applying.operations import LIVE
from supportdesk.helpdesk.models import Desk
from supportdesk.helpdesk.waiting.models import HalfDay
from supportdesk.helpdesk.waiting.words import times_in_words
from supportdesk.learners.applying.models import ApplicationState, HeldBecause


class Receipt(NamedTuple):
    """An application as whoever sent it may see it again: who it is about is not told."""

    receipt: str
    desk_id: int
    starts_at: datetime | None
    ends_at: datetime | None
    anywhere: bool
    weekdays: Sequence[int]
    half_day: HalfDay
    state: ApplicationState
    applied_at: datetime
    live: bool

    @property
    def times(self) -> str:
        """When it suits whoever waits, in words."""
        return times_in_words(self.weekdays, self.half_day)

    @property
    def withdrawn(self) -> bool:
        """Taken back, or what it gave was given up since."""
        return self.state is ApplicationState.WITHDRAWN or (self.state is ApplicationState.PLACED and not self.live)


def receipt_of(code: str) -> Receipt | None:
    """The application with this number."""
    row = db.session.execute(
        select(
            _Applied.receipt,
            _Applied.desk_id,
            *(_Applied.starts_at, _Applied.ends_at, _Applied.anywhere, _Applied.weekdays, _Applied.half_day),
            _Applied.state,
            _Applied.applied_at,
            LIVE,
        ).where(_Applied.receipt == code)
    ).one_or_none()
    return Receipt._make(row) if row else None


class HeldRow(NamedTuple):
    """An application for a time, which waits for reception."""

    id: int
    starts_at: datetime
    ends_at: datetime
    desk_id: int
    desk: str
    adviser_id: int
    adviser: str
    name: str
    kana: str
    learner_id: int | None


class ToSettle(NamedTuple):
    """An application on reception's list; without a time, for a place in the line."""

    id: int
    receipt: str
    because: HeldBecause
    applied_at: datetime
    starts_at: datetime | None
    desk: str
    anywhere: bool
    name: str
    kana: str
    learner_id: int | None


_WHO: Final = (_Applied.name, _Applied.kana, _Applied.learner_id)
_HELD: Final[Select[*tuple[Any, ...]]] = (
    select(
        *(_Applied.id, _Applied.starts_at, _Applied.ends_at, _Applied.desk_id, Desk.name.label("desk")),
        *(_Applied.adviser_id, Account.name.label("adviser"), *_WHO),
    )
    .join(Desk, Desk.id == _Applied.desk_id)
    .join(Account, Account.id == _Applied.adviser_id)
    .where(_Applied.state == ApplicationState.HELD)
    .order_by(_Applied.starts_at, _Applied.id)
)
_TO_SETTLE: Final[Select[*tuple[Any, ...]]] = (
    select(
        *(_Applied.id, _Applied.receipt, _Applied.because, _Applied.applied_at, _Applied.starts_at),
        *(Desk.name.label("desk"), _Applied.anywhere, *_WHO),
    )
    .join(Desk, Desk.id == _Applied.desk_id)
    .where(_Applied.state == ApplicationState.HELD)
    .order_by(_Applied.starts_at.is_(None), _Applied.starts_at, _Applied.id)
)


def describe_applications(ids: Iterable[int]) -> Mapping[int, Description]:
    """The desk and the time of an application."""
    rows = db.session.execute(
        select(_Applied.id, _Applied.starts_at, _Applied.ends_at, Desk.name)
        .join(Desk, Desk.id == _Applied.desk_id)
        .where(_Applied.id.in_(list(ids)))
    )
    return {
        row.id: Description(
            row.name,
            row.starts_at,
            row.ends_at,
            page_of("helpdesk.application", consultation_application_id=row.id),
        )
        for row in rows
    }


def held_page(number: int) -> Page[ToSettle]:
    """Those that wait: whose time comes first first, then those without one."""
    page = fetch_page(_TO_SETTLE, number)
    return page.showing([ToSettle._make(row) for row in page.rows])


def held_ahead(now: datetime) -> list[HeldRow]:
    """All that wait and whose time is still to come. One statement."""
    return [HeldRow._make(row) for row in db.session.execute(_HELD.where(_Applied.starts_at > now))]


def how_many_held() -> int:
    """How many wait."""
    held = _Applied.state == ApplicationState.HELD
    return db.session.scalar(select(func.count()).select_from(_Applied).where(held)) or 0


def application_to_settle(application_id: int) -> _Applied:
    """One application. Raises NotFound."""
    found = db.session.get(_Applied, application_id)
    if found is None:
        raise NotFound
    return found
