"""Who calls for a learner is picked with one press: their helper, or whoever is linked to them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.models import Enrolment
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking
from supportdesk.learners.caller import Caller
from supportdesk.learners.known_callers import callers_of
from supportdesk.learners.life import change_status
from supportdesk.learners.links import link_learners, unlink_learners
from supportdesk.learners.models import LinkKind, Sex, Status, StatusReason
from tests.classes.making import make_run
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import make_adviser, make_desk
from tests.markup import attribute, inputs_of
from tests.pages import PageClient

HELPER = {"helper_name": "田中 恵子", "helper_relation": "長女", "helper_phone": "+819012345678"}
KEIKO = Caller("田中 恵子", "長女", "+819012345678")


def link(one: int, other: int, kind: LinkKind) -> None:
    with transaction():
        link_learners(one, other, kind, actor=SYSTEM, now=clock.now())


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    """Reception, at work."""
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


@pytest.fixture
def hatsu(app: Flask, desk: PageClient) -> int:
    """A learner whose daughter helps her, and whose husband is a learner too."""
    with app.app_context():
        learner_id = make_learner("タナカ ハツ", **HELPER)
        taro = make_learner("タナカ タロウ", sex=Sex.MALE, phone="018-888-1542")
        link(learner_id, taro, LinkKind.SPOUSE)
        return learner_id


def callers_kept(app: Flask) -> list[Caller]:
    with app.app_context():
        kept: list[Enrolment | Booking] = [*db.session.scalars(select(Enrolment)), *db.session.scalars(select(Booking))]
        return [Caller(row.caller_name, row.caller_relation, row.caller_phone) for row in kept]


@pytest.mark.usefixtures("city")
def test_the_helper_and_those_linked_may_call() -> None:
    one = make_learner(**HELPER)
    wife = make_learner("タナカ ハナ", sex=Sex.FEMALE, phone="018-888-1542")
    link(one, wife, LinkKind.SPOUSE)
    link(one, make_learner("サトウ キヨ"), LinkKind.SIBLING)
    link(one, make_learner("スズキ タケ"), LinkKind.STRANGERS)
    assert [known.caller for known in callers_of(one, SYSTEM)] == [
        KEIKO,
        Caller("タナカ ハナ", "妻", "+81188881542"),
        Caller("サトウ キヨ", "きょうだい", ""),
    ]
    assert [known.label for known in callers_of(one, SYSTEM)][:2] == [
        "田中 恵子（長女）・下4けた 5678",
        "タナカ ハナ（妻）・下4けた 1542",
    ]


@pytest.mark.usefixtures("city")
def test_a_helper_who_is_a_learner_too_is_offered_once() -> None:
    one, daughter = make_learner(**HELPER), make_learner("タナカ ケイコ", name="田中 恵子")
    link(one, daughter, LinkKind.PARENT_CHILD)
    assert [known.caller for known in callers_of(one, SYSTEM)] == [KEIKO]


@pytest.mark.usefixtures("city")
def test_of_a_helper_without_a_name_the_relation_is_kept() -> None:
    one = make_learner(helper_relation="ケアマネジャー", helper_phone="+819012345678")
    (known,) = callers_of(one, SYSTEM)
    assert known.caller == Caller("ケアマネジャー", "ケアマネジャー", "+819012345678")
    assert known.label == "ケアマネジャー・下4けた 5678"


@pytest.mark.usefixtures("city")
def test_who_has_died_calls_no_more() -> None:
    hatsu, taro = make_learner(), make_learner()
    link(hatsu, taro, LinkKind.SPOUSE)
    with transaction():
        change_status(taro, Status.DECEASED, StatusReason.FAMILY, actor=SYSTEM, now=clock.now())
    assert callers_of(hatsu, SYSTEM) == []


@pytest.mark.parametrize(("key", "caller"), [("helper", KEIKO), ("", Caller())])
def test_the_form_of_a_class_keeps_who_was_picked(
    app: Flask, desk: PageClient, hatsu: int, key: str, caller: Caller
) -> None:
    with app.app_context():
        run_id = make_run()
    page = desk.get(f"/classes/{run_id}/enrol?learner={hatsu}")
    assert "田中 恵子（長女）・下4けた 5678" in page.text
    assert "タナカ タロウ（夫）・下4けた 1542" in page.text
    desk.submit(page, "enrol", {"caller_is": key}, expect=303)
    assert callers_kept(app) == [caller]


def test_whoever_calls_from_another_number_is_called_back_there(app: Flask, desk: PageClient, hatsu: int) -> None:
    with app.app_context():
        run_id = make_run()
    page = desk.get(f"/classes/{run_id}/enrol?learner={hatsu}")
    desk.submit(page, "enrol", {"caller_is": "helper", "caller_phone": "018-888-9999"}, expect=303)
    assert callers_kept(app) == [Caller("田中 恵子", "長女", "+81188889999")]


def test_whoever_is_typed_stands_though_another_was_picked(app: Flask, desk: PageClient, hatsu: int) -> None:
    with app.app_context():
        run_id = make_run()
    page = desk.get(f"/classes/{run_id}/enrol?learner={hatsu}")
    desk.submit(page, "enrol", {"caller_is": "helper", "caller_name": "佐藤 一"}, expect=303)
    assert callers_kept(app) == [Caller("佐藤 一", "", "")]


def test_whoever_is_linked_no_more_is_asked_about_again(app: Flask, desk: PageClient, hatsu: int) -> None:
    with app.app_context():
        run_id = make_run()
        taro = callers_of(hatsu, SYSTEM)[1].learner_id
        assert taro is not None
    page = desk.get(f"/classes/{run_id}/enrol?learner={hatsu}")
    with app.app_context(), transaction():
        unlink_learners(hatsu, taro, actor=SYSTEM, now=clock.now())
    refused = desk.submit(page, "enrol", {"caller_is": f"learner-{taro}"}, expect=422)
    assert "お電話の方を、もう一度えらんでください。" in refused.error("caller_is")
    assert callers_kept(app) == []


def test_on_the_desk_one_press_says_who_calls_and_one_books(app: Flask, desk: PageClient, hatsu: int) -> None:
    with app.app_context():
        make_run()
        make_desk(make_adviser())
    page = desk.get(f"/desk/{hatsu}")
    assert page.texts(".callers [aria-current]") == ["ご本人"]
    chosen = desk.get(page.link("田中 恵子（長女）"))
    assert chosen.texts(".callers [aria-current]") == ["田中 恵子（長女）・下4けた 5678"]
    assert {attribute(one, "value") for one in chosen.all("input[name=caller_is]")} == {"helper"}
    desk.submit(chosen, "この教室に申し込む", expect=303)
    first_slot = chosen.all("form[action='/helpdesk/book']")[0]
    desk.post(
        "/helpdesk/book",
        inputs_of(first_slot),
        expect=303,
    )
    assert callers_kept(app) == [KEIKO, KEIKO]


def test_narrowing_the_offers_forgets_no_caller(desk: PageClient, hatsu: int) -> None:
    page = desk.get(f"/desk/{hatsu}?caller=helper")
    narrowed = desk.submit(page, "さがす", {"q": "木曜"}, expect=200)
    assert narrowed.texts(".callers [aria-current]") == ["田中 恵子（長女）・下4けた 5678"]


def test_a_caller_whom_nobody_knows_is_the_learner(desk: PageClient, hatsu: int) -> None:
    assert desk.get(f"/desk/{hatsu}?caller=learner-999999").texts(".callers [aria-current]") == ["ご本人"]
