"""Whoever changes the audit trail past the desk is found out, and what they changed is named."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import chain_key
from supportdesk.accounts.keeping import SealedAlready, TooYoungToForget, forget_audit, seal_old_rows
from supportdesk.accounts.verifying import KeptHead, kept_heads, verify
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from tests.accounts.tampering import ROWS, found, newest, tamper, write_trail
from tests.clocks import NOW, Clock

pytestmark = pytest.mark.usefixtures("context")


def test_a_trail_as_it_was_written_holds() -> None:
    write_trail()
    assert found() == []
    assert verify([chain_key()]).rows == ROWS


def test_no_trail_holds_too() -> None:
    assert found() == []


@pytest.mark.parametrize("place", [1, 4, ROWS])
@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-11-01 00:00:00.000000+00:00'",
        "account_id = 5",
        "action = 'log_in'",
        "subject = 'learner:99'",
        "detail = '{}'",
        "surface = 'public'",
        "address = '192.0.2.1'",
        "reason = 'inquiry'",
        "hash = 'f00d'",
        "hash = NULL",
    ],
)
def test_a_changed_column_is_found_and_that_row_alone_is_named(place: int, change: str) -> None:
    ids = write_trail()
    tamper(f"UPDATE audit_entry SET {change} WHERE id = :id", id=ids[place - 1])
    assert found() == [("altered", ids[place - 1], place)]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("change", ["at = 'never'", "detail = '{'", "account_id = 'x'"])
def test_what_cannot_be_read_is_named_like_any_change(change: str) -> None:
    ids = write_trail()
    tamper(f"UPDATE audit_entry SET {change} WHERE id = :id", id=ids[3])
    assert found() == [("altered", ids[3], 4)]


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO audit_subject (entry_id, learner_id) VALUES (:id, 77)",
        "DELETE FROM audit_subject WHERE entry_id = :id",
        "DELETE FROM audit_subject WHERE entry_id = :id AND learner_id = 10",
        "UPDATE audit_subject SET learner_id = 12345 WHERE entry_id = :id AND learner_id = 10",
    ],
)
def test_another_tie_is_a_change_of_the_row(change: str) -> None:
    ids = write_trail()
    tamper(change, id=ids[3])
    assert found() == [("altered", ids[3], 4)]


@pytest.mark.parametrize("place", [1, 4, ROWS])
def test_a_deleted_row_is_missed_at_its_place(place: int) -> None:
    ids = write_trail()
    tamper(
        "DELETE FROM audit_subject WHERE entry_id = :id", "DELETE FROM audit_entry WHERE id = :id", id=ids[place - 1]
    )
    assert found() == [("missing", None, place)]


def test_the_whole_trail_deleted_is_one_stretch() -> None:
    write_trail()
    tamper("DELETE FROM audit_subject", "DELETE FROM audit_entry")
    verdict = verify([chain_key()])
    assert [(one.wrong.value, one.seq, one.last) for one in verdict.findings] == [("missing", 1, ROWS)]


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 6), (4, ROWS)])
def test_two_rows_that_changed_places_are_named_and_nobody_else(one: int, other: int) -> None:
    ids = write_trail()
    tamper(
        "UPDATE audit_entry SET seq = 1000 WHERE id = :one",
        f"UPDATE audit_entry SET seq = {one} WHERE id = :other",
        f"UPDATE audit_entry SET seq = {other} WHERE id = :one",
        one=ids[one - 1],
        other=ids[other - 1],
    )
    assert found() == [("reordered", ids[other - 1], one), ("reordered", ids[one - 1], other)]


def test_rows_whose_ids_were_exchanged_are_out_of_order() -> None:
    ids = write_trail()
    tamper(
        "DELETE FROM audit_subject",
        "UPDATE audit_entry SET id = 100000 WHERE id = :one",
        "UPDATE audit_entry SET id = :one WHERE id = :other",
        "UPDATE audit_entry SET id = :other WHERE id = 100000",
        one=ids[2],
        other=ids[4],
    )
    assert ("reordered", ids[2], 5) in found()


FORGED = (
    "INSERT INTO audit_entry (at, action, subject, detail, surface, address, reason, lane, seq, hash)"
    " SELECT at, action, subject, detail, surface, address, reason, {lane}, {seq}, hash FROM audit_entry WHERE id = :id"
)


@pytest.mark.parametrize(("lane", "seq"), [("lane", "seq + 100"), ("999", "1"), ("NULL", "NULL"), ("lane", "NULL")])
def test_a_forged_row_is_foreign(lane: str, seq: str) -> None:
    ids = write_trail()
    tamper(FORGED.format(lane=lane, seq=seq), id=ids[2])
    wrong = verify([chain_key()]).findings
    assert [(one.wrong.value, one.id) for one in wrong] == [("foreign", newest())]


def test_a_row_moved_to_another_lane_is_missed_in_the_one_and_foreign_in_the_other() -> None:
    ids = write_trail()
    tamper("UPDATE audit_entry SET lane = 999 WHERE id = :id", id=ids[3])
    assert found() == [("missing", None, 4), ("foreign", ids[3], 4)]


@pytest.mark.parametrize("change", ["seq = 6", "hash = 'f00d'", "anchor_seq = 2", "anchor_hash = 'f00d'", "seal = ''"])
def test_a_lane_whose_own_row_was_altered_is_named(change: str) -> None:
    write_trail()
    tamper(f"UPDATE audit_lane SET {change}")
    assert "lane" in {wrong for wrong, _id, _seq in found()}


def test_an_end_cut_off_with_the_lane_set_back_is_found() -> None:
    """Whoever has not kept a lane's row of before cannot make one: its seal needs the key."""
    ids = write_trail()
    tamper(
        "UPDATE audit_lane SET seq = seq - 1, hash = (SELECT hash FROM audit_entry WHERE id = :before)",
        "DELETE FROM audit_entry WHERE id = :last",
        before=ids[-2],
        last=ids[-1],
    )
    assert [wrong for wrong, _id, _seq in found()] == ["lane"]


def test_an_end_cut_off_with_the_lanes_own_row_of_then_is_found_by_heads_on_paper() -> None:
    write_trail(3)
    with db.engine.connect() as connection:
        then = connection.execute(text("SELECT seq, hash, seal FROM audit_lane")).one()
    write_trail(4)
    paper = "\n".join(verify([chain_key()]).lines())
    tamper("DELETE FROM audit_subject", "DELETE FROM audit_entry WHERE seq > 3", "UPDATE audit_lane SET seq = 3")
    tamper("UPDATE audit_lane SET hash = :hash, seal = :seal", hash=then.hash, seal=then.seal)
    tamper("INSERT INTO audit_subject SELECT id, 10 FROM audit_entry WHERE seq = 2")
    tamper("INSERT INTO audit_subject SELECT id, 12 FROM audit_entry WHERE seq = 2")
    assert found() == []
    assert found(*kept_heads(paper)) == [("missing", None, 4)]


def test_heads_on_paper_find_another_trail_and_a_lane_that_is_gone() -> None:
    write_trail()
    lane = verify([chain_key()]).heads[0].lane
    assert found(KeptHead(lane, 3, "f00d")) == [("lane", None, 3)]
    assert found(KeptHead(777, 9, "f00d")) == [("missing", None, 1)]


def test_the_desk_goes_on_writing_in_another_lane_when_one_was_tampered_with() -> None:
    write_trail()
    tamper("UPDATE audit_lane SET seal = ''")
    ids = write_trail(2)
    assert len(ids) == 2
    assert [wrong for wrong, _id, _seq in found()] == ["lane"]


def test_another_key_proves_nothing_unless_it_is_given_as_the_former_one() -> None:
    ids = write_trail()
    wrong = verify([chain_key("another secret")]).findings
    assert len(wrong) == len(ids) + 1
    assert verify([chain_key("another secret"), chain_key()]).findings == []


def note(*subjects: str) -> None:
    for subject in subjects:
        audit.record(actor=SYSTEM, action=Action.LOG_IN, subject=subject, now=NOW)


def test_what_is_rolled_back_leaves_no_row_and_no_gap() -> None:
    write_trail(2)
    with suppress(RuntimeError), transaction():
        note("refused")
        raise RuntimeError
    with transaction() as session:
        note("outside")
        with suppress(RuntimeError), session.begin_nested():
            note("within")
            with session.begin_nested():
                note("deeper")
            raise RuntimeError
        with session.begin_nested():
            note("kept")
    with db.engine.connect() as connection:
        told = connection.execute(text("SELECT subject FROM audit_entry WHERE action = 'log_in' ORDER BY id"))
        assert list(told.scalars()) == ["outside", "kept"]
    assert found() == []


def test_nothing_is_noted_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        note("nowhere")


# ---- rows from before the chain


def unseal() -> None:
    tamper("UPDATE audit_entry SET lane = NULL, seq = NULL, hash = NULL", "DELETE FROM audit_lane")


def test_rows_from_before_the_chain_are_one_finding_until_they_are_sealed_once() -> None:
    ids = write_trail()
    unseal()
    assert found() == [("unsealed", ids[-1], None)]
    with transaction():
        assert seal_old_rows(actor=SYSTEM, now=NOW) == ROWS
    assert found() == []
    tamper("UPDATE audit_entry SET subject = 'learner:99' WHERE id = :id", id=ids[2])
    assert found() == [("altered", ids[2], 3)]
    with pytest.raises(SealedAlready), transaction():
        seal_old_rows(actor=SYSTEM, now=NOW)


def test_who_unseals_the_trail_to_have_it_sealed_again_is_refused() -> None:
    write_trail()
    unseal()
    with transaction():
        seal_old_rows(actor=SYSTEM, now=NOW)
    unseal()
    with pytest.raises(SealedAlready), transaction():
        seal_old_rows(actor=SYSTEM, now=NOW)


# ---- what is kept, and for how long


def test_nothing_younger_than_a_year_is_forgotten() -> None:
    with pytest.raises(TooYoungToForget), transaction():
        forget_audit(NOW - timedelta(days=365), actor=SYSTEM, now=NOW)


def test_what_is_forgotten_leaves_an_anchor_and_the_rest_still_holds(clock: Clock) -> None:
    ids = write_trail()
    paper = kept_heads("\n".join(verify([chain_key()]).lines()))
    clock.advance(days=200)
    young = write_trail(3)
    clock.advance(days=200)
    now = desk_clock.now()
    with transaction():
        assert forget_audit(now - timedelta(days=367), actor=SYSTEM, now=now) == len(ids)
    assert found(*paper) == []
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT min(id) FROM audit_entry")).scalar_one() == young[0]
        assert connection.execute(text("SELECT count(*) FROM audit_subject")).scalar_one() == 2
    write_trail(2)
    assert found() == []
    tamper("DELETE FROM audit_subject", "DELETE FROM audit_entry WHERE id = :id", id=young[0])
    assert ("missing", None, ROWS + 1) in found()


def test_a_whole_lane_can_be_forgotten_and_written_on(clock: Clock) -> None:
    write_trail()
    clock.advance(days=400)
    now = desk_clock.now()
    with transaction():
        forget_audit(now - timedelta(days=367), actor=SYSTEM, now=now)
    assert found() == []
    write_trail()
    assert found() == []


def test_a_transaction_of_which_all_that_was_noted_was_rolled_back_leaves_no_row() -> None:
    with transaction() as session, suppress(RuntimeError), session.begin_nested():
        note("within")
        raise RuntimeError
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'log_in'")) == 0
