"""A desk has its room whenever somebody is booked there: no class can, and where a class has it there are no slots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import time, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.planning import plan_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import free_slots, slot_at
from supportdesk.helpdesk.desks.errors import DeskRefused
from supportdesk.helpdesk.desks.operations import Kept, Particulars, add_hours, change_desk
from supportdesk.helpdesk.errors import SlotTaken
from supportdesk.helpdesk.holds.operations import hold_slot
from supportdesk.helpdesk.models import Desk
from supportdesk.helpdesk.operations import cancel_booking, move_booking
from supportdesk.helpdesk.queries import booking_row
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting import jobs
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places import occupancy
from supportdesk.places.models import Room
from supportdesk.places.occupancy import Occupied
from tests.classes.making import make_run, meeting_at, room_of, run_plan
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import DAY, at, book, book_in_transaction, keep, make_adviser, make_desk, venue_of
from tests.helpdesk.waiting.making import ASKED, WAITS, free, line, wait
from tests.pages import PageClient
from tests.racing import meet
from tests.recording import Statements


def room() -> int:
    return room_of().id


def make_room(name: str = "和室") -> int:
    """A second room of the same venue."""
    with transaction() as session:
        more = Room(venue_id=venue_of(), name=name)
        session.add(more)
        session.flush()
        return more.id


def class_at(hour: int) -> int:
    """A class in the room from this hour on, for an hour."""
    return make_run(meeting_at(DAY, hour, room_id=room()))


def taken(hour: int, room_id: int | None = None) -> set[str]:
    """Who has the room in that hour."""
    db.session.rollback()
    resource = occupancy.room(room_id or room())
    return occupancy.who_has([resource], at(hour), at(hour + 1)).get(resource, set())


def slots() -> list[tuple[int, int]]:
    """(adviser, hour) of each slot that is free on the day."""
    db.session.rollback()
    return [(slot.adviser_id, clock.local(slot.starts_at).hour) for slot in free_slots(DAY, DAY, after=clock.now())]


def notices(booking_id: int) -> Sequence[Notice]:
    """What was to be told of a booking, in its order."""
    of_booking = select(Notice).where(Notice.activity == f"booking:{booking_id}")
    return db.session.scalars(of_booking.order_by(Notice.id)).all()


def asked_of(learner_id: int) -> str:
    """What somebody is asked whom a slot is offered."""
    db.session.rollback()
    return db.session.scalars(
        select(Notice.text).where(
            Notice.learner_id == learner_id, Notice.kind == "offer", Notice.withdrawn_at.is_(None)
        )
    ).one()


def cancel(booking_id: int) -> None:
    with transaction():
        cancel_booking(booking_id, actor=SYSTEM, now=clock.now())


def move(booking_id: int, desk: int, adviser: int, hour: int) -> int:
    with transaction():
        return move_booking(booking_id, desk, adviser, at(hour), actor=SYSTEM, now=clock.now()).booking_id


def change(desk_id: int, room_id: int | None, *, nickname: str = "いーぱる") -> None:
    with transaction():
        particulars = Particulars("スマホ相談", venue_of(nickname), room_id=room_id)
        change_desk(desk_id, particulars, actor=SYSTEM, now=clock.now())


@pytest.fixture
def adviser(context: None) -> int:
    make_reference()
    return make_adviser()


@pytest.fixture
def other(adviser: int) -> int:
    return make_adviser("other")


@pytest.fixture
def desk(adviser: int, other: int) -> int:
    """Two advisers who sit in one room."""
    return make_desk(adviser, other, room_id=room())


class TestABookingHasTheRoom:
    def test_so_that_no_class_can_be_planned_there(self, desk: int, adviser: int) -> None:
        book(desk, adviser, make_learner(), at(10))
        with pytest.raises(Occupied) as refusal:
            make_run(*(meeting_at(DAY, hour, room_id=room()) for hour in (9, 10)))
        assert f"{room_of().name}：スマホ相談（12月3日（木） 10:00〜11:00）" in str(refusal.value.message)
        assert refusal.value.field == "room_id"
        class_at(11)

    def test_which_the_advisers_of_a_desk_share(self, desk: int, adviser: int, other: int) -> None:
        first, second = (book(desk, who, make_learner(), at(10)).booking_id for who in (adviser, other))
        assert taken(10) == {f"desk:{desk}"}
        cancel(first)
        assert taken(10) == {f"desk:{desk}"}
        cancel(second)
        assert taken(10) == set()

    def test_which_it_keeps_or_leaves_when_it_moves(self, desk: int, adviser: int, other: int) -> None:
        booking = move(book(desk, adviser, make_learner(), at(10)).booking_id, desk, other, 10)
        assert taken(10) == {f"desk:{desk}"}
        move(booking, desk, adviser, 11)
        assert (taken(10), taken(11)) == (set(), {f"desk:{desk}"})

    def test_only_the_quarters_that_nobody_else_needs_are_free_again(self, desk: int, adviser: int) -> None:
        """Slots of an adviser who begins half an hour later overlap those of the first."""
        third = make_adviser("third")
        with transaction():
            add_hours(desk, Kept(3, time(10, 30), time(11, 30)), adviser_id=third, actor=SYSTEM, now=clock.now())
        first = book(desk, adviser, make_learner(), at(10)).booking_id
        book(desk, third, make_learner(), at(10, 30))
        cancel(first)
        resource = occupancy.room(room())
        assert occupancy.who_has([resource], at(10), at(10, 30)) == {}
        assert occupancy.who_has([resource], at(10, 30), at(11, 30)) == {resource: {f"desk:{desk}"}}

    def test_in_as_many_statements_as_without_one(
        self, desk: int, adviser: int, other: int, queries: Callable[[], AbstractContextManager[Statements]]
    ) -> None:
        bare, learners = make_desk(make_adviser("third"), name="別の窓口"), [make_learner() for _ in range(4)]
        third = slots()[-1][0]
        book(bare, third, learners[0], at(10))  # whatever is remembered from the first time on
        with queries() as without:
            book(bare, third, learners[1], at(11))
        with queries() as first:
            book(desk, adviser, learners[2], at(10))
        with queries() as second:
            book(desk, other, learners[3], at(10))
        assert len(without) == len(first) == len(second)


class TestWhereSomebodyElseHasTheRoom:
    def test_there_is_no_slot(self, desk: int, adviser: int, other: int) -> None:
        class_at(10)
        assert slots() == [(adviser, 11), (other, 11)]
        seen = slot_at(desk, adviser, at(10))
        assert seen is not None
        assert seen.in_the_way.startswith(f"{room_of().name}：")
        with pytest.raises(SlotTaken) as refusal:
            book(desk, adviser, make_learner(), at(10))
        assert room_of().name in str(refusal.value.message)
        with pytest.raises(SlotTaken), transaction():
            hold_slot(desk, adviser, at(10), owner="talk:1", until=None, now=clock.now())

    def test_another_desk_is_somebody_else(self, desk: int, adviser: int, other: int) -> None:
        third = make_adviser("third")
        make_desk(third, name="別の窓口", room_id=room())
        book(desk, adviser, make_learner(), at(10))
        assert slots() == [(other, 10), (adviser, 11), (other, 11), (third, 11)]

    def test_what_was_offered_there_is_offered_no_more(self, desk: int, adviser: int) -> None:
        booking = book(desk, adviser, make_learner(), at(10)).booking_id
        wait(make_learner())
        free(booking)
        assert line() == [ASKED]
        class_at(10)
        jobs.recall(clock.now())
        assert line() == [WAITS]


class TestAnotherRoom:
    def test_goes_along_with_whoever_is_booked(self, desk: int, adviser: int) -> None:
        book(desk, adviser, make_learner(), at(10))
        tatami = make_room()
        change(desk, tatami)
        assert (taken(10), taken(10, tatami)) == (set(), {f"desk:{desk}"})
        change(desk, None)
        assert (taken(10), taken(10, tatami)) == (set(), set())
        change(desk, room())
        assert taken(10) == {f"desk:{desk}"}

    def test_is_told_to_whoever_heard_of_the_old_one(self, desk: int, adviser: int) -> None:
        """Not where they only knew the venue: nothing that they heard is wrong then. But what was a mistake is taken
        back with whoever heard of it.
        """
        booking = book(desk, adviser, make_learner(), at(10), told=False).booking_id
        tatami = make_room()
        for room_id in (tatami, None):
            change(desk, room_id)
        later = book(desk, adviser, make_learner(), at(11), told=False).booking_id
        change(desk, tatami)
        cancelled, waiting = NoticeState.CANCELLED, NoticeState.WAITING
        told = notices(booking)
        assert [row.state for row in told] == [cancelled, cancelled, cancelled, waiting]
        assert ["いーぱる 和室" in row.text for row in told] == [False, True, False, True]
        assert ["部屋は、会場の受付でおたずねください" in row.text for row in told] == [False, False, True, False]
        assert [row.state for row in notices(later)] == [waiting]

    def test_is_the_one_about_which_they_are_asked_to_whom_a_slot_is_offered(self, desk: int, adviser: int) -> None:
        booking = book(desk, adviser, make_learner(), at(10)).booking_id
        learner = make_learner()
        wait(learner)
        free(booking)
        for room_id, nickname, place in (
            (make_room(), "いーぱる", "いーぱる 和室"),
            (None, "ウェスター", "ウェスター"),
        ):
            change(desk, room_id, nickname=nickname)
            asked = asked_of(learner)
            assert f"10:00から・{place}）の相談の枠があきました" in asked
            assert "までにお返事をください。" in asked
        assert line() == [ASKED]

    def test_is_refused_where_somebody_has_it_when_the_desk_needs_it(self, desk: int, adviser: int) -> None:
        book(desk, adviser, make_learner(), at(10))
        change(desk, make_room())
        class_at(10)
        with pytest.raises(DeskRefused) as refusal:
            change(desk, room())
        assert refusal.value.field == "room_id"
        assert f"{room_of().name}：" in str(refusal.value.message)
        assert taken(10) != {f"desk:{desk}"}

    def test_is_one_of_the_venue(self, desk: int) -> None:
        with pytest.raises(DeskRefused) as refusal:
            change(desk, room(), nickname="ウェスター")
        assert refusal.value.field == "room_id"

    def test_what_is_over_needs_none(self, desk: int, adviser: int, clock_at: Callable[[int], None]) -> None:
        book(desk, adviser, make_learner(), at(10))
        tatami = make_room()
        clock_at(12)
        change(desk, tatami)
        assert taken(10, tatami) == set()


@pytest.fixture
def clock_at(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Let it be so many o'clock on the day."""
    tests_clock = request.getfixturevalue("clock")
    return lambda hour: tests_clock.set(at(hour) + timedelta(minutes=1))


class TestAtOnce:
    def test_a_class_and_a_booking_never_both_have_it(self, app: Flask, desk: int, adviser: int) -> None:
        learners = [make_learner(), make_learner()]
        plans = [run_plan(meeting_at(DAY, hour, room_id=room())) for hour in (10, 11)]
        db.session.remove()

        def plan(number: int) -> Callable[[], object]:
            return lambda: plan_run(plans[number], actor=SYSTEM, now=clock.now())

        def booking(number: int) -> Callable[[], object]:
            return lambda: book_in_transaction(desk, adviser, learners[number], at(10 + number))

        assert meet(app, plan(0), booking(0)) == ["done", "SlotTaken"]
        assert meet(app, booking(1), plan(1)) == ["done", "Occupied"]

    @pytest.mark.parametrize("nickname", ["いーぱる", "ウェスター"])
    def test_whoever_is_booked_while_the_desk_moves_is_told_where_it_is_then(
        self, app: Flask, adviser: int, nickname: str
    ) -> None:
        desk, learner, where = make_desk(adviser), make_learner(), room_of(nickname)
        moves = Particulars("スマホ相談", where.venue_id, room_id=where.id)
        name = where.name
        db.session.remove()
        outcomes = meet(
            app,
            lambda: change_desk(desk, moves, actor=SYSTEM, now=clock.now()),
            lambda: book_in_transaction(desk, adviser, learner, at(10), told=False),
        )
        assert outcomes == ["done", "done"]
        told = db.session.scalars(select(Notice.text).order_by(Notice.id.desc()).limit(1)).one()
        assert f"{nickname} {name}" in told

    def test_two_advisers_are_booked_and_both_stay(self, app: Flask, desk: int, adviser: int, other: int) -> None:
        learners = [make_learner(), make_learner()]
        db.session.remove()
        outcomes = meet(
            app,
            lambda: book_in_transaction(desk, adviser, learners[0], at(10)),
            lambda: book_in_transaction(desk, other, learners[1], at(10)),
        )
        assert outcomes == ["done", "done"]
        assert taken(10) == {f"desk:{desk}"}


def test_the_room_is_said_wherever_the_place_is(app: Flask, reception: PageClient) -> None:
    """To whom one talks on the line, who waits, who comes and who looks at the paper of the morning."""
    with app.app_context():
        adviser = make_adviser()
        desk, learner, waits = make_desk(adviser, room_id=make_room("茶室")), make_learner(), make_learner()
        booked = book(desk, adviser, learner, at(10)).booking_id
        given_up = book(desk, adviser, make_learner(), at(11)).booking_id
        wish = wait(waits)
        free(given_up)
        slot = Wanted(desk, adviser, at(11, day=DAY + timedelta(weeks=1))).address
        row = booking_row(booked)
        assert row is not None
        assert row.place.endswith("（いーぱる） 茶室")
    for page in (
        "/helpdesk/",
        f"/helpdesk/book?{urlencode({**slot, 'learner': learner})}",
        f"/helpdesk/who?{urlencode(slot)}",
        f"/helpdesk/bookings/{booked}",
        f"/helpdesk/bookings/{booked}/move",
        f"/helpdesk/bookings/{booked}/cancel",
        f"/helpdesk/bookings/{booked}/slip",
        f"/helpdesk/today?desk={desk}&day={DAY}",
        f"/helpdesk/waiting/{wish}",
        f"/desk/{learner}?what=slots",
        f"/desk/pack?day={DAY}",
    ):
        assert "茶室" in reception.get(page).text, page
    assert "部屋 茶室" in reception.get(f"/helpdesk/bookings/{booked}/slip").text  # a line of its own, as for a class


def test_the_office_chooses_a_room_of_the_venue(app: Flask, admin: PageClient) -> None:
    with app.app_context():
        venue, elsewhere, its_room = venue_of(), venue_of("ウェスター"), room()
        name = room_of().name
    page = admin.get("/helpdesk/desks/new")
    assert f"いーぱる {name}" in page.texts('optgroup[label="東部市民サービスセンター（いーぱる）"] option')
    typed = {"name": "スマホ相談（東部）", "venue_id": elsewhere, "room_id": its_room}
    page = admin.submit(page, "desk", typed, expect=422)
    assert "会場" in page.error("room_id")
    page = admin.submit(page, "desk", {"venue_id": venue}, follow=True)
    assert name in page.text
    with app.app_context():
        desk_id, room_id = db.session.execute(select(Desk.id, Desk.room_id)).one()
        assert room_id == its_room
        adviser = make_adviser()
        with transaction():
            keep(desk_id, adviser)
        book(desk_id, adviser, make_learner(), at(10))
    page = admin.get(f"/helpdesk/desks/{desk_id}/edit")
    assert "部屋を変えると、これからの予約1件の方に連絡します。" in page.text
    page = admin.submit(page, "desk", {"room_id": ""}, follow=True)
    assert "保存しました。1人に連絡します。" in page.text
    assert "連絡します" not in admin.get(f"/helpdesk/desks/{desk_id}/edit").text
