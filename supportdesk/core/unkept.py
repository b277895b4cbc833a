"""What must never be kept in free text: My Number, card numbers, passwords. Called by the form fields of every room."""

from __future__ import annotations

import re
import unicodedata

from flask_babel import lazy_gettext as _l

_DASHES = re.compile(r"[‐‑‒–—―−─━ーｰ]")
#: Alone or in fours, as the notification card prints it. A telephone with its country begins with +.
_MY_NUMBER = re.compile(r"(?<![\d+-])(?<!\d )(\d{4}[ -]?\d{4}[ -]?\d{4})(?![ -]?\d)")
#: Fifteen and sixteen digits, alone or grouped as cards print them; fourteen for the older ones.
_CARD = re.compile(
    r"(?<![\d+-])(\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|\d{4}[ -]?\d{6}[ -]?\d{5}|\d{4}[ -]?\d{6}[ -]?\d{4})(?![ -]?\d)"
)
_SECRET_WORD = r"(?:パスワ[ー-]ド|パスコ[ー-]ド|暗証番号|password|passcode)"
#: It looks no further than a hundred characters behind the word and tries nothing twice: a note of nothing but
#: "password" is read in one go.
_PASSWORD = re.compile(
    _SECRET_WORD + r"(?:\s{0,20}[:=]\s{0,20}\S"  # パスワード: さくら
    r"|\s{0,20}+(?:は|が|→|[「『(])?\s{0,20}+(?=[!-~]{0,99}\d)[!-~]{3,100}+"  # パスワードはabc123
    r"(?![年月日回個分件文桁け]))",
    re.IGNORECASE,
)


def reason_not_to_keep(text: str) -> object | None:
    """What is in this text that must not be kept, as a message for whoever typed it; None when nothing is."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    if any(_is_my_number(_digits(found)) for found in _MY_NUMBER.findall(plain)):
        return _l("マイナンバー（個人番号）のような数字があります。マイナンバーは書かないでください。")
    if any(_is_card_number(_digits(found)) for found in _CARD.findall(plain)):
        return _l("カード番号のような数字があります。カード番号は書かないでください。")
    if _PASSWORD.search(plain):
        return _l("パスワードや暗証番号のようなものがあります。パスワードは書かないでください。")
    return None


def _digits(written: str) -> str:
    return written.replace(" ", "").replace("-", "")


def _is_my_number(digits: str) -> bool:
    """Twelve digits whose last is the check digit (総務省令第85号 of 2014, article 5)."""
    weighted = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(digits[10::-1], start=1)
    )
    remainder = weighted % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def _is_card_number(digits: str) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1). All zeros pass it, but are no card."""
    doubled = [int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))]
    return digits.strip("0") != "" and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
