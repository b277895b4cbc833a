"""A text as the search sees it: its words, their readings, and pairs of neighbouring characters.

A word is SudachiPy's normalised form under the search key (でんわ and 電話 are one); `w` marks it, `r` its reading, `p`
two neighbouring kana of the whole text's reading, `s` two neighbouring characters as written, `k` one kanji. They find
what was misspelt, and parts of words.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

from supportdesk.core.japanese import search_key
from supportdesk.helpdesk.cards.courtesy import without_courtesies
from supportdesk.helpdesk.cards.everyday import in_office_words, same_words

WORD, READING, PAIR, SPELLING, KANJI = "w", "r", "p", "s", "k"
#: Parts of speech that say nothing of what a question is about.
_EMPTY_PARTS: Final = frozenset(
    {"助詞", "助動詞", "補助記号", "空白", "記号", "感動詞", "接続詞", "代名詞", "接尾辞", "接頭辞", "連体詞"}
)
_MARKS: Final = frozenset({"補助記号", "空白", "記号"})
#: Words that nearly every question holds.
_EMPTY_WORDS: Final = frozenset(
    map(
        search_key,
        (
            *("為る", "居る", "有る", "成る", "出来る", "遣る", "仕舞う", "見る", "呉れる", "貰う", "下さる", "頂く"),
            *(
                "行く",
                "来る",
                "置く",
                "事",
                "物",
                "方",
                "時",
                "様",
                "仕方",
                "遣り方",
                "方法",
                "教える",
                "知る",
                "分かる",
            ),
            *(
                "欲しい",
                "良い",
                "無い",
                "言う",
                "思う",
                "如何",
                "どう",
                "何",
                "何時",
                "何処",
                "使う",
                "困る",
                "急",
                "又",
            ),
            *("全然", "一寸"),
        ),
    )
)
#: Verbs that SudachiPy takes for others where they stand in kana (`_meant`).
_BECOME, _RING = search_key("成る"), search_key("鳴る")
_BE_LATE, _SEND, _NOT = search_key("遅れる"), search_key("送る"), frozenset({"ない", "なく", "なかっ", "ませ"})
_BE, _PUT_IN, _WHAT_IS_PUT = search_key("居る"), search_key("入れる"), frozenset({"を", "が", "も"})
_KANA = re.compile(r"[ぁ-ゖ]+")
_ONE_KANJI = re.compile(r"[一-鿿]")
_own = threading.local()


def split(text: str) -> list[str]:
    """Every token of the text, as often as it occurs."""
    plain = in_office_words(without_courtesies(text))
    morphemes = list(_tokenizer().tokenize(plain)) if plain.strip() else []
    return [*_words(morphemes), *_pairs(morphemes)]


def _words(morphemes: list[Any]) -> Iterator[str]:
    same = same_words()
    for one, before, after in zip(morphemes, [None, *morphemes], [*morphemes[1:], None], strict=False):
        if one.part_of_speech()[0] in _EMPTY_PARTS:
            continue
        word, reading = _meant(one, before, after), _key(one.reading_form())
        if not word or word in _EMPTY_WORDS:
            continue
        yield WORD + same.get(word, word)
        if len(reading) > 1:
            yield READING + reading


def _meant(one: Any, before: Any, after: Any) -> str:
    """The word's plain form under the search key; of a verb in kana that is taken for another, the one meant."""
    word, written = _key(one.normalized_form()), one.surface()
    if word == _BECOME and before is not None and before.surface() == "が":
        return _RING  # 音がならない: what becomes something has に or と before it
    if word == _BE_LATE and written.startswith("おくれ") and after is not None and after.surface() in _NOT:
        return _SEND  # 写真がおくれない
    if word == _BE and written.startswith("いれ") and before is not None and before.surface() in _WHAT_IS_PUT:
        return _PUT_IN  # 番号をいれて
    return word


def _pairs(morphemes: list[Any]) -> Iterator[str]:
    read = "".join(_key(one.reading_form()) if _is_read(one) else "" for one in morphemes)
    for run in _KANA.findall(read):
        yield from (PAIR + run[at : at + 2] for at in range(len(run) - 1))
    for one in morphemes:
        written = _key(one.surface())
        if not _KANA.fullmatch(written):
            yield from (SPELLING + written[at : at + 2] for at in range(len(written) - 1))
            yield from (KANJI + kanji for kanji in _ONE_KANJI.findall(written))


@lru_cache(maxsize=10_000)
def _key(word: str) -> str:
    """The search key of one word: the same few come again and again."""
    return search_key(word)


def _is_read(morpheme: Any) -> bool:
    """Marks and spaces have a reading too, which nobody says: きごう."""
    return morpheme.part_of_speech()[0] not in _MARKS


def _tokenizer() -> Any:
    """SudachiPy's, in its short units; one a thread, since it holds what it reads."""
    if not hasattr(_own, "tokenizer"):
        _own.tokenizer = _dictionary().tokenizer(mode="A")
    return _own.tokenizer


@cache
def _dictionary() -> Any:
    """Read once a process, by whoever first looks for a card: 50 MB that nobody else pays for."""
    from sudachipy import Dictionary

    return Dictionary(dict="small")


def names_in(text: str) -> frozenset[str]:
    """The search keys of what stands there as a person's name."""
    found = (one for line in text.splitlines() for one in _tokenizer().tokenize(line))
    return frozenset(_key(one.surface()) for one in found if one.part_of_speech()[2] == "人名")
