"""A meeting takes so many loan phones: whichever are free, none of them twice at once, and they move with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.changing import change_run
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.day_changes.undoing import undo_day_change
from supportdesk.classes.lending.phones import TooFewPhones, lend_phones, phones_of
from supportdesk.classes.planning import cancel_run, plan_runs
from supportdesk.classes.series.examining import examine
from supportdesk.classes.series.shape import Line, Term, rows_of
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.places.models import EquipmentKind, OccupancyCell
from supportdesk.places.upkeep import save_equipment
from tests.classes.making import DAY, make_run, meeting_at, meeting_of, room_of, run_plan
from tests.classes.test_changing import as_it_is
from tests.factories import make_reference
from tests.pages import PageClient


@pytest.fixture
def three_phones(app: Flask) -> list[int]:
    with app.app_context():
        make_reference()
        with transaction():
            kinds = [EquipmentKind.LOAN_PHONE] * 3 + [EquipmentKind.PROJECTOR]
            made = [
                save_equipment(None, kind=kind, name=f"物 {n}", venue_id=None, actor=SYSTEM, now=clock.now())
                for n, kind in enumerate(kinds)
            ]
    return made[:3]


def lend(meeting_id: int, how_many: int, **more: Any) -> None:
    with transaction():
        lend_phones(meeting_id, how_many, actor=SYSTEM, now=clock.now(), **more)


def taken() -> list[tuple[str, str]]:
    cells = select(OccupancyCell.activity, OccupancyCell.resource).where(OccupancyCell.resource.like("equipment:%"))
    return sorted({(row.activity, row.resource) for row in db.session.execute(cells)})


@pytest.mark.usefixtures("context")
class TestLending:
    def test_a_meeting_has_those_that_are_free_and_gives_them_back(self, three_phones: list[int]) -> None:
        first = make_run(meeting_at(), meeting_at(DAY + timedelta(days=1)), phones=2)
        one, other = meeting_of(first), meeting_of(first, 2)
        assert phones_of([one, other]) == {one: three_phones[:2], other: three_phones[:2]}
        second = meeting_of(make_run(course="K02"))
        with pytest.raises(TooFewPhones) as refused:
            lend(second, 2)
        assert "空いている貸出スマホは、1台です" in str(refused.value.message)
        lend(second, 1)
        assert phones_of([second]) == {second: three_phones[2:]}
        lend(one, 0)
        lend(second, 3)
        assert {resource for activity, resource in taken() if activity == f"meeting:{second}"} == {
            f"equipment:{phone}" for phone in three_phones
        }
        with transaction():
            cancel_run(first, actor=SYSTEM, now=clock.now())
        assert {activity for activity, _resource in taken()} == {f"meeting:{second}"}

    def test_they_move_with_the_meeting(self, three_phones: list[int]) -> None:
        run_id = make_run(phones=1)
        moved = meeting_at(hour=15)
        with transaction():
            change = replace(as_it_is(run_id), times={1: (moved.starts_at, moved.ends_at)})
            change_run(run_id, change, actor=SYSTEM, now=clock.now())
        cell = db.session.scalar(
            select(OccupancyCell.cell).where(OccupancyCell.resource == f"equipment:{three_phones[0]}")
        )
        assert cell == int(moved.starts_at.timestamp()) // 900

    def test_they_are_free_while_the_day_is_called_off_and_taken_again_when_that_is_undone(
        self, three_phones: list[int]
    ) -> None:
        meeting_id = meeting_of(make_run(phones=1))
        had = taken()
        with transaction():
            change_id = change_day(DAY, [Wanted(meeting_id, None)], reason="大雪のため", actor=SYSTEM, now=clock.now())
        assert taken() == []
        with transaction():
            undo_day_change(change_id, actor=SYSTEM, now=clock.now())
        assert taken() == had

    def test_what_was_called_off_alone_is_given_none(self, three_phones: list[int]) -> None:
        next_day = DAY + timedelta(days=1)
        run_id = make_run(meeting_at(), meeting_at(next_day), phones=1)
        with transaction():
            gone = [Wanted(meeting_of(run_id, 2))]
            change_id = change_day(next_day, gone, reason="大雪のため", actor=SYSTEM, now=clock.now())
        lend(meeting_of(run_id), 3, later_too=True)
        assert {activity for activity, _resource in taken()} == {f"meeting:{meeting_of(run_id)}"}
        with transaction():
            undo_day_change(change_id, actor=SYSTEM, now=clock.now())
        assert phones_of([meeting_of(run_id, 2)]) == {meeting_of(run_id, 2): three_phones[:1]}

    def test_runs_planned_at_once_share_what_there_is(self, three_phones: list[int]) -> None:
        plans = [run_plan(phones=2), run_plan(course="K02", phones=1)]
        with transaction():
            plan_runs(plans, actor=SYSTEM, now=clock.now())
        assert len({resource for _activity, resource in taken()}) == 3
        with pytest.raises(TooFewPhones), transaction():
            plan_runs([run_plan(course="K03", phones=1)], actor=SYSTEM, now=clock.now())

    def test_a_term_says_at_each_date_how_many_are_free(self, three_phones: list[int]) -> None:
        monday = date(2027, 1, 4)
        lines = (Line(room_of().id), Line(room_of("ウェスター").id))
        rows = rows_of(Term(time(10), 60, lines, monday, monday, frozenset({0})))
        found = examine(rows, 1, clock.now(), phones=2).findings
        assert [[one.words for one in found[row.number]] for row in rows] == [[], ["空いている貸出スマホは1台です。"]]


def test_the_page_says_how_many_are_free(app: Flask, three_phones: list[int], coordinator: PageClient) -> None:
    with app.app_context():
        run_id = make_run()
    page = coordinator.get(coordinator.get(f"/classes/{run_id}").link("貸出スマホ"))
    assert "この時間に使えるのは3台です。" in page.text
    again = coordinator.submit(page, "lend", {"phones": "4"}, expect=422)
    assert "3台です" in again.error("phones")
    assert "貸出スマホ2台" in coordinator.submit(again, "lend", {"phones": "2"}, follow=True).text
