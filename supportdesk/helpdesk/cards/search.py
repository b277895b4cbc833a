"""Finding answer cards in people's own words. The database names the cards that hold any of the question's words; which
comes first is reckoned here, so that both databases answer alike (docs/search.md says how).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select

from supportdesk.core.database import table_of
from supportdesk.core.japanese import search_key, tidy
from supportdesk.extensions import db
from supportdesk.helpdesk.cards.index import INDEX, holding
from supportdesk.helpdesk.cards.models import AnswerCard, CardDevice
from supportdesk.helpdesk.cards.splitting import KANJI, PAIR, READING, SPELLING, WORD, split

_CARD: Final = table_of(AnswerCard)
#: What is longer is read up to here: a question at the desk has a line or two.
LONGEST_QUESTION: Final = 300
#: So many cards are ranked at most, the newest: ten times what an office writes.
MOST_RANKED: Final = 1_000
USUAL_LIMIT: Final = 20
_FIRST_WORDS: Final = 60

#: How much a token of each kind says.
KIND_WEIGHT: Final = {WORD: 1.0, READING: 0.6, PAIR: 0.2, SPELLING: 0.2, KANJI: 0.1}
#: How much more a word of the question says than one of the steps.
QUESTION_WEIGHT: Final = 6.0
#: A word that occurs again and again says little more (k of BM25), and in a long card less (b).
_SATURATION: Final = 2.0
_LENGTH: Final = 0.5


class CardRow(NamedTuple):
    """A card as lists show it: the first words of its steps say what it is about."""

    id: int
    code: str
    question: str
    device: CardDevice
    first_words: str


def find_cards(
    text: str,
    *,
    device: str | None = None,
    public: bool = False,
    limit: int = USUAL_LIMIT,
    retired: bool = False,
    among: Sequence[ColumnElement[bool]] = (),
) -> list[CardRow]:
    """The cards that answer this, the best first; none when nothing in it can be looked for. One statement.

    `device` ("iphone", "android") leaves out what is about the other kind; `public` what residents do not read;
    `retired` finds those that were taken out instead; `among` are conditions on `answer_card` besides.
    """
    wanted = looked_for(text)
    if not wanted:
        return []
    card_id, holds = holding(wanted)
    shown: list[ColumnElement[bool]] = [
        _CARD.c.retired_at.is_not(None) if retired else _CARD.c.retired_at.is_(None),
        *among,
    ]
    if public:
        shown.append(_CARD.c.public)
    if device in (CardDevice.IPHONE, CardDevice.ANDROID):
        shown.append(_CARD.c.device.in_((CardDevice(device), CardDevice.BOTH, CardDevice.NONE)))
    found = db.session.execute(
        select(
            _CARD.c.id,
            _CARD.c.code,
            _CARD.c.question,
            _CARD.c.device,
            _CARD.c.steps,
            INDEX.c.question.label("asked"),
            INDEX.c.steps.label("done"),
            select(func.count()).select_from(_CARD).where(*shown).scalar_subquery().label("cards"),
        )
        .select_from(INDEX)
        .join(_CARD, _CARD.c.id == card_id)
        .where(holds, *shown)
        .order_by(_CARD.c.id.desc())
        .limit(MOST_RANKED)
    ).all()
    return [
        CardRow(row.id, row.code, row.question, row.device, first_words(row.steps))
        for row in ranked(wanted, found)[:limit]
    ]


def looked_for(text: str) -> frozenset[str]:
    """The tokens of a question. A single kana says nothing, nor do marks or pictures."""
    asked = tidy(text[:LONGEST_QUESTION])
    return frozenset(split(asked)) if search_key(asked) else frozenset()


def ranked(wanted: frozenset[str], found: Sequence[Any]) -> list[Any]:
    """The cards found, the best first. Every card that holds a word is among them, so they tell how rare each is."""
    counted = [_weighed(wanted, row) for row in found]
    holders = Counter(token for counts, _length in counted for token in counts)
    usual = sum(length for _counts, length in counted) / len(counted) if counted else 1.0
    rarity = {token: math.log(1 + (found[0].cards - held + 0.5) / (held + 0.5)) for token, held in holders.items()}
    worth = [
        sum(
            KIND_WEIGHT[token[0]]
            * rarity[token]
            * count
            / (count + _SATURATION * (1 - _LENGTH + _LENGTH * length / usual))
            for token, count in sorted(counts.items())
        )
        for counts, length in counted
    ]
    order = sorted(range(len(found)), key=lambda at: (-worth[at], found[at].code))
    return [found[at] for at in order if worth[at] > 0]


def _weighed(wanted: frozenset[str], row: Any) -> tuple[dict[str, float], float]:
    """How often each token looked for occurs in a card, the question's counting more; and how long the card is."""
    counts: dict[str, float] = {}
    asked, done = row.asked.split(), row.done.split()
    for tokens, weight in ((asked, QUESTION_WEIGHT), (done, 1.0)):
        for token in tokens:
            if token in wanted:
                counts[token] = counts.get(token, 0.0) + weight
    return counts, QUESTION_WEIGHT * len(asked) + len(done)


def first_words(steps: str) -> str:
    """How the first step begins."""
    first = steps.split("\n", 1)[0]
    return first if len(first) <= _FIRST_WORDS else first[: _FIRST_WORDS - 1] + "…"
