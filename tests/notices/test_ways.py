"""Telephone or postcard: the one that can still reach the learner."""

from __future__ import annotations

from typing import Any, cast

import pytest
from sqlalchemy import Boolean, ColumnElement, Table, literal, select

from supportdesk.extensions import db
from supportdesk.learners.models import Channel
from supportdesk.notices.models import Fallback, Notice
from supportdesk.notices.ways import fallback_of, way_to_tell

PHONE, POST = Channel.PHONE, Channel.POST


def _said(value: bool) -> ColumnElement[bool]:
    return literal(value, Boolean)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("channel", "number", "call_back", "address", "in_time", "expected", "why"),
    [
        (PHONE, True, False, True, False, PHONE, None),
        (PHONE, True, True, False, True, PHONE, None),
        (PHONE, False, False, True, True, POST, Fallback.NO_NUMBER),
        (PHONE, False, False, True, False, PHONE, None),  # neither will do: it stays for a person to see
        (PHONE, False, False, False, True, PHONE, None),
        (POST, True, False, True, True, POST, None),
        (POST, True, False, True, False, PHONE, Fallback.TOO_LATE),
        (POST, True, False, False, True, PHONE, Fallback.NO_ADDRESS),
        (POST, False, False, True, False, POST, None),
        (POST, False, False, False, True, POST, None),
        (POST, True, True, True, True, PHONE, Fallback.CALL_BACK),
    ],
)
def test_what_cannot_deliver_falls_to_the_other_and_says_why(
    channel: Channel,
    number: bool,
    call_back: bool,
    address: bool,
    in_time: bool,
    expected: Channel,
    why: Fallback | None,
) -> None:
    wished: ColumnElement[Any] = literal(channel, cast(Table, Notice.__table__).c.channel.type)
    fallback = fallback_of(
        wished, number=_said(number), call_back=_said(call_back), address=_said(address), in_time=_said(in_time)
    )
    assert db.session.execute(select(way_to_tell(wished, fallback), fallback)).one() == (expected, why)
