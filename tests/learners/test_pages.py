"""The register's pages: the list, the search, entering and amending."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import AuditEntry
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner, LearnerPhone, Need
from supportdesk.learners.operations import amend_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.search import find_learners
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import Page, PageClient
from tests.recording import Statements
from tests.trail import noted

BORN = date(1940, 1, 2)
SHOWA_70 = {
    "kana": "タ", "birth_date-era": "昭和", "birth_date-year": "70", "birth_date-month": "1", "birth_date-day": "2"
}  # fmt: skip

MORE = "ほかにもいます。つづけて入力してください。"


def made(app: Flask, kana: str = "タカハシ ハナコ", **particulars: object) -> int:
    with app.app_context():
        return make_learner(kana, **particulars)  # type: ignore[arg-type]  # the factory's own options


def learners(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Learner)) or 0


def telephones(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(LearnerPhone.typed).order_by(LearnerPhone.position)))


def actions(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(row.action, row.subject) for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_an_empty_register_says_what_to_do(desk: PageClient) -> None:
    page = desk.get("/learners/")
    assert "まだだれも登録されていません" in page.text
    assert page.link("新しい受講者") == "/learners/new"


def test_the_list_shows_what_tells_namesakes_apart_and_is_audited(app: Flask, desk: PageClient) -> None:
    made(app, birth_date=BORN, phone="018-888-1542")
    made(app, birth_year=1950, district_code=None, outside_city=True)
    page = desk.get("/learners/")
    rows = page.texts("tbody tr")
    assert rows == [
        "タカハシ ハナコ 漢字未確認 タカハシ ハナコ 1940 中央 1542 なし",
        "タカハシ ハナコ 漢字未確認 タカハシ ハナコ 1950 市外 なし なし",
    ]
    assert actions(app)[-1] == ("list_learners", "")


def test_the_list_is_paged_in_a_constant_number_of_statements(
    app: Flask, desk: PageClient, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    made(app)
    with queries() as few:
        desk.get("/learners/")
    for _ in range(55):
        made(app)
    with queries() as many:
        page = desk.get("/learners/")
    assert len(page.all("tbody tr")) == 50
    assert len(many) == len(few) + 1 <= 11  # what fills a page is counted
    assert len(desk.get("/learners/?page=2").all("tbody tr")) == 6
    assert len(desk.get("/learners/?page=99").all("tbody tr")) == 6
    assert len(desk.get("/learners/?page=x").all("tbody tr")) == 50


def test_a_coordinator_sees_the_learners_of_their_districts_alone(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.COORDINATOR, districts=("chuo",))
    made(app, "アベ イチロウ", district_code="chuo")
    made(app, "アベ ジロウ", district_code="tobu")
    client.sign_in("coordinator")
    assert "イチロウ" in client.get("/learners/").text
    assert "ジロウ" not in client.get("/learners/").text
    found = client.post("/learners/search", {"q": "あべ"}, expect=200)
    assert "イチロウ" in found.text
    assert "ジロウ" not in found.text


def test_the_search_finds_without_a_name_in_the_address(app: Flask, desk: PageClient) -> None:
    learner_id = made(app, phone="018-888-1542", birth_date=BORN)
    page = desk.get("/learners/")
    results = desk.submit(page, "さがす", {"q": "はなこ"}, expect=200)
    assert results.texts("tbody tr") == ["タカハシ ハナコ 漢字未確認 タカハシ ハナコ 1940 中央 1542 なし"]
    assert results.url == "/learners/search"
    with app.app_context():
        assert noted(Action.SEARCH_LEARNERS) == [("search_learners", "", [learner_id])]


def test_a_search_says_when_there_are_more_than_it_shows(app: Flask, desk: PageClient) -> None:
    for _ in range(20):
        made(app)
    twenty = desk.post("/learners/search", {"q": "はなこ"}, expect=200)
    assert twenty.texts("caption") == ["見つかった受講者：20人"]
    assert MORE not in twenty.text
    made(app)
    cut = desk.post("/learners/search", {"q": "はなこ"}, expect=200)
    assert cut.texts("caption") == ["見つかった受講者：はじめの20人"]
    assert (len(cut.all("tbody tr")), MORE in cut.text) == (20, True)


def test_scripts_get_the_results_alone(app: Flask, desk: PageClient) -> None:
    made(app)
    answer = desk.raw.post(
        "/learners/search", data={"q": "はなこ", "csrf_token": desk._token()}, headers={"X-Fragment": "1"}
    )
    body = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "タカハシ ハナコ" in body
    assert "<html" not in body


@pytest.mark.parametrize("absurd", ["", "　", "%", "'; drop table learner", "\x00", "x" * 5000, "😀", "123"])
def test_an_absurd_search_finds_nobody(app: Flask, desk: PageClient, absurd: str) -> None:
    made(app)
    assert desk.post("/learners/search", {"q": absurd}, expect=200).all("tbody tr") == []


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        ("たかはし", "kana", "たかはし"),
        ("高橋 花子", "name", "高橋 花子"),
        ("018-888-1542", "phone_1", "018-888-1542"),
        ("1542", "phone_1", ""),
    ],
)
def test_what_was_searched_in_vain_is_carried_into_the_new_learners_form(
    desk: PageClient, typed: str, field: str, value: str
) -> None:
    results = desk.post("/learners/search", {"q": typed}, expect=200)
    form = desk.submit(results, "この内容で新しく登録する", expect=200)
    assert form.url == "/learners/new"
    assert attribute(form.field(field), "value") == value


def test_a_learner_is_entered_with_name_phone_and_district_alone(app: Flask, desk: PageClient) -> None:
    page = desk.get("/learners/new")
    answer = desk.submit(page, "learner", {"kana": "サトウ ウメ", "phone_1": "018-888-1542", "residence": "tobu"})
    with app.app_context():
        learner = db.session.scalars(select(Learner)).one()
        assert (learner.name, learner.kana, learner.district_code) == ("", "サトウ ウメ", "tobu")
        assert [found.id for found in find_learners("1542")] == [learner.id]
    assert answer.location == f"/learners/{learner.id}"


def test_everything_paper_says_is_kept(app: Flask, desk: PageClient) -> None:
    everything = {
        "name": "佐藤 うめ", "kana": "さとう うめ", "phone_1": "018-888-1542", "phone_2": "０９０－２２２２－３３３３",
        "phone_3": "+1 212 555 0123", "residence": "outside", "birth_date-era": "昭和", "birth_date-year": "15",
        "birth_date-month": "1", "birth_date-day": "2", "sex": "female", "device": "easy_phone", "channel": "post",
        "mail": "ume@example.jp", "postal_code": "〒０１０－８５６０", "address": "秋田市山王1-1-1",
        "needs": ["hearing", "family"],
        "helper_name": "佐藤 一", "helper_relation": "長男", "helper_phone": "090-1111-2222", "note": "左の耳が遠い",
    }  # fmt: skip
    desk.submit(desk.get("/learners/new"), "learner", everything)
    with app.app_context():
        learner = db.session.scalars(select(Learner)).one()
        kept = (learner.birth_date, learner.outside_city, learner.postal_code, learner.helper_phone, learner.note)
    assert kept == (BORN, True, "010-8560", "+819011112222", "左の耳が遠い")
    page = desk.get(f"/learners/{learner.id}/edit")
    assert attribute(page.field("phone_2"), "value") == "090-2222-3333"
    assert attribute(page.field("phone_3"), "value") == "+1 212-555-0123"
    assert desk.submit(page, "learner").location == f"/learners/{learner.id}"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "kana"),
        ({"name": "！！！"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"kana": "高橋"}, "kana"),
        ({"kana": "タ", "phone_1": "1234"}, "phone_1"),
        (SHOWA_70, "birth_date-year"),
        ({"kana": "タ", "birth_year": "昭和70年"}, "birth_year"),
        ({"kana": "タ", "postal_code": "12"}, "postal_code"),
        ({"kana": "タ", "mail": "ume@"}, "mail"),
        ({"kana": "タ", "note": "マイナンバー 1234 5678 9018"}, "note"),
        ({"kana": "タ", "note": "カードは 4111-1111-1111-1111"}, "note"),
        ({"kana": "タ", "note": "パスワードは hana1940"}, "note"),
    ],
)  # fmt: skip
def test_bad_input_is_told_beside_its_field_and_kept(
    app: Flask, desk: PageClient, typed: dict[str, str], field: str
) -> None:
    page = desk.submit(desk.get("/learners/new"), "learner", typed, expect=422)
    assert page.error(field)
    for name, value in typed.items():
        control = page.field(name)
        assert value in (attribute(control, "value"), control.text.strip()) or control.tag == "select"
    assert learners(app) == 0


def test_an_unknown_district_is_refused(app: Flask, desk: PageClient) -> None:
    page = desk.post("/learners/new", {"kana": "タ", "channel": "phone", "residence": "atlantis"}, expect=422)
    assert page.error("residence")
    assert learners(app) == 0


def test_pressed_twice_a_learner_is_entered_once(app: Flask, desk: PageClient) -> None:
    page = desk.get("/learners/new")
    first = desk.submit(page, "learner", {"kana": "サトウ ウメ"})
    second = desk.submit(page, "learner", {"kana": "サトウ ウメ"})
    assert first.location == second.location
    assert learners(app) == 1


def entered_again(desk: PageClient) -> Page:
    page = desk.get("/learners/new")
    return desk.submit(page, "learner", {"kana": "たかはしはなこ", "phone_1": "018-888-1542"}, expect=422)


def test_a_probable_duplicate_is_shown_with_the_way_to_the_same_person(app: Flask, desk: PageClient) -> None:
    known = made(app, phone="018-888-1542", birth_date=BORN)
    page = entered_again(desk)
    assert "同じ人ではありませんか" in page.text
    assert "1940" in page.text
    assert page.link("同じ人です") == f"/learners/{known}"
    assert learners(app) == 1
    with app.app_context():
        assert noted(Action.VIEW_DUPLICATES) == [("view_duplicates", "", [known])]


def test_another_person_is_saved_after_all(app: Flask, desk: PageClient) -> None:
    made(app, phone="018-888-1542")
    desk.submit(entered_again(desk), "別の人として登録する")
    assert learners(app) == 2


def test_a_learner_amended_into_a_likeness_is_shown_it_and_may_be_another_person(app: Flask, desk: PageClient) -> None:
    known, learner_id = made(app, phone="018-888-1542"), made(app, "タカハシ ハナ")
    page = desk.get(f"/learners/{learner_id}/edit")
    asked = desk.submit(page, "learner", {"phone_1": "018-888-1542", "note": "夜に電話"}, expect=422)
    assert "同じ人ではありませんか" in asked.text
    assert asked.link("同じ人です") == f"/learners/{known}"
    assert desk.submit(asked, "別の人として保存する").location == f"/learners/{learner_id}"
    with app.app_context():
        assert [found.id for found in find_learners("1542")] == [known, learner_id]
    again = desk.get(f"/learners/{learner_id}/edit")
    assert desk.submit(again, "learner", {"note": ""}).location == f"/learners/{learner_id}"


def test_editing_starts_with_what_is_stored_and_saves_what_changed(app: Flask, desk: PageClient) -> None:
    learner_id = made(app, phone="018-888-1542", needs=frozenset({Need.SIGHT}), birth_date=BORN)
    page = desk.get(f"/learners/{learner_id}/edit")
    assert attribute(page.field("phone_1"), "value") == "018-888-1542"
    assert actions(app)[-1] == ("view_learner", f"learner:{learner_id}")
    desk.submit(page, "learner", {"kana": "サトウ ハナコ"})
    with app.app_context():
        learner = db.session.get_one(Learner, learner_id)
        assert (learner.kana, learner.birth_date) == ("サトウ ハナコ", BORN)
        assert [found.last_four for found in find_learners("さとう")] == [("1542",)]
    assert actions(app)[-1] == ("amend_learner", f"learner:{learner_id}")


def test_saving_a_learner_unchanged_keeps_every_telephone_and_there_is_room_for_one_more(
    app: Flask, desk: PageClient
) -> None:
    numbers = [f"018-888-154{digit}" for digit in range(4)]
    learner_id = made(app, phones=tuple(Telephone(typed, f"+81{typed.replace('-', '')[1:]}") for typed in numbers))
    desk.submit(desk.get(f"/learners/{learner_id}/edit"), "learner")
    assert telephones(app) == numbers
    desk.submit(desk.get(f"/learners/{learner_id}/edit"), "learner", {"phone_2": "", "phone_5": "090-2222-3333"})
    assert telephones(app) == [numbers[0], *numbers[2:], "090-2222-3333"]


def test_a_number_from_paper_that_is_none_does_not_stop_an_edit(app: Flask, desk: PageClient) -> None:
    learner_id = made(app, phones=(Telephone("888-1542 よる", None),))
    page = desk.get(f"/learners/{learner_id}/edit")
    desk.submit(page, "learner", {"note": "夜に電話"})
    again = desk.get(f"/learners/{learner_id}/edit")
    assert attribute(again.field("phone_1"), "value") == "888-1542 よる"
    assert desk.submit(again, "learner", {"phone_1": "888-1542 ひる"}, expect=422).error("phone_1")


def test_a_form_left_open_does_not_undo_what_somebody_else_saved(app: Flask, desk: PageClient, clock: Clock) -> None:
    learner_id = made(app)
    page = desk.get(f"/learners/{learner_id}/edit")
    with app.app_context(), transaction():
        amend_learner(learner_id, Particulars(kana="サトウ"), actor=SYSTEM, now=clock.advance(minutes=1))
    refused = desk.submit(page, "learner", {"kana": "スズキ"}, expect=422)
    assert "ほかの人が内容を変えました" in refused.text
    assert attribute(refused.field("kana"), "value") == "スズキ"


def test_another_text_in_a_form_that_was_sent_is_shown_again_and_may_be_sent_then(app: Flask, desk: PageClient) -> None:
    learner_id = made(app)
    page = desk.get(f"/learners/{learner_id}/edit")
    desk.submit(page, "learner", {"note": "補聴器あり"})
    refused = desk.submit(page, "learner", {"note": "つえ"}, expect=422)
    assert "まだ保存していません" in refused.text
    assert refused.field("note", "learner").text.strip() == "つえ"
    tokens = [attribute(one.field("one_time_token", "learner"), "value") for one in (page, refused)]
    assert tokens[0] != tokens[1]
    fresh = desk.get(f"/learners/{learner_id}/edit")
    assert fresh.field("note", "learner").text.strip() == "補聴器あり"
    desk.submit(fresh, "learner", {"note": "つえ"})


@pytest.mark.parametrize("address", ["edit", "consents", "pass", "pass.svg"])
def test_pages_of_nobody_are_not_found(desk: PageClient, address: str) -> None:
    desk.get(f"/learners/999999/{address}", expect=404)
