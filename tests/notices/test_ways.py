"""Telephone or postcard: the one that can still reach the learner."""

from __future__ import annotations

from datetime import timedelta

import pytest

from supportdesk.learners.models import Channel
from supportdesk.notices.ways import POST_TAKES, way_to_tell
from tests.clocks import NOW

PHONE, POST = Channel.PHONE, Channel.POST
SOON, IN_TIME = POST_TAKES - timedelta(seconds=1), POST_TAKES


@pytest.mark.parametrize(
    ("channel", "number", "call_back", "address", "begins_in", "expected"),
    [
        (PHONE, True, False, True, SOON, PHONE),
        (PHONE, True, True, False, None, PHONE),
        (PHONE, False, False, True, IN_TIME, POST),
        (PHONE, False, False, True, None, POST),
        (PHONE, False, False, True, SOON, PHONE),  # neither will do: it stays for a person to see
        (PHONE, False, False, False, None, PHONE),
        (POST, True, False, True, IN_TIME, POST),
        (POST, True, False, True, None, POST),
        (POST, True, False, True, SOON, PHONE),
        (POST, True, False, False, None, PHONE),
        (POST, False, False, True, SOON, POST),
        (POST, False, False, False, None, POST),
        (POST, True, True, True, None, PHONE),
    ],
)
def test_what_cannot_deliver_falls_to_the_other_and_says_why(
    channel: Channel, number: bool, call_back: bool, address: bool, begins_in: timedelta | None, expected: Channel
) -> None:
    way = way_to_tell(
        channel,
        number=number,
        call_back=call_back,
        address=address,
        starts_at=None if begins_in is None else NOW + begins_in,
        now=NOW,
    )
    assert way.channel is expected
    assert bool(way.reason) is (expected is not channel)
