"""The address of each waiting room's screen: whose it is to renew, and renewing it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import delete, insert, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.terms import in_force
from supportdesk.core.activities import activity
from supportdesk.core.codes import new_token
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor, Permission
from supportdesk.extensions import db
from supportdesk.helpdesk.locking import DESK
from supportdesk.helpdesk.queue.line import lock_desk
from supportdesk.helpdesk.queue.models import QueueDisplay
from supportdesk.places.choices import place_in_short
from supportdesk.places.models import AccountDistrict, Venue

_DISPLAY: Final = table_of(QueueDisplay)
_VENUE: Final = table_of(Venue)


class DisplayRow(NamedTuple):
    """A desk and the token of its screen, if one was made."""

    desk_id: int
    desk: str
    place: str
    token: str | None
    renewed_at: datetime | None


def displays_of(actor: Actor) -> list[DisplayRow]:
    """The desks whose screens the actor sets up: all; a coordinator those of their districts. One statement."""
    statement = (
        select(DESK.c.id, DESK.c.name, _VENUE.c.name, _VENUE.c.nickname, _DISPLAY.c.token, _DISPLAY.c.renewed_at)
        .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
        .outerjoin(_DISPLAY, _DISPLAY.c.desk_id == DESK.c.id)
        .where(DESK.c.active)
        .order_by(DESK.c.id)
    )
    if not actor.may(Permission.MANAGE_HELPDESK):
        own = select(AccountDistrict.district_code).where(
            AccountDistrict.account_id == actor.account_id, in_force(AccountDistrict)
        )
        statement = statement.where(_VENUE.c.district_code.in_(own))
    return [
        DisplayRow(desk_id, name, place_in_short(venue, nickname), token, renewed_at)
        for desk_id, name, venue, nickname, token, renewed_at in db.session.execute(statement)
    ]


def renew_display(desk_id: int, *, actor: Actor, now: datetime) -> str:
    """The new token of the desk's screen; the one before opens nothing any more. Raises NotFound."""
    lock_desk(desk_id)
    token = new_token()
    connection().execute(delete(_DISPLAY).where(_DISPLAY.c.desk_id == desk_id))
    connection().execute(
        insert(_DISPLAY).values(desk_id=desk_id, token=token, renewed_at=now, renewed_by=actor.account_id)
    )
    audit.record(actor=actor, action=Action.RENEW_DISPLAY, subject=activity("desk", desk_id), now=now)
    return token
