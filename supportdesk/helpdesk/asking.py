"""What must be known before a learner is given a slot, in two statements: the desk, locked, and then all else.

The second is asked under the desk's lock: PostgreSQL reads anew what it waited for, and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import true

from supportdesk.core import clock
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.helpdesk.fairness import SO_FAR, SoFar, asked_so_far
from supportdesk.helpdesk.locking import IN_THE_WAY, LockedSlot, lock_hours
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.operations import Waited, begin_booking_at
from supportdesk.learners.models import Learner
from supportdesk.learners.standing import Standing, read_standing, standing_beside

_LEARNER = table_of(Learner)
_WAY = IN_THE_WAY.subquery("way")
#: A row for each fact that is in the way, or one.
_ALL_ELSE: Final = standing_beside(*SO_FAR, *_WAY.c, alone=True).select_from(_LEARNER.outerjoin(_WAY, true()))


class Asked(NamedTuple):
    """The slot, and the learner, for whom nobody else books until the transaction ends; what they have so far, and
    waited for as it began.
    """

    slot: LockedSlot
    standing: Standing
    have: SoFar
    waited: Waited


def ask(wanted: Wanted, learner_id: int, now: datetime) -> Asked:
    """Lock the desk and the learner. Raises NotFound, Merged, SlotPast, DeskShut, NoSuchSlot, SlotTaken and
    AskedMeanwhile.
    """
    hours = lock_hours(*wanted, learner_id)
    waited = begin_booking_at(wanted.desk_id, learner_id) if hours.waits else Waited(learner_id)
    rows = connection().execute(_ALL_ELSE, {**hours.asked, **asked_so_far(learner_id, now)}).all()
    if not rows:
        raise NotFound
    slot = hours.slot([row for row in rows if row.kind is not None], now)
    standing = read_standing(rows[0], clock.local(now).date())
    return Asked(slot, standing, SoFar(rows[0].open, rows[0].comes_first), waited)
