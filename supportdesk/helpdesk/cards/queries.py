"""Reads of answer cards: lists narrowed and searched, one card with all that its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, func, select

from supportdesk.accounts.models import Account
from supportdesk.core.codes import tidy_code
from supportdesk.core.paging import Page, fetch_page, page_of
from supportdesk.extensions import db
from supportdesk.helpdesk.cards.models import AnswerCard, CardChange, CardDevice, CardSkill, CardVerb, CardVideo
from supportdesk.helpdesk.cards.search import find_cards, first_words
from supportdesk.skills.models import SkillArea
from supportdesk.skills.queries import skill_names
from supportdesk.videos.models import Video

#: As many as anybody reads through: what the search ranks lower is not shown.
MOST_FOUND: Final = 60
PER_PAGE: Final = 20
CHANGES_SHOWN: Final = 10
_LONGEST_CODE: Final = 40


class CardState(StrEnum):
    """By which staff narrow the list."""

    OUTDATED = "outdated"
    UNCHECKED = "unchecked"
    RETIRED = "retired"


class ShelfCard(NamedTuple):
    """A card on a list."""

    id: int
    code: str
    question: str
    device: CardDevice
    area_code: str
    area: str
    steps: str
    public: bool
    checked_at: datetime | None
    review_on: date
    retired_at: datetime | None

    @property
    def first_words(self) -> str:
        """How its steps begin."""
        return first_words(self.steps)


class LinkedVideo(NamedTuple):
    """A video of a card; when it is retired, what came in its place, if anything did."""

    code: str
    title: str
    retired: bool
    successor_code: str | None
    successor: str | None


class Change(NamedTuple):
    """Who did what to the card."""

    at: datetime
    verb: CardVerb
    by: str | None


@dataclass(frozen=True)
class CardDetails:
    """One card's page."""

    id: int
    code: str
    question: str
    also_asked: str
    steps: tuple[str, ...]
    device: CardDevice
    area_code: str
    area: str
    public: bool
    checked_at: datetime | None
    checked_by: str | None
    review_on: date
    version: int
    retired_at: datetime | None
    successor: tuple[str, str, bool] | None
    skills: tuple[tuple[str, str], ...]
    videos: tuple[LinkedVideo, ...]

    def outdated(self, today: date) -> bool:
        """Whether it is due to be looked through."""
        return self.retired_at is None and self.review_on < today


def shelf(
    text: str,
    number: int,
    *,
    device: str = "",
    area_code: str = "",
    state: CardState | None = None,
    public: bool = False,
    today: date,
) -> Page[ShelfCard]:
    """A page of the cards that fit: found by words, the best first; else by field and question, or the longest overdue
    first.
    """
    fitting = _fitting(area_code, state, today)
    if text:
        found = find_cards(
            text,
            device=device,
            public=public,
            limit=MOST_FOUND,
            retired=state is CardState.RETIRED,
            among=fitting,
        )
        best = page_of([card.id for card in found], number, per_page=PER_PAGE)
        return best.showing(_in_order(best.rows))
    statement = _rows().where(*fitting, AnswerCard.retired_at.is_not(None) == (state is CardState.RETIRED))
    if public:
        statement = statement.where(AnswerCard.public)
    if device in (CardDevice.IPHONE, CardDevice.ANDROID):
        statement = statement.where(AnswerCard.device.in_((CardDevice(device), CardDevice.BOTH, CardDevice.NONE)))
    by_day = (AnswerCard.review_on,) if state is CardState.OUTDATED else ()
    ordered = statement.order_by(*by_day, AnswerCard.area_code, AnswerCard.question, AnswerCard.id)
    page = fetch_page(ordered, number, per_page=PER_PAGE)
    return page.showing([ShelfCard._make(row) for row in page.rows])


def _fitting(area_code: str, state: CardState | None, today: date) -> list[ColumnElement[bool]]:
    fitting: list[ColumnElement[bool]] = []
    if area_code:
        fitting.append(AnswerCard.area_code == area_code)
    if state is CardState.OUTDATED:
        fitting.append(AnswerCard.review_on < today)
    if state is CardState.UNCHECKED:
        fitting.append(AnswerCard.checked_at.is_(None))
    return fitting


def _in_order(ids: Sequence[int]) -> list[ShelfCard]:
    found = db.session.execute(_rows().where(AnswerCard.id.in_(ids))).all()
    rows = {row.id: ShelfCard._make(tuple(row)) for row in found}
    return [rows[one] for one in ids if one in rows]


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        AnswerCard.id,
        AnswerCard.code,
        AnswerCard.question,
        AnswerCard.device,
        AnswerCard.area_code,
        (SkillArea.name_en if str(get_locale()) == "en" else SkillArea.name).label("area"),
        AnswerCard.steps,
        AnswerCard.public,
        AnswerCard.checked_at,
        AnswerCard.review_on,
        AnswerCard.retired_at,
    ).join(SkillArea, SkillArea.code == AnswerCard.area_code)


def counts_of_states(today: date) -> dict[CardState, int]:
    """How many cards in use are outdated, and how many nobody has checked."""
    row = db.session.execute(
        select(
            func.count().filter(AnswerCard.review_on < today),
            func.count().filter(AnswerCard.checked_at.is_(None)),
        ).where(AnswerCard.retired_at.is_(None))
    ).one()
    return {CardState.OUTDATED: row[0], CardState.UNCHECKED: row[1]}


def counts_of_areas() -> dict[str, int]:
    """How many public cards each field has."""
    rows = db.session.execute(
        select(AnswerCard.area_code, func.count())
        .where(AnswerCard.public, AnswerCard.retired_at.is_(None))
        .group_by(AnswerCard.area_code)
    )
    return {row[0]: row[1] for row in rows}


def card_by_code(code: str) -> CardDetails | None:
    """The card that has, or had, this code, however it was typed. Four statements."""
    next_card = select(AnswerCard.code, AnswerCard.question, AnswerCard.public, AnswerCard.id).subquery()
    row = db.session.execute(
        _rows()
        .add_columns(
            AnswerCard.version,
            AnswerCard.also_asked,
            Account.name.label("checked_by"),
            next_card.c.code.label("next_code"),
            next_card.c.question.label("next_question"),
            next_card.c.public.label("next_public"),
        )
        .outerjoin(Account, Account.id == AnswerCard.checked_by)
        .outerjoin(next_card, next_card.c.id == AnswerCard.successor_id)
        .where(AnswerCard.code == tidy_code(code[:_LONGEST_CODE]))
    ).one_or_none()
    if row is None:
        return None
    codes = db.session.scalars(
        select(CardSkill.skill_code).where(CardSkill.card_id == row.id).order_by(CardSkill.skill_code)
    ).all()
    return CardDetails(
        id=row.id,
        code=row.code,
        question=row.question,
        also_asked=row.also_asked,
        steps=tuple(row.steps.splitlines()),
        device=row.device,
        area_code=row.area_code,
        area=row.area,
        public=row.public,
        checked_at=row.checked_at,
        checked_by=row.checked_by,
        review_on=row.review_on,
        version=row.version,
        retired_at=row.retired_at,
        successor=(row.next_code, row.next_question, row.next_public) if row.next_code else None,
        skills=tuple(skill_names(codes).items()) if codes else (),
        videos=tuple(_videos_of(row.id)),
    )


def _videos_of(card_id: int) -> list[LinkedVideo]:
    successor = select(Video.id, Video.code, Video.title).subquery()
    rows = db.session.execute(
        select(Video.code, Video.title, Video.retired_at.is_not(None), successor.c.code, successor.c.title)
        .join(CardVideo, CardVideo.video_id == Video.id)
        .outerjoin(successor, successor.c.id == Video.successor_id)
        .where(CardVideo.card_id == card_id)
        .order_by(CardVideo.position)
    )
    return [LinkedVideo._make(row) for row in rows]


def changes_of(card_id: int) -> list[Change]:
    """The last changes, newest first."""
    rows = db.session.execute(
        select(CardChange.changed_at, CardChange.verb, Account.name)
        .outerjoin(Account, Account.id == CardChange.changed_by)
        .where(CardChange.card_id == card_id)
        .order_by(CardChange.id.desc())
        .limit(CHANGES_SHOWN)
    )
    return [Change._make(row) for row in rows]


def card_in_use(code: str) -> int | None:
    """The id of a card that can stand for another, by its code."""
    return db.session.scalar(
        select(AnswerCard.id).where(AnswerCard.code == tidy_code(code[:_LONGEST_CODE]), AnswerCard.retired_at.is_(None))
    )
