"""Whatever is sent to whichever address, the answer is a page in words, never an error of the machine.

The addresses come from the table of routes.py, the names of fields from the views and their pages themselves, so that
a new page is tried without a new line here. The desk is the demo's: behind most addresses stands something real.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote, quote_from_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from turbohtml import parse
from wtforms.fields.core import UnboundField

from supportdesk.accounts.models import Account
from supportdesk.core.database import transaction
from supportdesk.core.fields import DayField, DeskForm
from supportdesk.core.permissions import Role
from supportdesk.core.security import LARGEST_UPLOAD, MEGABYTE
from supportdesk.core.throttle import Throttle
from supportdesk.demo import PASSWORD
from supportdesk.extensions import db
from supportdesk.videos.models import Video
from tests.clocks import Clock
from tests.factories import make_account
from tests.house.routes import ROUTES
from tests.markup import attribute, faults, mistakes, text_of

#: An account to switch off and to rename: those that try it out are needed.
SPARE = "spare"
#: Percent-encoded, as a browser or a hostile hand would send them.
ABSURD = {
    "huge number": "1" + "0" * 30,
    "beyond four bytes": str(2**31),
    "negative": "-1",
    "kana": quote("あ"),
    "NUL": "a%00b",
    "ten thousand": quote("あ") * 1_000 + "a" * 9_000,
    "no UTF-8": "%ff%fe%83%65",
    "half a pair": "%ed%a0%80",
    "markup": quote("<script>'\";--"),
    "other digits": quote("²٣"),
    "impossible day": quote("昭和70年2月30日"),
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "last month": "9999-12",
    "first month": "0001-01",
}
#: Sent for every name by itself too: what the machine would choke on, where a message is wanted.
TRICKY = ("huge number", "NUL", "other digits")
#: What a database might choke on: all that is tried on the second one, as the rest was refused before it came there.
STORED = ("huge number", "NUL", "beyond four bytes", "first day")
#: Of all absurd values, and of all strange bodies, each page gets one in so many, other pages the others: they are made
#: of the same fields, and there are hundreds of pages by now.
SHARES = 8
#: What of a written day goes into which field of a form.
_PART = {"year": 0, "month": 1, "day": 2}
#: The roles from the one that sees most to the one that sees least.
ORDER = (Role.ADMIN, Role.RECEPTION, Role.INSTRUCTOR, Role.ADVISER, Role.COORDINATOR, Role.TUTOR)
FORM = "application/x-www-form-urlencoded"
#: Bodies that no page of ours sends: (content type, body).
STRANGE = {
    "nothing": (FORM, b""),
    "JSON": ("application/json", b'{"name": ["\\ud800", {"a": null}], "one_time_token": 3}'),
    "broken JSON": ("application/json", b'{"name": '),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "cut off": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nab'),
    "Shift_JIS": (FORM, b"name=" + quote_from_bytes("高齢者".encode("cp932")).encode()),
    "UTF-16": (f"{FORM}; charset=utf-16", "name=高齢者".encode("utf-16")),
    "no form": ("text/plain", b"\xff\xfe\x00"),
    "a thousand fields": (FORM, b"&".join(b"q%d=1" % number for number in range(5000))),
}


@pytest.fixture(scope="module", autouse=True)
def _spare(demo: Flask) -> None:
    with demo.app_context():
        make_account(Role.TUTOR, username=SPARE)
        db.session.remove()


@pytest.fixture(autouse=True)
def _stand_still(clock: Clock) -> None:
    """Demo and sessions live at the tests' own time."""


def browser(app: Flask, role: Role | None) -> FlaskClient:
    """Somebody of this role at a browser, whatever wrong passwords were tried before."""
    client = app.test_client()
    if role is not None:
        with app.app_context(), transaction() as session:
            session.execute(delete(Throttle))
        signed_in = client.post("/login", data={"username": role.value, "password": PASSWORD})
        assert signed_in.status_code == 303
    return client


def address_of(app: Flask, endpoint: str) -> str:
    """One where something stands, as far as the demo has it."""
    nowhere = ROUTES[endpoint][0]
    if "999999" not in nowhere:
        return nowhere
    with app.app_context():
        if nowhere.startswith("/admin/accounts/"):
            there = str(db.session.scalar(select(Account.id).where(Account.username == SPARE)))
        elif nowhere.startswith(("/v/", "/media/")):
            there = str(db.session.scalar(select(Video.code).order_by(Video.id).limit(1)))
        else:
            there = "1"
    return nowhere.replace("999999", there)


def allowed(endpoint: str) -> list[Role | None]:
    open_to = ROUTES[endpoint][2]
    return [None] if None in open_to else [role for role in ORDER if role in open_to]


def routes(method: str, role: Role | None) -> list[str]:
    return [
        endpoint
        for endpoint, (_, methods, _) in ROUTES.items()
        if method in methods and role in allowed(endpoint) and endpoint != "accounts.logout"
    ]


def tried_by(app: Flask, role: Role | None, endpoint: str) -> list[tuple[str, str]]:
    """By whoever sees most of the page its share of what is tricky and of all that is absurd; on the second database
    its share of what that might choke on.
    """
    if role != allowed(endpoint)[0]:
        return []
    if on_second_database(app):
        return [(kind, ABSURD[kind]) for kind in share_of(endpoint, STORED)]
    tried = {*share_of(endpoint, tuple(ABSURD)), TRICKY[_number(endpoint) % len(TRICKY)]}
    return [(kind, value) for kind, value in ABSURD.items() if kind in tried]


def share_of(endpoint: str, kinds: Sequence[str]) -> Sequence[str]:
    """The page's own share of them, at least one."""
    first = _number(endpoint) % min(SHARES, len(kinds))
    return kinds[first::SHARES]


def _number(endpoint: str) -> int:
    return sum(endpoint.encode())


def on_second_database(app: Flask) -> bool:
    return not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")


@cache
def _names_in(view: Callable[..., Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a view, or a function of ours that it speaks of, reads from the address and from the form."""
    asked, read, spoken_of = {"page"}, set[str](), [inspect.unwrap(view)]
    for function in spoken_of:
        own = _own_names_in(function)
        asked |= own.asked
        read |= own.read
        spoken_of += [other for other in own.speaks_of if other not in spoken_of]
    return frozenset(asked), frozenset(read)


class _Own(NamedTuple):
    asked: frozenset[str]
    read: frozenset[str]
    speaks_of: tuple[Callable[..., Any], ...]


@cache
def _own_names_in(function: Callable[..., Any]) -> _Own:
    """Of one function alone; views speak of the same ones again and again, and to read a source takes long."""
    source = inspect.getsource(function)
    named = [function.__globals__.get(name) for name in set(re.findall(r"\w+", source))]
    forms = [one for one in named if inspect.isclass(one) and issubclass(one, DeskForm)]
    ours = [one for one in named if inspect.isfunction(one) and one.__module__.startswith("supportdesk.")]
    return _Own(
        frozenset(re.findall(r"""request\.args(?:\.get\(|\[)"(\w+)""", source)),
        frozenset(re.findall(r"""request\.form(?:\.get\(|\[)"(\w+)""", source)).union(*map(_fields_of, forms)),
        tuple(map(inspect.unwrap, ours)),
    )


def _fields_of(form: type[DeskForm]) -> Iterator[str]:
    for name, field in inspect.getmembers(form, lambda member: isinstance(member, UnboundField)):
        yield name
        if issubclass(field.field_class, DayField):
            yield from (f"{name}-{part}" for part in ("era", "year", "month", "day"))


def names(app: Flask, endpoint: str) -> tuple[list[str], list[str]]:
    if endpoint == "static":
        return ["page"], []
    asked, read = _names_in(app.view_functions[endpoint])
    return sorted(asked), sorted(read)


def offered(client: FlaskClient, address: str) -> dict[str, str]:
    """What a browser would send from the page at this address if nobody touched it: each field once."""
    answer = client.get(address)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return {}
    forms = parse(answer.text).select('main form[method="post"]')
    controls = [control for form in forms for control in form.select("input[name], select[name], textarea[name]")]
    values: dict[str, str] = {}
    for control in controls:
        chosen = control.select_one("option[selected], option[value]:not([value=''])") or control
        values.setdefault(attribute(control, "name"), attribute(chosen, "value"))
    return values


def sent(pairs: list[tuple[str, str]]) -> str:
    """A query or body of names and values that are percent-encoded already."""
    return "&".join(f"{quote(name)}={_piece(name, value)}" for name, value in pairs)


def _piece(name: str, value: str) -> str:
    """The value; in one of the three number fields of a day, its year, month or day."""
    part = _PART.get(name.rpartition("-")[2]) if "-" in name else None
    written = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value, re.ASCII)
    return written[1 + part] if written and part is not None else value


def one_of_a_row(names: Iterable[str]) -> list[str]:
    """The names; of those that differ by a number alone the first: a fortieth date is read as the first is."""
    found: dict[str, str] = {}
    for name in sorted(names):
        found.setdefault(re.sub(r"\d+", "#", name), name)
    return list(found.values())


class Faults(list[str]):
    """What was asked and answered wrongly."""

    def look_at(self, client: FlaskClient, method: str, address: str, tried: str, **options: Any) -> None:
        answer = client.open(address, method=method, **options)
        answer.close()
        if answer.status_code >= 500:
            self.append(f"{method} {address[:80]} {tried}: {answer.status_code}")


@pytest.mark.parametrize("role", [None, *ORDER], ids=lambda role: role or "stranger")
def test_absurd_questions_in_an_address(demo: Flask, role: Role | None) -> None:
    client, wrong = browser(demo, role), Faults()
    for endpoint in routes("GET", role):
        asked, path = names(demo, endpoint)[0], address_of(demo, endpoint).partition("?")[0]
        alone = asked if role == allowed(endpoint)[0] and len(asked) > 1 else []
        for kind, value in tried_by(demo, role, endpoint):
            wrong.look_at(client, "GET", f"{path}?{sent([(name, value) for name in asked])}", kind)
            for name in alone if kind in TRICKY else ():
                wrong.look_at(client, "GET", f"{path}?{sent([(name, value)])}", f"{kind} as {name}")
    assert wrong == []


@pytest.mark.parametrize("role", [None, *ORDER], ids=lambda role: role or "stranger")
def test_absurd_things_in_a_form(demo: Flask, role: Role | None) -> None:
    client, wrong = browser(demo, role), Faults()
    for endpoint in routes("POST", role):
        address = address_of(demo, endpoint)
        known = sorted({*names(demo, endpoint)[1], *offered(client, address)})
        for kind, value in tried_by(demo, role, endpoint):
            body = sent([(name, value) for name in known])
            wrong.look_at(client, "POST", address, kind, data=body, content_type=FORM)
        if on_second_database(demo):
            continue
        twice = sent([(name, value) for name in known for value in ("1", ABSURD["kana"])])
        wrong.look_at(client, "POST", address, "each field twice", data=twice, content_type=FORM)
        for kind in share_of(endpoint, tuple(STRANGE)) if role == allowed(endpoint)[0] else ():
            content_type, strange = STRANGE[kind]
            wrong.look_at(client, "POST", address, kind, data=strange, content_type=content_type)
    assert wrong == []


@pytest.mark.parametrize("role", [None, *ORDER], ids=lambda role: role or "stranger")
def test_one_absurd_field_among_good_ones(demo: Flask, role: Role | None) -> None:
    client, wrong = browser(demo, role), Faults()
    kinds = [kind for kind in TRICKY if kind in STORED or not on_second_database(demo)]
    tried: Counter[str] = Counter()
    for endpoint in routes("POST", role):
        if role != allowed(endpoint)[0]:
            continue
        address = address_of(demo, endpoint)
        good = offered(client, address)
        for name in one_of_a_row({*good, *names(demo, endpoint)[1]}):
            if tried[name] == len(kinds):
                continue  # fields of one name are one field, on many pages
            kind = kinds[tried[name]]
            tried[name] += 1
            pairs = [(other, quote(value)) for other, value in good.items() if other != name]
            body = sent([*pairs, (name, ABSURD[kind])])
            wrong.look_at(client, "POST", address, f"{kind} as {name}", data=body, content_type=FORM)
    assert wrong == []


@pytest.mark.parametrize("number", ["2147483648", "9" * 5000, "9%00"])
def test_an_id_that_no_row_can_have_is_not_found(demo: Flask, number: str) -> None:
    wrong = []
    for role in (None, *ORDER):
        client = browser(demo, role)
        for endpoint in ROUTES:
            address, methods, _ = ROUTES[endpoint]
            if "999999" not in address or role != allowed(endpoint)[0]:
                continue
            for method in sorted(methods):
                answer = client.open(address.replace("999999", number), method=method)
                answer.close()
                if answer.status_code != 404:
                    wrong.append(f"{method} {endpoint}: {answer.status_code}")
    assert wrong == []


@pytest.mark.only_on("sqlite")  # it comes to no database
@pytest.mark.parametrize("path", ["/%ff%fe", "/v/%ed%a0%80", "/v/a%00b", "/p/%00", "/m/" + "あ" * 5000, "/schedule/-1"])
def test_nonsense_in_a_path_is_a_page_that_helps_to_search(demo: Flask, path: str) -> None:
    _assert_helps_to_search(browser(demo, None), path)


@pytest.mark.only_on("sqlite")  # it comes to no database
@pytest.mark.parametrize("path", ["/v/ZZZZZZ", "/m/ZZZZZZ", "/p/ZZZZZZ", "/schedule/999999", "/no/such/page"])
def test_an_unknown_code_is_a_page_that_helps_to_search(demo: Flask, path: str) -> None:
    _assert_helps_to_search(browser(demo, None), path)


def _assert_helps_to_search(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    page = parse(answer.text)
    assert mistakes(answer.text) + faults(page) == []
    assert page.select_one('main form[role="search"]') is not None
    assert "018-888-5643" in text_of(page)


@pytest.mark.only_on("sqlite")  # it comes to no database
@pytest.mark.parametrize(
    ("role", "path", "field"),
    [(Role.RECEPTION, "/learners/import", "ledger"), (Role.RECEPTION, "/learners/new", "name"), (None, "/login", "x")],
)
@pytest.mark.parametrize("as_file", [True, False], ids=["file", "text"])
def test_fifty_megabytes_are_refused_in_words(
    demo: Flask, role: Role | None, path: str, field: str, as_file: bool
) -> None:
    named = f'name="{field}"' + ('; filename="big.csv"' if as_file else "")
    head, big = f"--x\r\nContent-Disposition: form-data; {named}\r\n\r\n".encode(), b"x" * (50 * MEGABYTE)
    body = head + big + b"\r\n--x--\r\n"
    answer = browser(demo, role).post(path, data=body, content_type="multipart/form-data; boundary=x")
    page = parse(answer.text)
    assert answer.status_code == 413
    assert text_of(page.select("h1")[0]) == "ファイルが大きすぎます"
    assert f"{LARGEST_UPLOAD // MEGABYTE}MB" in text_of(page)
