"""Free text refuses what must not be kept, and lets ordinary notes pass."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from supportdesk.core.fields import DeskForm, IntegerField, KanaField, MailField, NoteField, PhoneField, TextField
from supportdesk.core.japanese import search_key
from supportdesk.core.unkept import reason_not_to_keep


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "マイナンバーは 1234-5678-9018 です",
        "１２３４　５６７８　９０１８",
        "番号1234‐5678‐9018。",
    ],
)
def test_my_number_is_refused(text: str) -> None:
    assert "マイナンバー" in str(reason_not_to_keep(text))


@pytest.mark.parametrize(
    "text",
    ["4111 1111 1111 1111", "カード5555555555554444", "3782-822463-10005", "４１１１－１１１１－１１１１－１１１１"],
)
def test_a_card_number_is_refused(text: str) -> None:
    assert "カード番号" in str(reason_not_to_keep(text))


@pytest.mark.parametrize(
    "text",
    [
        "パスワード: さくら",
        "パスワードは abc123",
        "パスワードabc123です",
        "LINEのﾊﾟｽﾜｰﾄﾞ＝hanako",
        "password hana2024!",
        "暗証番号は1234",
        "パスコード「4649」",
    ],
)
def test_a_password_is_refused(text: str) -> None:
    assert "パスワード" in str(reason_not_to_keep(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "パスワードを忘れた",
        "パスワードは家族が管理",
        "パスワードはLINEで聞かれる",
        "パスワード 3回まちがえた",
        "パスワードは2024年に変更",
        "暗証番号の変え方を練習",
        "マイナンバーカードの申請について相談",
        "123456789012",  # a wrong check digit
        "4111 1111 1111 1112",
        "090-1234-5678 018-888-1542",
        "+81 90 1234 5678",
        "+819012345678",
        "受付番号 2024-0001-0012-0034",
        "0000 0000 0000 0000",
    ],
)
def test_ordinary_notes_are_kept(text: str) -> None:
    assert reason_not_to_keep(text) is None


@pytest.mark.parametrize("word", ["password", "password:", "password ", "パスワード", "a", "1234-", "4111 ", " ", "9"])
def test_a_hundred_thousand_characters_are_read_at_once(word: str) -> None:
    text = (word * 100_000)[:100_000]
    began = time.process_time()
    reason_not_to_keep(text)
    assert time.process_time() - began < 2


ACCENTS = "\u0315\u0300" * 500_000


@pytest.mark.parametrize("field", [MailField, IntegerField, PhoneField, KanaField, TextField, NoteField])
def test_a_field_full_of_accents_is_refused_at_once(app: Flask, field: type[TextField]) -> None:
    class Form(DeskForm):
        written = field("書いたもの")

    with app.test_request_context():
        began = time.process_time()
        assert not Form(MultiDict({"written": ACCENTS}), meta={"csrf": False}).validate()
        assert search_key(ACCENTS) == ""
        assert time.process_time() - began < 2


def test_a_note_beyond_its_length_is_refused_for_that_alone(app: Flask) -> None:
    class Form(DeskForm):
        note = NoteField("備考")

    with app.test_request_context():
        form = Form(MultiDict({"note": "password" * 250_000}), meta={"csrf": False})
        began = time.process_time()
        assert not form.validate()
        assert time.process_time() - began < 2
        assert form.note.errors == ["2000文字までで入力してください。"]
