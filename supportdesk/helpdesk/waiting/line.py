"""The line of those who wait for a desk: a freed slot is kept for the next whose wish it fits, who is asked.

Called by whatever frees a slot, under the desk's lock. The order of locks is desks, bookings, the venue, then the line:
whoever changes a wish locks all that are open, so that no two slots are offered to one person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, reading, table_of, wait_at_door
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk import wording
from supportdesk.helpdesk.errors import DeskShut, NoSuchSlot, SlotPast, SlotTaken
from supportdesk.helpdesk.fairness import who_have_enough
from supportdesk.helpdesk.holds.operations import end_hold, hold_slot
from supportdesk.helpdesk.locking import BOOKING, DESK, LockedSlot, lock_slot
from supportdesk.helpdesk.office import OFFER_AHEAD_HOURS
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.models import OPEN_WISH, SlotWish, WishState
from supportdesk.helpdesk.waiting.rule import next_in_line
from supportdesk.learners.models import Learner
from supportdesk.learners.standing import standing_of
from supportdesk.notices.deadlines import answer_until
from supportdesk.notices.offers import Vacancy, end_offer, hold, learners_asked, reword_offer, vacancies_known
from supportdesk.notices.operations import cancel_notices
from supportdesk.places import occupancy
from supportdesk.places.models import Venue

KIND: Final = "slot_wish"
WISH: Final = table_of(SlotWish)
_ACCOUNT = table_of(Account)
_LEARNER = table_of(Learner)
_VENUE = table_of(Venue)
_IS_OPEN: Final = WISH.c.state.in_(OPEN_WISH)
_IN_LINE: Final = (
    select(WISH, _LEARNER.c.person_id, _LEARNER.c.status)
    .join(_LEARNER, _LEARNER.c.id == WISH.c.learner_id)
    .where(_IS_OPEN)
    .order_by(WISH.c.id)
)
_OFFERED: Final = (
    select(WISH, _LEARNER.c.person_id)
    .join(_LEARNER, _LEARNER.c.id == WISH.c.learner_id)
    .where(WISH.c.offered_desk_id == bindparam("desk"))
    .order_by(WISH.c.id)
)
_LINE: Final = _IN_LINE.with_for_update(key_share=True, of=WISH)
_DOOR: Final = 7_269_002
_ONE: Final = select(WISH).where(WISH.c.id == bindparam("wanted"))
_OF_LEARNER: Final = select(WISH.c.id, WISH.c.state, WISH.c.offered_desk_id).where(
    WISH.c.learner_id == bindparam("learner"), _IS_OPEN
)
_CHANGE: Final = update(WISH).where(WISH.c.id == bindparam("wanted"))
_LAST_BOOKED: Final = (
    select(BOOKING.c.id, BOOKING.c.learner_id)
    .where(
        BOOKING.c.desk_id == bindparam("desk"),
        BOOKING.c.starts_at == bindparam("at"),
        BOOKING.c.adviser_id == bindparam("adviser"),
    )
    .order_by(BOOKING.c.id.desc())
    .limit(1)
)
#: The same for whatever begins then or later: of a slot, what was booked last comes last.
_BOOKED: Final = (
    select(BOOKING.c.desk_id, BOOKING.c.adviser_id, BOOKING.c.starts_at, BOOKING.c.id, BOOKING.c.learner_id)
    .where(BOOKING.c.starts_at >= bindparam("after"))
    .order_by(BOOKING.c.id)
)
_ADVISERS: Final = select(_ACCOUNT.c.id, _ACCOUNT.c.person_id).where(
    _ACCOUNT.c.person_id.in_(bindparam("persons", expanding=True))
)
_DISTRICT_OF: Final = (
    select(_VENUE.c.district_code).join(DESK, DESK.c.venue_id == _VENUE.c.id).where(DESK.c.id == bindparam("desk"))
)
_NOTHING: Final = {"offered_desk_id": None, "offered_adviser_id": None, "offered_at": None}


def owner_of(wish_id: int) -> str:
    """For whom a slot is kept that is offered to this wish."""
    return activity("offer", wish_id)


def lock_line() -> Sequence[Any]:
    """Wait for whoever is at work on the line, and keep it until the transaction ends: the open wishes in their order,
    each with the `person_id` and `status` of its learner.

    It has a door of its own, since its rows are no fixed set: one that is open again stands before those that somebody
    keeps already.
    """
    wait_at_door(_DOOR)
    return connection().execute(_LINE).all()


def in_line() -> Sequence[Any]:
    """The same rows, as they stand at this moment: nobody is kept waiting."""
    with reading() as read:
        return read.execute(_IN_LINE).all()


def wish_of(wish_id: int) -> Any:
    """The wish as it stands now; None when there is none. The line's lock keeps it so."""
    return connection().execute(_ONE, {"wanted": wish_id}).one_or_none()


def district_of(desk_id: int) -> str:
    """Where the desk is, for those who wait for any of a district."""
    return str(connection().execute(_DISTRICT_OF, {"desk": desk_id}).scalar_one())


def open_wishes(learner_id: int) -> Sequence[Any]:
    """Those of a learner, unlocked: `id`, `state`, `offered_desk_id`. One statement, before any desk is locked."""
    return connection().execute(_OF_LEARNER, {"learner": learner_id}).all()


def _nobody(_line: Sequence[Any]) -> Collection[int]:
    return ()


def hold_for_next(
    wanted: Wanted,
    vacancy: Vacancy | None = None,
    *,
    but: Callable[[Sequence[Any]], Collection[int]] = _nobody,
    actor: Actor,
    now: datetime,
) -> int | None:
    """Hold a free slot for the first in line whom it fits and who was not asked yet, and ask them: their wish.

    None when there is nobody, the slot is not to be had, or it begins too soon (a setting) for anybody to be asked:
    then it is free for the next caller. `vacancy` is the one that goes down the line already; `but` says of the line
    which learners are not asked.
    """
    if wanted.starts_at - now < timedelta(hours=OFFER_AHEAD_HOURS.get()):
        return None
    try:
        slot = lock_slot(*wanted, now)
    except (SlotPast, DeskShut, NoSuchSlot, SlotTaken):
        return None
    last = (
        connection()
        .execute(_LAST_BOOKED, {"desk": slot.desk_id, "at": slot.starts_at, "adviser": slot.adviser_id})
        .one_or_none()
    )
    vacancy = vacancy or _vacancy_of(slot, last)
    line = lock_line()
    have_enough = who_have_enough([one.learner_id for one in line], now)
    wish = next_in_line(
        line,
        desk_id=slot.desk_id,
        district_code=district_of(slot.desk_id),
        starts_at=slot.starts_at,
        adviser=slot.person_id,
        barred={*but(line), *learners_asked(vacancy), *have_enough, *([last.learner_id] if last else ())},
    )
    if wish is None:
        return None
    try:
        hold_slot(*wanted, owner=owner_of(wish.id), until=None, now=now)
    except SlotTaken:
        return None
    _ask(wish, slot, vacancy, actor=actor, now=now)
    return int(wish.id)


def _vacancy_of(slot: LockedSlot, last: Any) -> Vacancy:
    """One and the same until the slot was booked and given up once more: nobody is asked about it twice, however often
    somebody else thinks about it meanwhile.
    """
    since = activity("booking", last.id) if last else ""
    return Vacancy(_name_of(slot.adviser_id, slot.starts_at, last), since)


def _name_of(adviser_id: int, starts_at: datetime, last: Any) -> str:
    return f"slot:{adviser_id}:{starts_at:%Y%m%dT%H%MZ}:{last.id if last else 0}"


def who_refuse(line: Sequence[Any], after: datetime) -> Callable[[Wanted], set[int]]:
    """Who of the line, as it stands at this moment, is not asked about a free slot that begins then or later, because
    they were already, gave it up or would be their own adviser. Three statements for all slots.
    """
    learners = {one.person_id: one.learner_id for one in line}
    asked = vacancies_known(learners.values())
    last = {
        (row.desk_id, row.adviser_id, row.starts_at): row for row in connection().execute(_BOOKED, {"after": after})
    }
    advisers = {
        row.id: learners[row.person_id] for row in connection().execute(_ADVISERS, {"persons": list(learners)}).all()
    }

    def refuse(slot: Wanted) -> set[int]:
        booked = last.get(slot)
        them = set(asked.get(_name_of(slot.adviser_id, slot.starts_at, booked), ()))
        return them | ({booked.learner_id} if booked else set()) | {advisers.get(slot.adviser_id, 0)}

    return refuse


def _ask(wish: Any, slot: LockedSlot, vacancy: Vacancy, *, actor: Actor, now: datetime) -> None:
    standing = standing_of(wish.learner_id, clock.local(now).date())
    change_wish(
        wish.id,
        state=WishState.OFFERED,
        offered_desk_id=slot.desk_id,
        offered_adviser_id=slot.adviser_id,
        offered_at=slot.starts_at,
    )
    cancel_notices(activity(KIND, wish.id), now=now)
    deadline = answer_until(slot.starts_at, now)
    hold(
        vacancy,
        row_id=wish.id,
        kind=KIND,
        standing=standing,
        text=_question(wish, slot, deadline),
        call_to=wish.caller_phone,
        deadline=deadline,
        actor=actor,
        now=now,
    )


def _question(wish: Any, slot: LockedSlot, deadline: datetime) -> str:
    """What they are asked; `wish` has the `person_id` of its learner."""
    clashes = bool(occupancy.who_has([occupancy.person(wish.person_id)], slot.starts_at, slot.ends_at))
    return wording.slot_offered(slot.desk, slot.place, slot.starts_at, deadline, clashes=clashes)


def ask_anew(desk_id: int, *, now: datetime) -> None:
    """Whoever is still to be asked about a slot of the desk is asked in words that are true now. Called under its lock,
    where its name or place was changed, once what is not to be had any more was recalled.
    """
    for wish in connection().execute(_OFFERED, {"desk": desk_id}).all():
        try:
            slot = lock_slot(*offered_slot(wish), now)
        except SlotPast:
            continue
        reword_offer(wish.id, KIND, partial(_question, wish, slot))


def change_wish(wish_id: int, **values: object) -> None:
    """Write these columns of a wish. Called under the line's lock."""
    connection().execute(_CHANGE.values(**values), {"wanted": wish_id})


def offered_slot(wish: Any) -> Wanted:
    """The slot that is kept for the wish."""
    return Wanted(wish.offered_desk_id, wish.offered_adviser_id, wish.offered_at)


def put_back(wish: Any) -> None:
    """Nothing is kept for them any more: they wait at their place in the line."""
    end_hold(owner_of(wish.id))
    change_wish(wish.id, state=WishState.WAITING, **_NOTHING)


def end_wish(wish: Any, state: WishState, *, but: Wanted | None = None, actor: Actor, now: datetime) -> None:
    """They wait no more, because they are booked or left. What was kept for them goes to the next, unless it is what
    they are just booked for (`but`). Called under the line's lock and that of the desk whose slot is kept.
    """
    ended = {"state": state, "ended_at": now, "ended_by": actor.account_id}
    cancel_notices(activity(KIND, wish.id), now=now)
    if wish.state is not WishState.OFFERED:
        change_wish(wish.id, **ended)
        return
    slot = offered_slot(wish)
    end_hold(owner_of(wish.id))
    change_wish(wish.id, **ended, **_NOTHING)
    vacancy = end_offer(wish.id, KIND, left=True, actor=actor, now=now)
    if slot != but:
        hold_for_next(slot, vacancy, actor=actor, now=now)
