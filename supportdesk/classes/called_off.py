"""Reads about a run that was called off: who was to come, and how far each has been told. For its page and roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Final, NamedTuple

from sqlalchemy import Text, cast, literal, select

from supportdesk.classes import wording
from supportdesk.classes.day_changes.models import DismissedPlace
from supportdesk.classes.lottery.queries import Entrant, given_up_entries
from supportdesk.classes.models import Enrolment, EnrolmentState
from supportdesk.classes.run_queries import Person, named_people
from supportdesk.core.activities import activity
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.notices.models import Notice
from supportdesk.notices.news import News, news_about, news_of_notices

#: What says that somebody had a seat.
_SEATED: Final = {wording.CONFIRMED, wording.WON}


class Place(IntEnum):
    """What somebody had, in the order in which they are named."""

    SEAT = 1
    IN_LINE = 2
    IN_DRAW = 3


class Dismissed(NamedTuple):
    """Somebody who had a seat, waited for one, or was in the draw when the run was called off. `place` is which."""

    person: Person | Entrant
    place: Place
    news: News


def dismissed_from(run_id: int, actor: Actor, now: datetime) -> list[Dismissed]:
    """Those of a run that was called off: who still has to be told first, seats before the waiting list.

    Whoever had cancelled before is not among them. Learners outside the actor's scope have no name here.
    """
    people = named_people(
        select(Enrolment.id).where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.CANCELLED), actor
    )
    entrants = given_up_entries(run_id, actor)
    told = news_about(
        [activity("enrolment", one.enrolment_id) for one in people]
        + [activity("lottery_entrant", one.id) for one in entrants],
        now,
    )
    with_the_day = _with_the_day(run_id, now)
    found = []
    for person in people:
        news = told.get(activity("enrolment", person.enrolment_id), [])
        last = _that_it_is_called_off(news)
        if person.enrolment_id in with_the_day:
            found.append(Dismissed(person, *with_the_day[person.enrolment_id]))
        elif last is not None:
            found.append(Dismissed(person, _place(any(one.kind in _SEATED for one in news)), last))
    for entrant in entrants:
        last = _that_it_is_called_off(told.get(activity("lottery_entrant", entrant.id), []))
        if last is not None:
            found.append(Dismissed(entrant, Place.IN_DRAW, last))
    return sorted(found, key=lambda one: (not one.news.to_tell, one.place))  # and as they stood: sorting is stable


def _that_it_is_called_off(news: Sequence[News]) -> News | None:
    return next((one for one in news if one.kind == wording.CALLED_OFF), None)


def _place(seated: bool) -> Place:
    return Place.SEAT if seated else Place.IN_LINE


def _with_the_day(run_id: int, now: datetime) -> dict[int, tuple[Place, News]]:
    """Who was dismissed when a whole day was changed: whether they had a seat, and how far they were told of it."""
    rows = db.session.execute(
        select(DismissedPlace.enrolment_id, DismissedPlace.seat, Notice.id)
        .join(Enrolment, Enrolment.id == DismissedPlace.enrolment_id)
        .join(
            Notice,
            (Notice.learner_id == Enrolment.learner_id)
            & (Notice.activity == literal("day_change:", Text) + cast(DismissedPlace.day_change_id, Text)),
        )
        .where(Enrolment.run_id == run_id)
        .order_by(Notice.id)
    ).all()
    news = news_of_notices([row.id for row in rows], now) if rows else {}
    return {row.enrolment_id: (_place(row.seat is not None), news[row.id]) for row in rows}
