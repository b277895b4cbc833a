"""The words of each card where the database finds them by index: FTS5 in SQLite, a `tsvector` under GIN in PostgreSQL.

The tokens are our own (`splitting`), so that both find the very same cards. Written in the transaction of the card.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, cast, column, literal, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from supportdesk.extensions import db
from supportdesk.helpdesk.cards.models import AnswerCard
from supportdesk.helpdesk.cards.splitting import split

#: Not among the models: the two databases have it in their own kind (migration "answer cards").
INDEX: Final = table("answer_card_index", column("card_id"), column("question"), column("steps"))
_FORGET: Final = text("DELETE FROM answer_card_index WHERE card_id = :card_id")
_FORGET_SQLITE: Final = text("DELETE FROM answer_card_index WHERE rowid = :card_id")
_WRITE_SQLITE: Final = text(
    "INSERT INTO answer_card_index (rowid, question, steps) VALUES (:card_id, :question, :steps)"
)
_WRITE_POSTGRESQL: Final = text(
    "INSERT INTO answer_card_index (card_id, question, steps, words)"
    " VALUES (:card_id, :question, :steps, array_to_tsvector(CAST(:words AS text[])))"
)
#: What is asked of the index: in SQLite all its columns, which go by its own name.
_WORDS_SQLITE: Final[ColumnElement[Any]] = literal_column("answer_card_index")
_WORDS_POSTGRESQL: Final[ColumnElement[Any]] = literal_column("answer_card_index.words")


def index_cards(cards: Iterable[tuple[int, str, str, str]]) -> None:
    """Write the words of these cards (id, question, how else it is asked, steps) anew."""
    rows = [_row(*card) for card in cards]
    if not rows:
        return
    on_sqlite = _on_sqlite()
    db.session.execute(_FORGET_SQLITE if on_sqlite else _FORGET, [{"card_id": row["card_id"]} for row in rows])
    db.session.execute(_WRITE_SQLITE if on_sqlite else _WRITE_POSTGRESQL, rows)


def index_all_cards() -> int:
    """Write every card's words anew: after the list of everyday words or the dictionary has changed. How many."""
    cards = db.session.execute(
        select(AnswerCard.id, AnswerCard.question, AnswerCard.also_asked, AnswerCard.steps)
    ).all()
    index_cards((card.id, card.question, card.also_asked, card.steps) for card in cards)
    return len(cards)


def holding(words: Collection[str]) -> tuple[ColumnElement[Any], ColumnElement[bool]]:
    """The card's id in the index, and that it holds at least one of the words."""
    if _on_sqlite():
        wanted = " OR ".join(f'"{word}"' for word in sorted(words))
        return literal_column("answer_card_index.rowid"), _WORDS_SQLITE.bool_op("MATCH")(literal(wanted))
    wanted = " | ".join(f"'{word}'" for word in sorted(words))
    return INDEX.c.card_id, _WORDS_POSTGRESQL.bool_op("@@")(cast(literal(wanted), TSQUERY))


def _row(card_id: int, question: str, also_asked: str, steps: str) -> dict[str, object]:
    asked = [*split(question), *split(also_asked)]
    done = [token for step in steps.splitlines() for token in split(step)]
    row: dict[str, object] = {"card_id": card_id, "question": " ".join(asked), "steps": " ".join(done)}
    return row if _on_sqlite() else {**row, "words": sorted({*asked, *done})}


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
