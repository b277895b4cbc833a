"""Everyday words: what people call a thing (けいたい, ギガ, 写メ), and the one word that stands for it in the search.

Cards and questions alike are read this way, so that whatever either says, both say the same. The list is
`data/everyday_words.csv`, one line for each of the office's words with what else is said for it: a `thing` is replaced
in the text, however its kana are written; a `word` stands for others in any of their forms (消した, 削除).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from supportdesk.core.japanese import half_width, search_key, to_hiragana, to_katakana

LIST: Final = Path(__file__).parents[2] / "data" / "everyday_words.csv"
_KATAKANA, _KANA, _LETTERS, _KANJI = "ァ-ヺー", "ぁ-ゖァ-ヺー", "a-z0-9", "一-鿿"
#: Where a word in hiragana may begin: the shorter it is, the more others it stands inside of (さいと in くださいと).
_BEGINS_ANYWHERE: Final = 5
_BEGINS_BEHIND_PARTICLE: Final = f"(?:(?<![{_KANA}])|(?<=[はがをにのでも]))"
#: One of two kana must end before one, too: おと in おとが, not in おとした.
_ENDS_BEFORE_PARTICLE: Final = f"(?=[はがをにのでもとかだ]|[^{_KANA}]|$)"
#: A gap here would make another word of the particle: がなる in 音 がなる.
_BEFORE_PARTICLE: Final = re.compile(" (?=[がをはにのでもとへ])")


def in_office_words(text: str) -> str:
    """The text in half-width lower case, with the office's word for every everyday one. The longest fits first."""
    pattern, words = _reader()
    plain = pattern.sub(lambda found: words[_folded(found.group())], half_width(text).lower())
    return _BEFORE_PARTICLE.sub("", plain)


@cache
def same_words() -> Mapping[str, str]:
    """By the search key of a word's plain form, the word that stands for it."""
    rows = ((search_key(spelling), search_key(word)) for word, spellings in _rows("word") for spelling in spellings)
    return dict(rows)


@cache
def _reader() -> tuple[re.Pattern[str], Mapping[str, str]]:
    words: dict[str, str] = {}
    short: set[str] = set()
    for office_word, spellings in _rows("thing"):
        for spelling in (office_word, *spellings):
            folded = _folded(half_width(spelling).lower())
            words.setdefault(folded, f" {office_word} ")
            if len(folded) == len(spelling):
                short.add(folded)
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(_pattern_of(word, short=word in short) for word in longest_first)), words


def _rows(wanted: str) -> Iterator[tuple[str, list[str]]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        for kind, office_word, *spellings in csv.reader(file):
            if kind == wanted:
                yield office_word, spellings


def _folded(word: str) -> str:
    return re.sub("[ー ]", "", to_hiragana(word))


def _pattern_of(word: str, *, short: bool) -> str:
    """A word in either kana, with or without long marks and spaces; never a piece of a longer one in katakana or Latin
    letters, nor one kanji of several. `short`: it is written without long marks, too.
    """
    long_marks = "[ー ]?"
    body = long_marks.join(_either_kana(character) for character in word)
    if not re.search(f"[^{_KANA}]", word):
        katakana = long_marks.join(re.escape(to_katakana(character)) for character in word)
        as_katakana = f"(?<![{_KATAKANA}]){katakana}ー?(?![{_KATAKANA}])"
        hiragana = long_marks.join(map(re.escape, word))
        begins = "" if len(word) >= _BEGINS_ANYWHERE else _BEGINS_BEHIND_PARTICLE
        if len(word) > 2:
            return f"{as_katakana}|{begins}{hiragana}ー?"
        if not short:  # めーる, but never the end of 決める
            return f"{as_katakana}|{begins}{word[0]}ー{word[1:]}"
        return f"{as_katakana}|{begins}{hiragana}ー?{_ENDS_BEFORE_PARTICLE}"
    if re.fullmatch(f"[{_LETTERS}-]+", word):
        return f"(?<![{_LETTERS}]){body}(?![{_LETTERS}])"
    if len(word) == 1:
        return f"(?<![{_KANJI}]){body}(?![{_KANJI}])"
    return body


def _either_kana(character: str) -> str:
    katakana = to_katakana(character)
    return re.escape(character) if katakana == character else f"[{character}{katakana}]"
