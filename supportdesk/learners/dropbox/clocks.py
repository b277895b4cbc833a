"""What a phone's clock says, put right by ours: for the door where phones hand in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from supportdesk.core import clock

#: A clock that is behind by no more than this may as well be right: the letter was under way.
_UNDER_WAY: Final = timedelta(minutes=2)
#: A phone gives a try up after 15 seconds (static/js/outbox.js): two that differ by more had another clock.
_WAS_SET: Final = timedelta(seconds=30)
_MILLISECOND: Final = timedelta(milliseconds=1)


def instant(milliseconds: Any) -> datetime | None:
    """The instant that a phone's clock wrote (Date.now())."""
    if not isinstance(milliseconds, int) or not 0 <= milliseconds < 2**45:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, clock.TOKYO)


def correction(sent_at: object, known: timedelta | None, now: datetime) -> timedelta | None:
    """What has to be added to what the phone's clock says; None when it did not say when it sent this.

    What is `known` of the phone is kept until its clock is set: a letter that was long under way must not change the
    order of what one phone saw. A clock that is ahead is always put right, for nobody saw what is still to come.
    """
    by_phone = instant(sent_at)
    if by_phone is None:
        return known
    found = (now - by_phone) // _MILLISECOND * _MILLISECOND
    if known is not None and abs(found - known) <= _WAS_SET:
        return known
    return timedelta(0) if timedelta(0) <= found <= _UNDER_WAY else found
