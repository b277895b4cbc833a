"""Who is erased is named on nobody else's rows either: as their caller, their helper, or whoever asked for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import chain_key
from supportdesk.accounts.models import AuditEntry
from supportdesk.accounts.reasons import say_why
from supportdesk.accounts.verifying import verify
from supportdesk.classes.models import Enrolment, EnrolmentState
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import Base, transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking
from supportdesk.learners.caller import ERASED, Caller
from supportdesk.learners.links import link_learners
from supportdesk.learners.merging.operations import merge_learners, undo_hand_over
from supportdesk.learners.models import Learner, LinkKind
from supportdesk.learners.queries import particulars_of
from supportdesk.learners.rights.erasure import erase_learner, reasons_of
from supportdesk.learners.rights.mentions import mentioned
from supportdesk.learners.rights.models import Asker, RequestKind, RightsRequest
from supportdesk.learners.rights.requests import take_request
from supportdesk.learners.rooms import mentions
from supportdesk.learners.search import find_learners
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import TODAY
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.notices.making import notice, queue
from tests.pages import PageClient
from tests.plans import looked_through
from tests.trail import noted

NAME, KANA, PHONE, NUMBER = "鵺野 蟋蟀", "ヌエノ コオロギ", "018-889-7431", "+81188897431"
AS_TYPED = "鵺野　蟋蟀"


def person() -> int:
    return make_learner(KANA, name=NAME, phone=PHONE)


def link(one: int, other: int, kind: LinkKind = LinkKind.SPOUSE) -> None:
    with transaction():
        link_learners(one, other, kind, actor=SYSTEM, now=desk_clock.now())


def erase(learner_id: int) -> None:
    with transaction():
        erase_learner(learner_id, actor=SYSTEM, now=desk_clock.now())


def called(learner_id: int, caller: Caller, hour: int = 10) -> int:
    """An enrolment of theirs for which this caller telephoned."""
    return enrol(make_run(meeting_at(hour=hour)), learner_id, caller=caller).enrolment_id


def caller_of(row_id: int, model: type[Any] = Enrolment) -> tuple[str, str, str]:
    row = db.session.get_one(model, row_id)
    return row.caller_name, row.caller_relation, row.caller_phone


@pytest.fixture
def reference(context: None) -> None:
    make_reference()


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("name", [NAME, AS_TYPED, KANA, "ぬえの こおろぎ"])
def test_a_caller_of_that_name_and_number_is_known_by_the_relation_alone(name: str) -> None:
    erased, other = person(), make_learner()
    held = called(other, Caller(name, "妻", NUMBER))
    before = db.session.get_one(Enrolment, held)
    stays = (before.state, before.seat, before.code, before.residence, before.age_band)
    erase(erased)
    assert caller_of(held) == ("", "妻", "")
    after = db.session.get_one(Enrolment, held)
    assert (after.state, after.seat, after.code, after.residence, after.age_band) == stays
    assert after.state is EnrolmentState.SEATED


@pytest.mark.usefixtures("reference")
def test_a_caller_without_a_relation_was_still_not_the_learner() -> None:
    erased, other = person(), make_learner()
    held = called(other, Caller(NAME, "", NUMBER))
    erase(erased)
    assert caller_of(held) == ("", ERASED, "")


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    "caller",
    [
        Caller(NAME, "姉", ""),  # a namesake may have called
        Caller(NAME, "姉", "+81188890001"),
        Caller("鵺野 飛蝗", "兄", NUMBER),  # one telephone, another person
        Caller("鵺野", "兄", NUMBER),
    ],
)
def test_somebody_else_who_called_stays(caller: Caller) -> None:
    erased, other = person(), make_learner()
    held = called(other, caller)
    erase(erased)
    assert caller_of(held) == (caller.name, caller.relation, caller.phone)


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("phone", ["", "+81188890001"])
def test_who_is_linked_to_the_learner_is_known_by_the_name(phone: str) -> None:
    erased, other = person(), make_learner()
    link(erased, other)
    held = called(other, Caller(NAME, "妻", phone))
    theirs = called(other, Caller("鵺野 飛蝗", "兄", NUMBER), hour=14)
    erase(erased)
    assert caller_of(held) == ("", "妻", "")
    assert caller_of(theirs) == ("鵺野 飛蝗", "兄", NUMBER)


@pytest.mark.usefixtures("reference")
def test_who_was_said_to_be_a_stranger_is_not_known_by_the_name() -> None:
    erased, other = person(), make_learner()
    link(erased, other, LinkKind.STRANGERS)
    held = called(other, Caller(NAME, "姉", ""))
    erase(erased)
    assert caller_of(held) == (NAME, "姉", "")


@pytest.mark.usefixtures("reference")
def test_a_consultation_knows_them_no_more_and_stays_booked() -> None:
    erased, other, adviser = person(), make_learner(), make_adviser()
    held = book(make_desk(adviser), adviser, other, at(11), topic="写真", caller=Caller(NAME, "妻", NUMBER)).booking_id
    erase(erased)
    assert caller_of(held, Booking) == ("", "妻", "")
    assert db.session.get_one(Booking, held).topic == "写真"


@pytest.mark.usefixtures("reference")
def test_a_helper_of_that_name_and_number_is_known_by_the_relation_alone() -> None:
    erased = person()
    other = make_learner("ヌマタ ウメ", helper_name=NAME, helper_relation="妻", helper_phone=NUMBER)
    told = called(other, Caller(NAME, "妻", ""))  # whoever is known as the helper is known by the name
    another = make_learner(helper_name=NAME, helper_relation="姉", helper_phone="+81188890001")
    erase(erased)
    row = db.session.get_one(Learner, other)
    assert (row.helper_name, row.helper_relation, row.helper_phone, row.kana) == ("", "妻", "", "ヌマタ ウメ")
    assert list(find_learners("7431")) == []
    assert caller_of(told) == ("", "妻", "")
    assert db.session.get_one(Learner, another).helper_name == NAME


@pytest.mark.usefixtures("reference")
def test_a_merge_that_is_taken_back_does_not_bring_them_back_as_the_helper() -> None:
    erased = person()
    kept = make_learner("ヌマタ ウメ", helper_name=NAME, helper_relation="妻", helper_phone=NUMBER)
    gone = make_learner("ヌマタ ウメ", helper_name="沼田 菊", helper_relation="娘", helper_phone="")
    chosen = replace(particulars_of(kept), helper_name="沼田 菊", helper_relation="娘", helper_phone="")
    with transaction():
        merged = merge_learners(gone, kept, chosen, actor=SYSTEM, now=desk_clock.now())
    erase(erased)
    with transaction():
        undo_hand_over(merged, actor=SYSTEM, now=desk_clock.now())
    row = db.session.get_one(Learner, kept)
    assert (row.helper_name, row.helper_relation, row.helper_phone) == ("", "妻", "")


@pytest.mark.usefixtures("reference")
def test_nobody_is_told_through_them_any_more() -> None:
    erased, other, stranger = person(), make_learner(), make_learner()
    called(other, Caller(NAME, "妻", NUMBER))
    theirs, another = queue(other, call_to=NUMBER), queue(other, call_to="+81188890001")
    shared = queue(stranger, call_to=NUMBER)  # nothing says that it was they who called
    erase(erased)
    assert [notice(one).call_to for one in (theirs, another, shared)] == ["", "+81188890001", NUMBER]


@pytest.mark.usefixtures("reference")
def test_who_asked_for_somebody_linked_to_them_is_named_no_more() -> None:
    erased, other = person(), make_learner()
    link(erased, other)
    with transaction():
        take_request(
            other, RequestKind.DISCLOSURE, received_on=TODAY, asker=Asker.AGENT, asker_name=NAME, note="のおと",
            actor=SYSTEM, now=desk_clock.now(),
        )  # fmt: skip
    erase(erased)
    (asked,) = db.session.scalars(select(RightsRequest))
    assert (asked.asker_name, asked.note, asked.asker) == ("", "のおと", Asker.AGENT)


@pytest.mark.usefixtures("reference")
def test_the_trail_says_whose_rows_were_changed() -> None:
    erased, other = person(), make_learner()
    called(other, Caller(NAME, "妻", NUMBER))
    erase(erased)
    assert noted(Action.ERASE_LEARNER) == [("erase_learner", f"learner:{erased}", [other])]


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("鵺野蟋蟀さんの妻から", True),
        ("夫のぬえの・こおろぎ様より", True),
        ("折り返しは018(889)7431", True),
        ("蟋蟀さんから", False),  # many are called so
        ("018-889-7432 から", False),
    ],
)
def test_a_reason_to_look_at_somebody_else_goes_when_it_tells_of_them(words: str, told: bool) -> None:
    erased, other = person(), make_learner()
    with transaction():
        say_why(other, "other", words, actor=SYSTEM, now=desk_clock.now())
    assert reasons_of(erased) == int(told)
    erase(erased)
    assert db.session.scalar(select(AuditEntry.reason).where(AuditEntry.reason != "")) == (
        "other: " if told else f"other: {words}"
    )
    assert verify([chain_key()]).findings == []


CALLED = {
    "caller_name", "caller_phone", "helper_name", "helper_phone", "call_to", "asker_name", "contact_name",
    "contact_phone",
}  # fmt: skip


@pytest.mark.usefixtures("context")
def test_every_column_that_names_a_caller_or_helper_is_answered_for() -> None:
    """Whoever adds a table with such columns says what becomes of them when the one named there is erased."""
    named = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in CALLED
    }
    of_themselves = {  # by whoever applies and may be in the register
        (table, name) for table in ("applicant", "consultation_application") for name in ("kana", "phone")
    }
    answered = {(one.table.name, name) for one in mentions() for name in (one.name, one.phone) if name}
    assert answered == named | of_themselves


def test_the_pages_read_well_and_say_beforehand_what_will_be_done(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
        erased, other, third = person(), make_learner("ヌマタ ウメ"), make_learner("ヌマタ キク")
        run, adviser = make_run(meeting_at(hour=14)), make_adviser()
        enrolled = enrol(run, other, caller=Caller(NAME, "妻", NUMBER)).enrolment_id
        enrol(run, third, caller=Caller(NAME, "", NUMBER))
        booked = book(make_desk(adviser), adviser, other, at(11), caller=Caller(NAME, "妻", NUMBER)).booking_id
    client.sign_in("admin")
    page = client.get(client.say_why(f"/learners/{erased}").link("消去する"))
    assert "ほかの方の記録" in page.text
    assert "この方の、お電話の方の名前、折り返しの電話番号を消します" in page.text
    client.submit(page, "erase", {"typed": KANA}, follow=True)
    client.say_why(f"/learners/{other}")
    for address in (f"/classes/enrolments/{enrolled}", f"/helpdesk/bookings/{booked}"):
        text = client.get(address).text
        assert "妻" in text and "鵺野" not in text and "本人" not in text, address
    people = client.get(f"/classes/{run}").text
    assert "妻" in people and ERASED in people and "本人" not in people


@pytest.mark.only_on("sqlite")
def test_no_rows_of_other_people_are_looked_through_from_end_to_end(context: None) -> None:
    make_reference()
    learner_id = person()
    link(learner_id, make_learner())
    of_people = {"enrolment", "lottery_entrant", "booking", "notice", "learner", "applicant"}
    assert not of_people & looked_through(lambda: mentioned([learner_id]))
