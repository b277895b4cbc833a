"""A form whose sender had to log in again: it is shown as it was filled in, and sent by nobody but its sender."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core.fields import DeskForm, PasswordField
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import DEMO_PASSWORD, Page, PageClient

TYPED = {
    "name": "佐藤 静",
    "kana": "サトウ シズ",
    "birth_date-era": "昭和",
    "birth_date-year": "15",
    "birth_date-month": "2",
    "birth_date-day": "30",
    "residence": "chuo",
    "note": "補聴器あり\n声は大きく",
}
LOG_IN = {"username": "reception", "password": DEMO_PASSWORD}


@pytest.fixture
def reception(app: Flask, client: PageClient) -> PageClient:
    """Somebody at the counter, signed in; a colleague and an instructor may log in as well."""
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        make_account(Role.RECEPTION, username="colleague")
        make_account(Role.INSTRUCTOR)
    client.sign_in("reception")
    return client


def learners(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Learner)) or 0


def typed_in(page: Page) -> dict[str, object]:
    """What the page's form shows of what was typed."""
    values: dict[str, object] = {}
    for name in TYPED:
        field = page.field(name, "learner")
        if field.tag == "textarea":
            values[name] = field.text
        elif field.tag == "select":
            values[name] = attribute(field.select_one("option[selected]") or field, "value")
        else:
            values[name] = attribute(field, "value")
    return values


def late(client: PageClient, clock: Clock) -> Page:
    """Fills in a learner's form, has lunch, and sends it: the log-in that answers."""
    page = client.get("/learners/new")
    clock.advance(minutes=61)
    return client.submit(page, "learner", TYPED, expect=401)


def test_a_form_sent_after_lunch_is_shown_as_it_was_filled_in(app: Flask, reception: PageClient, clock: Clock) -> None:
    asked = late(reception, clock)
    assert asked.h1 == "ログイン"
    assert "入力した内容は消えません" in asked.text
    again = reception.submit(asked, "/login", LOG_IN, expect=200)
    assert again.h1 == "新しい受講者"
    assert "まだ保存していません" in again.text
    assert typed_in(again) == TYPED
    assert learners(app) == 0, "nothing is carried out by a log-in"
    mended = reception.submit(again, "learner", {"birth_date-day": "3"}, expect=303)
    assert "/learners/" in mended.location
    assert learners(app) == 1


def test_a_lost_cookie_loses_no_words(app: Flask, reception: PageClient) -> None:
    page = reception.get("/learners/new")
    reception.another_device()
    asked = reception.submit(page, "learner", TYPED, expect=401)
    again = reception.submit(asked, "/login", LOG_IN, expect=200)
    assert typed_in(again) == TYPED
    assert learners(app) == 0


def test_a_mistyped_password_loses_no_words(reception: PageClient, clock: Clock) -> None:
    asked = late(reception, clock)
    refused = reception.submit(asked, "/login", {**LOG_IN, "password": "wrong"}, expect=422)
    again = reception.submit(refused, "/login", LOG_IN, expect=200)
    assert typed_in(again) == TYPED


def test_a_log_in_page_left_too_long_loses_no_words(reception: PageClient, clock: Clock) -> None:
    asked = late(reception, clock)
    reception.another_device()
    refused = reception.submit(asked, "/login", LOG_IN, expect=400)
    again = reception.submit(refused, "/login", LOG_IN, expect=200)
    assert typed_in(again) == TYPED


def test_the_form_keeps_its_one_time_token_and_gets_a_new_csrf_token(reception: PageClient) -> None:
    page = reception.get("/learners/new")
    reception.another_device()
    asked = reception.submit(page, "learner", TYPED, expect=401)
    again = reception.submit(asked, "/login", LOG_IN, expect=200)

    def token(of: Page, name: str) -> str:
        return attribute(of.field(name, "learner"), "value")

    assert token(again, "one_time_token") == token(page, "one_time_token")
    assert token(again, "csrf_token") != token(page, "csrf_token")


def test_what_was_carried_out_before_the_log_in_ended_is_not_carried_out_twice(
    app: Flask, reception: PageClient
) -> None:
    page = reception.get("/learners/new")
    good = {**TYPED, "birth_date-day": "3"}
    first = reception.submit(page, "learner", good)
    reception.another_device()
    again = reception.submit(reception.submit(page, "learner", good, expect=401), "/login", LOG_IN, expect=200)
    assert reception.submit(again, "learner").location == first.location
    assert learners(app) == 1


def test_another_person_sees_nothing_of_what_was_typed(reception: PageClient, clock: Clock) -> None:
    asked = late(reception, clock)
    home = reception.submit(asked, "/login", {**LOG_IN, "username": "colleague"}, follow=True)
    assert "ほかの人が入力していた内容は消しました" in home.text
    assert "佐藤" not in home.html
    assert attribute(reception.get("/learners/new").field("name"), "value") == ""


def test_no_password_and_no_csrf_token_is_carried(reception: PageClient) -> None:
    page = reception.get("/learners/new")
    secrets = {"new_password": "himitsu", "csrf_token": attribute(page.field("csrf_token", "learner"), "value")}
    reception.another_device()
    answer = reception.raw.post("/learners/new", data={**secrets, "name": "佐藤"})
    asked = Page(answer, "POST", "/learners/new")
    carried = {attribute(field, "name") for field in asked.all("main input[type=hidden]")}
    assert "kept.name" in carried
    assert not carried & {"kept.new_password", "kept.csrf_token"}
    assert "himitsu" not in answer.text
    assert secrets["csrf_token"] not in answer.text


def test_every_password_field_is_known_by_its_name() -> None:
    """What is kept goes by the name alone, because the form is not known before the log-in."""

    def all_forms(form: type[DeskForm]) -> set[type[DeskForm]]:
        children: list[type[DeskForm]] = form.__subclasses__()
        return {form}.union(*(all_forms(child) for child in children))

    for form in all_forms(DeskForm):
        for name in dir(form):
            made = getattr(getattr(form, name), "field_class", None)
            if isinstance(made, type) and issubclass(made, PasswordField):
                assert "password" in name, f"{form.__name__}.{name}"


def test_a_form_of_another_site_is_not_kept(reception: PageClient) -> None:
    reception.another_device()
    for token in ("", "forged", "あ"):
        answer = reception.raw.post("/learners/new", data={"csrf_token": token, "name": "仕込まれた名前"})
        assert answer.status_code == 401
        assert "仕込まれた名前" not in answer.text


@pytest.mark.parametrize("came_from", ["https://evil.example/learners/new", "//evil.example/", "http://desk.test/no"])
def test_only_pages_of_this_site_are_gone_back_to(reception: PageClient, came_from: str) -> None:
    page = reception.get("/learners/new")
    token = attribute(page.field("csrf_token", "learner"), "value")
    reception.another_device()
    data = {"csrf_token": token, "name": "佐藤"}
    answer = reception.raw.post("/learners/new", data=data, headers={"Referer": came_from})
    again = reception.submit(Page(answer, "POST", "/learners/new"), "/login", LOG_IN, expect=200)
    assert again.h1 == "新しい受講者"


def test_a_forged_seal_leads_to_where_the_day_begins(reception: PageClient) -> None:
    reception.another_device()
    page = reception.get("/login")
    token = attribute(page.field("csrf_token", "/login"), "value")
    forged = {**LOG_IN, "csrf_token": token, "kept_for": "WzEsIi9sZWFybmVycy9uZXciXQ.forged", "kept.name": "佐藤"}
    assert reception.raw.post("/login", data=forged).headers["Location"] == "/desk"


def test_a_window_left_open_over_a_new_log_in_shows_its_form_again(app: Flask, reception: PageClient) -> None:
    page = reception.get("/learners/new")
    reception.another_device()
    reception.sign_in("reception")
    again = reception.submit(page, "learner", TYPED, expect=400)
    assert typed_in(again) == TYPED
    reception.submit(again, "learner", {"birth_date-day": "3"})
    assert learners(app) == 1


def test_whoever_may_no_longer_open_the_page_is_told_so(app: Flask, reception: PageClient) -> None:
    from supportdesk.accounts.models import AccountRole
    from supportdesk.core.database import transaction

    page = reception.get("/learners/new")
    reception.another_device()
    asked = reception.submit(page, "learner", TYPED, expect=401)
    with app.app_context(), transaction() as session:
        session.execute(db.update(AccountRole).where(AccountRole.account_id == 1).values(role=Role.TUTOR))
    assert "使えません" in reception.submit(asked, "/login", LOG_IN, expect=403).h1


def test_a_wrong_password_leaves_no_copy_of_what_was_typed(reception: PageClient, clock: Clock) -> None:
    page = reception.get("/learners/new")
    clock.advance(hours=2)
    asked = reception.submit(page, "learner", TYPED, expect=401)
    for wrong in ({"username": "reception", "password": "wrong"}, {"username": "", "password": ""}):
        again = reception.submit(asked, data=wrong, expect=422)
        assert "佐藤 静" in str(again.data, "utf-8")
        assert again.headers["Cache-Control"] == "no-store"
