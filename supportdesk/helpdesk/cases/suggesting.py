"""What may help while the adviser types: answer cards, videos, and this learner's own earlier consultations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from supportdesk.core.japanese import search_key
from supportdesk.helpdesk.cards.search import CardRow, find_cards
from supportdesk.helpdesk.cases.history import EarlierCase, earlier_cases
from supportdesk.helpdesk.cases.operations import Notes
from supportdesk.learners.models import Device
from supportdesk.videos.queries import VideoRow, videos_about

CARDS_SHOWN: Final = 3
VIDEOS_SHOWN: Final = 4
CASES_SHOWN: Final = 3
_CASES_LOOKED_AT: Final = 50
#: Phones for beginners are Android inside.
_EDITIONS: Final[Mapping[Device | None, Device]] = {Device.EASY_PHONE: Device.ANDROID}
#: No more is looked for, however long the text.
_MOST_WORDS: Final = 12
_LONGEST_READ: Final = 600
#: What carries the meaning of a Japanese sentence: runs of kanji, of katakana, of letters.
_RUN: Final = re.compile(r"[一-龥々〆]{2,}|[ァ-ヺー]{2,}|[A-Za-z0-9]{2,}")
_KANJI: Final = re.compile(r"[一-龥々〆]{4,}")
#: They stand in nearly every consultation and tell nothing apart.
_EVERYWHERE: Final = frozenset(
    map(
        search_key,
        (
            "スマホ",
            "スマートフォン",
            "携帯",
            "相談",
            "方法",
            "自分",
            "本人",
            "今日",
            "画面",
            "使用",
            "場合",
            "確認",
            "練習",
        ),
    )
)


class Suggestions(NamedTuple):
    """What may help."""

    cards: Sequence[CardRow]
    videos: Sequence[VideoRow]
    cases: Sequence[EarlierCase]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.cards or self.videos or self.cases)


def words_of(text: str) -> list[str]:
    """What a text is about, as search keys: few, and the first ones first."""
    found: dict[str, None] = {}
    for run in _RUN.findall(unicodedata.normalize("NFKC", text[:_LONGEST_READ])):
        halves = [run[:2], run[2:4]] if _KANJI.fullmatch(run) else []
        for word in (run, *halves):
            key = search_key(word)
            if key and key not in _EVERYWHERE:
                found.setdefault(key)
    return list(found)[:_MOST_WORDS]


def suggest(learner_id: int, booking_id: int, notes: Notes) -> Suggestions:
    """What fits what is being typed and picked. Three statements, however much there is."""
    words = words_of(f"{notes.asked} {notes.done}")
    return Suggestions(
        cards=find_cards(notes.asked, device=_EDITIONS.get(notes.device, notes.device), limit=CARDS_SHOWN),
        videos=videos_about(words, skill_codes=notes.levels, area_codes=notes.areas, limit=VIDEOS_SHOWN),
        cases=_alike(words, earlier_cases(learner_id, booking_id, _CASES_LOOKED_AT)) if words else [],
    )


def _alike(words: Sequence[str], cases: Sequence[EarlierCase]) -> list[EarlierCase]:
    """Those in which some of the words were said, most of them first, then the latest."""
    counted = [(sum(word in search_key(f"{case.asked} {case.done}") for word in words), case) for case in cases]
    fitting = sorted((one for one in counted if one[0]), key=lambda one: -one[0])
    return [case for _count, case in fitting[:CASES_SHOWN]]
