"""Amending a learner, and telling whether somebody is in the register already."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.duplicates import Known, Likeness, likeness, probable_duplicates
from supportdesk.learners.models import Device, FormerResidence, Learner, Need
from supportdesk.learners.operations import ChangedMeanwhile, ProbablyKnown, amend_learner, enter_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.passes import issue_pass
from supportdesk.learners.search import find_learners
from tests.clocks import Clock
from tests.factories import make_learner

LANDLINE = Telephone("018-888-1542", "+81188881542")
MOBILE = Telephone("090-2222-3333", "+819022223333")
HANAKO = Particulars(
    name="高橋 花子", kana="タカハシ ハナコ", birth_date=date(1940, 1, 2), district_code="chuo", phones=(LANDLINE,)
)


def enter(particulars: Particulars, actor: Actor, others: frozenset[int] = frozenset()) -> int:
    with transaction():
        return enter_learner(particulars, others=others, actor=actor, now=clock.now()).id


def amend(learner_id: int, particulars: Particulars, actor: Actor) -> None:
    with transaction():
        amend_learner(learner_id, particulars, actor=actor, now=clock.now())


def held(learner_id: int) -> Learner:
    return db.session.scalars(
        select(Learner)
        .where(Learner.id == learner_id)
        .options(selectinload(Learner.phones), selectinload(Learner.needs))
        .execution_options(populate_existing=True)
    ).one()


def test_amending_replaces_phones_needs_and_helper(reception: Actor) -> None:
    learner_id = enter(HANAKO, reception)
    amend(
        learner_id,
        Particulars(
            name="高橋 花子",
            kana="タカハシ ハナコ",
            outside_city=True,
            phones=(MOBILE, LANDLINE),
            needs=frozenset({Need.HEARING, Need.WALKING}),
            device=Device.IPHONE,
            helper_name="高橋 一郎",
            helper_relation="長男",
            helper_phone="+819011112222",
        ),
        reception,
    )
    learner = held(learner_id)
    assert [phone.typed for phone in learner.phones] == ["090-2222-3333", "018-888-1542"]
    assert {need.need for need in learner.needs} == {Need.HEARING, Need.WALKING}
    assert (learner.helper_name, learner.helper_relation, learner.helper_phone) == (
        "高橋 一郎",
        "長男",
        "+819011112222",
    )
    assert (learner.district_code, learner.outside_city, learner.birth_date) == (None, True, None)


def test_former_names_go_on_finding_the_learner_and_former_phones_do_not(reception: Actor) -> None:
    learner_id = enter(HANAKO, reception)
    amend(learner_id, Particulars(name="佐藤 花子", kana="サトウ ハナコ", phones=(MOBILE,)), reception)
    assert [found.id for found in find_learners("さとう")] == [learner_id]
    assert [found.id for found in find_learners("たかはし")] == [learner_id]
    assert [found.id for found in find_learners("3333")] == [learner_id]
    assert find_learners("1542") == []


def test_amending_keeps_the_pass_code_a_key(reception: Actor) -> None:
    learner_id = enter(HANAKO, reception)
    with transaction():
        code = issue_pass(learner_id, actor=reception, now=clock.now()).code
    amend(learner_id, Particulars(kana="サトウ ハナコ"), reception)
    assert [found.id for found in find_learners(code)] == [learner_id]


def test_the_audit_trail_names_the_changed_fields_and_never_their_content(reception: Actor) -> None:
    learner_id = enter(HANAKO, reception)
    amend(learner_id, Particulars(name="佐藤 花子", kana="タカハシ ハナコ"), reception)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "amend_learner")).one()
    assert entry.subject == f"learner:{learner_id}"
    assert set(entry.detail["changed"]) == {"name", "birth_date", "district_code"}
    assert "佐藤" not in str(entry.detail)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(reception: Actor, clock: Clock) -> None:
    learner_id = enter(HANAKO, reception)
    opened = held(learner_id).updated_at
    clock.advance(minutes=1)
    amend(learner_id, Particulars(kana="サトウ ハナコ"), reception)
    with pytest.raises(ChangedMeanwhile), transaction():
        amend_learner(
            learner_id, Particulars(kana="スズキ"), seen=opened, actor=reception, now=clock.advance(minutes=1)
        )
    assert held(learner_id).kana == "サトウ ハナコ"


def test_nobody_cannot_be_amended(reception: Actor) -> None:
    with pytest.raises(NotFound):
        amend(999999, HANAKO, reception)


@pytest.mark.parametrize(
    "other",
    [
        Particulars(kana="たかはしはなこ", phones=(LANDLINE,)),
        Particulars(name="髙橋　花子", birth_date=date(1940, 1, 2)),
        Particulars(kana="タカハシ", phones=(LANDLINE,)),
        Particulars(kana="サトウ ハナコ", phones=(LANDLINE,)),
        Particulars(kana="サトウ ハナコ", birth_date=date(1940, 1, 2)),
        Particulars(kana="タカハシ ハナヨ", birth_date=date(1940, 1, 2)),
        Particulars(name="高橋 花子", kana="たかはし はなこ", birth_date=date(1940, 2, 1), phones=(LANDLINE,)),
    ],
    ids=["kana and phone", "name and birthday", "family name", "married", "birthday", "misheard", "other birthday"],
)
def test_the_probable_same_person_is_shown(reception: Actor, other: Particulars) -> None:
    learner_id = enter(HANAKO, reception)
    assert [found.id for found in probable_duplicates(other)] == [learner_id]


@pytest.mark.parametrize(
    "other",
    [
        Particulars(name="高橋 太郎", kana="タカハシ タロウ", phones=(LANDLINE,)),
        Particulars(kana="スズキ ウメ", birth_date=date(1940, 1, 2)),
        Particulars(name="高橋 花子", kana="タカハシ ハナコ"),
        Particulars(kana="タカハシ ハナコ", phones=(MOBILE,), birth_date=date(1941, 1, 2)),
    ],
    ids=["husband", "same birthday", "name alone", "namesake"],
)
def test_a_couple_and_namesakes_are_not_the_same_person(reception: Actor, other: Particulars) -> None:
    enter(HANAKO, reception)
    assert probable_duplicates(other) == []


def test_counter_and_ledger_go_by_one_rule() -> None:
    known = Known("高橋 花子", "タカハシ ハナコ", date(1940, 1, 2))
    undated = Particulars(kana="たかはしはなこ")
    assert likeness(undated, known, share_phone=True) is Likeness.SAME
    assert likeness(undated, known, share_phone=False) is Likeness.NONE
    born = Particulars(name="さとう はなこ", birth_date=date(1940, 1, 2))
    assert likeness(born, Known("", "サトウ　ハナコ", date(1940, 1, 2)), share_phone=False) is Likeness.SAME
    married = Particulars(kana="さとう はなこ", birth_date=date(1940, 1, 2))
    assert likeness(married, known, share_phone=True) is Likeness.PERHAPS
    chance = Particulars(kana="スズキ ウメ", birth_date=date(1940, 1, 2))
    assert likeness(chance, known, share_phone=False) is Likeness.NONE
    other_day = Particulars(name="高橋 花子", birth_date=date(1941, 1, 2))
    assert likeness(other_day, known, share_phone=True) is Likeness.PERHAPS


def test_a_name_in_kanji_alone_on_a_known_phone_may_be_the_one_known_by_kana(reception: Actor) -> None:
    learner_id = make_learner("タカハシ ハナコ", phone="018-888-1542")
    assert [found.id for found in probable_duplicates(Particulars(name="高橋 花子", phones=(LANDLINE,)))] == [
        learner_id
    ]


def test_a_probable_duplicate_is_entered_only_as_another_person(reception: Actor) -> None:
    first = enter(HANAKO, reception)
    with pytest.raises(ProbablyKnown) as refused:
        enter(HANAKO, reception)
    assert [found.id for found in refused.value.found] == [first]
    second = enter(HANAKO, reception, others=frozenset({first}))
    assert second != first
    with pytest.raises(ProbablyKnown):
        enter(HANAKO, reception, others=frozenset({first}))


UME = Particulars(kana="タカハシ ウメ", birth_date=date(1950, 3, 4), phones=(MOBILE,))
AS_HANAKO = Particulars(kana="タカハシ ハナコ", birth_date=date(1940, 1, 2), phones=(MOBILE,))


def test_who_is_amended_into_a_likeness_of_another_is_asked_about(reception: Actor) -> None:
    first, second = enter(HANAKO, reception), enter(UME, reception)
    with pytest.raises(ProbablyKnown) as refused:
        amend(second, AS_HANAKO, reception)
    assert [found.id for found in refused.value.found] == [first]
    assert held(second).kana == "タカハシ ウメ"
    with transaction():
        amend_learner(second, AS_HANAKO, others=frozenset({first}), actor=reception, now=clock.now())
    assert held(second).kana == "タカハシ ハナコ"


def test_whom_the_learner_was_like_before_is_another_and_not_asked_about_again(reception: Actor) -> None:
    first = enter(HANAKO, reception)
    second = enter(AS_HANAKO, reception, others=frozenset({first}))
    amend(second, Particulars(kana="タカハシ ハナ", birth_date=date(1940, 1, 2), phones=(LANDLINE,)), reception)
    assert held(second).kana == "タカハシ ハナ"
    amend(first, Particulars(name="高橋 花", kana="タカハシ ハナ", birth_date=date(1940, 1, 2)), reception)
    assert held(first).name == "高橋 花"


def test_where_somebody_lived_is_kept_when_they_move_but_not_what_is_only_added_to(reception: Actor) -> None:
    learner_id = make_learner("サトウ ウメ")
    amend(learner_id, Particulars(kana="サトウ ウメ", district_code="chuo", address="中通一丁目1-1"), reception)
    assert db.session.scalars(select(FormerResidence)).all() == []
    amend(learner_id, Particulars(kana="サトウ ウメ", outside_city=True, address="横手市中央町"), reception)
    (former,) = db.session.scalars(select(FormerResidence))
    assert (former.district_code, former.address, former.outside_city) == ("chuo", "中通一丁目1-1", False)
    assert (former.ended_at, former.ended_by) == (clock.now(), reception.account_id)
