"""Captions are taken when every browser shows them, and refused with the line that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.videos.captions import BadCaptions, Cue, read_captions, transcript_of

pytestmark = pytest.mark.usefixtures("context")

GOOD = """\
WEBVTT - 字幕

NOTE 作った人: 秋田市

STYLE
::cue { color: white }

はじめ
00:01.000 --> 00:04.500 align:middle
<v 講師>カメラを<b>ひらきます</b>。
少し待ちます。

01:00:04.500 --> 01:00:06.000
A &amp; B
"""


def test_captions_are_read_with_their_times_and_without_their_marks() -> None:
    assert read_captions(GOOD.encode()) == [
        Cue(1.0, 4.5, "カメラをひらきます。 少し待ちます。"),
        Cue(3604.5, 3606.0, "A & B"),
    ]


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_line_breaks_and_a_byte_order_mark_of_any_system_are_read(line_break: str) -> None:
    assert len(read_captions(("\ufeff" + GOOD.replace("\n", line_break)).encode())) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1行目は「WEBVTT」"),
        ("1\n00:00:01,000 --> 00:00:02,000\nあ", "1行目は「WEBVTT」"),
        ("WEBVTTあ\n\n00:01.000 --> 00:02.000\nあ", "1行目は「WEBVTT」"),
        ("WEBVTT\n", "1つも入っていません"),
        ("WEBVTT\n\nNOTE まだ", "1つも入っていません"),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nあ", "3行目: 秒の小数は「.」"),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nあ", "3行目: 「00:01.000 --> 00:04.000」の形の時刻がありません"),
        ("WEBVTT\n\n1\n0:01.000 --> 00:02.000\nあ", "4行目: 時刻は"),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\nあ", "3行目: 時刻は"),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nあ", "3行目: 終わりの時刻"),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\n<b></b>", "3行目: 字幕の文がありません"),
        ("WEBVTT\n\n00:02.000 --> 00:03.000", "3行目: 字幕の文がありません"),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\nあ\n00:03.000 --> 00:04.000\nい", "空の行"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nあ\n\n00:02.000 --> 00:03.000\nい", "6行目: 前の字幕より早い"),
    ],
)
def test_what_a_browser_would_not_show_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(BadCaptions) as refused:
        read_captions(text.encode())
    assert said in str(refused.value.message)
    assert refused.value.field == "captions"


def test_another_encoding_is_named() -> None:
    with pytest.raises(BadCaptions) as refused:
        read_captions("WEBVTT\n\n00:01.000 --> 00:02.000\n漢字".encode("cp932"))
    assert "UTF-8" in str(refused.value.message)


@given(st.binary(max_size=300) | st.text(alphabet="WEBVT\n0123:.-> あ", max_size=200).map(str.encode))
def test_whatever_is_handed_in_is_read_or_refused(data: bytes) -> None:
    try:
        assert read_captions(data)
    except BadCaptions as refused:
        assert refused.message  # noqa: PT017  # either is right


def test_a_transcript_says_once_what_stays_on_the_screen() -> None:
    assert transcript_of([Cue(0, 1, "あ"), Cue(1, 2, "あ"), Cue(2, 3, "い")]) == "あ\nい"
