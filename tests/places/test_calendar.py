"""A venue is shut on its closures; public holidays count for those who keep them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from supportdesk.core.database import transaction
from supportdesk.extensions import db
from supportdesk.places.calendar import closed_because, holiday_name
from supportdesk.places.models import Closure, Venue
from tests.factories import make_reference

pytestmark = pytest.mark.usefixtures("context")


def test_a_closure_shuts_one_venue_on_its_first_and_last_day_and_between() -> None:
    make_reference()
    shut, other = db.session.scalars(select(Venue.id).limit(2))
    with transaction() as session:
        session.add(
            Closure(venue_id=shut, first_day=date(2026, 12, 29), last_day=date(2027, 1, 3), reason="年末年始のお休み")
        )
    assert closed_because(shut, date(2026, 12, 28)) is None
    assert closed_because(shut, date(2026, 12, 29)) == "年末年始のお休み"
    assert closed_because(shut, date(2027, 1, 3)) == "年末年始のお休み"
    assert closed_because(shut, date(2027, 1, 4)) is None
    assert closed_because(other, date(2026, 12, 30)) is None


def test_public_holidays_are_for_those_who_keep_them() -> None:
    make_reference()
    venue, holiday = db.session.scalars(select(Venue.id).limit(1)).one(), date(2026, 11, 23)
    assert holiday_name(holiday) == "勤労感謝の日"
    assert closed_because(venue, holiday) is None
    assert holiday_name(date(2026, 11, 24)) is None
