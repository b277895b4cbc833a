"""Applying in public, and taking it back. Called by the residents' pages.

The run's lock comes first: an application is before the deadline or after it, and the same one twice is one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.applying.errors import ByInvitation
from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.applying.placing import locked_application, there_already, try_to_place
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.locking import lock_run
from supportdesk.classes.lottery.entering import withdraw_entrant
from supportdesk.classes.lottery.errors import DeadlinePassed
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Enrolment, EnrolmentState, Filling
from supportdesk.core.codes import tidy_code
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.applying.doors import refuse_floods, refuse_guesses, settle, unused_receipt
from supportdesk.learners.applying.errors import AlreadySettled
from supportdesk.learners.applying.models import ApplicationState, HeldBecause
from supportdesk.learners.applying.wishes import Wish, written_down
from supportdesk.learners.office import APPLICATIONS_MOST

_LIVE: Final = (ApplicationState.HELD, ApplicationState.PLACED)


def apply(run_id: int, people: Sequence[Wish], *, sender: str = "", own: Collection[str] = (), now: datetime) -> str:
    """Keep the application; where the register knows them beyond doubt, give at once what they applied for. Returns
    the receipt. Whether they are known is never to be seen from outside.

    `own`: the receipts that this sender has already. The same application of theirs again has the same one; anybody
    else's that names the same people is held, for a receipt tells of an application and takes it back. Raises NotFound,
    RunNotOpen, ByInvitation, DeadlinePassed, TooMany.
    """
    run = lock_run(run_id)
    run.demand_open(now)
    if run.filling is Filling.INVITATION:
        raise ByInvitation
    if run.apply_until is not None and now >= run.apply_until:
        raise DeadlinePassed(run.apply_until)
    others = _others(run_id, people, now=now)
    wanted = {one.key for one in people}
    for one in others:
        same = {person.key for person in one.application.people} == wanted
        if same and one.whole and one.application.receipt in own:
            return one.application.receipt
    refuse_floods(Application, sender, APPLICATIONS_MOST.get(), now)
    application = Application(
        run_id=run_id,
        receipt=unused_receipt(Application, "A"),
        state=ApplicationState.HELD,
        because=HeldBecause.DIFFERS if others else HeldBecause.UNKNOWN,
        differs_from=others[0].application.id if others else None,
        sender=sender,
        applied_at=now,
        people=[
            Applicant(position=number, applied_at=now, **written_down(one, asked=number == 1))
            for number, one in enumerate(people, start=1)
        ],
    )
    db.session.add(application)
    db.session.flush()
    if not others and all(person.learner_id for person in application.people):
        try_to_place(run, application, actor=SYSTEM, now=now)
    known = [person.learner_id for person in application.people if person.learner_id]
    audit.record(
        actor=SYSTEM, action=Action.TAKE_APPLICATION, subject=f"application:{application.id}", learners=known, now=now
    )
    return application.receipt


class _Other(NamedTuple):
    """A live application for the same run; whether all its people still have what it gave them."""

    application: Application
    whole: bool


def _others(run_id: int, people: Sequence[Wish], *, now: datetime) -> list[_Other]:
    """Live applications for the same run in which one of these people is. One that gave places which all were given up
    since, by whatever door, is over: its receipt takes nothing back that is given now.
    """
    wanted = {one.key for one in people}
    rows = db.session.scalars(
        select(Application)
        .join(Applicant)
        .where(
            Application.run_id == run_id,
            Application.state.in_(_LIVE),
            Applicant.phone.in_({phone for phone, _kana in wanted}),
            Applicant.kana_key.in_({kana for _phone, kana in wanted}),
        )
        .options(selectinload(Application.people))
        .order_by(Application.id)
    ).unique()
    named = [one for one in rows if {person.key for person in one.people} & wanted]
    there = there_already(run_id, {person.learner_id for one in named for person in one.people if person.learner_id})
    found = []
    for one in named:
        placed = [person.learner_id in there for person in one.people]
        if one.state is ApplicationState.HELD or any(placed):
            found.append(_Other(one, one.state is ApplicationState.HELD or all(placed)))
        else:
            settle(one, ApplicationState.WITHDRAWN, actor=SYSTEM, now=now)
    return found


def withdraw_application(receipt: str, last_four: str, *, now: datetime) -> str | DeskError:
    """Take the application back, whatever it has become: seat, place in line, entry. Returns the receipt as it is
    stored, pressed twice too, or why not: a wrong guess is counted, and must not be rolled back.

    Raises what cancelling raises, such as AlreadyBegun.
    """
    code = tidy_code(receipt)[:20]
    found = db.session.scalar(select(Application.id).where(Application.receipt == code))
    people = _people(found) if found is not None else []
    refusal = refuse_guesses(code, last_four, [person.phone for person in people], now)
    if refusal is not None:
        return refusal
    assert found is not None
    application = locked_application(found)
    if application.state is ApplicationState.WITHDRAWN:
        return code
    if application.state not in _LIVE:
        return AlreadySettled()
    if application.state is ApplicationState.PLACED:
        for person in application.people:
            _give_back(application.run_id, person.learner_id, now=now)
    settle(application, ApplicationState.WITHDRAWN, actor=SYSTEM, now=now)
    known = [person.learner_id for person in application.people if person.learner_id]
    audit.record(
        actor=SYSTEM, action=Action.WITHDRAW_APPLICATION, subject=f"application:{found}", learners=known, now=now
    )
    return code


def _give_back(run_id: int, learner_id: int | None, *, now: datetime) -> None:
    """Whatever of it is still theirs. Under the run's lock."""
    entrant = select(LotteryEntrant.id).where(
        LotteryEntrant.run_id == run_id,
        LotteryEntrant.learner_id == learner_id,
        LotteryEntrant.withdrawn_at.is_(None),
        LotteryEntrant.enrolment_id.is_(None),
    )
    for entrant_id in connection().scalars(entrant).all():
        withdraw_entrant(entrant_id, actor=SYSTEM, now=now)
    live = select(Enrolment.id).where(
        Enrolment.run_id == run_id, Enrolment.learner_id == learner_id, Enrolment.state != EnrolmentState.CANCELLED
    )
    for enrolment_id in connection().scalars(live).all():
        cancel_enrolment(enrolment_id, actor=SYSTEM, now=now)


def _people(application_id: int) -> Sequence[Applicant]:
    return db.session.scalars(select(Applicant).where(Applicant.application_id == application_id)).all()
