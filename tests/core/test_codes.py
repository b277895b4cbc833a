"""Codes can be read aloud and typed; tokens cannot be guessed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.core.codes import ALPHABET, new_code, new_token, tidy_code


def test_a_token_holds_128_bits_and_is_safe_in_an_address() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    for token in tokens:
        assert len(base64.urlsafe_b64decode(token + "==")) == 16
        assert all(char.isascii() and (char.isalnum() or char in "-_") for char in token)


def test_the_alphabet_has_no_look_alikes_and_spells_nothing() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert not set(ALPHABET) & set("0OQD1IL2Z5S6G8BUVAE")
    assert ALPHABET.upper() == ALPHABET


@given(st.sampled_from(["", "B", "p-", "Ｖ"]), st.integers(4, 12))
def test_a_new_code_is_already_tidy(prefix: str, length: int) -> None:
    code = new_code(prefix, length)
    assert tidy_code(code) == code
    assert len(code) == len(tidy_code(prefix)) + length
    assert set(code[-length:]) <= set(ALPHABET)


def test_codes_differ() -> None:
    assert len({new_code(length=8) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed", ["B34-K7X", "b34k7x", " ｂ３４ ー ｋ７ｘ　", "B34－K7X\n", "b34‐k7\u200bx", "B34K7X\x00"]
)
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    assert tidy_code(typed) == "B34K7X"


def test_nothing_typed_is_an_empty_code() -> None:
    assert tidy_code(" - ") == ""
