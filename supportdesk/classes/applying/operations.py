"""Applying in public, saying who it is, and taking it back. Called by the residents' and reception's pages.

The run's lock comes first: an application is before the deadline or after it, and the same one twice is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.applying.errors import (
    AlreadySettled,
    ByInvitation,
    NoSuchApplication,
    NotKnownYet,
    OneSeatForTwo,
    TooMany,
    TriedTooOften,
)
from supportdesk.classes.applying.matching import learner_like, particulars_of
from supportdesk.classes.applying.models import Applicant, Application, ApplicationState, HeldBecause, RefusedBecause
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.enrolment import enrol_learner, free_seats_of
from supportdesk.classes.locking import LockedRun, lock_run
from supportdesk.classes.lottery.entering import enter_lottery, withdraw_entrant
from supportdesk.classes.lottery.errors import DeadlinePassed
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Enrolment, EnrolmentState, Filling
from supportdesk.classes.office import APPLICATIONS_MOST
from supportdesk.classes.together import Applicant as Comer
from supportdesk.classes.together import Together, enrol_both
from supportdesk.core import clock, throttle
from supportdesk.core.codes import new_code, tidy_code
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.duplicates import probable_duplicates
from supportdesk.learners.models import Channel, Device, Need
from supportdesk.learners.operations import enter_learner

_LATELY: Final = timedelta(minutes=10)
_LIVE: Final = (ApplicationState.HELD, ApplicationState.PLACED)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One person as they wrote themselves down. `phone` is E.164."""

    kana: str
    phone: str
    name: str = ""
    residence: str = ""
    birth_year: int | None = None
    device: Device | None = None
    needs: frozenset[Need] = frozenset()
    channel: Channel = Channel.PHONE

    @property
    def key(self) -> tuple[str, str]:
        """By this the same person is known in another application."""
        return self.phone, search_key(self.kana)


def sender_of(address: str, now: datetime) -> str:
    """Stands for an address on one day; it can be counted, and not read."""
    day = clock.local(now).date().isoformat()
    key = str(current_app.secret_key).encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    return hashlib.blake2b(f"{day}\0{address}".encode(), key=key, digest_size=12).hexdigest()


def apply(run_id: int, people: Sequence[Wish], *, sender: str = "", now: datetime) -> str:
    """Keep the application; where the register knows them beyond doubt, give at once what they applied for. Returns
    the receipt. The same application again has the same one; whether they are known is never to be seen from outside.

    Raises NotFound, RunNotOpen, ByInvitation, DeadlinePassed, TooMany.
    """
    run = lock_run(run_id)
    run.demand_open(now)
    if run.filling is Filling.INVITATION:
        raise ByInvitation
    if run.apply_until is not None and now >= run.apply_until:
        raise DeadlinePassed(run.apply_until)
    others = _others(run_id, people)
    same = next((one for one in others if {_key(person) for person in one.people} == {one.key for one in people}), None)
    if same is not None:
        return same.receipt
    _refuse_floods(sender, now)
    application = Application(
        run_id=run_id,
        receipt=_unused_receipt(),
        state=ApplicationState.HELD,
        because=HeldBecause.DIFFERS if others else HeldBecause.UNKNOWN,
        differs_from=others[0].id if others else None,
        sender=sender,
        applied_at=now,
        people=[_applicant(number, one, now) for number, one in enumerate(people, start=1)],
    )
    db.session.add(application)
    db.session.flush()
    if not others and all(person.learner_id for person in application.people):
        _try_to_place(run, application, actor=SYSTEM, now=now)
    known = [person.learner_id for person in application.people if person.learner_id]
    audit.record(
        actor=SYSTEM, action=Action.TAKE_APPLICATION, subject=f"application:{application.id}", learners=known, now=now
    )
    return application.receipt


def _key(person: Applicant) -> tuple[str, str]:
    return person.phone, person.kana_key


def _others(run_id: int, people: Sequence[Wish]) -> list[Application]:
    """Live applications for the same run in which one of these people is."""
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
    return [one for one in rows if {_key(person) for person in one.people} & wanted]


def _refuse_floods(sender: str, now: datetime) -> None:
    """A shared address is slowed, never shut."""
    if not sender:
        return
    lately = select(func.count()).where(Application.sender == sender, Application.applied_at > now - _LATELY)
    if (db.session.scalar(lately) or 0) >= APPLICATIONS_MOST.get():
        raise TooMany


def _unused_receipt() -> str:
    while True:
        code = new_code("A")
        if db.session.scalar(select(Application.id).where(Application.receipt == code)) is None:
            return code


def _applicant(position: int, one: Wish, now: datetime) -> Applicant:
    phone, kana_key = one.key
    return Applicant(
        position=position,
        learner_id=learner_like(kana_key, phone, one.birth_year),
        name=one.name,
        kana=one.kana,
        kana_key=kana_key,
        phone=phone,
        residence=one.residence,
        birth_year=one.birth_year,
        device=one.device,
        needs=",".join(sorted(one.needs)),
        channel=one.channel,
        applied_at=now,
    )


def _try_to_place(run: LockedRun, application: Application, *, actor: Actor, now: datetime) -> None:
    """Whatever the desk would have asked of somebody on the telephone, reception asks: it is held for them."""
    try:
        with db.session.begin_nested():
            db.session.connection()  # the savepoint is made when the session is asked, and `connection()` asks nobody
            _place(run, application, actor=actor, now=now)
    except DeskError:
        application.state, application.because = ApplicationState.HELD, HeldBecause.NO_PLACE
        application.settled_at = None
        db.session.flush()


def _place(run: LockedRun, application: Application, *, actor: Actor, now: datetime) -> None:
    ids = [person.learner_id for person in application.people if person.learner_id is not None]
    first = application.people[0]
    callers = [THE_LEARNER, Caller(first.name or first.kana, phone=first.phone)]
    comers = [Comer(*one) for one in zip(ids, callers, strict=False)]
    if run.to_draw:
        enter_lottery(run.id, comers, applied_at=application.applied_at, actor=actor, now=now)
    elif len(comers) == 1:
        enrol_learner(run.id, ids[0], told=False, actor=actor, now=now)
    else:
        free = len(free_seats_of(run.id))
        if free == 1:
            raise OneSeatForTwo
        promised = Together.SEATS if free else Together.WAIT
        enrol_both(run.id, comers[0], comers[1], promised=promised, told=False, actor=actor, now=now)
    _settle(application, ApplicationState.PLACED, actor=actor, now=now)


def _settle(application: Application, state: ApplicationState, *, actor: Actor, now: datetime) -> None:
    application.state, application.settled_at, application.settled_by = state, now, actor.account_id
    db.session.flush()


def say_who(applicant_id: int, learner_id: int | None, *, actor: Actor, now: datetime) -> Application:
    """It is this learner, or with None somebody new, who is entered now. Once it is known of all, the application is
    placed.

    Raises NotFound, AlreadySettled, BadParticulars, and what placing raises: then who they are stays known.
    """
    application = _held(_application_of(applicant_id))
    person = next(one for one in application.people if one.id == applicant_id)
    if learner_id is None:
        particulars = particulars_of(person)
        learner_id = enter_learner(particulars, others=_alike(person), actor=actor, now=now).id
    person.learner_id = learner_id
    db.session.flush()
    audit.record(
        actor=actor,
        action=Action.SETTLE_APPLICATION,
        subject=f"learner:{learner_id}",
        now=now,
        detail={"application": application.id},
    )
    if all(one.learner_id for one in application.people):
        _try_to_place(lock_run(application.run_id), application, actor=actor, now=now)
    return application


def _alike(person: Applicant) -> frozenset[int]:
    """The clerk has seen them and says that it is nobody of them."""
    return frozenset(one.id for one in probable_duplicates(particulars_of(person)))


def place_application(application_id: int, *, actor: Actor, now: datetime) -> None:
    """Give them what they applied for. Raises NotFound, AlreadySettled, NotKnownYet, and why the desk refuses."""
    application = _held(application_id)
    if not all(person.learner_id for person in application.people):
        raise NotKnownYet
    run = lock_run(application.run_id)
    _place(run, application, actor=actor, now=now)


def refuse_application(application_id: int, reason: RefusedBecause, *, actor: Actor, now: datetime) -> None:
    """It comes to nothing, for this reason. Raises NotFound, AlreadySettled."""
    application = _held(application_id)
    application.refused_because = reason
    _settle(application, ApplicationState.REFUSED, actor=actor, now=now)
    known = [person.learner_id for person in application.people if person.learner_id]
    audit.record(
        actor=actor, action=Action.REFUSE_APPLICATION, subject=f"application:{application_id}", learners=known, now=now
    )


def withdraw_application(receipt: str, last_four: str, *, now: datetime) -> str | DeskError:
    """Take the application back, whatever it has become: seat, place in line, entry. Returns the receipt as it is
    stored, or why not: a wrong guess is counted, and must not be rolled back.

    Raises what cancelling raises, such as AlreadyBegun.
    """
    code = tidy_code(receipt)[:20]
    bucket = throttle.bucket_name("application", code)
    throttle.wait_in_turn(bucket, now)
    if throttle.blocked_until(bucket, now) is not None:
        return TriedTooOften()
    found = db.session.scalar(select(Application.id).where(Application.receipt == code))
    people = _people(found) if found is not None else []
    if not any(person.phone.endswith(last_four) for person in people if person.phone):
        throttle.count_failure(bucket, now)
        return NoSuchApplication()
    throttle.clear(bucket)
    assert found is not None
    application = _locked(found)
    if application.state not in _LIVE:
        return AlreadySettled()
    if application.state is ApplicationState.PLACED:
        for person in application.people:
            _give_back(application.run_id, person.learner_id, now=now)
    _settle(application, ApplicationState.WITHDRAWN, actor=SYSTEM, now=now)
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


def _application_of(applicant_id: int) -> int:
    found = db.session.scalar(select(Applicant.application_id).where(Applicant.id == applicant_id))
    if found is None:
        raise NotFound
    return found


def _held(application_id: int) -> Application:
    """The application, behind its run's lock, if reception is still to settle it."""
    application = _locked(application_id)
    if application.state is not ApplicationState.HELD:
        raise AlreadySettled
    return application


def _locked(application_id: int) -> Application:
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


def _people(application_id: int) -> Sequence[Applicant]:
    return db.session.scalars(select(Applicant).where(Applicant.application_id == application_id)).all()
