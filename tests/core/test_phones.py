"""Telephone numbers are read however they were written, and kept in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.core.phones import PhoneError, digits_of, format_phone, last_four, parse_phone, split_phones


@pytest.mark.parametrize(
    "written",
    [
        "018-888-1542",
        "0188881542",
        "018 888 1542",
        "(018)888-1542",
        "（０１８）８８８－１５４２",
        "０１８－８８８－１５４２",
        "018ー888ー1542",
        "018‐888–1542",
        "018.888.1542",
        "TEL:018-888-1542",
        "℡ 018-888-1542",
        "電話：018-888-1542",
        "018-888-1542（自宅）",
        "+81 18 888 1542",
        "+81 (0)18-888-1542",
        "188881542",
    ],
)
def test_one_number_however_written(written: str) -> None:
    assert parse_phone(written) == "+81188881542"


@pytest.mark.parametrize(
    ("written", "e164", "shown"),
    [
        ("０９０－１９７６－３３７４", "+819019763374", "090-1976-3374"),
        ("9019763374", "+819019763374", "090-1976-3374"),
        ("050-1234-5678", "+815012345678", "050-1234-5678"),
        ("0120-123-456", "+81120123456", "0120-123-456"),
        ("03-3123-4567", "+81331234567", "03-3123-4567"),
        ("+1 212 555 1234", "+12125551234", "+1 212-555-1234"),
        ("010 1 212 555 1234", "+12125551234", "+1 212-555-1234"),
    ],
)
def test_numbers_of_every_kind_are_kept_and_shown(written: str, e164: str, shown: str) -> None:
    assert parse_phone(written) == e164
    assert format_phone(e164) == shown
    assert parse_phone(shown) == e164


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "入力"),
        ("　", "入力"),
        ("888-1542", "市外局番"),
        ("3123-4567", "市外局番"),
        ("1234", "けた数"),
        ("018-888-154", "けた数"),
        ("018-888-15420", "けた数"),
        ("000-0000-0000", "けた数"),
        ("なし", "数字"),
        ("018-888-1542 / 090-1976-3374", "1つだけ"),
        ("1-800-FLOWERS", "数字"),
        ("018-888-1542 内線12", "内線"),
        ("018-888-1542#12", "内線"),
        ("0" * 5000, "長すぎ"),
        ("018-888-1542\x00", "数字"),
    ],
)
def test_what_cannot_be_called_is_refused_with_what_to_do(written: str, said: str) -> None:
    with pytest.raises(PhoneError) as refused:
        parse_phone(written)
    assert said in str(refused.value.message)


def test_a_cell_with_two_numbers_is_split() -> None:
    parts = split_phones("018-888-1542（自宅）／090-1976-3374\n")
    assert [parse_phone(part) for part in parts] == ["+81188881542", "+819019763374"]
    assert split_phones(" ") == []


def test_showing_never_fails() -> None:
    assert format_phone("なし") == "なし"
    assert format_phone("") == ""


def test_parts_for_searching() -> None:
    assert last_four("+81188881542") == "1542"
    assert digits_of("０１８－888 1542内線①") == "01888815421"
    assert digits_of("") == ""


@given(st.sampled_from(["090", "080", "070"]), st.integers(10_000_000, 99_999_999), st.sampled_from("-‐－ー 　"))
def test_every_form_of_a_mobile_number_is_one_number(head: str, rest: int, dash: str) -> None:
    plain = f"{head}{rest}"
    try:
        e164 = parse_phone(plain)
    except PhoneError:
        return  # a block that is not given out
    dashed = dash.join((head, str(rest)[:4], str(rest)[4:]))
    wide = dashed.translate({ord(str(digit)): "０１２３４５６７８９"[digit] for digit in range(10)})
    assert parse_phone(dashed) == parse_phone(wide) == parse_phone(format_phone(e164)) == e164
    assert digits_of(format_phone(e164)) == plain


@given(st.text(max_size=80) | st.text(alphabet="0123456789+-() ー－０９", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    outcome = number_or_refusal(text)
    if isinstance(outcome, PhoneError):
        assert str(outcome.message)
    else:
        assert outcome[0] == "+"
        assert outcome[1:].isdecimal()
        assert parse_phone(format_phone(outcome)) == outcome


def number_or_refusal(text: str) -> str | PhoneError:
    try:
        return parse_phone(text)
    except PhoneError as refused:
        return refused
