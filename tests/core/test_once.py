"""A form sent twice makes one thing, and both senders arrive at its page."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import Person
from supportdesk.core import clock
from supportdesk.core.once import FormReceipt, once
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
