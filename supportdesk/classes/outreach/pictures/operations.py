"""The verbs of pictures: add some, say what one shows, take one away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.outreach.locking import held_activity, lock_request
from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.office import OUTREACH_PICTURES
from supportdesk.classes.outreach.pictures.errors import ConsentMissing, TooManyPictures
from supportdesk.classes.outreach.pictures.models import OutreachPicture
from supportdesk.classes.outreach.pictures.queries import PICTURE, count_of
from supportdesk.core.codes import new_token
from supportdesk.core.database import connection
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.core.pictures import ReadyPicture
from supportdesk.extensions import db

#: There is nothing to photograph before it was held.
TAKES_PICTURES: Final = frozenset({OutreachState.HELD, OutreachState.REPORTED, OutreachState.CLOSED})


def add_pictures(
    request_id: int, pictures: Sequence[ReadyPicture], *, caption: str, consent: bool, actor: Actor, now: datetime
) -> list[str]:
    """Keep pictures of a held lecture, each with this caption, and return their names. `consent`: whoever can be seen
    agreed.

    Raises NotFound, StepTaken, ConsentMissing, TooManyPictures.
    """
    request = lock_request(request_id, TAKES_PICTURES)
    if not consent:
        raise ConsentMissing
    most = OUTREACH_PICTURES.get()
    if count_of(request_id) + len(pictures) > most:
        raise TooManyPictures(most)
    names = [new_token() for _picture in pictures]
    for name, ready in zip(names, pictures, strict=True):
        db.session.add(
            OutreachPicture(
                request_id=request.id,
                name=name,
                caption=caption,
                width=ready.width,
                height=ready.height,
                added_at=now,
                added_by=actor.account_id,
                thumbnail=ready.thumbnail,
                picture=ready.picture,
            )
        )
    db.session.flush()
    _note(Action.ADD_OUTREACH_PICTURE, request_id, {"pictures": len(names)}, actor=actor, now=now)
    return names


def amend_caption(request_id: int, name: str, caption: str, *, actor: Actor, now: datetime) -> None:
    """Say what a picture shows. Raises NotFound."""
    changed = update(PICTURE).where(PICTURE.c.request_id == request_id, PICTURE.c.name == name).values(caption=caption)
    if not connection().execute(changed).rowcount:
        raise NotFound
    _note(Action.AMEND_OUTREACH_PICTURE, request_id, {}, actor=actor, now=now)


def delete_picture(request_id: int, name: str, *, actor: Actor, now: datetime) -> None:
    """A picture is gone for good, whatever state its request is in. Raises NotFound."""
    gone = delete(PICTURE).where(PICTURE.c.request_id == request_id, PICTURE.c.name == name)
    if not connection().execute(gone).rowcount:
        raise NotFound
    _note(Action.DELETE_OUTREACH_PICTURE, request_id, {}, actor=actor, now=now)


def _note(action: Action, request_id: int, detail: dict[str, object], *, actor: Actor, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=held_activity(request_id), now=now, detail=detail)
