"""Reads about a run that was called off: who was to come, and how far each has been told. For its page and roster."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from supportdesk.classes import wording
from supportdesk.classes.models import Enrolment, EnrolmentState
from supportdesk.classes.run_queries import Person, named_people
from supportdesk.core.activities import activity
from supportdesk.core.permissions import Actor
from supportdesk.notices.news import News, news_about

#: Who was told one of these had a seat.
_SEATED = frozenset({wording.CONFIRMED, wording.WON})


class Dismissed(NamedTuple):
    """Somebody who had a seat, or waited for one, when the run was called off."""

    person: Person
    had_seat: bool
    news: News


def dismissed_from(run_id: int, actor: Actor, now: datetime) -> list[Dismissed]:
    """Those of a run that was called off: who still has to be told first, seats before the waiting list.

    Whoever had cancelled before is not among them. Learners outside the actor's scope have no name here.
    """
    people = named_people(
        select(Enrolment.id).where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.CANCELLED), actor
    )
    told = news_about([activity("enrolment", person.enrolment_id) for person in people], now)
    found = []
    for person in people:
        news = told.get(activity("enrolment", person.enrolment_id), [])
        last = next((one for one in news if one.kind == wording.CALLED_OFF), None)
        if last is not None:
            found.append(Dismissed(person, any(one.kind in _SEATED for one in news), last))
    return sorted(found, key=lambda one: (not one.news.to_tell, not one.had_seat, one.person.enrolment_id))
