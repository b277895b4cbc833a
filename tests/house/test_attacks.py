"""What somebody with bad intent tries: each is refused, and none is an error of the machine.

Tried elsewhere, and not again here: another's id in each address (test_scope), whoever may call what (test_access),
absurd input in every form and address, and large files (test_bad_input), HTML as a film (tests/videos/test_media),
formulas in CSV (tests/core/test_tables_writing), cookies and headers (tests/core/test_security), guessing at once and
recovery codes (tests/accounts/test_at_once, test_second_factor), a role that ends during a session
(tests/accounts/test_terms, tests/places/test_staff_pages).
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from turbohtml import parse
from werkzeug.test import TestResponse

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.house.routes import ROUTES
from tests.markup import attribute, mistakes
from tests.pages import DEMO_PASSWORD, PageClient

#: Refused before a database is asked: on one of them is enough.
comes_to_no_database = pytest.mark.only_on("sqlite")
OFFICE = "203.0.113.7"
STAFF = 30


def log_in(app: Flask, username: str, password: str, address: str) -> int:
    """The answer to a log-in from this address."""
    client = PageClient(app)
    client.raw.environ_base["REMOTE_ADDR"] = address
    page = client.get("/login")
    token = attribute(page.field("csrf_token", "/login"), "value")
    typed = {"username": username, "password": password, "csrf_token": token}
    return client.raw.post("/login", data=typed).status_code


@pytest.fixture
def office(app: Flask) -> list[str]:
    """The user names of thirty who share one address."""
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
        return [make_account(Role.RECEPTION, username=f"clerk{number}").username for number in range(STAFF)]


def test_guesses_from_many_addresses_are_counted_together(app: Flask, office: list[str], clock: Clock) -> None:
    answers = [log_in(app, office[0], f"guess {n}", f"198.51.100.{n}") for n in range(20)]
    assert answers == [422] * 5 + [429] * 15
    assert log_in(app, office[0], DEMO_PASSWORD, "192.0.2.1") == 429, "not even a lucky guess comes in"
    clock.advance(minutes=15)
    assert log_in(app, office[0], DEMO_PASSWORD, OFFICE) == 303


def test_one_guesser_locks_nobody_else_out_of_a_shared_address(app: Flask, office: list[str]) -> None:
    guesses = [log_in(app, name, "guess", OFFICE) for name in ("nobody", "root", office[0]) for _ in range(7)]
    assert set(guesses) == {422, 429}
    assert [log_in(app, name, DEMO_PASSWORD, OFFICE) for name in office[1:]] == [303] * (STAFF - 1)


def test_one_password_tried_on_everybody_is_answered_alike(app: Flask, office: list[str]) -> None:
    """A guesser learns no name by it: those that nobody has are closed after five tries too."""
    for name in ("nobody", office[0]):
        assert [log_in(app, name, "guess", OFFICE) for _ in range(6)] == [422] * 5 + [429]


def test_a_session_planted_before_the_log_in_is_nobody_s_after_it(app: Flask, office: list[str]) -> None:
    victim, attacker = PageClient(app), PageClient(app)
    attacker.get("/login")
    planted = attacker.raw.get_cookie("session")
    assert planted is not None
    victim.raw.set_cookie("session", planted.value)
    victim.sign_in(office[0])
    after = victim.raw.get_cookie("session")
    assert after is not None
    assert after.value != planted.value
    victim.get("/desk")
    attacker.get("/desk", expect=303)
    forged = {"csrf_token": attacker._token(), "one_time_token": "a" * 22}
    assert victim.raw.post("/account/sessions/end-others", data=forged).status_code == 400


@comes_to_no_database
def test_no_form_is_carried_out_without_its_token(app: Flask, office: list[str]) -> None:
    """Every route that writes, for whoever may do most: with no token, another's, or one that nobody signed."""
    admin, other = PageClient(app), PageClient(app)
    admin.sign_in("admin")
    other.sign_in(office[0])
    others = other._token()
    wrong, forged = [], cycle((None, "", "forged", "%00", "a" * 10_000))
    for endpoint, (address, methods, _who) in ROUTES.items():
        for token in (next(forged), others) if "POST" in methods else ():
            data = {} if token is None else {"csrf_token": token}
            status = admin.raw.post(address, data=data).status_code
            if status not in (400, 403):
                wrong.append(f"{endpoint} with {token!r}: {status}")
    assert wrong == []
    admin.get("/home")


ELSEWHERE = (
    "//evil.example/",
    "///evil.example/",
    "https://evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "/\t/evil.example",
    "http:evil.example",
    "//evil%E3%80%82example",
)


@comes_to_no_database
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_address_leads_off_the_site(app: Flask, office: list[str], wanted: str) -> None:
    client = PageClient(app)
    asked: list[Callable[[], TestResponse]] = [
        lambda: client.raw.get("/language/ja", query_string={"next": wanted}),
        lambda: client.raw.post(
            "/login",
            query_string={"next": wanted},
            data={"username": office[0], "password": DEMO_PASSWORD, "csrf_token": client._token()},
        ),
        lambda: client.raw.post(
            "/account/prove",
            query_string={"next": wanted, "back": wanted},
            data={"password": DEMO_PASSWORD, "csrf_token": client._token()},
        ),
        lambda: client.raw.get("/learners/", headers={"Referer": wanted.strip() or "/"}),
    ]
    for ask in asked:
        answer = ask()
        location = urlsplit(answer.headers.get("Location", "/"))
        assert (location.scheme, location.netloc) in {("", ""), ("http", "localhost")}, location
        assert answer.status_code < 500
    page = client.raw.get("/account/prove", query_string={"next": wanted, "back": wanted}).text
    assert f'href="{wanted}"' not in page


def injected(client: FlaskClient, method: str, address: str, **sent: Any) -> bool:
    answer = client.open(address, method=method, **sent)
    assert answer.status_code < 500, address
    return "X-Injected" in answer.headers or any("\n" in value or "\r" in value for value in answer.headers.values())


@comes_to_no_database
def test_no_header_is_written_by_whoever_asks(app: Flask, office: list[str]) -> None:
    client = PageClient(app)
    client.sign_in("admin")
    evil = "x\r\nX-Injected: yes\r\n\r\n<script>"
    for address in (
        f"/language/{quote(evil)}",
        f"/language/ja?next=/{quote(evil)}",
        f"/login?next=/{quote(evil)}",
        f"/login?next=/{quote(quote(evil))}",
        f"/learners/?page={quote(evil)}",
        f"/p/{quote(evil)}",
        f"/invited/{quote(evil)}",
        f"/tutors/figures/file/{quote(evil)}",
        f"/media/{quote(evil)}.mp4",
        f"/{quote(evil)}",
    ):
        assert not injected(client.raw, "GET", address), address
    token = {"csrf_token": client._token()}
    files = {"ledger": (BytesIO(b"a,b\n"), "evil\r\nX-Injected: yes.csv"), **token}
    assert not injected(client.raw, "POST", "/learners/import", data=files)
    assert not injected(
        client.raw, "GET", "/home", headers={"X-Forwarded-Host": "evil.example", "Accept-Language": "é"}
    )


@comes_to_no_database
def test_the_host_that_a_request_names_stands_in_no_link(app: Flask, office: list[str]) -> None:
    """A poisoned Host must not be what letters and QR codes lead to."""
    admin = PageClient(app)
    admin.sign_in("admin")
    form = admin.get("/admin/accounts/2/invite")
    typed = {attribute(one, "name"): attribute(one, "value") for one in form.all("#invite input[type=hidden]")}
    letter = admin.raw.post("/admin/accounts/2/invite", data=typed, headers={"X-Forwarded-Host": "evil.example"})
    assert "http://desk.test/invited/" in letter.text
    assert "evil.example" not in letter.text


JSON = "application/json"


@comes_to_no_database
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b"[" * 100_000),
        (JSON, b"[" * 50_000 + b"]" * 50_000),
        (JSON, b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
        (JSON, b'{"username": "' + b"x" * 3_000_000 + b'"}'),
        (JSON, b'{"number": 1' + b"0" * 100_000 + b"}"),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 3_000_000),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(50_000))),
        ("multipart/form-data; boundary=" + "x" * 5000, b"--" + b"x" * 5000 + b"\r\n\r\n"),
    ],
    ids=["open", "deep list", "deep object", "long text", "long number", "long field", "many fields", "long boundary"],
)
def test_deep_and_oversized_bodies_are_refused_quickly(app: Flask, office: list[str], kind: str, body: bytes) -> None:
    client = PageClient(app)
    for signed_in in (False, True):
        if signed_in:
            client.sign_in("admin")
        for address in ("/login", "/account/prove", "/learners/new", "/learners/search", "/admin/accounts/new"):
            answer = client.raw.post(address, data=body, content_type=kind)
            assert 400 <= answer.status_code < 500, (address, answer.status_code)


#: Names that break what was written for plain letters.
STRANGE = {
    "from right to left": "\u202eおゅくや\u202c 太郎",
    "nothing to be seen": "\u200b\u200d\ufeff",
    "beyond the plane": "𠮷野 家",
    "variation selector": "葛\U000e0100城 花",
    "combining": "か\u3099" * 30,
    "stacked": "a" + "\u0301" * 80,
    "emoji family": "👨‍👩‍👧‍👦🏳️‍🌈",
    "half a pair": "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "controls": "山田\x07\x1b[31m 花",
    "line separators": "山田\u2028花\u2029子",
    "NUL": "山田\x00花",
    "markup": "<img src=x onerror=alert(1)>",
    "template": "{{ config.SECRET_KEY }}{% raw %}",
    "SQL": "'; DROP TABLE account;--",
    "format": "%s%n%(x)s{0}",
    "lonely long mark": "ー゛゜",
    "private use": "\ue000\uf8ff",
    "noncharacter": "\ufffe\uffff",
}


@pytest.mark.parametrize("name", STRANGE.values(), ids=STRANGE)
def test_unusual_letters_in_a_name_are_kept_or_refused_in_words(app: Flask, office: list[str], name: str) -> None:
    admin = PageClient(app)
    admin.sign_in("admin")
    token = {"csrf_token": admin._token()}
    staff = {**token, "username": f"u{name}", "name": name, "kana": "", "roles": "reception"}
    learner = {**token, "name": name, "kana": "ヤマダ ハナ", "residence": "chuo"}
    for address, typed in (("/admin/accounts/new", staff), ("/learners/new", learner)):
        answer = admin.raw.post(address, data={**typed, "one_time_token": "t" * 22 + address[1:5]})
        assert answer.status_code in (200, 303, 422), (address, answer.status_code)
    for address in ("/admin/accounts/", "/admin/accounts/invitations", "/learners/", "/admin/audit"):
        answer = admin.raw.get(address)
        page = parse(answer.text)
        assert (answer.status_code, mistakes(answer.text)) == (200, [])
        assert not page.select("main img")
        assert str(app.secret_key) not in answer.text
    found = admin.raw.post("/learners/search", data={**token, "q": name})
    assert found.status_code == 200
    assert "<img" not in found.text
    with app.app_context():
        kept = db.session.scalars(db.select(Account.name)).all()
    assert not any("\x00" in one or "\x1b" in one for one in kept)


def test_an_account_made_harmless_in_the_middle_of_a_form_sends_nothing(app: Flask, office: list[str]) -> None:
    """The form was opened with a role that was taken away before it is sent."""
    desk = PageClient(app)
    desk.sign_in(office[0])
    page = desk.get("/learners/new")
    with app.app_context(), transaction() as session:
        session.execute(db.update(AccountRole).where(AccountRole.account_id == 2).values(role=Role.TUTOR))
    desk.submit(page, "learner", {"kana": "サトウ シズ"}, expect=403)
