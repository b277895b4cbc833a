"""What the register demands of a learner's particulars, through whichever door they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import AgeBand, Learner
from supportdesk.learners.operations import amend_learner, enter_learner, register_learner
from supportdesk.learners.particulars import BadParticulars, Particulars, Telephone, checked, faults
from tests.factories import make_learner

SATO = Particulars(name="佐藤 うめ", kana="サトウ ウメ", note="左の耳が遠い")
NUMBER = "マイナンバー 1234 5678 9018"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "", "kana": ""}, "kana"),
        ({"name": "！！！"}, "name"),
        ({"name": "佐" * 101}, "name"),
        ({"kana": "佐藤"}, "kana"),
        ({"mail": "ume@"}, "mail"),
        ({"postal_code": "12"}, "postal_code"),
        ({"postal_code": "010-8560 秋田"}, "postal_code"),
        ({"address": NUMBER}, "address"),
        ({"helper_name": NUMBER}, "helper_name"),
        ({"note": "パスワードは hana1940"}, "note"),
        ({"phones": (Telephone("018-888-1542", "+81188881542"), Telephone(NUMBER, None))}, "phone_2"),
    ],
)
def test_no_door_of_the_register_takes_them(reception: Actor, wrong: dict[str, object], field: str) -> None:
    bad, learner_id = replace(SATO, **wrong), make_learner()  # type: ignore[arg-type]
    for door in (register_learner, enter_learner):
        with pytest.raises(BadParticulars) as refused, transaction():
            door(bad, actor=reception, now=clock.now())
        assert (refused.value.field, bool(str(refused.value.message))) == (field, True)
    with pytest.raises(BadParticulars), transaction():
        amend_learner(learner_id, bad, actor=reception, now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Learner)) == 1


def test_everything_wrong_is_told_at_once() -> None:
    bad = replace(SATO, kana="佐藤", mail="ume@", note=NUMBER)
    assert [fault.field for fault in faults(bad)] == ["kana", "mail", "note"]
    assert list(faults(SATO)) == []


def test_they_are_kept_in_one_form_and_stay_as_they_are_when_checked_again() -> None:
    landline, mobile = Telephone("018-888-1542", "+81188881542"), Telephone("090-2222-3333", "+819022223333")
    kept = checked(
        Particulars(
            name="さとう うめ",
            birth_date=date(1940, 1, 2),
            birth_year=1941,
            age_band=AgeBand.SEVENTIES,
            mail="ｕｍｅ ＠example.jp",
            postal_code="〒０１０－８５６０",
            phones=(landline, mobile, Telephone("0188881542", "+81188881542")),
        )
    )
    assert kept == Particulars(
        name="さとう うめ",
        kana="さとう うめ",
        birth_date=date(1940, 1, 2),
        mail="ume@example.jp",
        postal_code="010-8560",
        phones=(landline, mobile),
    )
    assert checked(kept) == kept


@pytest.mark.parametrize(
    "ages",
    [
        {"birth_date": date(1940, 1, 2), "birth_year": 1940},
        {"birth_date": date(1940, 1, 2), "age_band": AgeBand.EIGHTIES},
        {"birth_year": 1940, "age_band": AgeBand.EIGHTIES},
    ],
)
def test_the_database_holds_one_age_of_a_learner(reception: Actor, ages: dict[str, object]) -> None:
    learner_id = make_learner()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Learner).where(Learner.id == learner_id).values(**ages))
