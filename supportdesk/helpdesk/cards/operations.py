"""The verbs of answer cards: write, change, check, retire, show again. Each keeps who did it, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from supportdesk.core import clock
from supportdesk.core.codes import new_code, tidy_code
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.cards.errors import BadCard, BadSuccessorCard, CardChanged, CardRetired
from supportdesk.helpdesk.cards.index import index_cards
from supportdesk.helpdesk.cards.models import AnswerCard, CardChange, CardDevice, CardSkill, CardVerb, CardVideo
from supportdesk.helpdesk.cards.office import REVIEW_DAYS
from supportdesk.helpdesk.cards.personal import refuse_names_of
from supportdesk.skills.models import Skill, SkillArea
from supportdesk.videos.models import Video

MOST_VIDEOS = 6


@dataclass(frozen=True, kw_only=True)
class CardPlan:
    """What a card says. `also_asked` is how else people put the question; `videos` are codes, in the order in which
    they are shown.
    """

    question: str
    steps: str
    device: CardDevice
    area_code: str
    also_asked: str = ""
    skills: tuple[str, ...] = ()
    public: bool = True
    videos: tuple[str, ...] = ()


class Written(NamedTuple):
    """A new card."""

    id: int
    code: str


def write_card(plan: CardPlan, *, about: int | None = None, actor: Actor, now: datetime) -> Written:
    """Keep a new card, which somebody has still to check.

    `about`: the learner of the case that it is written from. Raises BadCard when it names them or cannot be.
    """
    videos = _check(plan, about)
    [written] = _keep([(_unused_code(), plan)], actor=actor, now=now)
    _write_parts([(written.id, plan, videos)])
    return written


def take_in_cards(cards: Sequence[tuple[str, CardPlan]], *, actor: Actor, now: datetime) -> list[Written]:
    """Keep many cards at once, each with its code: those that come with the desk, which link to no video."""
    written = _keep(cards, actor=actor, now=now)
    _write_parts([(one.id, plan, []) for one, (_code, plan) in zip(written, cards, strict=True)])
    return written


def _keep(cards: Sequence[tuple[str, CardPlan]], *, actor: Actor, now: datetime) -> list[Written]:
    review_on = _next_review(now)
    rows = [AnswerCard(code=code, created_at=now, review_on=review_on, **_columns(plan)) for code, plan in cards]
    db.session.add_all(rows)
    db.session.flush()
    index_cards((row.id, row.question, row.also_asked, row.steps) for row in rows)
    db.session.execute(
        insert(CardChange),
        [
            {"card_id": row.id, "verb": CardVerb.WRITTEN, "changed_at": now, "changed_by": actor.account_id}
            for row in rows
        ],
    )
    return [Written(row.id, row.code) for row in rows]


def save_card(card_id: int, plan: CardPlan, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a card; `version` is the one that the change was made from. It has to be checked again.

    Raises NotFound, BadCard, and CardChanged when somebody else changed it meanwhile.
    """
    card = lock_card(card_id)
    if card.version != version:
        raise CardChanged
    videos = _check(plan, None)
    for column, value in _columns(plan).items():
        setattr(card, column, value)
    card.version += 1
    card.checked_at, card.checked_by = None, None
    db.session.flush()
    for part in (CardSkill, CardVideo):
        db.session.execute(delete(part).where(part.card_id == card_id))
    _write_parts([(card_id, plan, videos)])
    index_cards([(card_id, plan.question, plan.also_asked, plan.steps)])
    note_change(card_id, CardVerb.CHANGED, actor=actor, now=now)


def check_card(card_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody has read it today, and it is right: it is due again after the office's time.

    Raises NotFound, CardRetired.
    """
    card = lock_card(card_id)
    if card.retired_at is not None:
        raise CardRetired
    card.checked_at, card.checked_by, card.review_on = now, actor.account_id, _next_review(now)
    db.session.flush()
    note_change(card_id, CardVerb.CHECKED, actor=actor, now=now)


def retire_card(card_id: int, successor_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Take a card out: its code leads to its successor from now on, and so do those that led to this one.

    Raises NotFound, BadSuccessorCard.
    """
    locked = {one: lock_card(one) for one in sorted({card_id, successor_id or card_id})}
    card = locked[card_id]
    if successor_id is not None and (successor_id == card_id or locked[successor_id].retired_at is not None):
        raise BadSuccessorCard
    card.retired_at, card.successor_id = card.retired_at or now, successor_id
    if successor_id is not None:
        db.session.execute(
            update(AnswerCard).where(AnswerCard.successor_id == card_id).values(successor_id=successor_id)
        )
    db.session.flush()
    note_change(card_id, CardVerb.RETIRED, actor=actor, now=now)


def show_card_again(card_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a retired card back. One that is shown stays. Raises NotFound."""
    card = lock_card(card_id)
    if card.retired_at is None:
        return
    card.retired_at, card.successor_id = None, None
    db.session.flush()
    note_change(card_id, CardVerb.SHOWN_AGAIN, actor=actor, now=now)


def _check(plan: CardPlan, about: int | None) -> list[int]:
    """Raises BadCard; else the ids of the videos it names."""
    if about is not None:
        refuse_names_of(about, {"question": plan.question, "also_asked": plan.also_asked, "steps": plan.steps})
    if db.session.get(SkillArea, plan.area_code) is None:
        raise BadCard.unknown("area_code")
    known = set(db.session.scalars(select(Skill.code).where(Skill.code.in_(plan.skills))))
    if known != set(plan.skills):
        raise BadCard.unknown("skills")
    return _videos(plan.videos)


def _videos(codes: Iterable[str]) -> list[int]:
    wanted = list(dict.fromkeys(map(tidy_code, codes)))
    if len(wanted) > MOST_VIDEOS:
        raise BadCard.too_many_videos(MOST_VIDEOS)
    if not wanted:
        return []
    found = db.session.execute(select(Video.code, Video.id).where(Video.code.in_(wanted)))
    ids: dict[str, int] = {row.code: row.id for row in found}
    unknown = [code for code in wanted if code not in ids]
    if unknown:
        raise BadCard.no_such_video(unknown[0])
    return [ids[code] for code in wanted]


def _columns(plan: CardPlan) -> dict[str, object]:
    return {
        "question": plan.question,
        "also_asked": plan.also_asked,
        "steps": plan.steps,
        "device": plan.device,
        "area_code": plan.area_code,
        "public": plan.public,
    }


def _write_parts(cards: Iterable[tuple[int, CardPlan, list[int]]]) -> None:
    cards = list(cards)
    skills = [{"card_id": card_id, "skill_code": code} for card_id, plan, _videos in cards for code in plan.skills]
    shown = [
        {"card_id": card_id, "video_id": one, "position": place}
        for card_id, _plan, videos in cards
        for place, one in enumerate(videos)
    ]
    for table, rows in ((CardSkill, skills), (CardVideo, shown)):
        if rows:
            db.session.execute(insert(table), rows)


def note_change(card_id: int, verb: CardVerb, *, actor: Actor, now: datetime) -> None:
    """Keep who did what."""
    db.session.add(CardChange(card_id=card_id, verb=verb, changed_at=now, changed_by=actor.account_id))
    db.session.flush()


def _next_review(now: datetime) -> date:
    return clock.local(now).date() + timedelta(days=REVIEW_DAYS.get())


def lock_card(card_id: int) -> AnswerCard:
    """The card, kept until the transaction ends. Raises NotFound."""
    card = db.session.scalar(
        select(AnswerCard)
        .where(AnswerCard.id == card_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if card is None:
        raise NotFound
    return card


def _unused_code() -> str:
    """A code that no card has or had: rows of cards are never deleted."""
    while True:
        code = new_code("K", length=5)
        if db.session.scalar(select(AnswerCard.id).where(AnswerCard.code == code)) is None:
            return code
