"""What administrators wrote of somebody in their own words goes with them, and the trail still proves itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import chain_key
from supportdesk.accounts.keeping import forget_audit
from supportdesk.accounts.reasons import in_words
from supportdesk.accounts.rewording import clear_words, entries_with_words
from supportdesk.accounts.verifying import KeptHead, verify
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from tests.accounts.tampering import found, newest, tamper
from tests.clocks import Clock

pytestmark = pytest.mark.usefixtures("context")

WORDS = "other: 鵺野 蟋蟀さんの娘から"
CLEARED = "other: "


def look(learner_id: int, reason: str = "", *, action: Action = Action.VIEW_LEARNER, account_id: int = 1) -> int:
    """A row of the trail; its id."""
    with transaction():
        audit.record(
            actor=Actor(account_id=account_id, person_id=None, name=""),
            action=action,
            subject=f"learner:{learner_id}",
            learners=[77] if action is Action.VIEW_LEARNER else [],
            now=desk_clock.now(),
            reason=reason,
        )
    return newest()


def say(learner_id: int, reason: str, *, account_id: int = 1) -> int:
    return look(learner_id, reason, action=Action.SAY_WHY, account_id=account_id)


def clear(*learner_ids: int, names: str = "鵺野") -> int:
    """As an erasure does it; the id of the row that notes it."""
    with transaction():
        entries = entries_with_words(learner_ids, lambda words: names in words)
        audit.record(
            actor=SYSTEM,
            action=Action.ERASE_LEARNER,
            subject="learner:1",
            now=desk_clock.now(),
            detail=clear_words(entries),
        )
    return newest()


def forget(days: int) -> None:
    with transaction():
        forget_audit(desk_clock.now() - timedelta(days=days), actor=SYSTEM, now=desk_clock.now())


def reasons() -> dict[int, str]:
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, reason FROM audit_entry WHERE reason <> ''"))
        return {row.id: row.reason for row in rows}


def test_the_words_are_gone_and_the_trail_holds() -> None:
    look(2)
    said, seen, usual = say(1, WORDS), look(1, WORDS), look(1, "inquiry")
    head = verify([chain_key()]).heads[0]
    clear(1)
    look(2)
    assert reasons() == {said: CLEARED, seen: CLEARED, usual: "inquiry"}
    assert found(KeptHead(head.lane, head.seq, head.hash)) == []
    assert in_words(CLEARED).endswith("（消去済み）") and in_words("inquiry").endswith("あった")


def test_what_was_written_about_others_stays_unless_it_names_them() -> None:
    said, seen = say(2, WORDS), look(2, WORDS)
    other, theirs = say(2, "other: 監査の準備"), look(2, "other: 監査の準備")
    clear(1)
    assert reasons() == {said: CLEARED, seen: CLEARED, other: "other: 監査の準備", theirs: "other: 監査の準備"}
    assert found() == []


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'other: 監査の準備'",
        "reason = ''",
        "reason = 'inquiry: '",
        "account_id = 5",
        "address = '192.0.2.1'",
        "subject = 'learner:99'",
        "hash = 'f00d'",
    ],
)
def test_any_other_change_of_such_a_row_is_found(change: str) -> None:
    look(2)
    seen = look(1, WORDS)
    clear(1)
    tamper(f"UPDATE audit_entry SET {change} WHERE id = :id", id=seen)
    assert found() == [("altered", seen, 2)]


def test_nobody_else_can_clear_words() -> None:
    seen, other = look(1, WORDS), look(2, "other: 監査の準備")
    clear(1)
    tamper("UPDATE audit_entry SET reason = 'other: ' WHERE id = :id", id=other)
    assert found() == [("altered", other, 2)]
    assert reasons()[seen] == CLEARED


def test_what_allows_it_cannot_be_lent_to_another_row() -> None:
    look(1, WORDS)
    other = look(2, "other: 監査の準備")
    erasure = clear(1)
    with db.engine.connect() as connection:
        detail = json.loads(
            connection.execute(text(f"SELECT CAST(detail AS TEXT) FROM audit_entry WHERE id = {erasure}")).scalar_one()
        )
    (lane, _seq, *proof), *_rest = detail["reworded"]
    forged = json.dumps({"reworded": [*detail["reworded"], [lane, 2, *proof]]})
    tamper(
        "UPDATE audit_entry SET reason = 'other: ' WHERE id = :id",
        f"UPDATE audit_entry SET detail = '{forged}' WHERE id = {erasure}",
        id=other,
    )
    assert found() == [("altered", other, 2), ("altered", erasure, 3)]


@pytest.mark.parametrize("detail", ["{", "[]", '{"reworded": 5}', '{"reworded": [[1], ["a", "b", null, 5]]}'])
@pytest.mark.only_on("sqlite")
def test_a_detail_that_cannot_be_read_ends_nothing(detail: str) -> None:
    seen = look(1, WORDS)
    erasure = clear(1)
    tamper("UPDATE audit_entry SET detail = :detail WHERE id = :id", detail=detail, id=erasure)
    assert found() == [("altered", seen, 1), ("altered", erasure, 2)]


def test_an_erasure_covers_no_earlier_tampering() -> None:
    seen = look(1, WORDS)
    tamper("UPDATE audit_entry SET account_id = 5 WHERE id = :id", id=seen)
    clear(1)
    assert reasons() == {seen: CLEARED}
    (finding,) = verify([chain_key()]).findings
    assert (finding.wrong.value, finding.id) == ("altered", seen) and "erasure" in finding.what


@pytest.mark.only_on("sqlite")
def test_a_row_with_no_place_is_cleared_all_the_same() -> None:
    seen = look(1, WORDS)
    tamper("UPDATE audit_entry SET seq = 'x' WHERE id = :id", id=seen)
    clear(1)
    assert reasons() == {seen: CLEARED}
    assert found()[-1][0] == "foreign"


def test_without_the_row_that_notes_the_erasure_neither_holds() -> None:
    seen = look(1, WORDS)
    erasure = clear(1)
    look(2)
    tamper("DELETE FROM audit_entry WHERE id = :id", id=erasure)
    assert found() == [("altered", seen, 1), ("missing", None, 2)]


def test_it_holds_with_a_former_key_too() -> None:
    look(1, WORDS)
    clear(1)
    assert verify([chain_key("another"), chain_key()]).findings == []


def test_what_is_forgotten_before_and_after_changes_nothing(clock: Clock) -> None:
    look(2)
    clock.advance(days=200)
    seen = look(1, WORDS)
    clock.advance(days=200)
    forget(days=367)
    clear(1)
    assert reasons() == {seen: CLEARED}
    assert found() == []
    clock.advance(days=400)
    forget(days=367)
    assert reasons() == {}
    assert found() == []


def test_rows_from_before_the_chain_are_cleared_like_any() -> None:
    seen = look(1, WORDS)
    tamper("UPDATE audit_entry SET lane = NULL, seq = NULL, hash = NULL WHERE id = :id", id=seen)
    erasure = clear(1)
    assert reasons() == {seen: CLEARED}
    with db.engine.connect() as connection:
        detail = connection.execute(text(f"SELECT CAST(detail AS TEXT) FROM audit_entry WHERE id = {erasure}"))
        assert json.loads(detail.scalar_one()) == {}
