"""Couples, families and neighbours: two learners who belong together, and those who may, by a shared telephone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.links import Family, LinkedToThemselves, family_of, link_learners, linked_to, unlink_learners
from supportdesk.learners.merging.operations import merge_learners, undo_hand_over
from supportdesk.learners.models import LearnerLink, LinkKind
from supportdesk.learners.particulars import Particulars
from supportdesk.learners.queries import learner_to_edit
from supportdesk.learners.search import find_learners
from tests.factories import make_actor, make_learner, make_reference
from tests.racing import race
from tests.recording import queries
from tests.trail import noted

PHONE = "018-888-1542"
DAUGHTER = "+819012345678"


def link(one: int, other: int, kind: LinkKind = LinkKind.SPOUSE, actor: Actor = SYSTEM) -> None:
    with transaction():
        link_learners(one, other, kind, actor=actor, now=clock.now())


def family(learner_id: int, actor: Actor = SYSTEM) -> Family:
    return family_of(learner_to_edit(learner_id), actor)


@pytest.mark.usefixtures("city")
def test_a_link_is_seen_from_both_sides() -> None:
    one, other = make_learner(), make_learner()
    link(other, one)
    assert [(linked.who.id, linked.kind) for linked in family(one).linked] == [(other, LinkKind.SPOUSE)]
    assert [(linked.who.id, linked.kind) for linked in family(other).linked] == [(one, LinkKind.SPOUSE)]


@pytest.mark.usefixtures("city")
def test_a_pair_has_one_link_and_what_is_said_last_stands() -> None:
    one, other = make_learner(), make_learner()
    link(one, other, LinkKind.SPOUSE)
    link(other, one, LinkKind.SIBLING)
    assert db.session.scalar(select(func.count()).select_from(LearnerLink)) == 1
    assert linked_to(one, SYSTEM)[0].kind is LinkKind.SIBLING


def test_six_who_link_the_same_two_at_once_make_one_link(app: Flask) -> None:
    with app.app_context():
        make_reference()
        one, other = make_learner(), make_learner()
        db.session.remove()
    pairs = [(one, other), (other, one)] * 3
    outcomes = race(app, [lambda pair=pair: link(*pair) for pair in pairs])  # type: ignore[misc]
    assert outcomes == [None] * 6
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LearnerLink)) == 1


@pytest.mark.usefixtures("city")
def test_nobody_is_linked_to_themselves_or_to_nobody() -> None:
    one = make_learner()
    with pytest.raises(LinkedToThemselves):
        link(one, one)
    with pytest.raises(NotFound):
        link(one, 999_999)


@pytest.mark.usefixtures("city")
def test_a_link_that_is_taken_back_is_gone_and_both_are_noted(reception: Actor) -> None:
    one, other = make_learner(), make_learner()
    link(one, other, actor=reception)
    with transaction():
        unlink_learners(other, one, actor=reception, now=clock.now())
    assert family(one) == Family([], [])
    assert noted(Action.LINK_LEARNERS, Action.UNLINK_LEARNERS) == [
        ("link_learners", f"learner:{one}", [other]),
        ("unlink_learners", f"learner:{other}", [one]),
    ]
    with pytest.raises(NotFound), transaction():
        unlink_learners(other, one, actor=reception, now=clock.now())


@pytest.mark.usefixtures("city")
def test_a_merge_takes_the_links_along_and_its_undoing_gives_them_back() -> None:
    hatsu, twice, taro = make_learner("タナカ ハツ"), make_learner("タナカ ハツ"), make_learner("タナカ タロウ")
    link(twice, taro)
    with transaction():
        merged = merge_learners(twice, hatsu, Particulars(kana="タナカ ハツ"), actor=SYSTEM, now=clock.now())
    assert [one.who.id for one in family(hatsu).linked] == [taro]
    assert [one.who.id for one in family(taro).linked] == [hatsu]
    with pytest.raises(NotFound):
        link(twice, taro)
    with transaction():
        undo_hand_over(merged, actor=SYSTEM, now=clock.now())
    assert family(hatsu).linked == []
    assert [one.who.id for one in family(taro).linked] == [twice]
    with transaction():
        merge_learners(twice, hatsu, Particulars(kana="タナカ ハツ"), actor=SYSTEM, now=clock.now())
    with transaction():
        unlink_learners(taro, hatsu, actor=SYSTEM, now=clock.now())
    assert family(taro).linked == []


@pytest.mark.usefixtures("city")
def test_two_on_one_telephone_may_belong_together_until_somebody_says_what_they_are() -> None:
    one, other, third = (make_learner(phone=PHONE) for _ in range(3))
    assert [found.id for found in family(one).may_be] == [other, third]
    link(one, other)
    link(one, third, LinkKind.STRANGERS)
    assert family(one).may_be == []
    assert [linked.who.id for linked in family(one).linked] == [other]


@pytest.mark.usefixtures("city")
def test_whoever_helps_by_telephone_may_belong_to_the_learner() -> None:
    mother = make_learner(helper_name="タナカ ケイコ", helper_relation="長女", helper_phone=DAUGHTER)
    father = make_learner(helper_name="タナカ ケイコ", helper_relation="長女", helper_phone=DAUGHTER)
    daughter = make_learner(phone="090-1234-5678")
    assert [found.id for found in family(mother).may_be] == [father, daughter]
    assert [found.id for found in family(daughter).may_be] == [mother, father]


@pytest.mark.usefixtures("city")
def test_the_telephone_of_a_home_makes_no_family() -> None:
    people = [make_learner(phone=PHONE) for _ in range(6)]
    assert family(people[0]).may_be == []


@pytest.mark.usefixtures("city")
def test_whom_the_actor_may_not_see_is_not_named() -> None:
    coordinator = make_actor(Role.COORDINATOR, districts=("chuo",))
    one = make_learner(phone=PHONE)
    link(one, make_learner(district_code="tobu"))
    make_learner(district_code="tobu", phone=PHONE)
    near = make_learner(phone=PHONE)
    known = family(one, coordinator)
    assert known.linked == []
    assert [found.id for found in known.may_be] == [near]
    assert linked_to(one, coordinator) == []


@pytest.mark.usefixtures("city")
def test_a_large_family_costs_no_more_than_a_small_one() -> None:
    one = make_learner(phone=PHONE)
    others = [make_learner(phone=PHONE) for _ in range(3)]
    link(one, others[0])
    learner = learner_to_edit(one)
    with queries() as few:
        family_of(learner, SYSTEM)
    for other in others[1:]:
        link(one, other)
    for _ in range(8):
        link(one, make_learner())
    learner = learner_to_edit(one)
    with queries() as many:
        assert len(family_of(learner, SYSTEM).linked) == 11
    assert len(many) == len(few) == 3


@pytest.mark.usefixtures("city")
def test_the_helpers_telephone_finds_the_learner_and_is_shown_for_what_it_is() -> None:
    mother = make_learner("タナカ ハツ", phone=PHONE, helper_phone=DAUGHTER)
    (found,) = find_learners("5678")
    assert (found.id, found.last_four, found.helper_four) == (mother, ("1542",), "5678")
    assert [one.id for one in find_learners("090-1234-5678")] == [mother]
    assert [one.id for one in find_learners("たなか 5678")] == [mother]


@pytest.mark.usefixtures("city")
def test_a_helpers_number_that_is_none_finds_nobody() -> None:
    make_learner(helper_phone="むすめ 5678")
    assert find_learners("5678") == []
