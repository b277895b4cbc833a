"""Reads about applications in public: what residents may know of a run's terms, and what reception settles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.applying.placing import there_already
from supportdesk.classes.models import Filling, Meeting, Run, RunState
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.learners.applying.models import ApplicationState, HeldBecause, RefusedBecause
from supportdesk.learners.models import Channel, Learner

#: The register was put right meanwhile by somebody else, or there is nobody any more: nothing is asked then.
CHANNEL_DIFFERS: Final = (
    Applicant.channel_differs,
    Applicant.channel != Learner.channel,
    Learner.erased_at.is_(None),
)


class Terms(NamedTuple):
    """How one applies for a run."""

    filling: Filling
    apply_until: datetime | None
    drawn_at: datetime | None
    state: RunState
    starts_at: datetime

    @property
    def drawn(self) -> bool:
        """Whether its seats are drawn."""
        return self.filling is Filling.LOTTERY

    @property
    def by_invitation(self) -> bool:
        """Nobody applies: people are asked."""
        return self.filling is Filling.INVITATION

    def takes_applications(self, now: datetime) -> bool:
        """Whether one may apply in public now."""
        last = self.apply_until or self.starts_at
        return self.state is RunState.OPEN and not self.by_invitation and now < min(last, self.starts_at)


def terms_of(run_id: int) -> Terms | None:
    """The terms of a run, if there is one."""
    row = db.session.execute(
        select(Run.filling, Run.apply_until, Run.drawn_at, Run.state, Run.starts_at).where(Run.id == run_id)
    ).one_or_none()
    return Terms._make(row) if row else None


class Receipt(NamedTuple):
    """An application as whoever sent it may see it again: who it is about is not told."""

    receipt: str
    run_id: int
    state: ApplicationState
    people: int
    applied_at: datetime
    live: bool

    @property
    def withdrawn(self) -> bool:
        """Taken back, or what it gave was given up since."""
        return self.state is ApplicationState.WITHDRAWN or not self.live


def receipt_of(code: str) -> Receipt | None:
    """The application with this number."""
    people = select(func.count()).where(Applicant.application_id == Application.id).scalar_subquery()
    row = db.session.execute(
        select(
            Application.receipt,
            Application.run_id,
            Application.state,
            people,
            Application.applied_at,
        ).where(Application.receipt == code)
    ).one_or_none()
    if row is None:
        return None
    live = row.state is not ApplicationState.PLACED or _has_a_place(code)
    return Receipt._make((*row, live))


def _has_a_place(code: str) -> bool:
    """Whether anybody in the application still has what it gave them."""
    named = db.session.execute(
        select(Application.run_id, Applicant.learner_id)
        .join(Applicant)
        .where(Application.receipt == code, Applicant.learner_id.is_not(None))
    ).all()
    return any(there_already(row.run_id, [row.learner_id]) for row in named)


class HeldRow(NamedTuple):
    """An application that waits for reception."""

    id: int
    receipt: str
    because: HeldBecause
    applied_at: datetime
    run_id: int
    title: str
    starts_at: datetime
    apply_until: datetime | None
    state: RunState
    held: bool
    people: Sequence[str]
    learner_ids: Sequence[int]


def _asking_for_the_channel() -> ColumnElement[bool]:
    """Condition: it is placed, and names another way to be told than the register has."""
    differs = select(Applicant.application_id).join(Learner, Learner.id == Applicant.learner_id).where(*CHANNEL_DIFFERS)
    return and_(Application.state == ApplicationState.PLACED, Application.id.in_(differs))


def held_page(number: int) -> Page[HeldRow]:
    """Those on which reception has something to say: of classes that were called off, for those people do not know it
    yet, then the oldest; whom they are known to be about. Three statements.
    """
    page = fetch_page(
        select(
            *(Application.id, Application.receipt, Application.because, Application.applied_at),
            *(Run.id.label("run_id"), Run.title, Run.starts_at, Run.apply_until, Run.state),
            (Application.state == ApplicationState.HELD).label("held"),
        )
        .join(Run, Run.id == Application.run_id)
        .where(or_(Application.state == ApplicationState.HELD, _asking_for_the_channel()))
        .order_by(
            or_(Run.state != RunState.CANCELLED, Application.state != ApplicationState.HELD),
            Application.applied_at,
            Application.id,
        ),
        number,
    )
    names: dict[int, list[str]] = {}
    known: dict[int, list[int]] = {}
    people = (
        select(Applicant.application_id, Applicant.name, Applicant.kana, Applicant.learner_id)
        .where(Applicant.application_id.in_([row.id for row in page.rows]))
        .order_by(Applicant.position)
    )
    for row in db.session.execute(people):
        names.setdefault(row.application_id, []).append(row.name or row.kana)
        if row.learner_id is not None:
            known.setdefault(row.application_id, []).append(row.learner_id)
    rows = [HeldRow._make((*row, names.get(row.id, []), known.get(row.id, []))) for row in page.rows]
    return page.showing(rows)


def how_many_held(*run_ids: int) -> int:
    """How many wait, of all runs or of these."""
    wanted = [Application.state == ApplicationState.HELD]
    if run_ids:
        wanted.append(Application.run_id.in_(run_ids))
    return db.session.scalar(select(func.count()).select_from(Application).where(*wanted)) or 0


def any_told_of_the_end(meeting_ids: Collection[int], since: datetime) -> bool:
    """Whether reception has told anybody since then that the class of one of these meetings, for which they applied, is
    not held.
    """
    told = (
        select(Application.id)
        .join(Meeting, Meeting.run_id == Application.run_id)
        .where(
            Meeting.id.in_(meeting_ids),
            Application.refused_because == RefusedBecause.OVER,
            Application.settled_at >= since,
        )
    )
    return db.session.scalars(told.limit(1)).first() is not None


def how_many_to_look_at() -> int:
    """How many stand on reception's list."""
    wanted = or_(Application.state == ApplicationState.HELD, _asking_for_the_channel())
    return db.session.scalar(select(func.count()).select_from(Application).where(wanted)) or 0


def channels_that_differ(application_id: int) -> dict[int, Channel]:
    """For the people of an application who named another way to be told: the one that the register has."""
    rows = db.session.execute(
        select(Applicant.id, Learner.channel)
        .join(Learner, Learner.id == Applicant.learner_id)
        .where(Applicant.application_id == application_id, *CHANNEL_DIFFERS)
    )
    return {row.id: row.channel for row in rows}


def application_to_settle(application_id: int) -> Application:
    """One application with its people. Raises NotFound."""
    found = db.session.scalar(
        select(Application).where(Application.id == application_id).options(selectinload(Application.people))
    )
    if found is None:
        raise NotFound
    return found
