"""Names are found however they were written, and what is typed can always be stored."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.core import japanese
from supportdesk.core.japanese import (
    is_kana,
    keys_within,
    search_key,
    shown_name,
    suffixes,
    tidy,
    to_hiragana,
    to_katakana,
)


@pytest.mark.parametrize(
    ("written", "also_written"),
    [
        ("ササキ　キヨ", "ささききよ"),
        ("ｻｻｷ ｷﾖ", "ささきキヨ"),
        ("コダマキョウコ", "こだまきようこ"),
        ("ハッチ", "はつち"),
        ("コーヒー", "こおひい"),
        ("ｶﾞｯｺｰ", "がつこう"),
        ("か゛く", "がく"),
        ("か\u3099く", "がく"),
        ("サトー", "サトウ"),
        ("サトー", "サトオ"),
        ("サトーキヨ", "さとう　きよ"),
        ("コーノ", "コウノ"),
        ("コーノ", "コオノ"),
        ("キヨー", "キョウ"),
        ("オーノ", "おおの"),
        ("ケーコ", "けいこ"),
        ("ケーコ", "けえこ"),
        ("ユーコ", "ゆうこ"),
        ("おかーさん", "オカアサン"),
        ("ニーダ", "にいだ"),
        ("サーーー", "さあ"),
        ("みすゞ", "みすず"),
        ("みゝ", "みみ"),
        ("つゞき", "つずき"),
        ("あゞ・ヽ", "あああ"),
        ("ヷ", "わ゛"),
        ("チヅ", "ちず"),
        ("ゐゑを", "いえお"),
        ("千ヶ崎", "千ケ崎"),
        ("ヴァイオリン", "ゔあいおりん"),
        ("ジョン・スミス", "ジョン＝スミス"),
        ("スマートフォン‐講座", "すまあとふおん講座"),
        ("ｉＰｈｏｎｅ 15", "iphone１５"),
        ("髙橋", "高橋"),
        ("𣘺本", "橋本"),
        ("宮﨑", "宮崎"),
        ("齋藤", "斎藤"),
        ("齊藤", "斉藤"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("渡邉\U000e0103", "渡辺"),
        ("辻\ufe00", "辻"),
        ("神\ufe00", "神"),
        ("\ufa19", "神"),
        ("澤田", "沢田"),
        ("濱田", "浜田"),
        ("濵田", "浜田"),
        ("廣瀨", "広瀬"),
        ("戸嶋", "戸島"),
        ("嶌田", "島田"),
        ("櫻庭", "桜庭"),
        ("國安", "国安"),
        ("眞惠", "真恵"),
        ("德永", "徳永"),
        ("舩木", "船木"),
        ("𠮷田", "吉田"),
        ("穐山", "秋山"),
        ("⻑⾕川", "長谷川"),
        ("佐〻木", "佐々木"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(written: str, also_written: str) -> None:
    assert search_key(written) == search_key(also_written) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("かき", "がき"),
        ("はし", "ばし"),
        ("畑山", "畠山"),
        ("菊地", "菊池"),
        ("佐々木", "佐木"),
        ("岩", "巌"),
        ("おの", "おおの"),
        ("この", "こうの"),
        ("ゆこ", "ゆうこ"),
        ("阿部", "安部"),
    ],
)
def test_two_names_keep_two_keys(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


def test_key_is_hiragana_and_standard_kanji() -> None:
    assert search_key("佐々木　ｷｮｳｺ（髙）") == "佐々木きようこ高"


def test_text_without_letters_has_an_empty_key() -> None:
    assert search_key(" ・ー‐!？\x00\u200b") == ""


def test_no_kanji_is_folded_twice_or_to_two_forms() -> None:
    words = japanese._SAME_KANJI.split()
    standard = [word[0] for word in words]
    folded = [char for word in words for char in word[1:]]
    assert len(standard) == len(set(standard)) > 350
    assert len(folded) == len(set(folded)) > 400
    assert not set(standard) & set(folded)
    assert [char for char in standard + folded if unicodedata.normalize("NFKC", char) != char] == []


KANA_TEXT = st.text(alphabet=st.characters(min_codepoint=0x3041, max_codepoint=0x30FF), max_size=12)


@given(st.text() | KANA_TEXT)
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(KANA_TEXT)
def test_either_kana_gives_the_same_key(text: str) -> None:
    assert search_key(to_katakana(text)) == search_key(to_hiragana(text)) == search_key(text)


@given(st.text(), st.sampled_from([" ", "　", "・", "-", "\t"]), st.integers(0, 20))
def test_spaces_and_marks_never_change_a_key(text: str, mark: str, position: int) -> None:
    letters = search_key(text)
    assert search_key(letters[:position] + mark + letters[position:]) == letters


def test_suffixes_are_every_ending() -> None:
    assert suffixes("きよこ") == ["きよこ", "よこ", "こ"]
    assert suffixes("") == []


def test_a_given_name_has_its_own_key_behind_a_sound_that_it_seems_to_lengthen() -> None:
    assert search_key("オサム") in suffixes(search_key("サノ オサム"))
    assert search_key("エミ") in suffixes(search_key("アベ エミ"))


PLAIN_KANA = st.text(alphabet="あいうえおかけこしつてとのよんがごー", max_size=12)


@given(PLAIN_KANA, st.integers(0, 12))
def test_every_part_of_a_reading_is_found_by_its_key(text: str, start: int) -> None:
    part, key = search_key(text[start:]), search_key(text)
    assert not part or part in suffixes(key)
    assert any(word in key for word in keys_within(part))


@given(st.text(max_size=30), st.integers(0, 30))
def test_every_part_of_a_key_begins_some_suffix(key: str, start: int) -> None:
    part = key[start:]
    assert not part or part in suffixes(key)


def test_kana_is_converted_for_display_and_the_rest_left_alone() -> None:
    assert to_katakana("ｻﾄｳ さとう 佐藤 ABCａ１") == "サトウ サトウ 佐藤 ABCａ１"
    assert to_hiragana("ﾎﾞｰﾄ　ヴィオラ 高") == "ぼーと　ゔぃおら 高"
    assert to_katakana("か\u3099") == "ガ"


def test_a_reading_is_shown_in_one_kind_of_kana_and_a_written_name_as_it_stands() -> None:
    shown = [shown_name(text) for text in ("ｺﾏﾂ ｷｮｳｺ", "しんどう きよし", "佐藤 うめ", "")]
    assert shown == ["コマツ キョウコ", "シンドウ キヨシ", "佐藤 うめ", ""]


@pytest.mark.parametrize(
    "text", ["ささき きよ", "ササキ　キヨ", "ｻｻｷ ｷﾖ", "ジョン・スミス", "ｶﾞﾁｮｰ", "みすゞ", "か\u3099", "ヶ"]
)
def test_readings_in_kana_are_kana(text: str) -> None:
    assert is_kana(text)


@pytest.mark.parametrize("text", ["", " ", "ー", "・", "佐藤", "さとう1", "サトウA", "さとう\n", "々"])
def test_anything_else_is_not_kana(text: str) -> None:
    assert not is_kana(text)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("　佐々木　　 キヨ　", "佐々木 キヨ"),
        ("一行目 \r\n\t二行目\r三行目", "一行目\n二行目\n三行目"),
        ("田\x00中\x07", "田中"),
        ("\ufeff田\u200b中\u202e", "田中"),
        ("髙橋 ＡＢＣ \ufa19", "髙橋 ＡＢＣ \ufa19"),
        ("葛\U000e0100西", "葛\U000e0100西"),
        ("か\u3099っこう", "がっこう"),
        ("田\ud800中", "田中"),
        ("田\ufffe\U0001ffff\ufdd0中", "田中"),
        ("\u200d \n", ""),
        ("", ""),
    ],
)
def test_typed_text_is_made_storable_and_keeps_its_spelling(typed: str, stored: str) -> None:
    assert tidy(typed) == stored


@given(st.text(alphabet=st.characters(), max_size=60))
def test_tidied_text_is_stable_encodable_and_trimmed(text: str) -> None:
    stored = tidy(text)
    assert tidy(stored) == stored
    assert stored == stored.strip()
    assert "  " not in stored
    assert "\x00" not in stored
    assert stored.encode()[:0] == b""
