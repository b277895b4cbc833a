"""That a learner would like a peer tutor: said by whoever met them, settled by the coordinators' match.

It stands in the register because the rooms that say it and the room that settles it stand side by side.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.locking import lock_learner
from supportdesk.learners.models import Learner, Status, TutorWish
from supportdesk.learners.names import known_as_column

_WISH: Final = table_of(TutorWish)
_LEARNER: Final = table_of(Learner)
_OPEN: Final = _WISH.c.settled_at.is_(None)
#: As many as fit on one page; the oldest are settled first.
MOST_SHOWN: Final = 50


class Wish(NamedTuple):
    """Somebody would like a tutor."""

    learner_id: int
    name: str
    words: str
    asked_at: datetime
    asked_by: str


def ask_for_tutor(learner_id: int, words: str, *, activity: str = "", actor: Actor, now: datetime) -> bool:
    """The coordinators see that the learner would like a tutor; whether it is new: an open wish stands as it is."""
    lock_learner(learner_id)
    if is_wished(learner_id):
        return False
    db.session.execute(
        insert(TutorWish),
        {
            "learner_id": learner_id,
            "activity": activity,
            "words": words,
            "asked_at": now,
            "asked_by": actor.account_id,
        },
    )
    audit.record(
        actor=actor,
        action=Action.ASK_FOR_TUTOR,
        subject=f"learner:{learner_id}",
        now=now,
        detail={"activity": activity},
    )
    return True


def settle_wish(learner_id: int, *, actor: Actor, now: datetime) -> None:
    """The learner has a tutor, or wants none any more."""
    connection().execute(
        update(_WISH).where(_WISH.c.learner_id == learner_id, _OPEN).values(settled_at=now, settled_by=actor.account_id)
    )


def is_wished(learner_id: int) -> bool:
    """Whether the learner waits for a tutor."""
    return db.session.scalar(select(_WISH.c.id).where(_WISH.c.learner_id == learner_id, _OPEN).limit(1)) is not None


def wish_of(learner_id: int) -> str:
    """What the learner would like to practise with a tutor, as it was said; empty when there is no open wish."""
    return db.session.scalar(select(_WISH.c.words).where(_WISH.c.learner_id == learner_id, _OPEN).limit(1)) or ""


def open_wishes(scope: Select[Any] | None) -> list[Wish]:
    """Who waits for a tutor, of these learners, the longest first. One statement."""
    statement = (
        select(_LEARNER.c.id, known_as_column(_LEARNER), _WISH.c.words, _WISH.c.asked_at, Account.name)
        .join(_LEARNER, _LEARNER.c.id == _WISH.c.learner_id)
        .outerjoin(Account, Account.id == _WISH.c.asked_by)
        .where(_OPEN, _LEARNER.c.status == Status.ACTIVE)
        .order_by(_WISH.c.asked_at, _WISH.c.id)
        .limit(MOST_SHOWN)
    )
    if scope is not None:
        statement = statement.where(_WISH.c.learner_id.in_(scope))
    return [Wish(row[0], row[1], row[2], row[3], row[4] or "") for row in db.session.execute(statement)]
