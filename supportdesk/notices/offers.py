"""Offers: what became free is held for the next in line, who has until a deadline to answer; then for the one after.

One engine for every room in which people wait. A room says how its line is held still, how something is given and how
it goes on (`Line`, registered with `form_line` in `plug_in`); it holds with `hold`, under its own lock. Answers come
from the call list and the rooms' pages, and from the worker once the deadline is over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol
from uuid import uuid4

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, bindparam, cast, insert, literal, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, reading, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.office import OFFICE_PHONE
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Channel
from supportdesk.learners.standing import Standing
from supportdesk.notices import operations
from supportdesk.notices.models import UNSETTLED, Notice, NoticeState, Offer, OfferState
from supportdesk.notices.operations import cancel_notices, queue_notice

_OFFER = table_of(Offer)
_NOTICE = table_of(Notice)
#: The kind of notice that asks.
OFFERED: Final = "offer"


class Vacancy(NamedTuple):
    """One thing that became free. `given_up` is the activity that ended and freed it, if one did: whose that was is
    never asked whether they want it.
    """

    name: str
    given_up: str = ""


def new_vacancy(given_up: str = "") -> Vacancy:
    """Something became free just now."""
    return Vacancy(uuid4().hex, given_up)


class Answer(StrEnum):
    """What became of an offer. Who declines goes on waiting; who leaves does not; PASS_ON is the desk's, which did not
    reach them.
    """

    ACCEPT = "accept"
    DECLINE = "decline"
    LEAVE = "leave"
    PASS_ON = "pass_on"


_LEADS_TO: Final[Mapping[Answer, OfferState]] = {
    Answer.ACCEPT: OfferState.ACCEPTED,
    Answer.DECLINE: OfferState.DECLINED,
    Answer.LEAVE: OfferState.LEFT,
    Answer.PASS_ON: OfferState.PASSED_ON,
}


class OfferOver(DeskError):
    """It was answered before, its deadline is over, or there is nothing to be had any more."""

    def __init__(self) -> None:
        super().__init__(_l("この案内は、もう返事がすんでいるか、期限をすぎています。"))


class Give(Protocol):
    """What was held becomes theirs. Raises a DeskError where it cannot."""

    def __call__(self, row_id: int, /, *, actor: Actor, now: datetime) -> None: ...


class GoOn(Protocol):
    """What was held is free again, and is held for the next who was not asked; `leaves`: this one waits no more."""

    def __call__(self, row_id: int, vacancy: Vacancy, /, *, leaves: bool, actor: Actor, now: datetime) -> None: ...


class Still(Protocol):
    """Waits for whoever is at work on the line, and keeps it until the transaction ends."""

    def __call__(self, row_id: int, /) -> None: ...


class LineWords(NamedTuple):
    """How the call list speaks of what is offered: what they answer who want it, that it is held, and, of who does not
    want to be asked any more, what is pressed and what follows.
    """

    accept: object
    held: object
    leave: object
    leaving: object


@dataclass(frozen=True)
class Line:
    """What a room does with a place in its line. `kind` is that of the activity: "enrolment" of "enrolment:7"."""

    kind: str
    words: LineWords
    hold_still: Still
    give: Give
    go_on: GoOn


def form_line(app: Flask, line: Line) -> None:
    """Called by a room when the application is made."""
    app.extensions.setdefault("lines", {})[line.kind] = line


def line_of_kind(kind: str) -> Line:
    """The line in which such places are."""
    lines: dict[str, Line] = current_app.extensions["lines"]
    return lines[kind]


def hold(
    vacancy: Vacancy,
    *,
    row_id: int,
    kind: str,
    standing: Standing,
    text: str,
    call_to: str,
    deadline: datetime,
    actor: Actor,
    now: datetime,
) -> int:
    """Ask whose place in line this is, and hold the vacancy for them until the deadline: the offer's id.

    Called under the room's lock.
    """
    offer_id = connection().scalar(
        insert(_OFFER).returning(_OFFER.c.id),
        {
            "vacancy": vacancy.name,
            "given_up": vacancy.given_up,
            "place_in_line": activity(kind, row_id),
            "learner_id": standing.learner_id,
            "state": OfferState.OPEN,
            "made_at": now,
            "deadline": deadline,
        },
    )
    assert offer_id is not None, "a row that was written has an id"
    queue_notice(
        standing=standing,
        kind=OFFERED,
        activity=activity("offer", offer_id),
        text=text + how_to_answer(standing.channel),
        call_to=call_to,
        tell_until=deadline,
        asks=True,
        now=now,
    )
    _note(Action.MAKE_OFFER, standing.learner_id, offer_id, actor=actor, now=now)
    return offer_id


def how_to_answer(channel: Channel) -> str:
    """What follows the question where nobody asks it by voice: by which number they answer."""
    return f"お返事はお電話でどうぞ：{OFFICE_PHONE.get()}" if channel in operations.LEAVES else ""


def asked_of(vacancy: Vacancy, kind: str) -> list[int]:
    """The places in line that were asked about it already: one statement."""
    names = connection().scalars(select(_OFFER.c.place_in_line).where(_OFFER.c.vacancy == vacancy.name))
    return [int(name.removeprefix(f"{kind}:")) for name in names]


def learners_asked(vacancy: Vacancy) -> set[int]:
    """Who was asked about it already, in whatever place in line: one statement."""
    return set(connection().scalars(select(_OFFER.c.learner_id).where(_OFFER.c.vacancy == vacancy.name)))


def learners_asked_since(since: datetime, learner_ids: Collection[int]) -> set[int]:
    """Those of the learners who were asked about anything from then on: one statement."""
    asked = select(_OFFER.c.learner_id).where(_OFFER.c.learner_id.in_(learner_ids), _OFFER.c.made_at >= since)
    return set(connection().scalars(asked))


def vacancies_known(learner_ids: Collection[int]) -> dict[str, set[int]]:
    """Who of these was asked about it already, of each vacancy: one statement."""
    found: dict[str, set[int]] = {}
    asked = select(_OFFER.c.vacancy, _OFFER.c.learner_id).where(_OFFER.c.learner_id.in_(learner_ids))
    for row in connection().execute(asked):
        found.setdefault(row.vacancy, set()).add(row.learner_id)
    return found


def answer_offer(offer_id: int, answer: Answer, *, actor: Actor, now: datetime) -> None:
    """Note the answer: what was held is theirs, or goes to the next in line.

    Until it was handed on, an answer after the deadline counts. Raises NotFound, OfferOver, and what the room raises
    when it cannot be given any more.
    """
    settle(offer_id, _LEADS_TO[answer], actor=actor, now=now)


def settle(offer_id: int, state: OfferState, *, actor: Actor, now: datetime) -> None:
    """What `answer_offer` does, and the end of the time to answer. Raises the same."""
    line, row_id = _line_of(_offer(offer_id).place_in_line)
    line.hold_still(row_id)
    offer = _offer(offer_id)
    if offer.state is not OfferState.OPEN:
        raise OfferOver
    _close([offer_id], state, actor=actor, now=now)
    _note(_NOTED[state], offer.learner_id, offer_id, actor=actor, now=now)
    if state is OfferState.ACCEPTED:
        line.give(row_id, actor=actor, now=now)
    else:
        vacancy = Vacancy(offer.vacancy, offer.given_up)
        line.go_on(row_id, vacancy, leaves=state is OfferState.LEFT, actor=actor, now=now)


_NOTED: Final[Mapping[OfferState, Action]] = {
    OfferState.ACCEPTED: Action.ACCEPT_OFFER,
    OfferState.DECLINED: Action.DECLINE_OFFER,
    OfferState.LEFT: Action.DECLINE_OFFER,
    OfferState.PASSED_ON: Action.PASS_OFFER_ON,
    OfferState.EXPIRED: Action.PASS_OFFER_ON,
}


_STILL_ASKED: Final = (
    select(_NOTICE.c.id, _NOTICE.c.wanted_channel, _OFFER.c.deadline)
    .join(_OFFER, _NOTICE.c.activity == literal("offer:") + cast(_OFFER.c.id, Text))
    .where(
        _OFFER.c.place_in_line == bindparam("place"),
        _OFFER.c.state == OfferState.OPEN,
        _NOTICE.c.state.in_(UNSETTLED),
    )
)


def end_offer(row_id: int, kind: str, *, left: bool, actor: Actor, now: datetime) -> Vacancy | None:
    """The place in line is given up (`left`), or there is nothing to be had any more: its offer, if any, is over.

    What was held is the room's to give, to others who were not asked. Called under the room's lock.
    """
    place = activity(kind, row_id)
    offer = (
        connection()
        .execute(select(_OFFER).where(_OFFER.c.place_in_line == place, _OFFER.c.state == OfferState.OPEN))
        .one_or_none()
    )
    if offer is None:
        return None
    _close([offer.id], OfferState.LEFT if left else OfferState.WITHDRAWN, actor=actor, now=now)
    return Vacancy(offer.vacancy, offer.given_up)


def reword_offer(row_id: int, kind: str, question: Callable[[datetime], str]) -> None:
    """The place in line is asked in other words from now on; `question` makes them of the deadline. Called under the
    room's lock.
    """
    asked = connection().execute(_STILL_ASKED, {"place": activity(kind, row_id)}).one_or_none()
    if asked is not None:
        text = question(asked.deadline) + how_to_answer(asked.wanted_channel)
        connection().execute(update(_NOTICE).where(_NOTICE.c.id == asked.id).values(text=text))


def overdue(now: datetime) -> list[int]:
    """Offers whose deadline is over, the oldest first."""
    late = select(_OFFER.c.id).where(_OFFER.c.state == OfferState.OPEN, _OFFER.c.deadline <= now)
    with reading() as read:
        return list(read.scalars(late.order_by(_OFFER.c.deadline, _OFFER.c.id)))


_CLOSE: Final = (
    update(_OFFER)
    .where(_OFFER.c.id.in_(bindparam("offers", expanding=True)))
    .values(state=bindparam("becomes"), settled_at=bindparam("at"), settled_by=bindparam("by"))
)
#: Somebody spoke with them: the call is done, whether from the list or when they called themselves.
_ANSWERED: Final = (
    update(_NOTICE)
    .where(_NOTICE.c.activity.in_(bindparam("about", expanding=True)), _NOTICE.c.state.in_(UNSETTLED))
    .values(state=NoticeState.DONE, settled_at=bindparam("at"), settled_by=bindparam("by"))
)
_SPOKEN_WITH: Final = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LEFT)


def _close(offer_ids: Collection[int], state: OfferState, *, actor: Actor, now: datetime) -> None:
    """Settle the offers and what was to be told of them."""
    by = actor.account_id
    connection().execute(_CLOSE, {"offers": list(offer_ids), "becomes": state, "at": now, "by": by})
    subjects = [activity("offer", offer_id) for offer_id in offer_ids]
    if state in _SPOKEN_WITH:
        connection().execute(_ANSWERED, {"about": subjects, "at": now, "by": by})
    for subject in subjects:
        cancel_notices(subject, now=now)


def _offer(offer_id: int) -> Any:
    """The offer as it stands now; its line's lock keeps it so. Raises NotFound."""
    offer = connection().execute(select(_OFFER).where(_OFFER.c.id == offer_id)).one_or_none()
    if offer is None:
        raise NotFound
    return offer


def _line_of(place_in_line: str) -> tuple[Line, int]:
    kind, _, row_id = place_in_line.partition(":")
    return line_of_kind(kind), int(row_id)


def _note(action: Action, learner_id: int, offer_id: int, *, actor: Actor, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail={"offer": offer_id})
