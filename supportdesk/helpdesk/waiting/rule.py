"""Whose wish a freed slot fits: the rule alone, without a statement of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from supportdesk.core import clock
from supportdesk.helpdesk.slots import SlotRow
from supportdesk.helpdesk.waiting.models import HalfDay, WishState
from supportdesk.learners.models import Status

NOON: Final = 12


def suits(wish: Any, starts_at: datetime) -> bool:
    """Whether the day and the half of the day are among those that they named."""
    local = clock.local(starts_at)
    if wish.weekdays and local.weekday() not in wish.weekdays:
        return False
    if wish.half_day is HalfDay.ANY:
        return True
    return (wish.half_day is HalfDay.MORNING) == (local.hour < NOON)


def is_for(wish: Any, desk_id: int, district_code: str) -> bool:
    """Whether they wait for this desk: for it alone, for any of its district, or for any."""
    if wish.desk_id is not None:
        return bool(wish.desk_id == desk_id)
    return wish.district_code in (None, district_code)


def fits(wish: Any, slot: SlotRow) -> bool:
    """Whether they would have such a slot: place and time suit them."""
    return is_for(wish, slot.desk_id, slot.district_code) and suits(wish, slot.starts_at)


def is_new_to(wish: Any, starts_at: datetime, now: datetime, shown_days: int) -> bool:
    """Whether they could not have had such a slot when they began to wait: it comes sooner than all that was free then,
    or on a day that was not shown yet. What they passed up is forgotten when it is past.
    """
    if wish.passed_up is None or starts_at < wish.passed_up or wish.passed_up <= now:
        return True
    return clock.local(starts_at).date() > clock.local(wish.since).date() + timedelta(days=shown_days)


def who_can_be_asked(line: Iterable[Any], barred: Collection[int]) -> list[Any]:
    """Those in line, in their order, who take part and wait, and do not think about another slot meanwhile. `barred`
    are learners.
    """
    line = list(line)
    thinking = {one.learner_id for one in line if one.state is WishState.OFFERED}
    return [
        one
        for one in line
        if one.state is WishState.WAITING
        and one.learner_id not in thinking
        and one.learner_id not in barred
        and one.status is Status.ACTIVE
    ]


def next_in_line(
    line: Iterable[Any],
    *,
    desk_id: int,
    district_code: str,
    starts_at: datetime,
    adviser: int,
    barred: Collection[int],
) -> Any:
    """The first in line whose wish the slot fits; None when there is nobody.

    Nobody is asked to be their own adviser (`adviser` is that person); `barred` are learners who were asked before,
    gave this slot up, or have enough. A clash passes nobody over: they are told of it.
    """
    for one in who_can_be_asked(line, barred):
        if one.person_id != adviser and is_for(one, desk_id, district_code) and suits(one, starts_at):
            return one
    return None
