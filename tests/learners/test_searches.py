"""The table of searches that reception reads and adds to: whom each must find, and whom it must not."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.core.phones import parse_phone
from supportdesk.extensions import db
from supportdesk.learners.keys import note_last_venues
from supportdesk.learners.operations import amend_learner, register_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.search import find_learners
from supportdesk.places.models import Venue
from supportdesk.reference import load_reference
from tests.clocks import NOW

TABLES = Path(__file__).with_name("searching")


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SEARCHES = rows("searches.csv")


def as_particulars(row: dict[str, str]) -> Particulars:
    born, phone = row["born"], row["phone"]
    return Particulars(
        name=row["former_name"] or row["name"],
        kana=row["former_kana"] or row["kana"],
        birth_date=date.fromisoformat(born) if "-" in born else None,
        birth_year=int(born) if born and "-" not in born else None,
        district_code=row["district"] if row["district"] != "市外" else None,
        outside_city=row["district"] == "市外",
        phones=(Telephone(phone, parse_phone(phone)),) if phone else (),
    )


@pytest.fixture
def people(context: None) -> dict[int, str]:
    """The table's people are in the register; who has which id."""
    ids = {}
    with transaction():
        load_reference()
        venues = {venue.nickname: venue.id for venue in db.session.scalars(select(Venue))}
        for row in rows("people.csv"):
            particulars = as_particulars(row)
            learner_id = register_learner(particulars, actor=SYSTEM, now=NOW).id
            if row["former_kana"]:
                married = as_particulars({**row, "former_name": "", "former_kana": ""})
                amend_learner(learner_id, married, actor=SYSTEM, now=NOW)
            if row["last_class"]:
                note_last_venues({learner_id: venues[row["last_class"]]})
            ids[learner_id] = row["who"]
    return ids


def test_the_table_has_sixty_searches_and_speaks_of_nobody_else() -> None:
    known = {row["who"] for row in rows("people.csv")} | {"全員", ""}
    assert len(SEARCHES) >= 60
    assert {who for row in SEARCHES for column in ("found", "not_found") for who in row[column].split("・")} <= known


def test_each_search_finds_whom_it_must_and_nobody_it_must_not(people: dict[int, str]) -> None:
    wrong = {}
    for row in SEARCHES:
        found = {people[one.id] for one in find_learners(row["typed"])}
        must, must_not = ({*row[column].split("・")} - {""} for column in ("found", "not_found"))
        if not must <= found or found & must_not or ("全員" in must_not and found):
            wrong[row["typed"]] = (row["why"], sorted(found))
    assert wrong == {}
