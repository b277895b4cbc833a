"""Calls about what has begun are closed at night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from supportdesk.core import clock
from supportdesk.notices.jobs import lapse
from supportdesk.notices.models import NoticeState
from tests.factories import make_learner, make_reference
from tests.notices.making import notice, queue


@pytest.mark.usefixtures("context")
def test_calls_about_what_has_begun_are_closed_and_no_others() -> None:
    make_reference()
    now = clock.now()
    over = queue(make_learner(), tell_until=now)
    later, always = queue(make_learner(), tell_until=now + timedelta(seconds=1)), queue(make_learner())
    assert lapse(now) == 1
    assert [notice(one).state for one in (over, later, always)] == [
        NoticeState.LAPSED,
        NoticeState.WAITING,
        NoticeState.WAITING,
    ]
    assert lapse(now) == 0
