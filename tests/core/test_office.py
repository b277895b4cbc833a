"""What the office changed holds within seconds in every process, and a default where nothing readable was stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from supportdesk.core.database import insert_ignoring_conflict, transaction
from supportdesk.core.office import (
    HELD_FOR,
    OFFICE_NAME,
    OFFICE_PHONE,
    ChoiceSetting,
    NumberSetting,
    OfficeSetting,
    office,
    values_now,
)
from supportdesk.extensions import db
from tests.recording import Statements

NUMBER = NumberSetting(name="office.phone", label="", meaning="", default=7, least=1, most=30, unit="日")
CHOICE = ChoiceSetting(name="office.phone", label="", meaning="", default=60, choices={30: "30分", 60: "60分"})


@pytest.fixture
def fresh(app: Flask, context: None) -> Iterator[Flask]:
    """Each time it is asked, the database answers."""
    office(app).held_for = 0
    yield app
    office(app).held_for = HELD_FOR


def store(name: str, value: str | None) -> None:
    with transaction() as session:
        session.execute(insert_ignoring_conflict(OfficeSetting.__table__), {"name": name})
        session.execute(update(OfficeSetting).where(OfficeSetting.name == name).values(value=value))


@pytest.mark.usefixtures("fresh")
def test_what_nobody_changed_is_at_its_default() -> None:
    assert (OFFICE_NAME.get(), OFFICE_PHONE.get()) == ("秋田市", "018-888-5643")
    assert values_now() == ()


@pytest.mark.usefixtures("fresh")
def test_what_was_changed_holds_until_it_is_put_back() -> None:
    store("office.name", "由利本荘市")
    assert OFFICE_NAME.get() == "由利本荘市"
    assert values_now() == (("office.name", "由利本荘市"),)
    store("office.name", None)
    assert OFFICE_NAME.get() == "秋田市"


@pytest.mark.usefixtures("fresh")
def test_a_telephone_is_shown_as_people_write_it_however_it_was_stored() -> None:
    store("office.phone", "+81184246333")
    assert OFFICE_PHONE.get() == "0184-24-6333"


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(("stored", "read"), [("1", 1), ("30", 30), ("0", 7), ("31", 7), ("", 7), ("x", 7), ("²", 7)])
def test_a_number_beyond_its_bounds_is_the_default(stored: str, read: int) -> None:
    store("office.phone", stored)
    assert NUMBER.get() == read


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(("stored", "read"), [("30", 30), ("45", 60), ("", 60)])
def test_a_choice_that_is_not_offered_is_the_default(stored: str, read: int) -> None:
    store("office.phone", stored)
    assert CHOICE.get() == read


def test_outside_of_an_application_there_are_defaults_alone() -> None:
    assert NUMBER.get() == 7


@pytest.mark.usefixtures("context")
def test_the_database_is_asked_once_in_a_while(app: Flask) -> None:
    seen = Statements()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    from sqlalchemy import Engine, event

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for _ in range(50):
            OFFICE_NAME.get()
            NUMBER.get()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len([one for one in seen if "office_setting" in one]) == 1
    assert 0 < HELD_FOR <= 5


@pytest.mark.usefixtures("context")
def test_a_change_by_another_process_is_seen_when_the_time_is_over(app: Flask) -> None:
    assert OFFICE_NAME.get() == "秋田市"
    store("office.name", "由利本荘市")
    assert OFFICE_NAME.get() == "秋田市"
    office(app).held_for = 0
    assert OFFICE_NAME.get() == "由利本荘市"
    office(app).held_for = HELD_FOR


@pytest.mark.usefixtures("fresh")
def test_a_page_that_says_that_something_is_wrong_still_bears_the_telephone() -> None:
    """A database without the table, as before an upgrade, changes nothing."""
    with transaction() as session:
        session.execute(delete(OfficeSetting))
        session.execute(text("ALTER TABLE office_setting RENAME TO office_setting_gone"))
    try:
        assert OFFICE_PHONE.get() == "018-888-5643"
    finally:
        db.session.rollback()
        with transaction() as session:
            session.execute(text("ALTER TABLE office_setting_gone RENAME TO office_setting"))
