"""The way from one district to another, and whether what somebody has before and after leaves the time for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import current_app

from supportdesk.classes.doubts import Doubtful
from supportdesk.classes.outreach.finding import Instructor, options
from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.ways import read_ways
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting
from supportdesk.core.permissions import Role
from tests.classes.making import make_lecture, make_run, meeting_at, room_of
from tests.classes.outreach.making import FIRST, ask, at, check, find, state_of
from tests.factories import make_account, make_reference

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def instructor(context: None) -> int:
    make_reference()
    return make_account(Role.INSTRUCTOR).id


def write(name: str, value: str) -> None:
    with transaction() as session:
        session.add(OfficeSetting(name=f"classes.{name}", value=value))
    current_app.extensions["office"].forget()


def of(instructor: int, request_id: int, travel: int = 30) -> Instructor:
    (option,) = options(request_id, [(1, at())], 60, travel, "tobu")
    return next(one for one in option.instructors if one.account_id == instructor)


class TestHowLongAWayIs:
    def test_what_the_office_wrote_holds_in_both_directions_before_what_is_computed(self) -> None:
        write("outreach_travel_between", "東部と河辺55、雄和-北部：７０分、西部南部")
        ways = read_ways()
        assert (ways.minutes("tobu", "kawabe"), ways.minutes("kawabe", "tobu")) == (55, 55)
        assert (ways.minutes("hokubu", "yuwa"), ways.minutes("seibu", "nanbu")) == (70, 30)

    def test_it_is_computed_from_the_places_where_both_are_known(self) -> None:
        ways = read_ways()
        assert (ways.minutes("tobu", "kawabe"), ways.minutes("tobu", "tobu")) == (30, 10)

    def test_else_it_is_the_longer_of_the_two_usual_ways(self) -> None:
        write("outreach_travel_by_district", "雄和45")
        ways = read_ways()
        assert (ways.minutes("seibu", "yuwa"), ways.minutes(None, "yuwa"), ways.minutes(None, "seibu")) == (45, 45, 30)


class TestBeforeAndAfter:
    def test_whoever_comes_from_far_off_is_free_and_warned_of(self, instructor: int) -> None:
        write("outreach_travel_between", "東部と雄和50")
        make_lecture(meeting_at(FIRST, 8, staff=[instructor]), venue_id=None, district_code="yuwa", place="雄和の会館")
        request_id = check(ask())
        assert [way.short for way in of(instructor, request_id).ways] == [False, False]
        write("outreach_travel_by_district", "東部20")
        make_lecture(meeting_at(FIRST, 12, staff=[instructor]), venue_id=None, district_code="yuwa", place="雄和の会館")
        there, back = of(instructor, request_id).ways
        assert (there.minutes, there.gap, there.short) == (50, 60, False)
        assert (back.minutes, back.gap, back.short) == (50, 60, False)

    def test_a_gap_that_is_too_short_is_asked_about_before_they_are_held(self, instructor: int) -> None:
        write("outreach_travel_between", "東部と雄和70")
        make_lecture(meeting_at(FIRST, 8, staff=[instructor]), venue_id=None, district_code="yuwa", place="雄和の会館")
        request_id = check(ask())
        there, back = of(instructor, request_id).ways
        assert (there.minutes, there.gap, there.short, back.gap, back.short) == (70, 60, True, None, False)
        assert of(instructor, request_id).free
        with pytest.raises(Doubtful) as refused:
            find(request_id, instructor)
        assert "instructorさん" in refused.value.doubts[0] and "70分" in refused.value.doubts[0]
        assert state_of(request_id) is OutreachState.CHECKED

    def test_the_way_to_a_lecture_that_is_held_for_them_counts_from_its_end(self, instructor: int) -> None:
        write("outreach_travel_between", "東部と河辺20")
        find(check(ask(group_name="河辺の会", district_code="kawabe")), instructor, starts_at=at() - timedelta(hours=2))
        there, _back = of(instructor, check(ask())).ways
        assert (there.minutes, there.gap, there.short) == (20, 60, False)

    def test_a_class_in_the_same_district_needs_little(self, instructor: int) -> None:
        make_run(meeting_at(FIRST, 8, hours=1, room_id=room_of().id, staff=[instructor]))
        there, _back = of(instructor, check(ask())).ways
        assert (there.minutes, there.gap, there.short) == (10, 60, False)

    def test_a_coordinator_sets_out_from_the_own_district(self) -> None:
        coordinator = make_account(Role.COORDINATOR, districts=("kawabe",)).id
        there, back = of(coordinator, check(ask())).ways
        assert (there.minutes, there.gap, back.minutes, back.gap) == (30, None, 30, None)
