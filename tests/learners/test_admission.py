"""A phone becomes a learner's own in a window of ten minutes, or by two answers, and can be cut off."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask, Response
from sqlalchemy import select

from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.admission import (
    NoWindow,
    TooManyAnswers,
    WrongAnswers,
    admit_phone,
    admit_phone_by_answers,
    cut_off_phones,
    open_window,
    window_is_open,
)
from supportdesk.learners.consents import consents_of, has_consented, record_consent
from supportdesk.learners.models import ConsentKind, LearnerPhoneAdmission
from supportdesk.learners.own_phone import COOKIE, learners_of_this_phone, may_tie_views, remember
from supportdesk.learners.passes import NoPass, issue_pass
from tests.clocks import Clock
from tests.factories import make_learner

BORN = date(1940, 1, 2)


@pytest.fixture
def hanako(reception: Actor, clock: Clock) -> tuple[int, str]:
    """A learner with a pass, and its token."""
    return with_pass(make_learner("タカハシ ハナコ", phone="018-888-1542", birth_date=BORN), reception, clock)


def with_pass(learner_id: int, actor: Actor, clock: Clock) -> tuple[int, str]:
    with transaction():
        return learner_id, issue_pass(learner_id, actor=actor, now=clock.advance(seconds=1)).token


def window(learner_id: int, actor: Actor, clock: Clock) -> None:
    with transaction():
        open_window(learner_id, actor=actor, now=clock.advance(seconds=1))


def admit(token: str, clock: Clock) -> str:
    with transaction():
        return admit_phone(token, now=clock.advance(seconds=1))


def answer(token: str, digits: str, clock: Clock, born: date = BORN) -> object:
    with transaction():
        return admit_phone_by_answers(token, born, digits, now=clock.advance(seconds=1))


def phone_with(app: Flask, *secrets: str) -> list[int]:
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={'.'.join(secrets)}"}):
        return learners_of_this_phone()


def remembered(app: Flask, secret: str, held: str = "") -> str:
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={held}"}):
        response = Response()
        remember(response, secret)
        return response.headers["Set-Cookie"]


def cookie_of(header: str) -> str:
    return header.partition("=")[2].partition(";")[0]


def test_the_window_admits_one_phone(app: Flask, hanako: tuple[int, str], reception: Actor, clock: Clock) -> None:
    learner_id, token = hanako
    window(learner_id, reception, clock)
    secret = admit(token, clock)
    assert phone_with(app, secret) == [learner_id]
    with pytest.raises(NoWindow):
        admit(token, clock)


def test_only_the_hash_of_the_secret_is_kept(hanako: tuple[int, str], reception: Actor, clock: Clock) -> None:
    window(hanako[0], reception, clock)
    secret = admit(hanako[1], clock)
    kept = db.session.scalars(select(LearnerPhoneAdmission.token_hash)).one()
    assert secret not in kept and len(kept) == 64


def test_after_ten_minutes_the_window_is_shut(hanako: tuple[int, str], reception: Actor, clock: Clock) -> None:
    learner_id, token = hanako
    window(learner_id, reception, clock)
    assert window_is_open(learner_id, now=clock.advance(minutes=9))
    clock.advance(minutes=1)
    with pytest.raises(NoWindow):
        admit(token, clock)
    assert not window_is_open(learner_id, now=clock.advance(seconds=1))


def test_two_windows_in_a_row_admit_one_phone(hanako: tuple[int, str], reception: Actor, clock: Clock) -> None:
    learner_id, token = hanako
    window(learner_id, reception, clock)
    window(learner_id, reception, clock)
    admit(token, clock)
    with pytest.raises(NoWindow):
        admit(token, clock)


def test_without_a_window_or_a_pass_no_phone_is_admitted(
    hanako: tuple[int, str], reception: Actor, clock: Clock
) -> None:
    with pytest.raises(NoWindow):
        admit(hanako[1], clock)
    with pytest.raises(NotFound):
        admit("no such token", clock)
    with pytest.raises(NoPass):
        window(make_learner(), reception, clock)


def test_birth_date_and_last_four_digits_admit_a_phone(app: Flask, hanako: tuple[int, str], clock: Clock) -> None:
    secret = answer(hanako[1], "１５４２", clock)
    assert isinstance(secret, str)
    assert phone_with(app, secret) == [hanako[0]]


@pytest.mark.parametrize(("digits", "born"), [("1543", BORN), ("", BORN), ("1542", date(1940, 1, 3))])
def test_a_wrong_answer_admits_nobody(hanako: tuple[int, str], clock: Clock, digits: str, born: date) -> None:
    assert isinstance(answer(hanako[1], digits, clock, born), WrongAnswers)


def test_five_wrong_answers_shut_the_door_for_a_quarter_of_an_hour(
    hanako: tuple[int, str], reception: Actor, clock: Clock
) -> None:
    for _ in range(5):
        assert isinstance(answer(hanako[1], "0000", clock), WrongAnswers)
    assert isinstance(answer(hanako[1], "1542", clock), TooManyAnswers)
    clock.advance(minutes=15)
    assert isinstance(answer(hanako[1], "1542", clock), str)


def test_staff_open_the_door_again_after_wrong_answers(hanako: tuple[int, str], reception: Actor, clock: Clock) -> None:
    for _ in range(5):
        answer(hanako[1], "0000", clock)
    window(hanako[0], reception, clock)
    assert isinstance(answer(hanako[1], "1542", clock), str)


def test_phones_can_be_cut_off(app: Flask, hanako: tuple[int, str], reception: Actor, clock: Clock) -> None:
    learner_id, token = hanako
    secrets = []
    for _ in range(2):
        window(learner_id, reception, clock)
        secrets.append(admit(token, clock))
    window(learner_id, reception, clock)
    with transaction():
        assert cut_off_phones(learner_id, actor=reception, now=clock.advance(seconds=1)) == 2
    assert phone_with(app, *secrets) == []
    with pytest.raises(NoWindow):
        admit(token, clock)


def test_a_couple_shares_a_phone(app: Flask, hanako: tuple[int, str], reception: Actor, clock: Clock) -> None:
    taro = with_pass(make_learner("タカハシ タロウ"), reception, clock)
    third = with_pass(make_learner("スズキ ウメ"), reception, clock)
    cookie = ""
    for learner_id, token in (hanako, taro):
        window(learner_id, reception, clock)
        cookie = cookie_of(remembered(app, admit(token, clock), cookie))
    assert phone_with(app, cookie) == [taro[0], hanako[0]]
    window(third[0], reception, clock)
    cookie = cookie_of(remembered(app, admit(third[1], clock), cookie))
    assert phone_with(app, cookie) == [third[0], taro[0]]


def test_the_same_person_admitted_again_takes_one_place(
    app: Flask, hanako: tuple[int, str], reception: Actor, clock: Clock
) -> None:
    cookie = ""
    for _ in range(2):
        window(hanako[0], reception, clock)
        cookie = cookie_of(remembered(app, admit(hanako[1], clock), cookie))
    assert "." not in cookie
    assert phone_with(app, cookie) == [hanako[0]]


def test_scripts_cannot_read_the_cookie_and_it_keeps_a_year(
    app: Flask, hanako: tuple[int, str], reception: Actor, clock: Clock
) -> None:
    window(hanako[0], reception, clock)
    header = remembered(app, admit(hanako[1], clock))
    assert "HttpOnly" in header and "SameSite=Lax" in header and "Max-Age=31536000" in header
    assert "Secure" not in header  # the tests' desk has an http address


@pytest.mark.parametrize("held", ["", "forged", "a.b.c", "\x00", "é" * 3000])
def test_a_strangers_phone_is_nobodys(app: Flask, city: None, held: str) -> None:
    with app.test_request_context(environ_overrides={"HTTP_COOKIE": f"{COOKIE}={held}"}):
        assert learners_of_this_phone() == []


def test_the_latest_consent_of_a_kind_stands_and_all_are_kept(reception: Actor, clock: Clock) -> None:
    learner_id = make_learner()
    assert not may_tie_views(learner_id)
    for given in (True, False, True):
        with transaction():
            record_consent(
                learner_id, ConsentKind.TIE_VIDEO_VIEWS, given, "ことば", actor=reception, now=clock.advance(seconds=1)
            )
        assert may_tie_views(learner_id) is given
    assert [consent.given for consent in consents_of(learner_id)] == [True, False, True]
    assert not has_consented(learner_id, ConsentKind.KEEP_RECORD)
