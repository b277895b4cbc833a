"""What becomes of a slot that was offered: booked for whoever accepts, or handed on. The desk's line for the engine of
offers (notices/offers.py); and what is offered no more because it is not to be had.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.core.database import connection, reading
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.errors import DeskShut, NoSuchSlot, SlotPast, SlotTaken
from supportdesk.helpdesk.locking import lock_desks, lock_slot
from supportdesk.helpdesk.operations import book_consultation
from supportdesk.helpdesk.waiting.line import (
    KIND,
    WISH,
    end_wish,
    hold_for_next,
    lock_line,
    offered_slot,
    owner_of,
    put_back,
    wish_of,
)
from supportdesk.helpdesk.waiting.models import WishState
from supportdesk.learners.caller import Caller
from supportdesk.notices.offers import Line, LineWords, OfferOver, Vacancy, end_offer

#: Why somebody is booked who has something else at that time: they were told of it when they were asked.
ACCEPTED_ALL_THE_SAME: Final = "あきの案内で確認ずみ"


def _hold_still(wish_id: int, /) -> None:
    wish = wish_of(wish_id)
    if wish is not None and wish.offered_desk_id is not None:
        lock_desks([wish.offered_desk_id])


def _give(wish_id: int, /, *, actor: Actor, now: datetime) -> None:
    """The slot that was kept is theirs. Raises what `book_consultation` raises."""
    wish = wish_of(wish_id)
    if wish.state is not WishState.OFFERED:
        raise OfferOver
    book_consultation(
        *offered_slot(wish),
        wish.learner_id,
        topic=wish.topic,
        caller=Caller(wish.caller_name, wish.caller_relation, wish.caller_phone),
        clash_reason=ACCEPTED_ALL_THE_SAME,
        owner=owner_of(wish_id),
        waited=True,
        actor=actor,
        now=now,
    )


def _go_on(wish_id: int, vacancy: Vacancy, /, *, leaves: bool, actor: Actor, now: datetime) -> None:
    """The slot that was kept goes to the next; this one waits on, or leaves the line."""
    lock_line()
    wish = wish_of(wish_id)
    slot = offered_slot(wish)
    put_back(wish)
    if leaves:
        end_wish(wish_of(wish_id), WishState.LEFT, actor=actor, now=now)
    hold_for_next(slot, vacancy, actor=actor, now=now)


WORDS: Final = LineWords(
    accept=_l("予約する"),
    held=_l("それまで枠をとってあります。すぎると、次の方にまわります。"),
    leave=_l("待つのをやめる"),
    leaving=_l("待っている方の一覧からはずします。案内していた枠は、次の方にまわります。"),
)
LINE: Final = Line(KIND, WORDS, hold_still=_hold_still, give=_give, go_on=_go_on)


def any_offered() -> bool:
    """Whether somebody thinks about a slot."""
    with reading() as read:
        return read.scalar(select(WISH.c.id).where(WISH.c.state == WishState.OFFERED).limit(1)) is not None


def recall_offers(*, desk_ids: Collection[int] | None = None, actor: Actor, now: datetime) -> int:
    """Slots of these desks (or of any) that are offered and not to be had any more are offered no more; whoever was
    asked waits again, at their place in the line. How many those were.
    """
    offered = select(WISH.c.id, WISH.c.offered_desk_id).where(WISH.c.state == WishState.OFFERED)
    if desk_ids is not None:
        offered = offered.where(WISH.c.offered_desk_id.in_(desk_ids))
    rows = connection().execute(offered).all()
    lock_desks({row.offered_desk_id for row in rows})
    recalled = 0
    for row in rows:
        wish = wish_of(row.id)
        if wish.offered_desk_id != row.offered_desk_id or wish.state is not WishState.OFFERED:
            continue
        try:
            lock_slot(*offered_slot(wish), now)
        except SlotPast:
            continue  # its deadline is over: the worker hands it on to nobody
        except (DeskShut, NoSuchSlot, SlotTaken):
            lock_line()
            end_offer(row.id, KIND, left=False, actor=actor, now=now)
            put_back(wish)
            recalled += 1
    return recalled
