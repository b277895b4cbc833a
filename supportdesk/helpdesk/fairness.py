"""So that the same few do not have all slots: how many one may have, and which are set aside for others.

A share of all slots is set aside for those who never had a consultation and those who wait long, until some days
before. Which those are follows from adviser and time alone, so that no row says it and every door agrees.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select

from supportdesk.core import clock
from supportdesk.core.database import connection, table_of
from supportdesk.core.moments import short_day
from supportdesk.helpdesk.errors import SlotSetAside, TooManyBooked
from supportdesk.helpdesk.locking import BOOKING, TO_COME, LockedSlot
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.office import LONG_WAIT_DAYS, MOST_OPEN, SET_ASIDE_DAYS, SET_ASIDE_SHARE
from supportdesk.helpdesk.waiting.models import OPEN_WISH, SlotWish

_WISH = table_of(SlotWish)
_OF_LEARNER: Final = select(func.count()).select_from(BOOKING).where(BOOKING.c.learner_id == bindparam("wanted"))
#: What a learner has so far, as `SoFar` is read from it.
SO_FAR: Final = (
    _OF_LEARNER.where(TO_COME).scalar_subquery().label("open"),
    or_(
        ~exists().where(
            BOOKING.c.learner_id == bindparam("wanted"),
            BOOKING.c.state.in_((BookingState.BOOKED, BookingState.HELD)),
        ),
        exists().where(
            _WISH.c.learner_id == bindparam("wanted"),
            _WISH.c.state.in_(OPEN_WISH),
            _WISH.c.since <= bindparam("long_ago"),
        ),
    ).label("comes_first"),
)
_SO_FAR: Final = select(*SO_FAR)
_HAVE_ENOUGH: Final = (
    select(BOOKING.c.learner_id)
    .where(BOOKING.c.learner_id.in_(bindparam("learners", expanding=True)), TO_COME)
    .group_by(BOOKING.c.learner_id)
    .having(func.count() >= bindparam("most"))
)


class SoFar(NamedTuple):
    """How many consultations a learner has to come; and whether they come first, because they never had one or have
    waited long.
    """

    open: int
    comes_first: bool


def so_far(learner_id: int, now: datetime) -> SoFar:
    """One statement."""
    return SoFar._make(connection().execute(_SO_FAR, asked_so_far(learner_id, now)).one())


def asked_so_far(learner_id: int, now: datetime) -> dict[str, Any]:
    """What SO_FAR is given."""
    return {"wanted": learner_id, "now": now, "long_ago": now - timedelta(days=LONG_WAIT_DAYS.get())}


def who_have_enough(learner_ids: Collection[int], now: datetime) -> set[int]:
    """Those who have as many consultations to come as the office lets anybody have. One statement."""
    asked = {"learners": learner_ids, "now": now, "most": MOST_OPEN.get()}
    return set(connection().scalars(_HAVE_ENOUGH, asked))


def demand_fair(slot: LockedSlot, have: SoFar, *, waited: bool, now: datetime) -> None:
    """What nobody may take from others. `waited`: the slot is theirs by turn. Raises TooManyBooked, SlotSetAside."""
    if have.open >= MOST_OPEN.get():
        raise TooManyBooked(MOST_OPEN.get())
    if not (have.comes_first or waited) and set_aside_now(now).has(slot.adviser_id, slot.starts_at, slot.ends_at):
        raise SlotSetAside(short_day(clock.local(slot.starts_at).date() - timedelta(days=SET_ASIDE_DAYS.get())))


class SetAside(NamedTuple):
    """Which slots are still for those alone who come first: of each adviser's that begin from then on, a share."""

    share: int
    begins: datetime

    def has(self, adviser_id: int, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether this slot is one of them: of those that follow one another so many in a hundred, evenly spread, and
        not the same ones of two advisers.
        """
        if not self.share or starts_at < self.begins:
            return False
        number = int(starts_at.timestamp() // (ends_at - starts_at).total_seconds()) + 7 * adviser_id
        return (number + 1) * self.share // 100 > number * self.share // 100


def set_aside_now(now: datetime) -> SetAside:
    """As the office has it: a slot is free for all from so many days before."""
    first_day = clock.local(now).date() + timedelta(days=SET_ASIDE_DAYS.get() + 1)
    return SetAside(SET_ASIDE_SHARE.get(), clock.day_bounds(first_day)[0])
