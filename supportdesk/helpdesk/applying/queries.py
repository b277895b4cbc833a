"""Reads about applications for consultations: the receipt, and what reception is still to settle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from supportdesk.core.activities import Description, page_of
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.operations import LIVE
from supportdesk.helpdesk.models import Desk
from supportdesk.learners.applying.models import ApplicationState, HeldBecause


class Receipt(NamedTuple):
    """An application as whoever sent it may see it again: who it is about is not told."""

    receipt: str
    desk_id: int
    starts_at: datetime
    ends_at: datetime
    state: ApplicationState
    applied_at: datetime
    live: bool

    @property
    def withdrawn(self) -> bool:
        """Taken back, or what it gave was given up since."""
        return self.state is ApplicationState.WITHDRAWN or (self.state is ApplicationState.PLACED and not self.live)


def receipt_of(code: str) -> Receipt | None:
    """The application with this number."""
    row = db.session.execute(
        select(
            ConsultationApplication.receipt,
            ConsultationApplication.desk_id,
            ConsultationApplication.starts_at,
            ConsultationApplication.ends_at,
            ConsultationApplication.state,
            ConsultationApplication.applied_at,
            LIVE,
        ).where(ConsultationApplication.receipt == code)
    ).one_or_none()
    return Receipt._make(row) if row else None


class HeldRow(NamedTuple):
    """An application that waits for reception."""

    id: int
    receipt: str
    because: HeldBecause
    applied_at: datetime
    starts_at: datetime
    desk: str
    name: str
    kana: str
    learner_id: int | None


def describe_applications(ids: Iterable[int]) -> Mapping[int, Description]:
    """The desk and the time of an application."""
    rows = db.session.execute(
        select(
            ConsultationApplication.id, ConsultationApplication.starts_at, ConsultationApplication.ends_at, Desk.name
        )
        .join(Desk, Desk.id == ConsultationApplication.desk_id)
        .where(ConsultationApplication.id.in_(list(ids)))
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


def held_page(number: int) -> Page[HeldRow]:
    """Those that wait, whose time comes first first."""
    page = fetch_page(
        select(
            ConsultationApplication.id,
            ConsultationApplication.receipt,
            ConsultationApplication.because,
            ConsultationApplication.applied_at,
            ConsultationApplication.starts_at,
            Desk.name.label("desk"),
            ConsultationApplication.name,
            ConsultationApplication.kana,
            ConsultationApplication.learner_id,
        )
        .join(Desk, Desk.id == ConsultationApplication.desk_id)
        .where(ConsultationApplication.state == ApplicationState.HELD)
        .order_by(ConsultationApplication.starts_at, ConsultationApplication.id),
        number,
    )
    return Page([HeldRow._make(row) for row in page.rows], page.number, page.pages, page.total)


def how_many_held() -> int:
    """How many wait."""
    held = ConsultationApplication.state == ApplicationState.HELD
    return db.session.scalar(select(func.count()).select_from(ConsultationApplication).where(held)) or 0


def application_to_settle(application_id: int) -> ConsultationApplication:
    """One application. Raises NotFound."""
    found = db.session.get(ConsultationApplication, application_id)
    if found is None:
        raise NotFound
    return found
