"""On its day reception is asked about a class to which few are coming: held all the same, or called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from supportdesk.classes.changing import change_run
from supportdesk.classes.conditions import Conditions
from supportdesk.classes.deciding.queries import how_many_to_decide
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.models import Run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from tests.classes.lottery.drawing import enter, make_lottery
from tests.classes.making import DAY, enrol, make_run, room_of
from tests.classes.test_changing import as_it_is
from tests.clocks import TODAY, Clock
from tests.factories import make_learner, make_reference
from tests.pages import PageClient

FEW = Conditions(least=2, decide_on=TODAY)


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def test_reception_is_asked_on_the_day_and_not_again_once_it_is_decided(
    app: Flask, reception: PageClient, clock: Clock
) -> None:
    with app.app_context():
        few, enough = make_run(conditions=FEW, title="少ない教室"), make_run(conditions=FEW)
        make_run(conditions=replace(FEW, decide_on=TODAY + timedelta(days=1)))
        make_run()
        for run_id in (few, enough, enough):
            enrol(run_id, make_learner())
    clock.advance(days=-1)
    assert "決める教室が" not in reception.get("/desk").text
    clock.advance(days=1)
    desk = reception.get("/desk")
    assert "開くかどうかを決める教室が1つあります" in desk.text
    page = reception.get(desk.link("決める"))
    assert "席のある人 1人（2人から開く。決める日 11月24日（火））" in page.text
    assert "地区担当か管理者に頼んでください" in page.text
    done = reception.submit(page, "少なくても開く", follow=True)
    assert "開くことにしました。" in done.text
    assert "いま決める教室はありません" in done.text
    with app.app_context(), transaction():
        lower = replace(FEW, least=3)
        change_run(few, replace(as_it_is(few), conditions=lower), actor=SYSTEM, now=desk_clock.now())
    assert "少ない教室" in reception.get("/classes/to-decide").text


def test_before_a_draw_those_count_who_are_in_it(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        few, enough = make_lottery(), make_lottery(hour=14)
        for run_id in (few, enough):
            with transaction():
                drawn = db.session.get_one(Run, run_id)
                drawn.least, drawn.decide_on = 2, TODAY
            enter(run_id, make_learner())
        enter(enough, make_learner())
    page = reception.get("/classes/to-decide")
    assert len(page.all(".exceptions li")) == 1
    assert "抽選に申し込んだ人 1人（2人から開く" in page.text


def test_a_coordinator_decides_in_their_own_district(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        mine = make_run(conditions=FEW)
        other = make_run(conditions=FEW, venue_id=room_of("ウェスター").venue_id)
    page = coordinator.get(coordinator.get("/classes/").link("開くかどうかを決める教室：1"))
    assert coordinator.get(page.link("中止にする")).h1
    coordinator.post(f"/classes/{other}/hold", expect=404)
    coordinator.submit(page, "少なくても開く")
    with app.app_context():
        assert how_many_to_decide(districts={"tobu"}, now=desk_clock.now()) == 0
        assert how_many_to_decide(districts=None, now=desk_clock.now()) == 1
        assert db.session.get_one(Run, mine).held_at is not None


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        (Conditions(least=2), "decide_on"),
        (Conditions(decide_on=TODAY), "least"),
        (Conditions(least=11, decide_on=TODAY), "least"),
        (Conditions(least=2, decide_on=DAY + timedelta(days=1)), "decide_on"),
        (Conditions(publish_at=desk_clock.day_bounds(DAY)[1]), "publish_on"),
    ],
)
def test_conditions_that_cannot_be(app: Flask, conditions: Conditions, field: str) -> None:
    with app.app_context(), pytest.raises(PlanRefused) as refused:
        make_run(conditions=conditions)
    assert refused.value.field == field
