"""What only one can have, when eight press at the same moment."""

from __future__ import annotations

from datetime import date

from flask import Flask

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.throttle import FREE_TRIES
from supportdesk.learners.admission import NoWindow, admit_phone, admit_phone_by_answers, open_window
from supportdesk.learners.importing import take_in
from supportdesk.learners.operations import ProbablyKnown, enter_learner
from supportdesk.learners.particulars import Particulars
from supportdesk.learners.passes import PassInHand, issue_pass
from tests.factories import make_actor, make_learner, make_reference
from tests.racing import race

EIGHT = 8


def test_of_eight_phones_in_one_window_one_is_admitted(app: Flask) -> None:
    with app.app_context():
        make_reference()
        actor = make_actor(Role.RECEPTION)
        learner_id = make_learner()
        with transaction():
            token = issue_pass(learner_id, actor=actor, now=clock.now()).token
            open_window(learner_id, actor=actor, now=clock.now())

    def scan() -> str:
        try:
            with transaction():
                admit_phone(token, now=clock.now())
        except NoWindow:
            return "refused"
        return "admitted"

    assert sorted(race(app, [scan] * EIGHT)) == ["admitted"] + ["refused"] * (EIGHT - 1)


def test_eight_presses_make_one_card(app: Flask) -> None:
    with app.app_context():
        make_reference()
        actor = make_actor(Role.RECEPTION)
        learner_id = make_learner()

    def press() -> str:
        try:
            with transaction():
                issue_pass(learner_id, actor=actor, now=clock.now())
        except PassInHand:
            return "there is one"
        return "made"

    assert sorted(race(app, [press] * EIGHT)) == ["made"] + ["there is one"] * (EIGHT - 1)


def test_sixteen_guesses_at_once_are_no_more_than_five_in_a_row(app: Flask) -> None:
    with app.app_context():
        make_reference()
        actor = make_actor(Role.RECEPTION)
        learner_id = make_learner()
        with transaction():
            token = issue_pass(learner_id, actor=actor, now=clock.now()).token

    def guess() -> str:
        with transaction():
            return type(admit_phone_by_answers(token, date(1901, 1, 1), "0000", now=clock.now())).__name__

    answers = race(app, [guess] * 2 * EIGHT)
    assert sorted(answers) == ["TooManyAnswers"] * (2 * EIGHT - FREE_TRIES) + ["WrongAnswers"] * FREE_TRIES


def test_eight_clerks_who_enter_the_same_person_enter_one(app: Flask) -> None:
    with app.app_context():
        make_reference()
        actor = make_actor(Role.RECEPTION)
    hanako = Particulars(kana="タカハシ ハナコ", birth_date=date(1940, 1, 2))

    def press() -> str:
        try:
            with transaction():
                enter_learner(hanako, actor=actor, now=clock.now())
        except ProbablyKnown:
            return "shown"
        return "entered"

    assert sorted(race(app, [press] * EIGHT)) == ["entered"] + ["shown"] * (EIGHT - 1)


def test_one_ledger_taken_in_by_four_at_once_adds_nobody_twice(app: Flask) -> None:
    with app.app_context():
        make_reference()
    ledger = "氏名,電話番号\n佐藤 花,018-888-1542\n鈴木 一,018-888-1543\n".encode()

    def take() -> tuple[int, int]:
        with transaction():
            done = take_in(ledger, "ledger.csv", actor=SYSTEM, now=clock.now())
        return len(done.new), len(done.duplicates)

    assert sorted(race(app, [take] * 4)) == [(0, 2)] * 3 + [(2, 0)]
