"""What the register's forms make of what was typed."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from supportdesk.core.fields import DeskForm
from supportdesk.learners.booking_fields import CallerFields
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.forms import LearnerForm, values_from_search
from supportdesk.learners.models import AgeBand
from supportdesk.learners.particulars import Particulars

DISTRICTS = [("chuo", "中央")]


class BookingForm(CallerFields, DeskForm):
    """As another room's form takes the caller's fields in."""


def caller_of(app: Flask, **typed: str) -> tuple[bool, Caller]:
    with app.test_request_context("/", method="POST", data=typed):
        form = BookingForm(meta={"csrf": False})
        return form.validate(), form.caller([])


def particulars_of(app: Flask, **typed: str) -> Particulars:
    with app.test_request_context("/", method="POST", data={"channel": "phone", **typed}):
        form = LearnerForm(DISTRICTS, meta={"csrf": False})
        assert form.validate(), form.errors
        return form.particulars()


def test_nobody_named_means_the_learner_called(app: Flask) -> None:
    assert caller_of(app) == (True, THE_LEARNER)


def test_a_caller_is_kept_with_relation_and_number(app: Flask) -> None:
    valid, caller = caller_of(app, caller_name="佐藤 一", caller_relation="長男", caller_phone="０９０-1111-2222")
    assert valid
    assert caller == Caller("佐藤 一", "長男", "+819011112222")


def test_a_call_back_number_that_is_none_is_refused(app: Flask) -> None:
    assert caller_of(app, caller_phone="1234")[0] is False


def test_the_most_exact_age_is_kept(app: Flask) -> None:
    born = {"birth_date-era": "昭和", "birth_date-year": "15", "birth_date-month": "1", "birth_date-day": "2"}
    everything = particulars_of(app, kana="タ", birth_year="1941", age_band="70s", **born)
    year = particulars_of(app, kana="タ", birth_year="昭和16", age_band="70s")
    band = particulars_of(app, kana="タ", age_band="70s")
    assert (everything.birth_date, everything.birth_year, everything.age_band) == (date(1940, 1, 2), None, None)
    assert (year.birth_year, year.age_band) == (1941, None)
    assert band.age_band == AgeBand.SEVENTIES


@pytest.mark.parametrize(
    ("era", "year", "western"), [("昭和", "20", 1945), ("", "1945", 1945), ("平成", "元", 1989), ("昭和", "２０", 1945)]
)
def test_a_year_alone_in_the_birth_date_is_the_year_of_birth(app: Flask, era: str, year: str, western: int) -> None:
    person = particulars_of(app, kana="タ", **{"birth_date-era": era, "birth_date-year": year})
    assert (person.birth_date, person.birth_year) == (None, western)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"year": "20"}, "年号をえらぶか"),
        ({"era": "昭和", "year": "20", "month": "3"}, "年だけわかるときは、月と日を空けておきます"),
        ({"era": "昭和", "month": "3", "day": "1"}, "年だけわかるときは"),
        ({"era": "昭和", "year": "99"}, "昭和は"),
        ({"era": "", "year": "2099"}, "まだ来ていない"),
    ],
)
def test_a_birth_date_in_part_says_how_to_write_a_year_alone(app: Flask, typed: dict[str, str], said: str) -> None:
    sent = {"channel": "phone", "kana": "タ", **{f"birth_date-{part}": value for part, value in typed.items()}}
    with app.test_request_context("/", method="POST", data=sent):
        form = LearnerForm(DISTRICTS, meta={"csrf": False})
        assert not form.validate()
        assert said in form.birth_date.errors[0]


def test_a_name_written_in_kana_is_its_own_reading(app: Flask) -> None:
    assert particulars_of(app, name="さとう うめ").kana == "さとう うめ"
    assert particulars_of(app, name="佐藤 うめ").kana == ""


def test_one_number_typed_twice_is_one_phone(app: Flask) -> None:
    person = particulars_of(
        app, kana="タ", phone_1="018-888-1542", phone_2="０１８８８８１５４２", phone_3="090-1111-2222"
    )
    assert [phone.number for phone in person.phones] == ["+81188881542", "+819011112222"]


@pytest.mark.parametrize("absurd", ["", "  ", "\x00", "x" * 5000])
def test_whatever_was_searched_makes_a_form(app: Flask, absurd: str) -> None:
    with app.test_request_context():
        form = LearnerForm(DISTRICTS, formdata=None, data=values_from_search(absurd))
        assert len(form.name.value) <= 100
