"""Who somebody is who applies in public: beyond doubt or not at all; and what they wrote, as the register takes it."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core.database import transaction
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import SYSTEM
from supportdesk.learners.applying.doors import sender_of
from supportdesk.learners.applying.matching import channel_differs, learner_like
from supportdesk.learners.applying.wishes import Wish, written_down
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Channel, Status, StatusReason
from tests.clocks import NOW
from tests.factories import make_learner, make_reference

PHONE, NUMBER = "018-800-1111", "+81188001111"


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def like(kana: str, birth_year: int | None = None) -> int | None:
    return learner_like(search_key(kana), NUMBER, birth_year)


def test_number_and_reading_say_who_it_is_unless_the_year_says_otherwise(app: Flask) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone=PHONE, birth_year=1944)
        taro = make_learner("サトウ タロウ", phone=PHONE)
        assert (like("さとう はな"), like("サトウハナ", 1944)) == (hana, hana)
        assert (like("サトウ ハナ", 1945), like("サトウ ハナコ")) == (None, None)
        assert like("サトウ タロウ", 1930) == taro, "of whom no year is known"
        make_learner("サトウ タロウ", phone=PHONE)
        assert like("サトウ タロウ") is None, "father or son"
        with transaction():
            change_status(hana, Status.MOVED, StatusReason.FAMILY, actor=SYSTEM, now=NOW)
        assert like("サトウ ハナ") is None


def test_the_telephone_that_was_only_proposed_says_nothing_against_mail(app: Flask) -> None:
    with app.app_context():
        mail, post = (make_learner(phone=PHONE, channel=one, address="中通") for one in (Channel.MAIL, Channel.POST))
        assert not channel_differs(mail, Channel.PHONE)
        assert channel_differs(post, Channel.PHONE)
        hana = make_learner("サトウ ハナ", phone=PHONE)
        wish = Wish(kana="サトウ ハナ", phone=NUMBER, channel=Channel.POST)
        assert [written_down(wish, asked=asked)["channel_differs"] for asked in (True, False)] == [True, False]
        assert written_down(wish)["learner_id"] == hana


def test_an_address_is_counted_for_a_day_and_cannot_be_read(app: Flask) -> None:
    with app.app_context():
        today = sender_of("192.0.2.1", NOW)
        assert today == sender_of("192.0.2.1", NOW)
        assert today not in (sender_of("192.0.2.2", NOW), sender_of("192.0.2.1", NOW.replace(day=25)))
        assert "192" not in today
