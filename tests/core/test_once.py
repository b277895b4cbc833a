"""A form sent twice makes one thing, and both senders arrive at its page."""

from __future__ import annotations

import io
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import Person
from supportdesk.core import clock
from supportdesk.core.jobs import forget_forms
from supportdesk.core.once import AlreadySent, FormReceipt, once
from supportdesk.extensions import db


def make_person() -> str:
    person = Person(created_at=clock.now())
    db.session.add(person)
    db.session.flush()
    return f"/people/{person.id}"


def count(model: type[Person] | type[FormReceipt]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.usefixtures("context")
def test_the_second_post_goes_where_the_first_went() -> None:
    first = once("a token", clock.now(), make_person)
    assert once("a token", clock.now(), make_person) == first
    assert count(Person) == 1


@pytest.mark.usefixtures("context")
def test_a_refused_form_may_be_sent_again() -> None:
    def refuse() -> str:
        make_person()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once("a token", clock.now(), refuse)
    assert (count(Person), count(FormReceipt)) == (0, 0)
    assert once("a token", clock.now(), make_person).startswith("/people/")


@pytest.mark.usefixtures("context")
def test_what_was_sent_long_ago_is_forgotten() -> None:
    now = clock.now()
    for token, days in (("old", 91), ("new", 89)):
        once(token, now - timedelta(days=days), make_person)
    assert (forget_forms(now), forget_forms(now)) == (1, 0)
    assert db.session.scalars(select(FormReceipt.token)).all() == ["new"]


NOTE = {"note": "補聴器あり", "csrf_token": "this screen's"}


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/one", {**NOTE, "note": "つえ"}),
        ("/one", {**NOTE, "more": ""}),
        ("/two", NOTE),
        ("/one?learner=2", NOTE),
        ("/one", {**NOTE, "film": (io.BytesIO(b"a longer film"), "film.mp4")}),
    ],
)
def test_a_token_with_something_else_is_refused(app: Flask, path: str, typed: dict[str, object]) -> None:
    with app.test_request_context("/one", method="POST", data=NOTE):
        once("a token", clock.now(), make_person)
    with app.test_request_context(path, method="POST", data=typed), pytest.raises(AlreadySent):
        once("a token", clock.now(), make_person)
    with app.app_context():
        assert count(Person) == 1


def test_the_same_form_is_the_same_under_another_csrf_token_and_with_its_file_read(app: Flask) -> None:
    places = set()
    for csrf_token, read in (("this screen's", 0), ("a new log-in's", 3)):
        typed = {**NOTE, "csrf_token": csrf_token, "film": (io.BytesIO(b"a film"), "film.mp4")}
        with app.test_request_context("/one", method="POST", data=typed) as context:
            film = context.request.files["film"]
            film.read(read)
            places.add(once("a token", clock.now(), make_person))
            assert film.tell() == read
    assert len(places) == 1


def test_two_who_press_at_once_make_one_thing(app: Flask) -> None:
    together = threading.Barrier(6)
    places: list[str] = []

    def press() -> None:
        with app.app_context():
            together.wait()
            places.append(once("a token", clock.now(), make_person))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(places) == 6
    assert len(set(places)) == 1
    with app.app_context():
        assert count(Person) == 1
