"""A term is looked through before it is saved: what is in the way of each date is said, and all is saved or nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import Account
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.models import Duty, Edition, Filling, Meeting, MeetingStaff, Run
from supportdesk.classes.series.examining import Examined, examine
from supportdesk.classes.series.models import Series
from supportdesk.classes.series.operations import NothingToSave, SeriesPlan, StillInTheWay, plan_series
from supportdesk.classes.series.shape import Line, Row, Term, grouped, rows_of
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.places.models import Closure
from tests.classes.making import make_run, meeting_at, room_of
from tests.factories import make_account, make_reference
from tests.racing import meet

#: Three Mondays of January; the second is 成人の日.
FIRST, HOLIDAY, THIRD, FOURTH = (date(2027, 1, 4) + timedelta(weeks=week) for week in range(4))
MONDAY = frozenset({0})


def term(*lines: Line, last: date = FOURTH, **more: Any) -> Term:
    return Term(time(10), 90, lines or (Line(1),), FIRST, last, MONDAY, **more)


class TestShape:
    def test_dates_are_those_of_the_weekdays_and_a_line_may_have_its_own(self) -> None:
        rows = rows_of(term(Line(1), Line(2, weekdays=frozenset({2, 4}), start=time(13, 30))))
        assert [clock.local(row.starts_at).date() for row in rows if row.line == 0] == [FIRST, HOLIDAY, THIRD, FOURTH]
        other = [clock.local(row.starts_at) for row in rows if row.line == 1]
        assert {day.weekday() for day in other} == {2, 4}
        assert {day.time() for day in other} == {time(13, 30)}
        assert [row.number for row in rows] == list(range(len(rows)))

    def test_a_date_left_out_lets_the_next_move_up_and_what_is_left_over_makes_no_run(self) -> None:
        rows = rows_of(term())
        assert [len(group.rows) for group in grouped(rows, 3)] == [3, 1]
        rows[1] = replace(rows[1], skipped=True)
        (run,) = grouped(rows, 3)
        assert [clock.local(row.starts_at).date() for row in run.rows] == [FIRST, THIRD, FOURTH]
        assert run.complete
        rows[2] = replace(rows[2], skipped=True)
        assert [group.complete for group in grouped(rows, 3)] == [False]

    def test_dates_named_one_by_one(self) -> None:
        named = Term(time(10), 60, (Line(1),), listed=(THIRD, FIRST, THIRD))
        assert [clock.local(row.starts_at).date() for row in rows_of(named)] == [FIRST, THIRD]


@pytest.fixture
def city(context: None) -> None:
    make_reference()


@pytest.fixture
def three_districts(city: None) -> tuple[list[Row], dict[str, int]]:
    """はじめてのスマホ on four Mondays in three districts; the first instructor teaches elsewhere on the third."""
    staff = {name: make_account(Role.INSTRUCTOR, username=name).id for name in ("one", "two", "three", "four")}
    make_run(meeting_at(THIRD, hour=11, staff=[staff["one"]]))
    lines = [
        Line(room_of(place).id, (staff[name],))
        for place, name in (("いーぱる", "one"), ("ウェスター", "two"), ("キタスカ", "three"))
    ]
    return rows_of(term(*lines)), staff


def series_plan(rows: list[Row], **changed: Any) -> SeriesPlan:
    return replace(SeriesPlan("S01", 3, Edition.BOTH, 8, tuple(rows)), **changed)


def save(rows: list[Row], **changed: Any) -> int:
    with transaction():
        return plan_series(series_plan(rows, **changed), actor=SYSTEM, now=clock.now())


def words(examined: Examined, row: Row) -> str:
    return " ".join(one.words for one in examined.findings.get(row.number, ()))


def at(rows: list[Row], line: int, day: date) -> Row:
    return next(row for row in rows if row.line == line and clock.local(row.starts_at).date() == day)


def series_runs(series_id: int) -> list[Run]:
    return list(db.session.scalars(select(Run).where(Run.series_id == series_id).order_by(Run.id)))


def test_a_holiday_and_an_instructor_elsewhere_are_found_settled_and_all_is_saved(
    three_districts: tuple[list[Row], dict[str, int]],
) -> None:
    rows, staff = three_districts
    examined = examine(rows, 3, clock.now())
    assert [words(examined, at(rows, line, HOLIDAY)) for line in range(3)] == ["祝日（成人の日）です。"] * 3
    clash = at(rows, 0, THIRD)
    assert "oneさん：電源の入れ方・ボタン操作（1月18日（月） 11:00〜12:00）" in words(examined, clash)
    assert sorted(examined.unsettled) == sorted([*(at(rows, line, HOLIDAY).number for line in range(3)), clash.number])
    with pytest.raises(StillInTheWay):
        save(rows)
    assert db.session.scalar(select(func.count()).select_from(Series)) == 0
    settled = [
        replace(
            row,
            skipped=clock.local(row.starts_at).date() == HOLIDAY,
            staff=(staff["four"],) if row.number == clash.number else row.staff,
        )
        for row in rows
    ]
    series_id = save(settled)
    runs = series_runs(series_id)
    assert {(run.district_code, run.title, run.capacity) for run in runs} == {
        (district, "はじめてのスマホ 全3回", 8) for district in ("tobu", "seibu", "hokubu")
    }
    days = db.session.scalars(
        select(Meeting.starts_at).where(Meeting.run_id == runs[0].id).order_by(Meeting.number)
    ).all()
    assert [clock.local(day).date() for day in days] == [FIRST, THIRD, FOURTH]
    substituted = (
        select(MeetingStaff.account_id)
        .join(Meeting)
        .where(Meeting.starts_at == clash.starts_at, Meeting.room_id == clash.room_id)
    )
    assert db.session.scalars(substituted).all() == [staff["four"]]


def test_a_date_that_is_left_over_is_in_nobodys_way(city: None) -> None:
    """The same instructor is at both places on the fourth Monday, which is left over of the first."""
    teacher = make_account(Role.INSTRUCTOR).id
    rows = [
        replace(row, meant=True, staff=(teacher,) if clock.local(row.starts_at).date() == FOURTH else ())
        for row in rows_of(term(Line(room_of().id), Line(room_of("ウェスター").id)))
    ]
    last = at(rows, 1, FOURTH)
    assert examine(rows, 1, clock.now()).unsettled == [last.number]
    rows[4] = replace(rows[4], skipped=True)
    found = examine(rows, 3, clock.now())
    assert ([len(group.rows) for group in found.runs], found.unsettled) == ([3, 3], [])


def test_its_runs_are_filled_as_the_term_says(city: None) -> None:
    rows = [replace(row, meant=True) for row in rows_of(term(Line(room_of().id), last=THIRD))]
    (run,) = series_runs(save(rows, filling=Filling.LOTTERY, close_before=5))
    assert (run.filling, run.apply_until) == (Filling.LOTTERY, clock.at(FIRST - timedelta(days=5), time(17)))
    with pytest.raises(PlanRefused):
        series_plan(rows, filling=Filling.LOTTERY).check_conditions(clock.now())


def test_whoever_helps_is_put_on_duty_and_is_nowhere_else(city: None) -> None:
    teacher, helper = (make_account(role).id for role in (Role.INSTRUCTOR, Role.ADVISER))
    rows = [
        replace(row, meant=True)
        for row in rows_of(term(Line(room_of().id, (teacher,), (helper, teacher)), Line(room_of("ウェスター").id)))
    ]
    series_runs(save(rows[:3]))
    duties = {tuple(row) for row in db.session.execute(select(MeetingStaff.account_id, MeetingStaff.duty))}
    assert duties == {(teacher, Duty.INSTRUCTOR), (helper, Duty.ASSISTANT)}
    later = [replace(row, assistants=(helper,)) for row in rows if row.line == 1]
    assert "adviserさん：はじめてのスマホ" in words(examine(later, 3, clock.now()), later[0])


def test_whoever_is_away_on_a_date_is_said_there(city: None) -> None:
    teacher = make_account(Role.INSTRUCTOR)
    with transaction() as session:
        session.get_one(Account, teacher.id).leave_from = THIRD
    rows = rows_of(term(Line(room_of().id, (teacher.id,))))
    found = examine(rows, 3, clock.now())
    assert (words(found, rows[0]), words(found, rows[2])) == ("", "instructorさん：休職中")


def test_a_holiday_that_is_meant_is_a_date_like_another(city: None) -> None:
    rows = [replace(row, meant=True) for row in rows_of(term(Line(room_of().id), last=THIRD))]
    assert len(series_runs(save(rows))) == 1


def test_closed_houses_taken_rooms_and_dates_in_each_others_way_are_said_at_their_row(city: None) -> None:
    hall, other = room_of(), room_of("ウェスター")
    teacher = make_account(Role.INSTRUCTOR).id
    with transaction() as session:
        session.add(Closure(venue_id=other.venue_id, first_day=FIRST, last_day=FIRST, reason="設備点検"))
    make_run(meeting_at(THIRD, room_id=hall.id))
    rows = rows_of(term(Line(hall.id, (teacher,)), Line(other.id, (teacher,))))
    found = examine(rows, 3, clock.now())
    assert "会場がお休みです（設備点検）" in words(found, at(rows, 1, FIRST))
    assert "会議室：電源の入れ方" in words(found, at(rows, 0, THIRD))
    assert "instructorさん：この計画の別の教室と重なっています。" in words(found, at(rows, 1, FIRST))
    assert words(found, at(rows, 0, FIRST)) == ""
    moved = [replace(row, room_id=other.id) if row is rows[2] else row for row in rows]
    assert "会場が分かれています" in words(examine(moved, 3, clock.now()), rows[0])
    past = replace(rows[0], starts_at=clock.now() - timedelta(days=1), ends_at=clock.now())
    assert "もうすぎた日時" in words(examine([past, *rows[1:]], 3, clock.now()), past)
    late = replace(rows[1], starts_at=rows[0].starts_at + timedelta(minutes=30))
    assert "前の回と時間が重なっています" in words(examine([rows[0], late, *rows[2:]], 3, clock.now()), late)


def test_the_statements_are_as_many_for_sixty_dates_as_for_three(
    city: None, queries: Callable[[], AbstractContextManager[list[Any]]]
) -> None:
    lines = [Line(room_of(place).id, (make_account(Role.INSTRUCTOR, username=place).id,)) for place in
             ("いーぱる", "ウェスター", "キタスカ", "なんぴあ")]  # fmt: skip
    make_run(meeting_at(FIRST, room_id=lines[0].room_id, staff=lines[0].staff))
    few, many = rows_of(term(lines[0], last=THIRD)), rows_of(term(*lines, last=FIRST + timedelta(weeks=14)))
    assert len(many) == 60
    counted = []
    for rows in (few, many):
        with queries() as seen:
            assert "ほかの予定があります" in words(examine(rows, 3, clock.now()), rows[0])
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 7


def test_nothing_is_kept_when_something_cannot_be(city: None) -> None:
    rows = rows_of(term(Line(room_of().id), last=FIRST))
    with pytest.raises(NothingToSave):
        save(rows)
    with pytest.raises(PlanRefused) as refused:
        save([replace(row, meant=True) for row in rows_of(term(Line(room_of().id)))], capacity=2, least=3)
    assert refused.value.field == "least"
    assert db.session.scalar(select(func.count()).select_from(Run)) == 0
    assert db.session.scalar(select(func.count()).select_from(Series)) == 0


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_who_save_at_one_moment_one_has_all_and_the_other_nothing(app: Flask, backwards: bool) -> None:
    """The same two rooms, named in the one order and in the other."""
    with app.app_context():
        make_reference()
        rooms = [room_of("いーぱる").id, room_of("ウェスター").id]
        plans = [
            tuple(replace(row, meant=True) for row in rows_of(term(*map(Line, order))))
            for order in (rooms, rooms[::-1] if backwards else rooms)
        ]
        db.session.remove()
        db.engine.dispose()

    def save_one(rows: tuple[Row, ...]) -> Callable[[], object]:
        return lambda: plan_series(series_plan(list(rows)), actor=SYSTEM, now=clock.now())

    done, refused = meet(app, save_one(plans[0]), save_one(plans[1]))
    assert (done, refused in {"Occupied", "StillInTheWay"}) == ("done", True), refused
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Series)) == 1
        assert db.session.scalar(select(func.count()).select_from(Run)) == 2
        db.session.remove()


def test_each_run_is_decided_so_many_days_before_it_begins(city: None) -> None:
    rows = rows_of(term(Line(room_of().id), last=FIRST + timedelta(weeks=5)))
    runs = series_runs(save([replace(row, meant=True) for row in rows], least=4, decide_before=7))
    assert [(run.least, run.decide_on) for run in runs] == [
        (4, FIRST - timedelta(days=7)),
        (4, FOURTH - timedelta(days=7)),
    ]
