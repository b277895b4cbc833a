"""Nobody and nothing is in two places; whoever is refused learns what is in the way; opposite orders never deadlock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.core.activities import Description, register
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.places.models import OccupancyCell, Room, Venue
from supportdesk.places.occupancy import (
    Claim,
    Occupied,
    cells_of,
    person,
    release,
    room,
    take,
    take_again,
    take_all,
    who_has,
)
from tests.factories import make_account, make_reference
from tests.racing import race

TEN = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)  # 10:00 in Japan
ELEVEN = TEN + timedelta(hours=1)
NOON = TEN + timedelta(hours=2)


def taken_cells() -> int:
    return db.session.scalar(select(func.count()).select_from(OccupancyCell)) or 0


def test_a_time_touches_every_quarter_hour_it_reaches_into() -> None:
    assert len(cells_of(TEN, ELEVEN)) == 4
    assert len(cells_of(TEN + timedelta(minutes=10), TEN + timedelta(minutes=20))) == 2
    assert cells_of(TEN, ELEVEN).stop == cells_of(ELEVEN, NOON).start
    with pytest.raises(ValueError, match="ends after it starts"):
        cells_of(TEN, TEN)


@pytest.mark.usefixtures("context")
class TestOneAtATime:
    def test_what_is_taken_is_refused_to_others_until_it_is_released(self) -> None:
        with transaction():
            take("meeting:1", [person(3), room(2)], TEN, ELEVEN)
        with pytest.raises(Occupied) as refusal, transaction():
            take("booking:7", [person(3)], TEN + timedelta(minutes=45), NOON)
        assert refusal.value.details["in_the_way"] == {"person:3": {"meeting:1"}}
        with transaction():
            release("meeting:1")
            take("booking:7", [person(3)], TEN, NOON)
        assert who_has([person(3), room(2)], TEN, NOON) == {"person:3": {"booking:7"}}

    def test_neighbouring_times_do_not_touch(self) -> None:
        with transaction():
            take("meeting:1", [room(2)], TEN, ELEVEN)
            take("meeting:2", [room(2)], ELEVEN, NOON)
        assert taken_cells() == 8

    def test_a_refused_claim_holds_nothing(self) -> None:
        with transaction():
            take("meeting:1", [room(2)], ELEVEN, NOON)
        with transaction():
            with pytest.raises(Occupied):
                take_all(
                    [Claim("meeting:2", (person(1), room(2)), TEN, NOON), Claim("meeting:3", (room(9),), TEN, NOON)]
                )
            assert taken_cells() == 4
        assert who_has([person(1), room(9)], TEN, NOON) == {}

    def test_an_activity_cannot_have_the_same_person_twice(self) -> None:
        with transaction():
            take("meeting:1", [person(3)], TEN, ELEVEN)
        with pytest.raises(Occupied) as refusal, transaction():
            take("meeting:1", [person(3)], TEN, ELEVEN)
        assert refusal.value.details["in_the_way"] == {"person:3": {"meeting:1"}}

    def test_one_of_several_can_be_released(self) -> None:
        with transaction():
            take("meeting:1", [person(3), person(4)], TEN, ELEVEN)
            release(["meeting:1"], [person(3)])
        assert who_has([person(3), person(4)], TEN, ELEVEN) == {"person:4": {"meeting:1"}}

    def test_besides_leaves_an_activity_out(self) -> None:
        with transaction():
            take("meeting:1", [person(3)], TEN, ELEVEN)
        assert who_has([person(3)], TEN, ELEVEN, besides="meeting:1") == {}

    def test_taken_again_on_purpose_it_is_still_taken_when_the_first_is_released(self) -> None:
        with transaction():
            take("meeting:1", [person(3)], TEN, ELEVEN)
            take_again("booking:7", person(3), TEN, NOON)
            take_again("booking:8", person(3), TEN, NOON)
        assert who_has([person(3)], TEN, ELEVEN) == {"person:3": {"meeting:1", "booking:7", "booking:8"}}
        with transaction():
            release("meeting:1")
        with pytest.raises(Occupied), transaction():
            take("meeting:9", [person(3)], TEN, ELEVEN)

    def test_asking_and_taking_are_one_statement_each(self, queries: Callable[[], object]) -> None:
        with transaction(), queries() as seen:  # type: ignore[attr-defined]  # a context manager
            take("meeting:1", [person(3), room(2)], TEN, ELEVEN)
        assert len(seen) == 1


def test_the_message_names_who_is_taken_for_what_and_when(app: Flask) -> None:
    register(
        app.extensions,
        "meeting",
        lambda ids: {row_id: Description("スマホ教室", TEN, ELEVEN) for row_id in ids},
    )
    with app.app_context():
        make_reference()
        account = make_account(Role.INSTRUCTOR)
        hall = db.session.scalars(select(Room).join(Venue).where(Venue.nickname == "いーぱる")).one()
        with transaction():
            take("meeting:1", [person(account.person_id), room(hall.id)], TEN, ELEVEN)
        with pytest.raises(Occupied) as refusal, transaction():
            take("meeting:2", [person(account.person_id), room(hall.id)], TEN, ELEVEN)
        said = str(refusal.value.message)
        assert f"{account.name}：スマホ教室（12月1日（火） 10:00〜11:00）" in said
        assert f"{hall.name}：スマホ教室" in said


def _take(activity: str, resources: list[str], starts_at: datetime, ends_at: datetime) -> str:
    try:
        with transaction():
            take(activity, resources, starts_at, ends_at)
    except Occupied as refusal:
        return f"refused {sorted(refusal.details['in_the_way'])}"  # type: ignore[call-overload]  # a dict
    return activity


def test_takers_in_opposite_orders_never_deadlock_and_never_share(app: Flask) -> None:
    resources = [person(number) for number in range(1, 13)]
    for day in range(5):
        starts_at = TEN + timedelta(days=day)

        def taker(number: int, starts_at: datetime = starts_at) -> Callable[[], str]:
            order = resources if number % 2 else resources[::-1]
            return lambda: _take(f"meeting:{number}", order, starts_at, starts_at + timedelta(hours=3))

        outcomes = race(app, [taker(number) for number in range(1, 7)])
        winners = [outcome for outcome in outcomes if outcome.startswith("meeting:")]
        assert len(winners) == 1, outcomes
        assert all(outcome.startswith(("meeting:", "refused")) for outcome in outcomes), outcomes
        with app.app_context():
            held = who_has(resources, starts_at, starts_at + timedelta(hours=3))
        assert held == {resource: set(winners) for resource in resources}
