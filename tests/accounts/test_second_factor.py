"""Six digits after the password: set up on one's own phone, asked for every time, counted once."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from flask import Flask

from supportdesk import create_app
from supportdesk.accounts import second_factor
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import RecoveryCode, SecondFactor
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.clocks import NOW, Clock
from tests.conftest import settings_for
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import DEMO_PASSWORD, Page, PageClient
from tests.racing import race
from tests.trail import noted


class Phone:
    """Somebody's authenticator app."""

    def __init__(self, page: Page) -> None:
        self.secret = page.one(".letter-address").text.replace(" ", "").strip()

    @property
    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(desk_clock.now())


def set_up(client: PageClient) -> tuple[Phone, list[str]]:
    """The phone, and the codes on the sheet."""
    page = client.get("/account/second-factor")
    phone = Phone(page)
    sheet = client.submit(page, "second-factor", {"code": phone.code}, expect=200)
    return phone, sheet.texts(".letter-codes li")


def half(client: PageClient) -> Page:
    """The password is given: the page that asks for the code."""
    return client.sign_in("reception", expect=200)


@pytest.fixture
def desk(app: Flask, client: PageClient, clock: Clock) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        make_account(Role.ADMIN)
    client.sign_in("reception")
    return client


@pytest.fixture
def phone(desk: PageClient, clock: Clock) -> Phone:
    made, _codes = set_up(desk)
    clock.advance(seconds=30)
    return made


def test_after_the_password_the_code_is_asked_for_on_every_device(app: Flask, phone: Phone, clock: Clock) -> None:
    for _device in range(2):
        client = PageClient(app)
        page = half(client)
        assert page.h1 == "番号を入力してください"
        client.get("/home", expect=303)
        client.submit(page, "log-in-code", {"code": phone.code}, follow=True)
        client.get("/desk")
        clock.advance(seconds=30)


def test_a_code_counts_once(app: Flask, phone: Phone) -> None:
    code = phone.code
    first, second = PageClient(app), PageClient(app)
    first.submit(half(first), "log-in-code", {"code": code})
    refused = second.submit(half(second), "log-in-code", {"code": code}, expect=422)
    assert "もう使われています" in refused.error("code")


@pytest.mark.parametrize(("seconds", "status"), [(-60, 422), (-30, 422), (0, 303), (30, 303), (60, 422)])
def test_a_phone_s_clock_may_be_half_a_minute_wrong(
    app: Flask, phone: Phone, clock: Clock, seconds: int, status: int
) -> None:
    """Half a minute before is the code with which the phone was set up: used."""
    code = pyotp.TOTP(phone.secret).at(int(desk_clock.now().timestamp()) + seconds)
    client = PageClient(app)
    client.submit(half(client), "log-in-code", {"code": code}, expect=status)


def test_a_code_may_be_typed_in_full_width_and_with_a_space(app: Flask, phone: Phone) -> None:
    wide = phone.code.translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    client = PageClient(app)
    client.submit(half(client), "log-in-code", {"code": f" {wide[:3]} {wide[3:]}"})


def test_five_wrong_codes_close_the_door_whatever_the_password(app: Flask, phone: Phone, clock: Clock) -> None:
    client = PageClient(app)
    page = half(client)
    for _ in range(5):
        page = client.submit(page, "log-in-code", {"code": "000000"}, expect=422)
    other = PageClient(app)
    assert "15分" in other.submit(half(other), "log-in-code", {"code": phone.code}, expect=429).text
    with app.app_context():
        assert len(noted(Action.LOG_IN_CODE_REFUSED)) == 5
    clock.advance(minutes=15)
    other.submit(half(other), "log-in-code", {"code": phone.code})


def test_a_recovery_code_stands_in_for_the_phone_once(app: Flask, desk: PageClient, clock: Clock) -> None:
    _phone, codes = set_up(desk)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    for spelled in (codes[0], codes[1].lower().replace("-", " ")):
        client = PageClient(app)
        client.submit(half(client), "log-in-code", {"code": spelled})
    again = PageClient(app)
    again.submit(half(again), "log-in-code", {"code": codes[0]}, expect=422)
    assert "あと8個" in desk.get("/account/second-factor").text


def test_new_recovery_codes_replace_the_old(app: Flask, desk: PageClient) -> None:
    _phone, old = set_up(desk)
    sheet = desk.submit(desk.get("/account/second-factor"), "予備の番号を作りなおす", expect=200)
    new = sheet.texts(".letter-codes li")
    assert not set(old) & set(new)
    client = PageClient(app)
    client.submit(
        client.submit(half(client), "log-in-code", {"code": old[0]}, expect=422), "log-in-code", {"code": new[0]}
    )


def test_neither_the_secret_nor_the_codes_can_be_read_in_the_database(app: Flask, desk: PageClient) -> None:
    made, codes = set_up(desk)
    with app.app_context():
        kept = db.session.scalars(db.select(SecondFactor)).one()
        hashes = db.session.scalars(db.select(RecoveryCode.code_hash)).all()
    assert made.secret not in kept.sealed_secret
    assert not any(code.replace("-", "") in hashes or code in hashes for code in codes)


def test_with_another_secret_of_the_desk_only_the_administrator_helps(app: Flask, phone: Phone) -> None:
    with app.app_context(), transaction() as session:
        session.execute(db.update(SecondFactor).values(sealed_secret="sealed elsewhere"))
    client = PageClient(app)
    client.submit(half(client), "log-in-code", {"code": phone.code}, expect=422)


def test_a_wrong_first_code_sets_nothing_up_and_shows_the_same_secret(app: Flask, desk: PageClient) -> None:
    page = desk.get("/account/second-factor")
    refused = desk.submit(page, "second-factor", {"code": "000000"}, expect=422)
    assert Phone(refused).secret == Phone(page).secret
    PageClient(app).sign_in("reception")


def test_another_phone_replaces_the_first(app: Flask, desk: PageClient, phone: Phone, clock: Clock) -> None:
    other, _codes = set_up(desk)
    clock.advance(seconds=30)
    client = PageClient(app)
    client.submit(
        client.submit(half(client), "log-in-code", {"code": phone.code}, expect=422),
        "log-in-code",
        {"code": other.code},
    )


def test_the_administrator_lets_somebody_begin_anew(app: Flask, desk: PageClient, phone: Phone) -> None:
    admin = PageClient(app)
    admin.sign_in("admin")
    account = admin.get(admin.get("/admin/accounts/").link("receptionさん"))
    after = admin.submit(admin.get(account.link("2つ目のたしかめを取り消す")), "factor", follow=True)
    assert "2つ目のたしかめを取り消しました" in after.text
    desk.get("/home", expect=303)
    PageClient(app).sign_in("reception")
    with app.app_context():
        assert noted(Action.RESET_FACTOR) == [("reset_factor", "account:1", [])]


def test_the_half_way_ends_after_five_minutes_and_with_a_new_password(app: Flask, phone: Phone, clock: Clock) -> None:
    client = PageClient(app)
    page = half(client)
    clock.advance(minutes=5)
    assert client.submit(page, "log-in-code", {"code": phone.code}).location == "/login"
    assert PageClient(app).get("/login/code", expect=303).location == "/login"


def test_what_was_wanted_before_the_log_in_is_led_to_after_the_code(app: Flask, phone: Phone) -> None:
    client = PageClient(app)
    page = client.get("/login", query_string={"next": "/learners/"})
    asked = client.submit(page, "/login", {"username": "reception", "password": DEMO_PASSWORD}, expect=200)
    assert client.submit(asked, "log-in-code", {"code": phone.code}).location == "/learners/"


def test_what_was_typed_before_the_log_in_ended_waits_behind_the_code(
    desk: PageClient, phone: Phone, clock: Clock
) -> None:
    page = desk.get("/learners/new")
    clock.advance(minutes=61)
    asked = desk.submit(page, "learner", {"kana": "サトウ シズ"}, expect=401)
    typed = {"username": "reception", "password": DEMO_PASSWORD}
    code = desk.submit(asked, "/login", typed, expect=200)
    again = desk.submit(code, "log-in-code", {"code": phone.code}, expect=200)
    assert attribute(again.field("kana", "learner"), "value") == "サトウ シズ"


def test_a_code_will_do_where_the_password_is_asked_for_again(desk: PageClient, phone: Phone, clock: Clock) -> None:
    clock.advance(minutes=11)
    page = desk.get("/learners/import", follow=True, expect=303)
    desk.submit(page, "prove", {"password": "000000"}, expect=422)
    assert desk.submit(page, "prove", {"password": phone.code}).location == "/learners/import"


def test_a_new_password_by_invitation_does_not_stand_in_for_the_phone(app: Flask, phone: Phone) -> None:
    from supportdesk.accounts.invitations import invite
    from supportdesk.core.permissions import SYSTEM

    with app.app_context(), transaction():
        token = invite(1, actor=SYSTEM, now=desk_clock.now()).token
    client = PageClient(app)
    chosen = {"new_password": "minato-de-asagohan", "new_password_again": "minato-de-asagohan"}
    asked = client.submit(client.get(f"/invited/{token}"), "invited", chosen, follow=True)
    assert asked.h1 == "番号を入力してください"
    client.get("/home", expect=303)
    client.submit(asked, "log-in-code", {"code": phone.code})
    client.get("/desk")


def test_of_eight_who_send_one_code_at_once_one_is_let_in(app: Flask, phone: Phone) -> None:
    code = phone.code

    def enter() -> str:
        with transaction():
            return type(second_factor.log_in_with_code(1, code, now=desk_clock.now())).__name__

    answers = race(app, [enter] * 8)
    assert answers.count("Account") == 1


@pytest.fixture
def strict(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The desk of a city that requires the second factor."""
    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("strict"), SECOND_FACTOR="required"))
    desk_clock.set_now(NOW)
    with app.app_context():
        make_account(Role.RECEPTION)
        make_account(Role.TUTOR)
    yield app
    with app.app_context():
        db.engine.dispose()


def first_log_in(client: PageClient) -> Page:
    typed = {"username": "reception", "password": DEMO_PASSWORD}
    led_to = client.submit(client.get("/login"), "/login", typed).location
    return client.get(client.get(led_to, expect=303).location)


def test_where_it_is_required_staff_set_it_up_at_their_first_log_in(strict: Flask) -> None:
    client = PageClient(strict)
    page = first_log_in(client)
    assert page.h1 == "2つ目のたしかめ"
    for way in ("/home", "/desk", "/account/password", "/account/sessions"):
        assert client.get(way, expect=303).location == "/account/second-factor"
    client.post("/account/sessions/end-others", {"one_time_token": "a" * 22})
    client.get("/schedule")
    client.submit(page, "second-factor", {"code": Phone(page).code}, expect=200)
    client.get("/desk")


def test_where_it_is_required_volunteers_may_do_without_and_everybody_may_log_out(strict: Flask) -> None:
    tutor, reception = PageClient(strict), PageClient(strict)
    tutor.sign_in("tutor")
    tutor.get("/tutors/")
    page = first_log_in(reception)
    assert reception.submit(page, "ログアウト").location.startswith("/login")
