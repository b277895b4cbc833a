"""What is taken moves to another time, or to somebody else; what stays is kept throughout."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from supportdesk.core.database import transaction
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.models import OccupancyCell
from supportdesk.places.occupancy import Claim, Occupied, take, take_again
from supportdesk.places.shifting import shift_all
from tests.helpdesk.making import at

pytestmark = pytest.mark.usefixtures("context")
ROOM, OTHER = "room:1", "room:2"
Span = tuple[datetime, datetime]


def hours(first: int, last: int) -> Span:
    return at(first), at(last)


def taken(activity: str = "meeting:1") -> dict[str, set[int]]:
    """The quarter hours since nine that the activity has, by resource."""
    nine = occupancy.cells_of(*hours(9, 10)).start
    found: dict[str, set[int]] = {}
    for resource, cell in db.session.execute(
        select(OccupancyCell.resource, OccupancyCell.cell).where(OccupancyCell.activity == activity)
    ):
        found.setdefault(resource, set()).add(cell - nine)
    return found


def begin(span: Span, *resources: str, activity: str = "meeting:1") -> None:
    with transaction():
        take(activity, resources, *span)


def claim(span: Span, *resources: str, activity: str = "meeting:1") -> Claim:
    return Claim(activity, resources, *span)


@pytest.mark.parametrize("after", [(10, 11), (10, 12), (11, 12), (9, 13), (14, 15), (9, 10)])
def test_a_time_moves_however_the_new_one_lies_to_the_old(after: tuple[int, int]) -> None:
    begin(hours(10, 12), ROOM)
    with transaction():
        shift_all([claim(hours(10, 12), ROOM)], [claim(hours(*after), ROOM)])
    assert taken() == {ROOM: set(range((after[0] - 9) * 4, (after[1] - 9) * 4))}


def test_one_room_is_changed_for_another() -> None:
    begin(hours(10, 11), ROOM)
    with transaction():
        shift_all([claim(hours(10, 11), ROOM)], [claim(hours(10, 11), OTHER)])
    assert taken() == {OTHER: {4, 5, 6, 7}}


def test_one_meeting_moves_to_the_time_of_another_that_moves_on() -> None:
    begin(hours(10, 11), ROOM, "person:1")
    begin(hours(11, 12), ROOM, "person:1", activity="meeting:2")
    with transaction():
        shift_all(
            [claim(hours(10, 11), ROOM, "person:1"), claim(hours(11, 12), ROOM, "person:1", activity="meeting:2")],
            [claim(hours(11, 12), ROOM, "person:1"), claim(hours(12, 13), ROOM, "person:1", activity="meeting:2")],
            twice={"person:1"},
        )
    assert taken() == {ROOM: {8, 9, 10, 11}, "person:1": {8, 9, 10, 11}}
    assert taken("meeting:2") == {ROOM: {12, 13, 14, 15}, "person:1": {12, 13, 14, 15}}


def test_what_is_in_the_way_is_all_named_and_nothing_has_moved() -> None:
    begin(hours(10, 11), ROOM, "person:1")
    begin(hours(11, 12), ROOM, activity="meeting:2")
    begin(hours(11, 12), "person:1", activity="meeting:3")
    with pytest.raises(Occupied) as refused, transaction():
        shift_all([claim(hours(10, 11), ROOM, "person:1")], [claim(hours(10, 12), ROOM, "person:1")])
    assert refused.value.details["in_the_way"] == {ROOM: {"meeting:2"}, "person:1": {"meeting:3"}}
    assert taken() == {ROOM: {4, 5, 6, 7}, "person:1": {4, 5, 6, 7}}


def test_a_learner_is_taken_twice_where_need_be() -> None:
    begin(hours(10, 11), "person:1")
    begin(hours(11, 12), "person:1", activity="booking:1")
    with transaction():
        shift_all([claim(hours(10, 11), "person:1")], [claim(hours(11, 12), "person:1")], twice={"person:1"})
    assert taken() == {"person:1": {8, 9, 10, 11}}
    assert taken("booking:1") == {"person:1": {8, 9, 10, 11}}


def test_who_is_at_two_things_at_once_is_at_both_of_them_afterwards() -> None:
    before = [claim(hours(10, 11), "person:1"), claim(hours(10, 11), "person:1", activity="meeting:2")]
    after = [claim(hours(13, 14), "person:1"), claim(hours(13, 14), "person:1", activity="meeting:2")]
    with transaction():
        for one in before:
            take_again(one.activity, "person:1", one.starts_at, one.ends_at)
    with transaction():
        shift_all(before, after, twice={"person:1"})
    assert (taken(), taken("meeting:2")) == ({"person:1": {16, 17, 18, 19}}, {"person:1": {16, 17, 18, 19}})


def test_times_off_the_quarter_hour_take_whole_cells() -> None:
    early, late = (at(10, 5), at(11)), (at(10, 20), at(11))
    begin(early, ROOM)
    with transaction():
        shift_all([claim(early, ROOM)], [claim(late, ROOM)])
    assert taken() == {ROOM: {5, 6, 7}}
