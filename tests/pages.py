"""The browser of the tests: fetches a page, examines it, fills in its forms, presses its buttons.

Given to tests as `client` by tests/conftest.py. CSRF protection is on, as in service: forms are sent with what the page
itself put into them. Whatever is wrong with any page fetched fails the test (tests/markup.py lists what is looked for).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from turbohtml import Document, Element, parse
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.markup import attribute, faults, mistakes, text_of

Data = Mapping[str, Any]
DEMO_PASSWORD = "akita-demo"
#: Pages that were examined in this run and found sound, but for what differs in each answer.
_SOUND: set[bytes] = set()
_TOKEN = re.compile(r'value="[^"]{16,}"')
_CONTROLS = "input, select, textarea"


class Page:
    """One answer: its status, where it stands, and, when it is HTML, its tree."""

    def __init__(self, response: TestResponse, method: str, url: str, *, examined: bool = True) -> None:
        self.url = url
        self.status = response.status_code
        self.headers = response.headers
        self.data = response.data
        self.asked = f"{method} {url}"
        self.is_html = response.mimetype == "text/html"
        self._tree: Document | None = None
        self._has_tree = self.is_html and bool(self.data) and not 300 <= self.status < 400
        if self._has_tree and examined:
            wrong = self._wrong_headers() + self._wrong_markup()
            assert not wrong, f"{self.asked} ({self.status}):\n  " + "\n  ".join(wrong)

    def _wrong_markup(self) -> list[str]:
        """What is wrong with the page, unless the very same was looked at before: every test logs in."""
        mark = blake2b(_TOKEN.sub("", self.html).encode()).digest()
        if mark in _SOUND:
            return []
        wrong = mistakes(self.html) + faults(self.tree)
        if not wrong:
            _SOUND.add(mark)
        return wrong

    def __repr__(self) -> str:
        return f"<Page {self.asked}: {self.status}>"

    @property
    def html(self) -> str:
        return self.data.decode()

    @property
    def tree(self) -> Document:
        assert self._has_tree, f"{self!r} is no HTML page"
        if self._tree is None:
            self._tree = parse(self.html)
        return self._tree

    @property
    def title(self) -> str:
        return text_of(self.one("title"))

    @property
    def h1(self) -> str:
        return text_of(self.one("h1"))

    @property
    def text(self) -> str:
        """What is to be read in the page's main part."""
        return text_of(self.one("main"))

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path with its query."""
        parts = urlsplit(urljoin(self.url, self.headers["Location"]))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def all(self, selector: str) -> list[Element]:
        return self.tree.select(selector)

    def one(self, selector: str) -> Element:
        """The one element that the selector finds; none or several fail the test."""
        found = self.all(selector)
        assert len(found) == 1, f"{self!r} has {len(found)} elements {selector}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        return [text_of(element) for element in self.all(selector)]

    def link(self, words: str) -> str:
        """Where the first link with these words leads."""
        for link in self.all("a[href]"):
            if words in text_of(link) or words in attribute(link, "aria-label"):
                return attribute(link, "href")
        raise AssertionError(f"{self!r} has no link {words}; it has: {', '.join(self.texts('a'))}")

    def field(self, name: str, form: str | None = None) -> Element:
        """The first control of that name, on the page or in one form."""
        for control in (self.form(form) if form else self.tree).select(_CONTROLS):
            if attribute(control, "name") == name:
                return control
        raise AssertionError(f"{self!r} has no field {name}")

    def error(self, name: str) -> str:
        """The message beside a field, empty when there is none: what the field's aria-describedby points at."""
        field = self.field(name)
        if attribute(field, "aria-invalid") != "true":
            return ""
        notes = attribute(field, "aria-describedby").split()
        return " ".join(text_of(self.one(f"[id='{note}']")) for note in notes)

    def form(self, wanted: str | None = None) -> Element:
        """The form with this id, with a button of these words, or with this in its action; or the only one in main."""
        if wanted is None:
            return self.one("main form")
        forms = self.all("form")
        for matches in (_by_id, _by_button, _by_action):
            found = [form for form in forms if matches(form, wanted)]
            if found:
                assert len(found) == 1, f"{self!r} has {len(found)} forms that answer to {wanted}"
                return found[0]
        raise AssertionError(f"{self!r} has no form {wanted}; buttons: {', '.join(self.texts('button'))}")

    def _wrong_headers(self) -> list[str]:
        policy = self.headers.get("Content-Security-Policy", "")
        wrong = []
        if "script-src 'self'" not in policy and "default-src 'self'" not in policy:
            wrong.append("no Content-Security-Policy that keeps scripts to 'self'")
        # The roll alone runs WebAssembly: the decoder for browsers without one.
        allowed = "'wasm-unsafe-eval'" if self.url.endswith("/roll") else "nothing"
        if "unsafe-" in policy.replace(allowed, ""):
            wrong.append(f"Content-Security-Policy lets too much pass: {policy}")
        if self.headers.get("X-Content-Type-Options") != "nosniff":
            wrong.append("no X-Content-Type-Options: nosniff")
        if "utf-8" not in self.headers.get("Content-Type", "").lower():
            wrong.append("the page does not say that it is UTF-8")
        return wrong


class RawClient(FlaskClient):
    """Flask's own client, which reads every answer to its end: a file left open fails whichever test comes next."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        return super().open(*arguments, **{"buffered": True, **options})


class PageClient:
    """Somebody at a browser. `raw` is Flask's own client with the same cookies, for what no browser would send."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        # The templates are the same on the other database: looked at once, a page is not looked at again.
        self._examines = app.config.get("SQLALCHEMY_DATABASE_URI", "sqlite").startswith("sqlite")
        self.another_device()

    def another_device(self) -> None:
        """Go on without any cookie of before."""
        self.raw = RawClient(self._app, self._app.response_class)

    def get(self, url: str, expect: int = 200, follow: bool = False, **options: Any) -> Page:
        """Fetch a page, which must answer with `expect`; `follow` goes on where it redirects."""
        return self._send("GET", url, expect, follow, **options)

    def post(self, url: str, data: Data | None = None, expect: int = 303, follow: bool = False, **options: Any) -> Page:
        """Send fields that no page offered, with a good token. `submit` is for the forms of pages."""
        fields = {"csrf_token": self._token(), **(data or {})}
        return self._send("POST", url, expect, follow, data=fields, **options)

    def submit(
        self,
        page: Page,
        form: str | None = None,
        data: Data | None = None,
        *,
        button: str | None = None,
        expect: int | None = None,
        follow: bool = False,
    ) -> Page:
        """Send a form of a page as a browser would: its own values, hidden ones too, changed by `data`.

        `form` is its id, the words of its button or part of its action. Only fields and choices that the page offers
        may be given, as a person could do no other. `button` is the one pressed, where there are several. A list as
        value stands for several ticks; None for an empty field or a tick taken away.
        """
        filled = page.form(form)
        pressed = _button(filled, button or form)
        fields = _values(filled, pressed)
        for name, value in (data or {}).items():
            _fill(filled, fields, name, value)
        method = (attribute(pressed, "formmethod") if pressed else "") or attribute(filled, "method")
        action = (attribute(pressed, "formaction") if pressed else "") or attribute(filled, "action")
        url = urljoin(page.url, action)
        if method.lower() == "post":
            return self._send("POST", url, 303 if expect is None else expect, follow, data=fields)
        return self._send("GET", url, 200 if expect is None else expect, follow, query_string=fields)

    def say_why(self, url: str) -> Page:
        """Open a page about one learner as an administrator, who is asked why first."""
        return self.submit(self.get(url, expect=303, follow=True), "why", {"reason": "inquiry"}, follow=True)

    def sign_in(self, username: str, password: str = DEMO_PASSWORD, expect: int = 303) -> Page:
        """Log in, without looking at the page before or at where it leads."""
        return self.post("/login", {"username": username, "password": password}, expect=expect)

    def _send(self, method: str, url: str, expect: int, follow: bool, **options: Any) -> Page:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        response = self.raw.open(path, method=method, **options)
        page = Page(response, method, path, examined=self._examines)
        assert page.status == expect, f"{page!r}, expected {expect}{_excerpt(page)}"
        if follow and 300 <= page.status < 400:
            return self.get(page.location, follow=True)
        return page

    def _token(self) -> str:
        """What a page shown to this session now would carry: Flask-WTF keeps a secret in the session, and signs it."""
        with self.raw.session_transaction() as session:
            secret = session.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(self._app.secret_key or "", salt="wtf-csrf-token").dumps(secret))


def _excerpt(page: Page) -> str:
    if 300 <= page.status < 400:
        return f"; it leads to {page.location}"
    if page._tree is None:
        return f": {page.data[:300]!r}"
    alerts = page.texts('[role="alert"], [aria-invalid="true"] ~ *, .error')
    return f": {page.h1}. {' / '.join(alerts)}"


def _by_id(form: Element, wanted: str) -> bool:
    return attribute(form, "id") == wanted.removeprefix("#")


def _by_button(form: Element, wanted: str) -> bool:
    return any(wanted in words for words in map(_button_words, _buttons(form)))


def _by_action(form: Element, wanted: str) -> bool:
    return wanted in attribute(form, "action")


def _buttons(form: Element) -> list[Element]:
    kinds = ("button:not([type])", 'button[type="submit"]', 'input[type="submit"]')
    buttons = form.select(", ".join(kinds))
    if form_id := attribute(form, "id"):
        root = [*form.ancestors][-1]
        buttons = [*buttons, *root.select(", ".join(f'{kind}[form="{form_id}"]' for kind in kinds))]
    return [button for button in buttons if "disabled" not in button.attrs]


def _button_words(button: Element) -> str:
    return text_of(button) or attribute(button, "value") or attribute(button, "aria-label")


def _button(form: Element, words: str | None) -> Element | None:
    """The button with these words or this name, else the first: what Enter would press."""
    buttons = _buttons(form)
    assert buttons, "a form that nobody can send has no button"
    for button in buttons:
        if words and (
            words in _button_words(button) or words in {attribute(button, "name"), attribute(button, "value")}
        ):
            return button
    return buttons[0]


def _controls(form: Element, name: str | None = None) -> list[Element]:
    """The form's controls that can be sent, those outside it that name it included."""
    controls = form.select(_CONTROLS)
    if form_id := attribute(form, "id"):
        root = [*form.ancestors][-1]
        controls = [*controls, *root.select(f'[form="{form_id}"]')]
    return [
        control
        for control in controls
        if attribute(control, "name")
        and not _disabled(control)
        and attribute(control, "type") not in {"submit", "button", "reset", "image"}
        and control.tag != "button"
        and (name is None or attribute(control, "name") == name)
    ]


def _disabled(control: Element) -> bool:
    return "disabled" in control.attrs or control.closest("fieldset[disabled]") is not None


def _values(form: Element, pressed: Element | None) -> MultiDict[str, Any]:
    fields: MultiDict[str, Any] = MultiDict()
    for control in _controls(form):
        name = attribute(control, "name")
        for value in _value(control):
            fields.add(name, value)
    if pressed is not None and attribute(pressed, "name"):
        fields.add(attribute(pressed, "name"), attribute(pressed, "value"))
    return fields


def _value(control: Element) -> Sequence[str]:
    """What a browser would send for a control nobody touched."""
    if control.tag == "textarea":
        return [control.text]
    if control.tag == "select":
        options = control.select("option")
        chosen = [option for option in options if "selected" in option.attrs]
        if not chosen and "multiple" not in control.attrs:
            chosen = [option for option in options if "disabled" not in option.attrs][:1]
        return [_option_value(option) for option in chosen]
    if attribute(control, "type") in {"checkbox", "radio"}:
        return [_tick_value(control)] if "checked" in control.attrs else []
    if attribute(control, "type") == "file":
        return []
    return [attribute(control, "value")]


def _option_value(option: Element) -> str:
    return attribute(option, "value") if "value" in option.attrs else text_of(option)


def _tick_value(control: Element) -> str:
    return attribute(control, "value") if "value" in control.attrs else "on"


def _fill(form: Element, fields: MultiDict[str, Any], name: str, value: Any) -> None:
    controls = _controls(form, name)
    assert controls, f"the form has no field {name}; it has {', '.join(sorted({*fields}))}"
    given = value if isinstance(value, list) else [] if value is None else [value]
    offered = _offered(controls)
    if offered is not None:
        given = [_tick_value(controls[0]) if one is True else one for one in given if one is not False]
        unknown = [one for one in given if str(one) not in offered]
        assert not unknown, f"the field {name} does not offer {unknown}; it offers {sorted(offered)}"
    fields.setlist(name, [one if isinstance(one, tuple) else str(one) for one in given])
    if not given and offered is None:
        fields.setlist(name, [""])


def _offered(controls: list[Element]) -> set[str] | None:
    """The values to choose among, or None where anything may be typed."""
    if controls[0].tag == "select":
        return {_option_value(option) for option in controls[0].select("option:not([disabled])")}
    if attribute(controls[0], "type") in {"checkbox", "radio"}:
        return {_tick_value(control) for control in controls}
    return None
