"""Who came and is in no register: a given name in class, the rest at the counter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from tests.classes.attending import BEGINS, standing
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def test_a_given_name_is_enough_in_class_and_reception_completes_it(
    app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
) -> None:
    _run, meeting_id = taught()
    page = instructor.get(f"/classes/meetings/{meeting_id}/newcomer")
    assert instructor.submit(page, "newcomer", {"name": ""}, expect=422).error("name")
    form = {"name": "ハナコ"}
    (learner_id,) = {instructor.submit(page, "newcomer", form).headers["Location"].rpartition("-")[2] for _ in "12"}
    assert standing(app, meeting_id) == {int(learner_id): "walk_in"}, "pressed twice, there once"
    with app.app_context():
        make_account(Role.RECEPTION)
    reception = PageClient(app)
    reception.sign_in("reception")
    assert "1人" in reception.get("/learners/").text
    listed = reception.get("/learners/provisional")
    assert listed.texts("tbody th") == ["ハナコ"]
    form_page = reception.get(listed.link("登録を完成させる"))
    filled = {"name": "見本 花子", "kana": "ミホン ハナコ", "phone_1": "018-888-1234"}
    reception.submit(form_page, f"/learners/{learner_id}/edit", filled)
    assert reception.get("/learners/provisional").texts("tbody th") == []


def test_nobody_is_entered_where_no_walk_in_can_be_added(
    app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
) -> None:
    _run, meeting_id = taught()
    page = instructor.get(f"/classes/meetings/{meeting_id}/newcomer")
    clock.set(BEGINS - timedelta(days=1))
    instructor.another_device()
    instructor.sign_in("instructor")
    told = {"name": "ハナコ", "one_time_token": attribute(page.field("one_time_token", "newcomer"), "value")}
    instructor.post(f"/classes/meetings/{meeting_id}/newcomer", told, expect=422)
    with app.app_context():
        assert db.session.query(Learner).count() == 0, "nothing half-written"
