"""A clerk sees two records side by side, chooses what stands, and can take it back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask

from supportdesk.accounts.actions import Action
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.jobs import forget_undone, search_pairs
from supportdesk.learners.merging.models import HandOver
from supportdesk.learners.operations import ProbablyKnown, enter_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.queries import particulars_of
from supportdesk.learners.rooms import parts_of
from supportdesk.learners.search import find_learners
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import NOW, Clock
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements
from tests.trail import noted

BORN = date(1948, 5, 3)


@pytest.fixture
def reception(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


@pytest.fixture
def pair(app: Flask, reception: PageClient) -> tuple[int, int]:
    with app.app_context():
        kept = make_learner("タナカ カズコ", name="田中 和子", phone="018-888-1542", birth_date=BORN, note="耳が遠い")
        gone = make_learner("タナカ カズコ", phone="090-1234-5678", birth_date=BORN, address="山王1-1", note="夫と来る")
        enrol(make_run(), gone)
    return kept, gone


def test_what_differs_is_chosen_and_both_phones_and_notes_are_kept(
    app: Flask, reception: PageClient, pair: tuple[int, int]
) -> None:
    kept, gone = pair
    page = reception.get(f"/learners/{kept}/merge/{gone}")
    assert "田中 和子" in page.text
    done = reception.submit(page, "1つの記録にまとめる", expect=303)
    with app.app_context():
        one = particulars_of(kept)
        db.session.remove()
    assert (one.name, one.address, one.note) == ("田中 和子", "山王1-1", "耳が遠い\n夫と来る")
    assert [phone.typed for phone in one.phones] == ["018-888-1542", "090-1234-5678"]
    reception.get(f"/learners/{gone}", expect=303)
    reception.get(f"/desk/{gone}", expect=303)
    with app.app_context():
        assert noted(Action.MERGE_LEARNERS) == [("merge_learners", f"learner:{kept}", [gone])]
    after = reception.get(done.location)
    reception.submit(after, "元にもどす", expect=303)
    with app.app_context():
        assert particulars_of(kept).note == "耳が遠い"
        db.session.remove()
    reception.get(f"/learners/{gone}")
    assert "もう元にもどしてあります" in reception.get(done.location).text


def test_what_is_in_the_way_is_said_before_and_after_the_press(
    app: Flask, reception: PageClient, pair: tuple[int, int]
) -> None:
    kept, gone = pair
    with app.app_context():
        run_id = make_run(meeting_at(hour=14))
        enrol(run_id, kept)
        enrol(run_id, gone)
    page = reception.get(f"/learners/{kept}/merge/{gone}")
    assert "両方の記録で申し込んでいます" in page.text
    refused = reception.submit(page, "1つの記録にまとめる", expect=422)
    assert "このままでは1つにできません" in refused.text


def test_the_night_finds_pairs_and_a_clerk_decides_once(
    app: Flask, reception: PageClient, pair: tuple[int, int]
) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-888-1542")
        assert search_pairs(NOW) == 1
        assert search_pairs(NOW) == 1
    page = reception.get("/learners/duplicates")
    assert page.text.count("並べて見る") == 1
    reception.submit(page, "別の人です", expect=303)
    with app.app_context():
        search_pairs(NOW)
    assert "いま、たしかめる記録はありません" in reception.get("/learners/duplicates").text


def test_whom_a_clerk_has_told_apart_is_not_asked_about_at_night(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        known = make_learner("タナカ カズコ", birth_date=BORN, phone="018-888-1542")
        other = Particulars(kana="タナカ カズコ", birth_date=BORN, phones=(Telephone("018-888-1542", "+81188881542"),))
        with pytest.raises(ProbablyKnown), transaction():
            enter_learner(other, actor=SYSTEM, now=NOW)
        with transaction():
            enter_learner(other, others=frozenset({known}), actor=SYSTEM, now=NOW)
        search_pairs(NOW)
        db.session.remove()
    assert "いま、たしかめる記録はありません" in reception.get("/learners/duplicates").text


def test_a_record_of_two_people_is_split_by_ticks(app: Flask, reception: PageClient, pair: tuple[int, int]) -> None:
    _kept, both = pair
    page = reception.get(f"/learners/{both}/split")
    ticks = [attribute(tick, "value") for tick in page.all("[name=theirs]")]
    refused = reception.submit(page, "2人の記録に分ける", {"theirs": ticks[0]}, expect=422)
    assert "checked" in refused.one("[name=theirs]").attrs
    form = {"theirs": ticks[0], "kana": "タナカ ミノル", "phone_1": "018-888-1542"}
    done = reception.submit(page, "2人の記録に分ける", form, expect=303)
    with app.app_context():
        (made,) = [one.id for one in find_learners("たなかみのる")]
        assert [part.title for part in parts_of(made)] == ["電源の入れ方・ボタン操作"]
        assert parts_of(both) == []
        db.session.remove()
    reception.submit(reception.get(done.location), "元にもどす", expect=303)
    with app.app_context():
        assert [one.id for one in find_learners("たなかみのる")] == [both]
        assert len(parts_of(both)) == 1
        db.session.remove()


def test_what_was_kept_for_the_undo_is_forgotten_after_thirty_days(
    app: Flask, reception: PageClient, pair: tuple[int, int], clock: Clock
) -> None:
    kept, gone = pair
    reception.submit(reception.get(f"/learners/{kept}/merge/{gone}"), "1つの記録にまとめる", expect=303)
    with app.app_context():
        assert forget_undone(NOW) == 0
        assert forget_undone(clock.advance(days=31)) == 1
        assert db.session.get_one(HandOver, 1).before is None
        db.session.remove()


def test_the_lists_take_the_same_statements_however_long(
    app: Flask, reception: PageClient, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    def statements(path: str) -> int:
        with queries() as seen:
            reception.get(path)
        return len(seen)

    def more(count: int) -> None:
        with app.app_context():
            for _ in range(count):
                make_learner("タナカ カズコ", birth_date=BORN)
            search_pairs(NOW)

    more(2)
    few = statements("/learners/duplicates")
    more(3)
    assert statements("/learners/duplicates") == few <= 12
