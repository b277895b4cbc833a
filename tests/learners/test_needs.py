"""What a ledger's words say of needs, and what they do not say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from supportdesk.core.tables import find_heading, read_table
from supportdesk.learners.ledger import HEADINGS
from supportdesk.learners.models import Need
from supportdesk.learners.needs import needs_in
from supportdesk.learners.words import NEEDS

LEDGER = Path(__file__).parent / "ledgers" / "reception_ledger_cp932.csv"


ELSEWHERE = """
2回目の受講 目的は孫とのLINE 二度目 見た目が悪いと言われた 科目がわるい 真面目 文字を大きくする方法を知りたい
画面が見えない 徒歩で来館 歩数計アプリを使いたい 散歩のときに使いたい 進歩が早い 杖村さんの紹介 娘の紹介
家族なし 家族は東京 息子から電話あり 娘がスマホを買ってくれた 娘と来月引っ越す 孫と写真を送り合いたい
音が聞こえない（スマホ） 電話の声が聞こえにくい 耳寄りな話 聴講希望 文字入力を練習したい
耳が遠くなる前に習いたい 車いす不要 車椅子は使わない 補聴器なし 家族の付き添いなし 初めて
"""
UNMISTAKABLE = {
    Need.HEARING: """
        左の耳が遠い 耳が遠くなった 耳がとても遠く、ゆっくり話す 補聴器を使用 耳が遠いが補聴器なし
        難聴 耳がよく聞こえない
    """,
    Need.SIGHT: "目が不自由 右目が見えにくい 弱視あり 視力が弱い",
    Need.WALKING: "車いす 車椅子で来館 車イス使用 杖をついている 足が悪いので１階を希望 歩行困難",
    Need.FAMILY: "娘と来る ご家族と来館 長男さんといっしょに参加 家族同伴 妻の付き添いあり",
}


@pytest.mark.parametrize("note", ["", *ELSEWHERE.split()])
def test_notes_that_speak_of_something_else_name_no_need(note: str) -> None:
    assert needs_in("", note) == frozenset()


@pytest.mark.parametrize(
    ("note", "need"), [(note, need) for need, notes in UNMISTAKABLE.items() for note in notes.split()]
)
def test_phrases_that_mean_one_thing_alone_are_read_from_notes(note: str, need: Need) -> None:
    assert needs_in("", note) == {need}


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("耳", {Need.HEARING}), ("耳、杖", {Need.HEARING, Need.WALKING}), ("目（老眼）", {Need.SIGHT}),
        ("文字を大きく", {Need.SIGHT}), ("大きな文字", {Need.SIGHT}), ("ご家族", {Need.FAMILY}),
        ("付き添いあり", {Need.FAMILY}), ("つえ／家族", {Need.WALKING, Need.FAMILY}), ("筆談", {Need.HEARING}),
        ("車いす不要", set()), ("家族なし", set()), ("目的別", set()), ("なし", set()),
    ],
)  # fmt: skip
def test_in_a_column_of_needs_a_word_is_enough(cell: str, needs: set[Need]) -> None:
    assert needs_in(cell, "") == needs


def test_what_our_own_pages_call_a_need_is_understood() -> None:
    assert [needs_in(str(word), "") for word in NEEDS.values()] == [{need} for need in NEEDS]


def test_the_paper_ledger_says_what_it_said() -> None:
    rows = read_table(LEDGER.read_bytes(), LEDGER.name)
    heading = find_heading(rows, HEADINGS)
    (needs,), (note,) = heading.columns["needs"], heading.columns["note"]
    said = Counter(
        (row.cell(needs), row.cell(note) == "娘と来る", *sorted(needs_in(row.cell(needs), row.cell(note))))
        for row in rows
        if row.number > heading.row_number
    )
    meant = {"耳が遠い": Need.HEARING, "文字を大きく": Need.SIGHT, "車いす": Need.WALKING}
    for cell, with_family, *found in said:
        expected = {meant[cell]} if cell in meant else set()
        assert set(found) == expected | ({Need.FAMILY} if with_family else set())
