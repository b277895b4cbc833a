"""Invented people are in the register as if it had entered them itself, and are found as anybody is."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.demo.crowd import NotEmpty, fill_register, invent
from supportdesk.extensions import db
from supportdesk.learners.keys import findable, ids_in_pieces, keys_of, rewrite_keys
from supportdesk.learners.models import Learner, LearnerKey, NameVariant
from supportdesk.learners.operations import register_learner
from supportdesk.learners.particulars import Particulars
from supportdesk.learners.search import find_learners
from supportdesk.learners.slips import forget_names
from supportdesk.places.models import District, Venue
from tests.clocks import NOW
from tests.factories import make_reference

pytestmark = pytest.mark.usefixtures("context")
MANY = 120


@pytest.fixture(autouse=True)
def _crowd(context: None) -> None:
    make_reference()
    fill_register(MANY)


def test_they_are_found_by_all_that_finds_anybody() -> None:
    districts = list(db.session.scalars(select(District.code).order_by(District.position)))
    venues = list(db.session.scalars(select(Venue.id).order_by(Venue.id)))
    people = list(invent(MANY, districts, venues))
    assert db.session.scalar(select(func.count()).select_from(Learner)) == MANY
    for one in people[:20]:
        held = db.session.scalars(select(LearnerKey.key).where(LearnerKey.learner_id == one.id))
        assert set(held) == keys_of(one.findable) == keys_of(findable([one.id])[one.id])
        assert one.id in [found.id for found in find_learners(one.kana)]
        assert one.id in [found.id for found in find_learners(f"{one.name.split()[0]} {one.findable.birth_year}")]


def test_real_people_come_after_them() -> None:
    with transaction():
        assert register_learner(Particulars(kana="サトウ ハナ"), actor=SYSTEM, now=NOW).id > MANY


def test_they_are_not_mixed_with_those_who_are_there() -> None:
    with pytest.raises(NotEmpty):
        fill_register(1)


def test_the_keys_can_be_made_anew() -> None:
    def written() -> list[list[tuple[object, ...]]]:
        tables = (LearnerKey.__table__, NameVariant.__table__)
        return [sorted(tuple(row) for row in db.session.execute(select(table))) for table in tables]

    before = written()
    with transaction():
        forget_names()
    for ids in ids_in_pieces(50):
        with transaction():
            rewrite_keys(ids)
    assert written() == before
