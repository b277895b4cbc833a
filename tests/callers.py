"""Somebody who speaks HTTP to a running server, with cookies of their own: for tests in which many press at once.

The forms sent are those of the pages themselves, tokens and all.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from turbohtml import parse

from tests.markup import attribute
from tests.pages import DEMO_PASSWORD


@dataclass(frozen=True)
class HttpAnswer:
    """What came back: where it leads, when it is a redirect, and the page, when it is one."""

    status: int
    location: str
    body: str


@dataclass
class HttpCaller:
    """A browser without a window. It can be handed to another process together with its cookies."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> None:
        """Log in by the log-in page."""
        answer = self.send("/login", {**self.fields("/login"), "username": username, "password": password})
        assert answer.status == 303, answer

    def fields(self, path: str, form: str = "") -> dict[str, str]:
        """What a page's form (by its id, or the only one in main) would send untouched: its texts and hidden fields."""
        answer = self.get(path)
        assert answer.status == 200, answer
        (found,) = parse(answer.body).select(f"form#{form}" if form else "main form")
        inputs = [one for one in found.select("input[name], textarea[name]") if _counts(one.attrs)]
        return {attribute(one, "name"): attribute(one, "value") for one in inputs}

    def get(self, path: str) -> HttpAnswer:
        """Fetch a page."""
        return self._request("GET", path, None)

    def send(self, path: str, fields: dict[str, str]) -> HttpAnswer:
        """Post a form."""
        return self._request("POST", path, urlencode(fields))

    def _request(self, method: str, path: str, body: str | None) -> HttpAnswer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")  # what is no page is no text either
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return HttpAnswer(answer.status, answer.headers.get("Location", ""), text)


def _counts(attributes: Mapping[str, object]) -> bool:
    """Whether an untouched control is sent: not a box or a button that nobody ticked."""
    return attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes
