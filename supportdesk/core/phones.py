"""Telephone numbers: read however they were written, kept as E.164, shown the way people in Japan write them.

Called by the form fields, the register's search, the imports and whatever prints a number.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from flask_babel import lazy_gettext as _l
from phonenumbers import NumberParseException, PhoneNumberFormat

from supportdesk.core.japanese import half_width

_REGION = "JP"
_JAPAN = 81
_LONGEST = 60
_DASHES = re.compile(r"[‐‑‒–—―−─━ーｰ~〜_]")
_LABEL = re.compile(r"^(?:tel|電話番号|電話|携帯電話|携帯|自宅)\s*[:.]?\s*", re.IGNORECASE)
_NOTE = re.compile(r"\([^()0-9]*\)")
_WRITTEN_NUMBER = re.compile(r"\+?[0-9().\-\s]+")
_EXTENSION = re.compile(r"内線|ext|#", re.IGNORECASE)
_SEVERAL = re.compile(r"[\n/,;、，；／]|または|又は")


class PhoneError(ValueError):
    """What was written cannot be called. `message` says what to correct."""

    def __init__(self, message: object) -> None:
        super().__init__("not a telephone number")
        self.message = message


def parse_phone(text: str) -> str:
    """The number in E.164 ("+81188881542"). Raises PhoneError.

    A number that lost its first 0 in a spreadsheet is taken when it is a whole Japanese number without it; a number
    without area code is refused, because the area is a guess. Numbers abroad need their + or 010.
    """
    written = _normalised(text)
    if not written:
        raise PhoneError(_l("電話番号を入力してください。"))
    if _EXTENSION.search(written):
        raise PhoneError(_l("内線番号は電話番号と分けて、メモに書いてください。"))
    if not _WRITTEN_NUMBER.fullmatch(written):
        raise PhoneError(_l("電話番号は数字とハイフンで1つだけ入力してください（例：018-000-1234）。"))
    try:
        number = phonenumbers.parse(written, _REGION)
    except NumberParseException:
        raise _not_a_number(written) from None
    if not phonenumbers.is_valid_number(number):
        raise _not_a_number(written)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def split_phones(text: str) -> list[str]:
    """The numbers written into one cell of a ledger ("018-… / 090-…", one a line), each as it was written."""
    parts = _SEVERAL.split(half_width(text))
    return [part.strip() for part in parts if part.strip()]


def _normalised(text: str) -> str:
    """Half width, one kind of dash, without a label before ("TEL") or a note in brackets ("（自宅）")."""
    plain = _DASHES.sub("-", half_width(text)).strip()
    if len(plain) > _LONGEST:
        raise PhoneError(_l("電話番号が長すぎます。"))
    return _NOTE.sub("", _LABEL.sub("", plain)).strip()


def _not_a_number(written: str) -> PhoneError:
    digits = digits_of(written)
    if 5 <= len(digits) <= 8 and not written.startswith(("0", "+", "(0")):
        return PhoneError(_l("市外局番からつけて入力してください（例：018-000-1234）。"))
    return PhoneError(_l("電話番号のけた数か番号がちがうようです。たしかめてください。"))


@lru_cache(maxsize=8192)
def format_phone(e164: str) -> str:
    """018-888-1542; a number abroad with its country. What cannot be read is shown as it is."""
    try:
        number = phonenumbers.parse(e164, _REGION)
    except NumberParseException:
        return e164
    at_home = number.country_code == _JAPAN
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def shown_phone(e164: str | None, typed: str) -> str:
    """A number that can be called in the one form; any other as it was typed, for a human eye."""
    return format_phone(e164) if e164 else typed


def last_four(e164: str) -> str:
    """The digits by which look-alike results are told apart."""
    return e164[-4:]


def digits_of(text: str) -> str:
    """Only the digits, half width, for searching by part of a number."""
    return re.sub(r"[^0-9]", "", half_width(text))
