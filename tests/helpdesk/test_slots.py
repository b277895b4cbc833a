"""Hours are cut into whole slots; closures, holidays and whatever the adviser has leave none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import free_slots, open_slots, slot_at
from supportdesk.helpdesk.desks.operations import switch_desk
from supportdesk.helpdesk.errors import NoSuchSlot
from supportdesk.helpdesk.slots import Hours, Taken, cut, slots_between, without_taken
from tests.classes.making import make_run, meeting_at
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import DAY, THURSDAY, at, book, close_venue, make_adviser, make_desk
from tests.recording import Statements

LONG_AGO = datetime(2020, 1, 1, tzinfo=clock.TOKYO)


def hours(weekday: int = THURSDAY, opens: int = 10, closes: int = 12, minutes: int = 60, person: int = 7) -> Hours:
    return Hours(
        1, "相談", minutes, 5, "相談員", person, weekday, time(opens), time(closes), 9, "会館", "", "中央", "chuo"
    )


def starts(slots: list[Any]) -> list[datetime]:
    return [slot.starts_at for slot in slots]


class TestCutting:
    def test_two_hours_are_two_slots(self) -> None:
        assert cut(DAY, time(10), time(12), 60) == [(at(10), at(11)), (at(11), at(12))]

    def test_what_is_left_at_the_end_is_no_slot(self) -> None:
        assert [first for first, _end in cut(DAY, time(10), time(12, 45), 60)] == [at(10), at(11)]
        assert cut(DAY, time(10), time(10, 45), 60) == []

    def test_nobody_is_booked_on_a_day_on_which_they_are_away(self) -> None:
        week = timedelta(days=7)
        there = hours()._replace(leave_from=DAY + week, leave_until=DAY + week, service_ends_on=DAY + 2 * week)
        found = slots_between([there], DAY, DAY + 4 * week, shut=(), after=LONG_AGO)
        assert {clock.local(slot.starts_at).date() for slot in found} == {DAY, DAY + 2 * week}

    @given(
        opens=st.integers(0, 23 * 4), length=st.integers(1, 40), minutes=st.sampled_from([15, 30, 45, 60, 90, 120, 240])
    )
    def test_slots_touch_one_another_and_stay_inside(self, opens: int, length: int, minutes: int) -> None:
        end = min(opens + length, 95)
        first, last = time(opens // 4, opens % 4 * 15), time(end // 4, end % 4 * 15)
        slots = cut(DAY, first, last, minutes)
        assert all(ends_at - starts_at == timedelta(minutes=minutes) for starts_at, ends_at in slots)
        assert all(one[1] == other[0] for one, other in pairwise(slots))
        if slots:
            assert slots[0][0] == clock.at(DAY, first)
            assert timedelta(0) <= clock.at(DAY, last) - slots[-1][1] < timedelta(minutes=minutes)

    def test_each_week_has_its_slots_until_the_last_day(self) -> None:
        found = slots_between([hours(closes=11)], DAY, DAY + timedelta(days=14), shut=(), after=LONG_AGO)
        assert starts(found) == [at(10, day=DAY + timedelta(days=week * 7)) for week in range(3)]

    def test_what_has_begun_is_over(self) -> None:
        assert starts(slots_between([hours()], DAY, DAY, shut=(), after=at(10))) == [at(11)]

    def test_a_closed_venue_and_a_public_holiday_leave_nothing(self) -> None:
        assert slots_between([hours()], DAY, DAY, shut={(9, DAY)}, after=LONG_AGO) == []
        labour_day = date(2026, 11, 23)
        assert slots_between([hours(weekday=0)], labour_day, labour_day, shut=(), after=LONG_AGO) == []

    def test_a_slot_of_which_a_quarter_is_taken_is_gone(self) -> None:
        slots = slots_between([hours()], DAY, DAY, shut=(), after=LONG_AGO)
        last_quarter = int(at(10, 45).timestamp()) // 900
        assert starts(without_taken(slots, Taken({7: {last_quarter}}, {}))) == [at(11)]
        assert starts(without_taken(slots, Taken({}, {1: {last_quarter}}))) == [at(11)]
        assert starts(without_taken(slots, Taken({8: {last_quarter}}, {}))) == [at(10), at(11)]


@pytest.mark.usefixtures("context")
class TestFreeSlots:
    @pytest.fixture(autouse=True)
    def _the_city(self, context: None) -> None:
        make_reference()

    def test_the_next_free_slots_come_first_with_all_that_a_caller_asks(self) -> None:
        adviser = make_adviser()
        desk = make_desk(adviser)
        first, *_rest = open_slots(after=clock.now())
        assert (first.desk_id, first.desk, first.adviser_id, first.adviser) == (
            desk,
            "スマホ相談",
            adviser,
            "adviserさん",
        )
        assert (first.starts_at, first.ends_at) == (at(10, day=date(2026, 11, 26)), at(11, day=date(2026, 11, 26)))
        assert (first.nickname, first.short_place) == ("いーぱる", "いーぱる")
        assert len(open_slots(after=clock.now(), limit=3)) == 3
        assert starts(open_slots(after=clock.now(), day=DAY)) == [at(10), at(11)]

    def test_a_district_shows_its_own(self) -> None:
        adviser = make_adviser()
        make_desk(adviser)
        (own,) = {slot.district_code for slot in open_slots(after=clock.now())}
        assert open_slots(after=clock.now(), district_code=own)
        assert open_slots(after=clock.now(), district_code="nowhere") == []

    def test_what_is_near_comes_before_what_is_sooner(self) -> None:
        make_desk(make_adviser())
        make_desk(make_adviser("sooner"), name="もうひとつ", weekday=2, nickname="ウェスター")
        assert {slot.nickname for slot in open_slots(after=clock.now(), limit=2)} == {"ウェスター"}
        slots = open_slots(after=clock.now(), near="tobu", limit=10)
        assert [slot.nickname for slot in slots] == ["いーぱる"] * 8 + ["ウェスター"] * 2
        assert slots[8].starts_at < slots[0].starts_at

    def test_booked_slots_and_advisers_who_teach_are_left_out(self) -> None:
        adviser = make_adviser()
        desk = make_desk(adviser, closes=13)
        book(desk, adviser, make_learner())
        make_run(meeting_at(DAY, 12, staff=[adviser]))
        assert starts(open_slots(after=clock.now(), day=DAY)) == [at(11)]

    def test_two_advisers_at_a_desk_have_a_slot_each(self) -> None:
        one, other = make_adviser("one"), make_adviser("other")
        desk = make_desk(one, other, closes=11)
        assert [slot.adviser_id for slot in open_slots(after=clock.now(), day=DAY)] == [one, other]
        book(desk, one, make_learner())
        assert [slot.adviser_id for slot in open_slots(after=clock.now(), day=DAY)] == [other]

    def test_closed_venues_switched_off_desks_and_advisers_who_left_have_none(self) -> None:
        adviser = make_adviser()
        desk = make_desk(adviser)
        close_venue(DAY)
        assert open_slots(after=clock.now(), day=DAY) == []
        assert open_slots(after=clock.now())
        with transaction():
            switch_desk(desk, active=False, actor=SYSTEM, now=clock.now())
        assert open_slots(after=clock.now()) == []
        with transaction():
            switch_desk(desk, active=True, actor=SYSTEM, now=clock.now())
            db.session.get_one(Account, adviser).active = False
        assert open_slots(after=clock.now()) == []

    def test_who_is_an_adviser_no_more_cannot_be_booked(self) -> None:
        adviser = make_adviser()
        desk, learner = make_desk(adviser), make_learner()
        with transaction() as session:
            session.execute(update(AccountRole).where(AccountRole.account_id == adviser).values(role=Role.INSTRUCTOR))
        assert open_slots(after=clock.now()) == []
        with pytest.raises(NoSuchSlot):
            book(desk, adviser, learner)

    def test_the_new_year_has_no_slots_on_its_holiday(self) -> None:
        make_desk(make_adviser(), weekday=4)
        new_year = date(2027, 1, 1)
        assert new_year.weekday() == 4
        assert free_slots(new_year, new_year, after=clock.now()) == []

    def test_one_slot_says_what_has_it(self) -> None:
        adviser = make_adviser()
        desk = make_desk(adviser)
        book(desk, adviser, make_learner())
        taken, free = slot_at(desk, adviser, at(10)), slot_at(desk, adviser, at(11))
        assert taken is not None
        assert taken.in_the_way == "adviserさん：スマホ相談（12月3日（木） 10:00〜11:00）"
        assert free is not None
        assert free.in_the_way == ""
        assert slot_at(desk, adviser, at(10, 30)) is None
        assert slot_at(desk, adviser + 1, at(10)) is None

    def test_two_weeks_take_as_many_statements_however_many_desks(
        self, queries: Callable[[], AbstractContextManager[Statements]]
    ) -> None:
        for number in range(4):
            adviser = make_adviser(f"adviser{number}")
            desk = make_desk(adviser, name=f"窓口{number}", weekday=number)
            day = date(2026, 11, 30) + timedelta(days=number)
            book(desk, adviser, make_learner(), at(10, day=day))
            close_venue(day + timedelta(days=7))
        with queries() as seen:
            slots = free_slots(clock.today(), clock.today() + timedelta(days=13), after=clock.now())
        assert len(slots) > 4
        assert len(seen) == 5, seen
