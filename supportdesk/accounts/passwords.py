"""Passwords: which ones may be chosen, what is kept of them, and whether one fits.

Long and not soon guessed is all that is asked for. Nobody has to mix capitals, digits and signs, or to change a
password that is still secret: such rules lead to slips of paper (NIST SP 800-63B-4, 3.1.1.2).
"""

from __future__ import annotations

from collections.abc import Iterable

import jaconv
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from zxcvbn import zxcvbn

from supportdesk.core.errors import DeskError
from supportdesk.core.japanese import to_hiragana

#: NIST asks for eight characters beside a second factor and fifteen without one. An office that shares its screens, and
#: a city that only offers the second factor, stand between the two.
SHORTEST_PASSWORD = 12
#: What whoever guesses tries first here, beside the lists.
_LOCAL_WORDS = ("akita", "akitashi", "supportdesk", "smaho", "sumaho", "digital", "pasuwado")
#: zxcvbn's third score: what is guessed in a hundred million tries is too soon guessed where a hash may leak.
_LEAST_SCORE = 3
#: zxcvbn looks no further, for its time grows with the square.
_LOOKED_AT = 72
#: Shorter ones stand in too many words: in Latin letters, and in kana or kanji.
_SHORTEST_NAME, _SHORTEST_JAPANESE_NAME = 3, 2

#: argon2id.
hasher = PasswordHasher()
#: Fits no password: of an account whose holder has not chosen one yet.
NONE_CHOSEN = "!"


class PasswordTooShort(DeskError):
    """A password that is guessed too soon."""

    def __init__(self) -> None:
        message = _l("パスワードは%(least)s文字以上にしてください。", least=SHORTEST_PASSWORD)
        super().__init__(message, field="new_password")


class PasswordNamesOwner(DeskError):
    """Without its owner's names too little is left of it."""

    def __init__(self) -> None:
        message = _l(
            "ユーザー名や自分の名前をのぞいて、%(least)s文字以上にしてください。名前は最初にためされます。",
            least=SHORTEST_PASSWORD,
        )
        super().__init__(message, field="new_password")


class PasswordTooCommon(DeskError):
    """It stands in the lists of those that are tried first, or is made of such in a way that is tried next."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "よく使われているパスワードか、それに似たもの（よくある言葉、続き番号、くり返し、日付）なので、すぐに当てられます。"
                "関係のない言葉を3つ以上ならべると、長くて覚えやすくなります。"
            ),
            field="new_password",
        )


def demand_good_password(password: str, *, names: Iterable[str]) -> None:
    """Whoever is called by these names chooses this password.

    Raises PasswordTooShort, PasswordNamesOwner, PasswordTooCommon.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort
    own = _spellings(names)
    if _length_without(password, own) < SHORTEST_PASSWORD:
        raise PasswordNamesOwner
    if zxcvbn(password[:_LOOKED_AT], user_inputs=[*own, *_LOCAL_WORDS])["score"] < _LEAST_SCORE:
        raise PasswordTooCommon


def kept_hash(password: str) -> str:
    """What is kept of a password."""
    return hasher.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether it is the password of which this was kept."""
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def renewed(kept: str, password: str) -> str | None:
    """What is to be kept instead, where a hash made today would take more work to guess."""
    return hasher.hash(password) if hasher.check_needs_rehash(kept) else None


def _spellings(names: Iterable[str]) -> list[str]:
    """The names' words as they stand and in Latin letters, longest first."""
    words = {word for name in names for word in name.lower().split()}
    words |= {jaconv.kana2alphabet(to_hiragana(word)) for word in words}
    long_enough = (
        word for word in words if len(word) >= (_SHORTEST_NAME if word.isascii() else _SHORTEST_JAPANESE_NAME)
    )
    return sorted(long_enough, key=lambda word: (-len(word), word))


def _length_without(password: str, words: Iterable[str]) -> int:
    rest = password.lower()
    for word in words:
        rest = rest.replace(word, "")
    return len(rest)
