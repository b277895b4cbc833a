"""Which class is suggested to whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from supportdesk.classes.models import Edition
from supportdesk.classes.queries import RunRow
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.journey.next_step import Learning, NextStep, choose_run, learning_of, next_step
from supportdesk.learners.models import Device
from supportdesk.skills.models import EvidenceSource
from supportdesk.skills.operations import Observation, award_skills
from supportdesk.skills.queries import levels_of, skill_names
from tests.classes.making import make_run, meeting_at
from tests.factories import make_learner, make_reference

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def run(number: int, *, district: str = "chuo", days: int = 0, free: int = 5) -> RunRow:
    starts_at = START + timedelta(days=days)
    ends_at = starts_at + timedelta(hours=1)
    return RunRow(number, "教室", Edition.BOTH, starts_at, ends_at, "会場", "", "", district, 10, 10 - free, 0, 1)


def chosen(runs: list[RunRow], taught: dict[int, str], learning: Learning) -> tuple[int, str] | None:
    found = choose_run(runs, {number: frozenset(codes.split()) for number, codes in taught.items()}, learning, "chuo")
    return (found[0].id, found[1]) if found else None


LEARNING = Learning(begun=("B5",), unseen=("A1", "C1"))


@pytest.mark.parametrize(
    ("runs", "taught", "expected"),
    [
        ([], {}, None),
        ([run(1)], {1: "Z1"}, None),
        ([run(1, days=3), run(2, days=1)], {1: "A1", 2: "A1"}, (2, "A1")),
        ([run(1, district="tobu"), run(2, days=9)], {1: "B5", 2: "A1"}, (2, "A1")),
        ([run(1), run(2, days=9)], {1: "A1", 2: "B5 A1"}, (2, "B5")),
        ([run(1, free=0), run(2, days=9)], {1: "B5", 2: "B5"}, (2, "B5")),
        ([run(1, free=0), run(2, district="tobu", days=9)], {1: "B5", 2: "A1"}, (2, "A1")),
        ([run(1, free=0)], {1: "B5"}, (1, "B5")),
        ([run(2), run(1)], {1: "A1", 2: "A1"}, (1, "A1")),
    ],
    ids=[
        "nothing is offered",
        "nothing lacking is taught",
        "the soonest",
        "the near before the rest",
        "a skill begun before a new one",
        "a free seat before the waiting list",
        "a free seat far away before the waiting list near by",
        "the waiting list when there is nothing else",
        "the same each time",
    ],
)
def test_near_then_begun_then_free_then_soon(
    runs: list[RunRow], taught: dict[int, str], expected: tuple[int, str] | None
) -> None:
    assert chosen(runs, taught, LEARNING) == expected


def test_what_they_wish_to_learn_comes_before_what_was_begun_but_not_before_the_way_there() -> None:
    taught = {1: frozenset({"B5"}), 2: frozenset({"A1", "C1"}), 3: frozenset({"C1"})}
    runs = [run(1), run(2, days=9), run(3, district="tobu")]
    found = choose_run(runs, taught, LEARNING, "chuo", frozenset({"C1", "C2"}))
    assert found is not None
    assert (found[0].id, found[1]) == (2, "C1")


def test_what_is_lacking_is_below_alone_or_never_seen() -> None:
    assert learning_of({"A1": 2, "A2": 1, "A3": None, "A4": 0}, ["A1", "A2", "A3", "A4", "A5"]) == Learning(
        begun=("A2", "A4"), unseen=("A3", "A5")
    )


@pytest.mark.usefixtures("context")
class TestOnTheDesksOwnRuns:
    @pytest.fixture(autouse=True)
    def _the_city(self, context: object) -> None:
        make_reference()

    def step(self, learner_id: int, *, device: Device | None = None, booked: tuple[int, ...] = ()) -> NextStep:
        return next_step(
            levels_of(learner_id), device=device, district_code="tobu", booked_runs=booked, now=clock.now()
        )

    def award(self, learner_id: int, levels: dict[str, int]) -> None:
        with transaction():
            award_skills(
                [Observation(learner_id, code, level) for code, level in levels.items()],
                source=EvidenceSource.CLASS,
                activity="meeting:1",
                observed_at=clock.now(),
                actor=SYSTEM,
                now=clock.now(),
            )

    def test_the_skill_it_is_for_is_named(self) -> None:
        run_id, learner = make_run(meeting_at()), make_learner()
        self.award(learner, {"A2": 1})
        found = self.step(learner)
        assert found.run is not None
        assert (found.run.id, found.skill, found.near) == (run_id, "A2", True)
        assert found.skill_name == skill_names()["A2"]

    def test_a_class_already_booked_is_not_suggested(self) -> None:
        first, second = make_run(meeting_at()), make_run(meeting_at(hour=13))
        learner = make_learner()
        found = self.step(learner, booked=(first,)).run
        assert found is not None and found.id == second

    def test_an_edition_for_another_phone_is_not_suggested(self) -> None:
        make_run(meeting_at(), edition=Edition.IPHONE)
        learner = make_learner()
        assert self.step(learner, device=Device.ANDROID).run is None
        assert self.step(learner, device=Device.IPHONE).run is not None
        assert self.step(learner).run is not None

    def test_who_does_everything_alone_is_finished(self) -> None:
        make_run(meeting_at())
        learner = make_learner()
        self.award(learner, dict.fromkeys(skill_names(), 2))
        assert self.step(learner) == NextStep(None, "", "", near=False, finished=True)
