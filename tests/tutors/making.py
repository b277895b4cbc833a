"""Tutors, matches and sessions for tests, made by the desk's own operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.tutors.models import STANDS, PeerSession
from supportdesk.tutors.operations import appoint_tutor, match_learner
from supportdesk.tutors.sessions import Held, correct_session, log_session, withdraw_session
from tests.factories import make_actor, make_learner


def make_tutor(
    *skills: str, username: str = "tutor", districts: tuple[str, ...] = ("chuo",), appointed: bool = True
) -> Actor:
    """Somebody with the tutor's role, appointed unless told otherwise."""
    tutor = make_actor(Role.TUTOR, username=username, districts=districts)
    if appointed:
        with transaction():
            appoint_tutor(account_of(tutor), skills=skills or ("A1", "B5"), actor=SYSTEM, now=clock.now())
    return tutor


def account_of(actor: Actor) -> int:
    assert actor.account_id is not None
    return actor.account_id


def match(tutor: Actor, learner_id: int, wish: str = "", *, told: bool = True) -> int:
    with transaction():
        return match_learner(account_of(tutor), learner_id, wish=wish, told=told, actor=SYSTEM, now=clock.now())


def log(
    tutor: Actor,
    learner_id: int,
    *,
    uuid: UUID | None = None,
    held_at: datetime | None = None,
    minutes: int = 60,
    place: str = "泉町内会館",
    district_code: str = "chuo",
    venue_id: int | None = None,
    note: str = "",
    in_group: bool = False,
    levels: Mapping[str, int] | None = None,
) -> int:
    """Log a session that has just ended."""
    with transaction():
        return log_session(
            uuid or uuid4(),
            account_of(tutor),
            learner_id,
            Held(
                held_at=held_at or clock.now() - timedelta(minutes=minutes),
                minutes=minutes,
                place=place,
                district_code=district_code,
                venue_id=venue_id,
                note=note,
                in_group=in_group,
                levels=levels or {},
            ),
            actor=tutor,
            now=clock.now(),
        )


def ago(minutes: int) -> datetime:
    """The instant so many minutes ago."""
    return clock.now() - timedelta(minutes=minutes)


def an_hour() -> Held:
    """A session that has just ended."""
    return Held(held_at=ago(60), minutes=60, place="泉町内会館", district_code="chuo")


def pair(*skills: str) -> tuple[Actor, int]:
    """A tutor and a learner of theirs."""
    tutor, learner = make_tutor(*skills), make_learner()
    match(tutor, learner)
    return tutor, learner


def correct(session_id: int, held: Held, actor: Actor, uuid: UUID | None = None) -> int:
    with transaction():
        return correct_session(uuid or uuid4(), session_id, held, actor=actor, now=clock.now())


def withdraw(session_id: int, actor: Actor) -> None:
    with transaction():
        withdraw_session(session_id, actor=actor, now=clock.now())


def standing() -> list[int]:
    """The sessions that are not withdrawn."""
    return list(db.session.scalars(select(PeerSession.id).where(STANDS).order_by(PeerSession.id)))
