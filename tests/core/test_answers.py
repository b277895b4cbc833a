"""A form is shown, refused with everything typed, or carried out once; a button alone is told of on the page before."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from flask import Flask, get_flashed_messages
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.fields import DeskForm, TextField

TOKEN = "a-token-of-this-very-page"


class NameForm(DeskForm):
    """A form with one field that must be filled in. It needs no session to be sent from."""

    class Meta(DeskForm.Meta):
        csrf = False

    name = TextField(_l("名前"))


class Full(DeskError):
    """A refusal."""

    def __init__(self) -> None:
        super().__init__(_l("満席です。"), field="name")


def sent(app: Flask, act: Callable[[], str], said: str = "", *, name: str = "秋田") -> tuple[Answer, NameForm]:
    with app.test_request_context("/", method="POST", data={"name": name, "one_time_token": TOKEN}):
        form = NameForm()
        return answer_form(form, lambda: f"{form.name.data}: {form.refusal}", act, said), form


def refuse() -> str:
    raise Full


def miss() -> str:
    raise NotFound


def never() -> str:
    raise AssertionError("carried out")


def test_a_page_that_is_opened_is_drawn_and_nothing_is_done(app: Flask) -> None:
    for method in ("GET", "HEAD"):
        with app.test_request_context("/", method=method):
            assert answer_form(NameForm(), lambda: "the page", never) == "the page"


def test_a_form_that_is_not_filled_in_is_shown_again(app: Flask) -> None:
    answer, form = sent(app, never, name="")
    assert answer == (": None", 422)
    assert form.name.errors


def test_a_refusal_stands_in_the_form_and_the_page_may_read_it(app: Flask) -> None:
    answer, form = sent(app, refuse)
    assert answer == ("秋田: Full", 422)
    assert [str(message) for message in form.name.errors] == ["満席です。"]


def test_what_does_not_exist_has_no_form(app: Flask) -> None:
    with pytest.raises(NotFound):
        sent(app, miss)


def test_a_form_sent_twice_is_carried_out_once_and_goes_to_the_same_place(app: Flask) -> None:
    times: list[int] = []

    def act() -> str:
        times.append(1)
        return f"/things/{len(times)}"

    places = {cast(Response, sent(app, act)[0]).location for _ in range(2)}
    assert places == {"/things/1"}


@pytest.mark.parametrize(("said", "told"), [("登録しました。", [("good", "登録しました。")]), ("", [])])
def test_the_next_page_says_what_was_done_where_there_is_something_to_say(
    app: Flask, said: str, told: list[tuple[str, str]]
) -> None:
    with app.test_request_context("/", method="POST", data={"one_time_token": TOKEN}):
        assert answer_press(lambda: "/next", said).status_code == 303
        assert get_flashed_messages(with_categories=True) == told


def test_a_press_that_is_refused_is_told_on_the_page_it_goes_back_to(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"one_time_token": TOKEN}):
        assert answer_press(refuse, "できました。", back="/before").location == "/before"
        assert get_flashed_messages(with_categories=True) == [("warn", "満席です。")]


@pytest.mark.parametrize(("act", "error"), [(refuse, Full), (miss, NotFound)])
def test_a_press_with_nowhere_to_go_back_to_is_answered_by_the_errors_own_page(
    app: Flask, act: Callable[[], str], error: type[DeskError]
) -> None:
    with app.test_request_context("/", method="POST", data={"one_time_token": TOKEN}), pytest.raises(error):
        answer_press(act)
