"""Making of an application what it asks for: seats, places in line, entries in the draw. Under the run's lock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.enrolment import enrol_learner, free_seats_of
from supportdesk.classes.errors import OneSeatLeft
from supportdesk.classes.locking import LockedRun, lock_run
from supportdesk.classes.lottery.entering import enter_lottery
from supportdesk.classes.lottery.queries import entered_among
from supportdesk.classes.together import Comer, Together, enrol_both, enrolled_among, promise_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.applying.doors import settle
from supportdesk.learners.applying.models import ApplicationState, HeldBecause
from supportdesk.learners.caller import Caller


@dataclass(frozen=True)
class Asked:
    """What reception has asked those who apply: why they come in spite of a clash, and whose the one free seat is."""

    clash_reason: str = ""
    together: Together | None = None


def place(run: LockedRun, application: Application, *, asked: Asked | None = None, actor: Actor, now: datetime) -> None:
    """Give them what they applied for. `asked`: reception does, and leaves out whoever has a place there already; by
    itself no application gets hold of a place that it did not give. Raises why the desk refuses.
    """
    comers = _comers(application.people)
    if asked is not None:
        there = there_already(run.id, [one.learner_id for one in comers])
        comers = [one for one in comers if one.learner_id not in there]
    said = asked or Asked()
    if comers and run.to_draw:
        enter_lottery(run.id, comers, applied_at=application.applied_at, actor=actor, now=now)
    elif len(comers) == 1:
        (one,) = comers
        enrol_learner(
            run.id,
            one.learner_id,
            caller=one.caller,
            clash_reason=said.clash_reason,
            told=False,
            actor=actor,
            now=now,
        )
    elif comers:
        promised = said.together or promise_of(len(free_seats_of(run.id)))
        if promised is None:
            raise OneSeatLeft
        first, second = comers
        enrol_both(
            run.id,
            first,
            second,
            promised=promised,
            clash_reason=said.clash_reason,
            told=False,
            actor=actor,
            now=now,
        )
    settle(application, ApplicationState.PLACED, actor=actor, now=now)


def try_to_place(
    run: LockedRun, application: Application, *, asked: Asked | None = None, actor: Actor, now: datetime
) -> DeskError | None:
    """Whatever the desk would have asked of somebody on the telephone, reception asks: it is held for them, and what
    that is is returned.
    """
    try:
        with db.session.begin_nested():
            place(run, application, asked=asked, actor=actor, now=now)
    except DeskError as refusal:
        application.state, application.because = ApplicationState.HELD, HeldBecause.NO_PLACE
        application.settled_at = application.settled_by = None
        db.session.flush()
        return refusal
    return None


def there_already(run_id: int, learner_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """Those of them who have a seat in the run, wait for one, or are in its draw: the kind of their place and its id.
    Two statements.
    """
    enrolled, entered = enrolled_among([run_id], learner_ids), entered_among([run_id], learner_ids)
    places = {learner_id: ("entry", found) for (_run, learner_id), found in entered.items()}
    return places | {learner_id: ("enrolment", found) for (_run, learner_id), found in enrolled.items()}


def locked_application(application_id: int) -> Application:
    """The application with its people, behind its run's lock. Raises NotFound."""
    run_id = db.session.scalar(select(Application.run_id).where(Application.id == application_id))
    if run_id is None:
        raise NotFound
    lock_run(run_id)
    return db.session.scalars(
        select(Application)
        .where(Application.id == application_id)
        .options(selectinload(Application.people))
        .execution_options(populate_existing=True)
    ).one()


def _comers(people: Sequence[Applicant]) -> list[Comer]:
    """Who comes, and where they said that they are called back. Whoever left no number of their own is called where
    the first is.
    """
    first = people[0]
    return [
        Comer(one.learner_id, Caller(phone=one.phone))
        if one is first or one.phone != first.phone
        else Comer(one.learner_id, Caller(first.name or first.kana, phone=first.phone))
        for one in people
        if one.learner_id is not None
    ]
