"""A number and its desk, locked: the desk's lock comes first, as in all the room. Called by the line's operations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.locking import DESK, lock_desks
from supportdesk.helpdesk.queue.models import NumberState, QueueNumber

NUMBER: Final = table_of(QueueNumber)
#: Who stands or sits in the line still.
IN_LINE: Final = (NumberState.WAITING, NumberState.CALLED, NumberState.ABSENT)

_DESK: Final = select(DESK).where(DESK.c.id == bindparam("wanted"))
_DESK_OF: Final = select(NUMBER.c.desk_id).where(NUMBER.c.id == bindparam("wanted"))
_NUMBER: Final = select(NUMBER).where(NUMBER.c.id == bindparam("wanted")).with_for_update(key_share=True)


def lock_desk(desk_id: int) -> Any:
    """Wait for the desk and keep it: its row. Raises NotFound."""
    lock_desks([desk_id])
    desk = connection().execute(_DESK, {"wanted": desk_id}).one_or_none()
    if desk is None:
        raise NotFound
    return desk


def lock_number(number_id: int) -> Any:
    """Wait for the number's desk, then for the number: its row. Raises NotFound."""
    desk_id = connection().scalar(_DESK_OF, {"wanted": number_id})
    if desk_id is None:
        raise NotFound
    lock_desks([desk_id])
    return connection().execute(_NUMBER, {"wanted": number_id}).one()


def change(number_id: int, **values: Any) -> None:
    """Write these columns of a locked number."""
    connection().execute(update(NUMBER).where(NUMBER.c.id == number_id).values(**values))


def note(action: Action, number: Any, *, actor: Actor, now: datetime, **detail: Any) -> None:
    """In the audit trail: under the learner whose number it is, else under the number."""
    subject = activity("learner", number.learner_id) if number.learner_id else activity("queue_number", number.id)
    audit.record(actor=actor, action=action, subject=subject, now=now, detail={"number": number.id, **detail})
