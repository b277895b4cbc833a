"""The pass: one live card a learner, found by token and code; a revoked one tells nothing."""

from __future__ import annotations

import pytest

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.learners.admission import NoWindow, admit_phone, open_window
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Status, StatusReason
from supportdesk.learners.passes import (
    LivePass,
    NoPass,
    NotWithUs,
    PassInHand,
    issue_pass,
    live_pass,
    pass_by_code,
    pass_by_token,
    reissue_pass,
    revoke_pass,
)
from supportdesk.learners.search import find_learners
from tests.factories import make_learner


def issue(learner_id: int, actor: Actor) -> LivePass:
    with transaction():
        return issue_pass(learner_id, actor=actor, now=clock.now())


def test_a_pass_is_found_by_its_token_and_by_its_code_however_typed(reception: Actor) -> None:
    learner_id = make_learner()
    issued = issue(learner_id, reception)
    typed = f" {issued.code[:1].lower()} {issued.code[1:4]}-{issued.code[4:]}"
    assert pass_by_token(issued.token) == learner_id
    assert pass_by_code(typed) == learner_id
    assert [found.id for found in find_learners(typed)] == [learner_id]
    assert live_pass(learner_id) == issued


def test_a_learner_has_one_live_pass(reception: Actor) -> None:
    learner_id = make_learner()
    issue(learner_id, reception)
    with pytest.raises(PassInHand):
        issue(learner_id, reception)


def test_a_revoked_pass_leads_to_nobody(reception: Actor) -> None:
    learner_id = make_learner()
    issued = issue(learner_id, reception)
    with transaction():
        revoke_pass(learner_id, actor=reception, now=clock.now())
    assert (pass_by_token(issued.token), pass_by_code(issued.code), live_pass(learner_id)) == (None, None, None)
    assert find_learners(issued.code) == []
    with pytest.raises(NoPass), transaction():
        revoke_pass(learner_id, actor=reception, now=clock.now())


def test_a_reissued_pass_has_another_token_and_code_and_ends_the_lost_one(reception: Actor) -> None:
    learner_id = make_learner()
    lost = issue(learner_id, reception)
    with transaction():
        new = reissue_pass(learner_id, actor=reception, now=clock.now())
    assert lost.token != new.token and lost.code != new.code
    assert (pass_by_token(lost.token), pass_by_token(new.token)) == (None, learner_id)


def test_a_lost_card_cannot_be_used_in_a_window_opened_before(reception: Actor) -> None:
    learner_id = make_learner()
    lost = issue(learner_id, reception)
    with transaction():
        open_window(learner_id, actor=reception, now=clock.now())
    with transaction():
        new = reissue_pass(learner_id, actor=reception, now=clock.now())
    for token, refusal in ((lost.token, NotFound), (new.token, NoWindow)):
        with pytest.raises(refusal), transaction():
            admit_phone(token, now=clock.now())


@pytest.mark.parametrize("absurd", ["", "x" * 5000, "a\x00b", "'; --", "カード"])
def test_an_absurd_token_or_code_is_nobody(reception: Actor, absurd: str) -> None:
    assert pass_by_token(absurd) is None
    assert pass_by_code(absurd) is None


def test_whoever_has_left_gets_no_pass_and_whoever_is_paused_does(reception: Actor) -> None:
    learner_id = make_learner()
    for status in (Status.LEFT, Status.DECEASED, Status.PAUSED):
        with transaction():
            change_status(learner_id, status, StatusReason.FAMILY, actor=reception, now=clock.now())
        if status is not Status.PAUSED:
            with pytest.raises(NotWithUs):
                issue(learner_id, reception)
    assert issue(learner_id, reception) == live_pass(learner_id)


def test_nobody_gets_no_pass(reception: Actor) -> None:
    with pytest.raises(NotFound):
        issue(999999, reception)
