"""The tests' own browser sends what a real one would, and refuses what a person could not do."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, redirect, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response

from tests.pages import PageClient

FORM = """<!doctype html><html lang="ja"><head><title>申込み</title><meta name="viewport" content="width=device-width">
</head><body><main><h1>申込み</h1>
<form id="apply" action="/apply" method="post" enctype="multipart/form-data">
<input type="hidden" name="csrf_token" value="{token}"><input type="hidden" name="one_time_token" value="t-1">
<label>名前<input name="name" value="{name}" {invalid}></label><p id="why">＊ 名前を書いてください</p>
<label>会場<select name="venue"><option value="a">東</option><option value="b" selected>西</option></select></label>
<label><input type="checkbox" name="needs" value="sight" checked>目</label>
<label><input type="checkbox" name="needs" value="walking">足</label>
<label><input type="radio" name="edition" value="iphone">iPhone</label>
<label><input type="radio" name="edition" value="android" checked>Android</label>
<label>メモ<textarea name="note">
一行目</textarea></label>
<label>表<input type="file" name="file"></label>
<label>使えません<input name="off" value="1" disabled></label>
<button name="act" value="book">予約する</button><button name="act" value="hold">取り置く</button></form>
<p>{echo}</p></main></body></html>"""


@pytest.fixture
def seen() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def visitor(seen: list[dict[str, Any]]) -> PageClient:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "key"
    CSRFProtect(app)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.get("/login")
    @app.get("/form")
    def form() -> str:
        return FORM.format(token=generate_csrf(), name="", invalid="", echo="")

    @app.post("/apply")
    def apply() -> Any:
        seen.append({name: values for name, values in request.form.to_dict(flat=False).items() if name != "csrf_token"})
        if not request.form.get("name"):
            invalid = 'aria-invalid="true" aria-describedby="why"'
            return FORM.format(token=generate_csrf(), name="", invalid=invalid, echo=""), 422
        return redirect("/form", 303)

    @app.get("/bare")
    def bare() -> str:
        return "<p>半分"

    return PageClient(app)


def test_a_form_is_sent_with_everything_the_page_put_into_it(visitor: PageClient, seen: list[dict[str, Any]]) -> None:
    answer = visitor.submit(visitor.get("/form"), "apply", {"name": "山田"})
    assert answer.location == "/form"
    assert seen == [
        {
            "one_time_token": ["t-1"],
            "name": ["山田"],
            "venue": ["b"],
            "needs": ["sight"],
            "edition": ["android"],
            "note": ["一行目"],
            "act": ["book"],
        }
    ]


def test_ticks_choices_and_the_second_button_can_be_changed(visitor: PageClient, seen: list[dict[str, Any]]) -> None:
    data = {"name": "山田", "needs": ["walking"], "edition": "iphone", "venue": "a", "note": None}
    visitor.submit(visitor.get("/form"), data=data, button="取り置く")
    assert (seen[0]["needs"], seen[0]["edition"], seen[0]["venue"]) == (["walking"], ["iphone"], ["a"])
    assert (seen[0]["note"], seen[0]["act"]) == ([""], ["hold"])


@pytest.mark.parametrize("data", [{"venue": "c"}, {"edition": "palm"}, {"nobody": "1"}, {"off": "2"}])
def test_what_the_page_does_not_offer_cannot_be_sent(visitor: PageClient, data: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="offer|no field"):
        visitor.submit(visitor.get("/form"), data=data)


def test_an_error_is_read_beside_its_field(visitor: PageClient) -> None:
    page = visitor.submit(visitor.get("/form"), data={"name": " ".strip()}, expect=422)
    assert page.error("name") == "＊ 名前を書いてください"
    assert page.error("venue") == ""


def test_a_post_without_a_page_carries_a_token_and_raw_does_not(visitor: PageClient) -> None:
    assert visitor.post("/apply", {"name": "山田"}).location == "/form"
    assert visitor.raw.post("/apply", data={"name": "山田"}).status_code == 400


def test_an_unexpected_status_fails(visitor: PageClient) -> None:
    with pytest.raises(AssertionError, match="expected 200"):
        visitor.post("/apply", {"name": "山田"}, expect=200)


def test_a_page_with_faults_fails_wherever_it_is_fetched(visitor: PageClient) -> None:
    with pytest.raises(AssertionError, match="one h1"):
        visitor.get("/bare")
