"""What cannot be, the database refuses, whoever writes it and through whichever door."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.helpdesk.cases.operations import Notes, save_case
from tests.classes.making import enrol, make_lecture, make_run, meeting_at
from tests.classes.outreach.making import ask
from tests.factories import make_actor, make_learner, make_reference
from tests.helpdesk.making import book, make_desk
from tests.helpdesk.queue.making import give
from tests.helpdesk.waiting.making import wait
from tests.tutors.making import log, make_tutor, match

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _one_of_each(context: None) -> None:
    """A class and a lecture, somebody with a seat, a consultation with its case, a session of neighbours."""
    make_reference()
    learner_id, adviser, tutor = make_learner(), make_actor(Role.ADVISER), make_tutor()
    assert adviser.account_id is not None
    enrol(make_run(), learner_id)
    make_lecture(meeting_at(hour=14), venue_id=None, place="泉町内会館", district_code="hokubu")
    desk_id = make_desk(adviser.account_id)
    give(desk_id)
    booked = book(desk_id, adviser.account_id, learner_id, clash_reason="本人の希望")
    with transaction():
        save_case(booked.booking_id, Notes(done="写真"), actor=adviser, now=clock.now())
    wait(learner_id)
    ask()
    match(tutor, learner_id)
    log(tutor, learner_id)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("run SET waiting = -1", "ck_run_waiting_positive"),
        ("run SET starts_at = ends_at", "ck_run_times_in_order"),
        ("run SET venue_id = NULL, place = 'X' WHERE kind = 'class'", "ck_run_class_has_venue"),
        ("run SET place = '' WHERE kind = 'lecture'", "ck_run_venue_or_place"),
        ("run SET place = 'X' WHERE kind = 'class'", "ck_run_venue_or_place"),
        ("enrolment SET state = 'cancelled', seat = NULL", "ck_enrolment_cancelled_has_time"),
        ("enrolment SET cancelled_at = enrolled_at", "ck_enrolment_cancelled_has_time"),
        ("booking SET state = 'cancelled'", "ck_booking_cancelled_has_time"),
        ("booking SET cancelled_at = booked_at", "ck_booking_cancelled_has_time"),
        ("consultation_case SET minutes = 0", "ck_consultation_case_minutes_range"),
        ("consultation_case SET referred_to = 'bank'", "ck_consultation_case_only_referred_has_where"),
        ("consultation_case SET closed_at = opened_at", "ck_consultation_case_closed_has_result"),
        ("slot_wish SET state = 'left'", "ck_slot_wish_ended_has_time"),
        ("slot_wish SET state = 'offered'", "ck_slot_wish_offered_has_slot"),
        ("slot_wish SET desk_id = 1, district_code = 'tobu'", "ck_slot_wish_one_place"),
        ("queue_number SET state = 'called'", "ck_queue_number_called_has_time"),
        ("queue_number SET state = 'begun'", "ck_queue_number_begun_has_time"),
        ("queue_number SET minutes = 5, result = 'solved'", "ck_queue_number_done_has_result"),
        ("desk SET slot_minutes = 40", "ck_desk_slot_minutes_quarters"),
        ("notice SET attempts = -1", "ck_notice_attempts_positive"),
        ("outreach_request SET state = 'found'", "ck_outreach_request_found_has_time"),
        ("outreach_request SET due_on = NULL", "ck_outreach_request_open_has_due_day"),
        ("outreach_request SET state = 'refused'", "ck_outreach_request_ended_has_time"),
        ("outreach_request SET place = ''", "ck_outreach_request_own_place_has_name"),
        ("peer_session SET venue_id = 1, place = 'X'", "ck_peer_session_one_place"),
    ],
)
def test_what_cannot_be_is_refused(change: str, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction() as session:
        session.execute(text(f"UPDATE {change}"))
