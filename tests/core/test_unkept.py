"""Free text refuses what must not be kept, and lets ordinary notes pass."""

from __future__ import annotations

import pytest

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
