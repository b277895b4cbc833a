"""Tutors, matches and sessions for tests, made by the desk's own operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.tutors.operations import appoint_tutor, match_learner
from supportdesk.tutors.sessions import Held, log_session
from tests.factories import make_actor


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
