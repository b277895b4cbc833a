"""What the worker puts in order, all day and at night. Listed in supportdesk/scheduler.py."""

from __future__ import annotations

import logging
from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.notices.calling import lapse_notices
from supportdesk.notices.models import OfferState
from supportdesk.notices.offers import OfferOver, overdue, settle

_LOG = logging.getLogger(__name__)


def lapse(now: datetime) -> int:
    """Close the notices that nobody need hear any more; how many."""
    with transaction():
        return lapse_notices(now=now)


def pass_on_offers(now: datetime) -> int:
    """What nobody answered until its deadline is offered to the next in line, each in a transaction of its own; how
    many.
    """
    late = overdue(now)
    return sum(_passed_on(offer_id, now) for offer_id in late)


def _passed_on(offer_id: int, now: datetime) -> bool:
    """Whether it was: not what somebody answers at this very moment. One that fails keeps no other waiting."""
    try:
        with transaction():
            settle(offer_id, OfferState.EXPIRED, actor=SYSTEM, now=now)
    except OfferOver:
        return False
    except Exception:  # noqa: BLE001  # whatever it is, the others are still to be handed on
        _LOG.exception("offer %s", offer_id)
        return False
    return True
