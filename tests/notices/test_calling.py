"""The call list's rules: who is called when, by which number, how a call is settled and taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Channel
from supportdesk.notices.calling import AlreadySettled, CallOutcome, CannotBeTakenBack, lapse_notices, reopen_call
from supportdesk.notices.models import Fallback, NoticeState
from supportdesk.notices.office import POST_DAYS
from supportdesk.notices.operations import cancel_notices
from supportdesk.notices.queries import calls_due, calls_page, settled_page
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import Clock
from tests.factories import make_actor, make_learner, make_reference
from tests.notices.making import notice, queue, settle
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context")
Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture(autouse=True)
def _the_city(context: object) -> None:
    make_reference()


def due(channel: Channel = Channel.PHONE) -> list[int]:
    return [call.id for call in calls_due(clock.now(), SYSTEM, channel)]


def reopen(notice_id: int) -> None:
    with transaction():
        reopen_call(notice_id, actor=SYSTEM, now=clock.now())


class TestWhoIsCalled:
    def test_those_who_wait_to_be_told_and_nobody_who_was_told(self) -> None:
        waiting = queue(make_learner())
        queue(make_learner(), told=True)
        queue(make_learner(), due_at=clock.now() + timedelta(hours=1))
        assert due() == [waiting]

    def test_who_wished_a_mail_is_called_and_the_row_says_why(self) -> None:
        queue(make_learner(channel=Channel.MAIL))
        (call,) = calls_due(clock.now(), SYSTEM)
        assert (call.wanted, call.reasons) == (Channel.MAIL, (Fallback.NOT_SENT_YET,))
        assert due(Channel.POST) == []

    def test_who_wished_a_mail_and_has_an_address_alone_is_written_to(self) -> None:
        queue(make_learner(channel=Channel.MAIL, address="山王1-1-1"))
        assert due() == []
        (row,) = calls_due(clock.now(), SYSTEM, Channel.POST)
        assert row.reasons == (Fallback.NOT_SENT_YET, Fallback.NO_NUMBER)

    def test_why_is_kept_for_readers_of_every_language(self) -> None:
        with force_locale("en"):
            called = queue(make_learner(channel=Channel.MAIL))
        assert notice(called).fallback is Fallback.NOT_SENT_YET

    def test_who_wished_a_postcard_is_written_to(self) -> None:
        card = queue(
            make_learner(channel=Channel.POST, postal_code="010-8560", address="山王1-1-1", phone="018-888-1542")
        )
        assert due() == []
        (row,) = calls_due(clock.now(), SYSTEM, Channel.POST)
        assert (row.id, row.address) == (card, "010-8560 山王1-1-1")

    def test_a_card_that_would_come_too_late_is_a_call(self, clock: Clock) -> None:
        learner = make_learner(channel=Channel.POST, address="山王1-1-1", phone="018-888-1542")
        enrol(make_run(), learner, told=False)
        assert len(due(Channel.POST)) == 1
        clock.set(meeting_at().starts_at - timedelta(days=POST_DAYS.default) + timedelta(seconds=1))
        assert due(Channel.POST) == []
        (call,) = calls_due(clock.advance(), SYSTEM)
        assert (call.wanted, call.reasons) == (Channel.POST, (Fallback.TOO_LATE,))

    def test_nobody_about_what_has_begun(self, clock: Clock) -> None:
        run = make_run(meeting_at(hour=15))
        booked = enrol(run, make_learner(), told=False)
        starts_at = meeting_at(hour=15).starts_at
        clock.set(starts_at - timedelta(seconds=1))
        (known,) = due()
        assert notice(known).activity == f"enrolment:{booked.enrolment_id}"
        clock.set(starts_at)
        assert due() == []

    def test_what_begins_first_stands_first_and_one_learners_calls_together(self) -> None:
        both, other = make_learner(), make_learner()
        soon, later = make_run(), make_run(meeting_at(hour=15))
        enrol(later, both, told=False)
        enrol(soon, other, told=False)
        enrol(soon, both, told=False)
        assert [call.learner_id for call in calls_due(clock.now(), SYSTEM)] == [other, both, both]
        assert [call.title for call in calls_due(clock.now(), SYSTEM)] == ["電源の入れ方・ボタン操作"] * 3
        pages = calls_page(7, clock.now(), SYSTEM, Channel.PHONE, per_page=1)
        assert (pages.number, pages.pages, pages.total) == (2, 2, 2)
        assert [len(group) for group in pages.rows] == [2]
        first = calls_page(1, clock.now(), SYSTEM, Channel.PHONE, per_page=1)
        assert [[call.learner_id for call in group] for group in first.rows] == [[other]]
        assert calls_page(1, clock.now(), SYSTEM, Channel.POST).rows == []

    def test_what_never_begins_comes_last(self) -> None:
        any_day = queue(make_learner())
        soon = queue(make_learner(), tell_until=clock.now() + timedelta(days=3))
        assert due() == [soon, any_day]

    def test_who_did_not_answer_comes_after_who_was_not_yet_tried(self) -> None:
        first, second = queue(make_learner()), queue(make_learner())
        settle(first, CallOutcome.NO_ANSWER)
        assert due() == [second, first]

    def test_a_coordinator_sees_those_of_their_own_district_only(self) -> None:
        mine, other = make_learner(district_code="tobu"), make_learner(district_code="seibu")
        for learner in (mine, other):
            queue(learner)
        settle(queue(other))
        coordinator = make_actor(Role.COORDINATOR, districts=("tobu",))
        assert [call.learner_id for call in calls_due(clock.now(), coordinator)] == [mine]
        assert settled_page(1, clock.now(), coordinator).rows == []


class TestTheNumber:
    def test_the_learners_own(self) -> None:
        queue(make_learner(phone="018-888-1542"))
        (call,) = calls_due(clock.now(), SYSTEM)
        assert (call.number, call.numbers[0].whose) == ("+81188881542", "learner")

    def test_the_callers_first_where_one_asked_to_be_called_back(self) -> None:
        queue(make_learner(phone="018-888-1542"), call_to="+819012345678")
        (call,) = calls_due(clock.now(), SYSTEM)
        assert [(one.number, one.whose) for one in call.numbers] == [
            ("+819012345678", "caller"),
            ("+81188881542", "learner"),
        ]

    def test_the_helpers_where_there_is_no_other(self) -> None:
        queue(make_learner(helper_name="山田 花", helper_relation="長女", helper_phone="+819012345678"))
        (call,) = calls_due(clock.now(), SYSTEM)
        assert call.numbers == (("+819012345678", "helper", "山田 花 長女"),)

    def test_none_is_no_error(self) -> None:
        queue(make_learner())
        assert calls_due(clock.now(), SYSTEM)[0].number == ""


class TestSettling:
    @pytest.mark.parametrize(
        ("outcome", "state", "attempts", "still_due"),
        [
            (CallOutcome.REACHED, NoticeState.DONE, 1, False),
            (CallOutcome.NO_ANSWER, NoticeState.NO_ANSWER, 1, True),
            (CallOutcome.NOT_NEEDED, NoticeState.NOT_NEEDED, 0, False),
        ],
    )
    def test_what_each_outcome_leads_to(
        self, outcome: CallOutcome, state: NoticeState, attempts: int, still_due: bool
    ) -> None:
        actor = make_actor(Role.RECEPTION)
        learner = make_learner()
        called = queue(learner)
        settle(called, outcome, actor)
        row = notice(called)
        assert (row.state, row.attempts, row.settled_at, row.settled_by) == (
            state,
            attempts,
            clock.now(),
            actor.account_id,
        )
        assert (due() == [called]) is still_due
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settle_call")).one()
        assert (entry.subject, entry.detail) == (f"learner:{learner}", {"notice": called, "outcome": outcome.value})

    def test_each_try_in_vain_counts(self) -> None:
        called = queue(make_learner())
        for _try in range(3):
            settle(called, CallOutcome.NO_ANSWER)
        assert calls_due(clock.now(), SYSTEM)[0].attempts == 3

    def test_what_is_settled_or_undone_is_refused(self) -> None:
        done, undone = queue(make_learner()), queue(make_learner(), "enrolment:7")
        settle(done)
        with transaction():
            cancel_notices("enrolment:7", now=clock.now())
        for notice_id in (done, undone):
            with pytest.raises(AlreadySettled):
                settle(notice_id)
        with pytest.raises(NotFound):
            settle(999999)


class TestTakingBack:
    @pytest.mark.parametrize("outcome", list(CallOutcome))
    @pytest.mark.parametrize("tried", [0, 1])
    def test_the_call_is_on_the_list_as_before(self, outcome: CallOutcome, tried: int) -> None:
        called = queue(make_learner())
        for _try in range(tried):
            settle(called, CallOutcome.NO_ANSWER)
        before = notice(called).state
        settle(called, outcome)
        reopen(called)
        row = notice(called)
        assert (row.state, row.attempts) == (before, tried)
        assert due() == [called]

    def test_not_when_what_it_tells_has_been_undone_since(self) -> None:
        called = queue(make_learner(), "enrolment:7")
        settle(called)
        with transaction():
            cancel_notices("enrolment:7", now=clock.now())
        assert notice(called).state is NoticeState.DONE
        assert settled_page(1, clock.now(), SYSTEM).rows[0].final
        with pytest.raises(CannotBeTakenBack):
            reopen(called)

    def test_not_when_nobody_said_anything(self) -> None:
        with pytest.raises(CannotBeTakenBack):
            reopen(queue(make_learner()))
        with pytest.raises(CannotBeTakenBack):
            reopen(queue(make_learner(), told=True))


class TestLapsing:
    @pytest.mark.parametrize("lapsed", [False, True])
    def test_what_has_begun_leaves_the_list_and_is_shown_as_not_told(self, clock: Clock, lapsed: bool) -> None:
        run = make_run()
        for _number in range(2):
            enrol(run, make_learner(), told=False)
        later = queue(make_learner())
        now = clock.set(meeting_at(hour=11).starts_at)
        if lapsed:  # the reads know it without
            with transaction():
                lapse_notices(now=now)
        rows = settled_page(1, clock.advance(minutes=1), SYSTEM).rows
        assert [(row.state, row.by, row.final) for row in rows] == [(NoticeState.LAPSED, "", True)] * 2
        assert rows[0].settled_at == meeting_at().starts_at
        assert notice(later).state is NoticeState.WAITING

    def test_what_was_told_in_time_stays_told(self, clock: Clock) -> None:
        enrol(make_run(), make_learner(), told=True)
        with transaction():
            lapse_notices(now=clock.set(meeting_at().starts_at))
        assert settled_page(1, meeting_at().starts_at, SYSTEM).rows == []

    def test_whoever_settles_a_call_drops_what_has_begun(self, clock: Clock) -> None:
        begun = queue(make_learner(), tell_until=clock.advance(hours=1))
        settle(queue(make_learner()))
        assert notice(begun).state is NoticeState.LAPSED
        assert notice(begun).settled_at == clock.advance()

    def test_who_was_called_in_vain_was_not_told_when_it_begins(self, clock: Clock) -> None:
        begins = clock.advance(minutes=30)
        clock.set(begins - timedelta(minutes=10))
        called = queue(make_learner(), tell_until=begins)
        settle(called, CallOutcome.NO_ANSWER)
        assert due() == [called]
        clock.set(begins)
        (row,) = settled_page(1, clock.advance(), SYSTEM).rows
        assert (row.state, row.settled_at, row.final) == (NoticeState.LAPSED, begins, True)


def test_the_statements_do_not_grow_with_the_list(queries: Counting) -> None:
    run = make_run()
    enrol(run, make_learner(phone="018-888-1542"), told=False)
    with queries() as few:
        calls_due(clock.now(), SYSTEM)
    for _number in range(5):
        enrol(run, make_learner(phone="018-888-1542"), told=False)
    with queries() as many:
        assert len(calls_due(clock.now(), SYSTEM)) == 6
    assert len(many) == len(few) == 2


def test_only_todays_records_are_shown_and_the_latest_first(clock: Clock) -> None:
    yesterday, first, second = (queue(make_learner()) for _number in range(3))
    settle(yesterday)
    clock.advance(days=1)
    settle(first)
    clock.advance(minutes=5)
    settle(second, CallOutcome.NOT_NEEDED)
    page = settled_page(1, clock.advance(minutes=1), SYSTEM)
    assert [row.id for row in page.rows] == [second, first]
