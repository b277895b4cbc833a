"""An id that no row can have is answered like one that no row has, a day out of reach like none."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

from supportdesk.core.addresses import LARGEST_ID, day_of, row_id
from supportdesk.core.permissions import Role
from tests.factories import make_account
from tests.pages import PageClient


@pytest.mark.parametrize("number", [LARGEST_ID, LARGEST_ID + 1, 2**63, 10**30])
def test_a_page_of_a_row_is_not_found_however_large_its_number(app: Flask, client: PageClient, number: int) -> None:
    with app.app_context():
        make_account(Role.ADMIN)
    client.sign_in("admin")
    for address in ("/schedule/%s", "/classes/%s", "/classes/meetings/%s", "/learners/%s/edit"):
        client.get(address % number, expect=404)


def test_every_number_in_an_address_is_held_to_it(app: Flask) -> None:
    numbers = [
        converter
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, IntegerConverter)
    ]
    assert numbers
    assert {converter.max for converter in numbers} == {LARGEST_ID}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1", 1),
        ("007", 7),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("9" * 30, None),
        ("", None),
        ("-1", None),
        ("１", None),
        ("1 ", None),
        ("1\n", None),
        ("x", None),
    ],
)
def test_ids_are_read_from_forms(written: str, read: int | None) -> None:
    assert row_id(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("1900-01-01", date(1900, 1, 1)),
        ("2200-12-31", date(2200, 12, 31)),
        ("1899-12-31", None),
        ("2201-01-01", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("2026-02-30", None),
        ("2026-11", None),
        ("２０２６-11-23", None),
        ("", None),
    ],
)
def test_days_are_read_from_addresses(written: str, read: date | None) -> None:
    assert day_of(written) == read
