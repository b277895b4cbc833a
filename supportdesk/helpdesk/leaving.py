"""The consultations that a learner gives up when they leave us: which there are, and giving up all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.applying.settling import give_up, waiting_of
from supportdesk.helpdesk.locking import BOOKING, DESK, lock_desks
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.operations import cancel_booking
from supportdesk.helpdesk.waiting import descriptions as waiting
from supportdesk.helpdesk.waiting.line import open_wishes
from supportdesk.helpdesk.waiting.operations import leave_all
from supportdesk.learners.models import Status
from supportdesk.learners.rooms import Binding

_ACCOUNT = table_of(Account)


def bindings(learner_id: int, _status: Status, now: datetime) -> Iterable[Binding]:
    """Bookings that have not begun, what they applied for in public, and for what they wait. A few statements."""
    return [
        *waiting.bindings(learner_id),
        *(
            Binding(_("相談の申し込み（%(receipt)s）を取り消します。", receipt=one.receipt), one.starts_at)
            for one in waiting_of(learner_id)
        ),
        *(
            Binding(
                _("「%(desk)s」の相談（%(adviser)s）を取り消します。", desk=row.desk, adviser=row.adviser),
                row.starts_at,
            )
            for row in _to_come(learner_id, now)
        ),
    ]


def release(learner_id: int, _status: Status, *, actor: Actor, now: datetime) -> None:
    """Cancel them, the desks in the order of their ids, and wait no more: the advisers' slots go to those who wait."""
    offered = [one.offered_desk_id for one in open_wishes(learner_id) if one.offered_desk_id]
    applied = [one.desk_id for one in waiting_of(learner_id)]
    lock_desks([*offered, *applied, *(row.desk_id for row in _to_come(learner_id, now))])
    leave_all(learner_id, actor=actor, now=now)
    for application in waiting_of(learner_id):
        give_up(application, actor=actor, now=now)
    for row in _to_come(learner_id, now):
        cancel_booking(row.id, actor=actor, now=now)


def _to_come(learner_id: int, now: datetime) -> Sequence[Any]:
    return (
        connection()
        .execute(
            select(
                *(BOOKING.c.id, BOOKING.c.desk_id, BOOKING.c.starts_at),
                *(DESK.c.name.label("desk"), _ACCOUNT.c.name.label("adviser")),
            )
            .join(DESK, DESK.c.id == BOOKING.c.desk_id)
            .join(_ACCOUNT, _ACCOUNT.c.id == BOOKING.c.adviser_id)
            .where(
                BOOKING.c.learner_id == learner_id,
                BOOKING.c.state == BookingState.BOOKED,
                BOOKING.c.starts_at > now,
            )
            .order_by(BOOKING.c.desk_id, BOOKING.c.id)
        )
        .all()
    )
