"""The password once more, in the middle of a session: when it is asked for, and what goes on after it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask, redirect
from werkzeug.wrappers import Response

from supportdesk import create_app
from supportdesk.accounts.actions import Action
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock as desk_clock
from supportdesk.core.answers import answer_press
from supportdesk.core.permissions import Permission, Role, requires
from supportdesk.extensions import db
from tests.clocks import NOW, Clock
from tests.conftest import settings_for
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import DEMO_PASSWORD, Page, PageClient
from tests.trail import noted

PROOF = {"password": DEMO_PASSWORD}
LEDGER = "氏名,フリガナ,電話番号,地区,生年月日\n佐藤 うめ,サトウ ウメ,018-888-1542,中央,昭和15年1月2日\n".encode()


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    """Somebody at the counter, who logged in just now."""
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


def ask(desk: PageClient) -> Page:
    return desk.get("/learners/import", follow=True, expect=303)


def test_a_password_given_within_ten_minutes_is_enough(desk: PageClient, clock: Clock) -> None:
    clock.advance(minutes=9, seconds=59)
    desk.get("/learners/import")
    clock.advance(seconds=1)
    assert "もう一度、パスワード" in ask(desk).h1
    desk.get("/learners/")  # whatever is not marked goes on as before


def test_after_the_password_the_page_wanted_opens_and_ten_minutes_begin_anew(
    app: Flask, desk: PageClient, clock: Clock
) -> None:
    clock.advance(minutes=20)
    answer = desk.submit(ask(desk), "prove", PROOF)
    assert answer.location == "/learners/import"
    clock.advance(minutes=9)
    desk.get("/learners/import")
    with app.app_context():
        assert len(noted(Action.PROVE_AGAIN)) == 1


def test_a_wrong_password_opens_nothing_and_counts_like_a_failed_log_in(
    app: Flask, desk: PageClient, clock: Clock
) -> None:
    clock.advance(minutes=20)
    page = ask(desk)
    for _ in range(5):
        page = desk.submit(page, "prove", {"password": "wrong"}, expect=422)
        assert "パスワードがちがいます" in page.error("password")
    assert "15分" in desk.submit(page, "prove", PROOF, expect=429).text
    PageClient(app).sign_in("reception", expect=429)
    with app.app_context():
        assert len(noted(Action.PROOF_REFUSED)) == 5
    clock.advance(minutes=15)
    desk.submit(page, "prove", PROOF)


def test_nobody_is_led_off_the_site(desk: PageClient) -> None:
    for wanted in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        page = desk.get("/account/prove", query_string={"next": wanted, "back": wanted})
        assert desk.submit(page, "prove", PROOF).location == "/desk"


def test_a_file_is_chosen_again_after_the_password(desk: PageClient, clock: Clock) -> None:
    page = desk.get("/learners/import")
    clock.advance(minutes=11)
    asked = desk.submit(page, "upload", {"ledger": (BytesIO(LEDGER), "ledger.csv")}, expect=303, follow=True)
    assert "ファイルは送られていません" in asked.text
    again = desk.submit(asked, "prove", PROOF, follow=True)
    assert again.h1 == "名簿を読みこむ"


def test_a_form_that_was_kept_goes_on_where_it_was_going(desk: PageClient, clock: Clock) -> None:
    upload = desk.get("/learners/import")
    preview = desk.submit(upload, "upload", {"ledger": (BytesIO(LEDGER), "ledger.csv")}, expect=200)
    clock.advance(minutes=11)
    asked = desk.submit(preview, "confirm", expect=401)
    assert "入力した内容は消えていません" in asked.text
    mistyped = desk.submit(asked, "prove", {"password": "wrong"}, expect=422)
    done = desk.submit(mistyped, "prove", PROOF, follow=True)
    assert "1人を登録しました" in done.text
    assert desk.submit(preview, "confirm").location == "/learners/", "sent twice, it is carried out once"
    assert "佐藤 うめ" in desk.get("/learners/").text


def test_the_rejected_rows_are_given_away_after_the_password_alone(desk: PageClient, clock: Clock) -> None:
    upload = desk.get("/learners/import")
    bad = LEDGER + "鈴木 一,スズキ ハジメ,,月,\n".encode()
    preview = desk.submit(upload, "upload", {"ledger": (BytesIO(bad), "ledger.csv")}, expect=200)
    clock.advance(minutes=11)
    held = attribute(preview.field("held", "confirm"), "value")
    asked = desk.post("/learners/import/refused", {"held": held, "kind": "csv"}, expect=401)
    file = desk.submit(asked, "prove", PROOF, expect=200)
    assert "鈴木" in file.data.decode()


@pytest.fixture
def counting(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, list[str]]]:
    """An application with a button that nobody may press at a screen left alone, and who pressed it."""
    desk_clock.set_now(NOW)
    app, pressed = create_app(settings_for(database_url, tmp_path_factory.mktemp("counting"))), []

    @app.post("/press/<int:number>")
    @requires(Permission.USE_DESK)
    @with_fresh_password
    def press(number: int) -> Response:
        def act() -> str:
            pressed.append(f"{current_actor().name} {number}")
            return "/home"

        return answer_press(act)

    @app.get("/elsewhere")
    @requires(Permission.USE_DESK)
    def elsewhere() -> Response:
        return redirect("/home")

    with app.app_context():
        make_account(Role.RECEPTION)
        make_account(Role.TUTOR)
        make_account(Role.RECEPTION, username="colleague")
    yield app, pressed
    with app.app_context():
        db.engine.dispose()


def kept_press(client: PageClient, clock: Clock) -> Page:
    client.sign_in("reception")
    clock.advance(minutes=11)
    return client.post("/press/5", {"one_time_token": "a" * 22}, expect=401)


def test_a_press_is_carried_out_once_after_the_password(counting: tuple[Flask, list[str]], clock: Clock) -> None:
    app, pressed = counting
    client = PageClient(app)
    asked = kept_press(client, clock)
    assert pressed == []
    assert client.submit(asked, "prove", PROOF).location == "/home"
    client.submit(asked, "prove", PROOF)
    client.post("/press/5", {"one_time_token": "a" * 22})
    assert pressed == ["receptionさん 5"]


@pytest.mark.parametrize("username", ["colleague", "tutor"])
def test_what_another_was_about_to_do_is_not_done_in_ones_own_name(
    counting: tuple[Flask, list[str]], clock: Clock, username: str
) -> None:
    app, pressed = counting
    fields = {
        attribute(field, "name"): attribute(field, "value")
        for field in kept_press(PageClient(app), clock).all("#prove input[type=hidden]")
        if attribute(field, "name") != "csrf_token"
    }
    other = PageClient(app)
    other.sign_in(username)
    other.post("/account/prove", {**fields, **PROOF})
    assert pressed == []


def test_without_a_good_csrf_token_nothing_is_sent_on(counting: tuple[Flask, list[str]], clock: Clock) -> None:
    app, pressed = counting
    client = PageClient(app)
    asked = kept_press(client, clock)
    hidden = {attribute(field, "name"): attribute(field, "value") for field in asked.all("#prove input[type=hidden]")}
    client.raw.post("/account/prove", data={**hidden, **PROOF, "csrf_token": "forged"})
    assert pressed == []


def test_a_role_that_ended_meanwhile_sends_nothing_on(counting: tuple[Flask, list[str]], clock: Clock) -> None:
    from supportdesk.accounts.models import AccountRole
    from supportdesk.core.database import transaction

    app, pressed = counting
    client = PageClient(app)
    asked = kept_press(client, clock)
    with app.app_context(), transaction() as session:
        session.execute(db.update(AccountRole).where(AccountRole.role == Role.RECEPTION).values(role=Role.INSTRUCTOR))
    client.submit(asked, "prove", PROOF, expect=403)
    assert pressed == []
