"""What reception does with an application: says who it is, gives them what they applied for, or says why not."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.applying.placing import Asked, locked_application, place, try_to_place
from supportdesk.classes.locking import lock_run
from supportdesk.classes.lottery.errors import SamePerson
from supportdesk.classes.models import Run
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.learners.applying.doors import settle
from supportdesk.learners.applying.errors import AlreadySaid, AlreadySettled, NotKnownYet
from supportdesk.learners.applying.matching import tie
from supportdesk.learners.applying.models import ApplicationState, RefusedBecause
from supportdesk.learners.locking import lock_register
from supportdesk.learners.operations import choose_channel

_KNOWN: Final = (
    select(Applicant.application_id, Applicant.learner_id)
    .where(Applicant.application_id.in_(bindparam("applications", expanding=True)), Applicant.learner_id.is_not(None))
    .order_by(Applicant.id)
)


class Said(NamedTuple):
    """How the application stands now that it is known who somebody is; why it could not be placed, if it was tried."""

    state: ApplicationState
    refusal: DeskError | None = None


def say_who(
    applicant_id: int,
    learner_id: int | None,
    *,
    others: frozenset[int] = frozenset(),
    actor: Actor,
    now: datetime,
) -> Said:
    """It is this learner, or with None somebody new, who is entered now. Once it is known of all, the application is
    placed.

    `others`: learners whom the clerk saw and said to be other people. Raises NotFound, AlreadySettled, AlreadySaid,
    SamePerson, BadParticulars, and ProbablyKnown where somebody is much like a new one and was not seen.
    """
    if learner_id is None:
        lock_register()  # before any row, as whoever merges does
    application = _held(_application_of(applicant_id))
    person = next(one for one in application.people if one.id == applicant_id)
    if person.learner_id is not None:
        raise AlreadySaid
    if learner_id is not None and learner_id in {one.learner_id for one in application.people}:
        raise SamePerson
    tie(
        person,
        learner_id,
        application=application.id,
        asked=person.position == 1,
        others=others,
        actor=actor,
        now=now,
    )
    if not all(one.learner_id for one in application.people):
        return Said(application.state)
    refusal = try_to_place(lock_run(application.run_id), application, asked=Asked(), actor=actor, now=now)
    return Said(application.state, refusal)


def place_application(application_id: int, *, asked: Asked | None = None, actor: Actor, now: datetime) -> None:
    """Give them what they applied for; who has a place already keeps it. Raises NotFound, AlreadySettled, NotKnownYet,
    and why the desk refuses.
    """
    application = _held(application_id)
    if not all(person.learner_id for person in application.people):
        raise NotKnownYet
    place(lock_run(application.run_id), application, asked=asked or Asked(), actor=actor, now=now)


def settle_channel(applicant_id: int, *, taken: bool, actor: Actor, now: datetime) -> None:
    """They are told from now on as they wrote when they applied; or the register's way holds, unless `taken`.

    Raises NotFound, and AlreadySettled when somebody has said so already.
    """
    application = locked_application(_application_of(applicant_id))
    person = next(one for one in application.people if one.id == applicant_id)
    if not person.channel_differs or person.learner_id is None:
        raise AlreadySettled
    person.channel_differs = False
    if taken:
        choose_channel(person.learner_id, person.channel, actor=actor, now=now)
    db.session.flush()


def refuse_application(application_id: int, reason: RefusedBecause, *, actor: Actor, now: datetime) -> None:
    """It comes to nothing, for this reason. Raises NotFound, AlreadySettled."""
    application = _held(application_id)
    application.refused_because = reason
    settle(application, ApplicationState.REFUSED, actor=actor, now=now)
    known = [person.learner_id for person in application.people if person.learner_id]
    audit.record(
        actor=actor, action=Action.REFUSE_APPLICATION, subject=f"application:{application_id}", learners=known, now=now
    )


def close_applications(*, now: datetime) -> int:
    """Nobody asks any more about applications for classes that have begun, or would have; how many those were."""
    begun = select(Run.id).where(Run.starts_at <= now)
    closed = db.session.scalars(
        update(Application)
        .where(Application.state == ApplicationState.HELD, Application.run_id.in_(begun))
        .values(state=ApplicationState.REFUSED, refused_because=RefusedBecause.OVER, settled_at=now)
        .returning(Application.id),
        execution_options={"synchronize_session": False},
    ).all()
    known: dict[int, list[int]] = {}
    for row in db.session.execute(_KNOWN, {"applications": list(closed)}):
        known.setdefault(row.application_id, []).append(row.learner_id)
    for application_id in sorted(closed):
        audit.record(
            actor=SYSTEM,
            action=Action.REFUSE_APPLICATION,
            subject=f"application:{application_id}",
            learners=known.get(application_id, []),
            now=now,
        )
    return len(closed)


def _application_of(applicant_id: int) -> int:
    found = db.session.scalar(select(Applicant.application_id).where(Applicant.id == applicant_id))
    if found is None:
        raise NotFound
    return found


def _held(application_id: int) -> Application:
    """The application, behind its run's lock, if reception is still to settle it."""
    application = locked_application(application_id)
    if application.state is not ApplicationState.HELD:
        raise AlreadySettled
    return application
