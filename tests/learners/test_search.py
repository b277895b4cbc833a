"""Reception finds a learner by what the caller says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.learners.operations import register_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.search import find_learners
from supportdesk.reference import load_reference
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context")

SHARED = Telephone("018-888-1542", "+81188881542")
HANA = Particulars(
    name="髙橋 花子", kana="タカハシ ハナコ", birth_date=date(1940, 1, 2), district_code="chuo", phones=(SHARED,)
)
TARO = Particulars(name="高橋 太郎", kana="たかはし たろう", birth_year=1938, district_code="chuo", phones=(SHARED,))
KANA = Particulars(kana="さとう みょん", phones=(Telephone("1234", None),))


@pytest.fixture(autouse=True)
def _three_learners(context: None) -> None:
    with transaction():
        load_reference()
        for person in (HANA, TARO, KANA):
            register_learner(person, actor=SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("たかはし", {"髙橋 花子", "高橋 太郎"}),
        ("ﾀｶﾊｼ", {"髙橋 花子", "高橋 太郎"}),
        ("高橋", {"髙橋 花子", "高橋 太郎"}),
        ("髙橋　花", {"髙橋 花子"}),
        ("はなこ", {"髙橋 花子"}),
        ("太郎", {"高橋 太郎"}),
        ("1542", {"髙橋 花子", "高橋 太郎"}),
        ("０１８－８８８－１５４２", {"髙橋 花子", "高橋 太郎"}),
        ("+81 188881542", {"髙橋 花子", "高橋 太郎"}),
        ("さとうみよ", {"サトウ ミョン"}),
        ("542", set()),
        ("", set()),
        ("　", set()),
        ("%", set()),
        ("すずき", set()),
    ],
)
def test_a_part_of_the_name_or_the_last_digits_find_the_learner(typed: str, names: set[str]) -> None:
    assert {found.name for found in find_learners(typed)} == names


def test_a_result_tells_namesakes_apart() -> None:
    hana = find_learners("花子")[0]
    assert (hana.birth_year, hana.district, hana.last_four) == (1940, "中央", ("1542",))
    assert find_learners("太郎")[0].birth_year == 1938


def test_three_statements_however_many_are_found(queries: Callable[[], AbstractContextManager[Statements]]) -> None:
    with queries() as seen:
        assert len(find_learners("たかはし")) == 2
    assert len(seen) <= 3


def test_no_more_than_asked_for_and_it_is_said_that_there_are_more(
    queries: Callable[[], AbstractContextManager[Statements]],
) -> None:
    with queries() as seen:
        one = find_learners("たかはし", limit=1)
    assert (len(one), one.more, len(seen)) == (1, True, 2)
    both = find_learners("たかはし", limit=2)
    assert (len(both), both.more) == (2, False)
    assert not find_learners("すずき").more


def test_learners_who_match_by_many_keys_hide_nobody_behind_them() -> None:
    """Each of the first three has nine keys that begin with さ: four keys a learner are read at once."""
    with transaction():
        for kana in (*["ササササササササササ ハナ"] * 3, "サトウ ウメ", "サワ キク"):
            register_learner(Particulars(kana=kana), actor=SYSTEM, now=clock.now())
    found = find_learners("さ", limit=6)
    assert [one.kana for one in found] == [
        *["ササササササササササ ハナ"] * 3,
        "サトウ ウメ",
        "サトウ ミョン",
        "サワ キク",
    ]
    assert not found.more
    four = find_learners("さ", limit=4)
    assert ([one.kana for one in four][3], four.more) == ("サトウ ウメ", True)
