"""Who an applicant is in the register, where there can be no doubt: the same number, the same kana, nobody else so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import extract, func, or_, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.applying.models import WrittenDown
from supportdesk.learners.duplicates import probable_duplicates
from supportdesk.learners.found import Found
from supportdesk.learners.models import Channel, Learner, LearnerPhone, Need, Status
from supportdesk.learners.operations import enter_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.standing import OUTSIDE


def learner_like(kana_key: str, phone: str, birth_year: int | None) -> int | None:
    """The one learner with this number and this reading, whose year of birth is not another; None of nobody, of
    several, and of whoever is not active. One statement.
    """
    born = func.coalesce(extract("year", Learner.birth_date), Learner.birth_year)
    wanted = (
        select(Learner.id, Learner.status)
        .join(LearnerPhone, LearnerPhone.learner_id == Learner.id)
        .where(
            LearnerPhone.number == phone,
            Learner.kana_key == kana_key,
            Learner.merged_into.is_(None),
            Learner.erased_at.is_(None),
        )
        .distinct()
    )
    if birth_year is not None:
        wanted = wanted.where(or_(born.is_(None), born == birth_year))
    rows = connection().execute(wanted).all()
    return rows[0].id if len(rows) == 1 and rows[0].status is Status.ACTIVE else None


def channel_differs(learner_id: int, named: Channel) -> bool:
    """Whether they named another way to be told than the register has. The telephone, which the form proposes, says
    nothing against mail or LINE, which it does not offer. One statement.
    """
    held = connection().scalar(select(Learner.channel).where(Learner.id == learner_id))
    if held is named:
        return False
    return named is not Channel.PHONE or held is Channel.POST


def particulars_of(applicant: WrittenDown) -> Particulars:
    """What they wrote, as the register takes it."""
    outside = applicant.residence == OUTSIDE
    return Particulars(
        name=applicant.name,
        kana=applicant.kana,
        birth_year=applicant.birth_year,
        district_code=None if outside else applicant.residence or None,
        outside_city=outside,
        phones=(Telephone(applicant.phone, applicant.phone),),
        device=applicant.device,
        channel=applicant.channel,
        needs=frozenset(Need(one) for one in applicant.needs.split(",") if one),
    )


def candidates(applicant: WrittenDown) -> list[Found]:
    """Whom reception is asked about: learners who may be this person."""
    return probable_duplicates(particulars_of(applicant))


def tie(
    applicant: WrittenDown,
    learner_id: int | None,
    *,
    application: int,
    kind: str = "application",
    asked: bool = True,
    others: frozenset[int] = frozenset(),
    actor: Actor,
    now: datetime,
) -> None:
    """The applicant is this learner, or with None somebody new, who is entered now: nobody of the `others`. For None
    the register's door is taken before, ahead of any row. Raises BadParticulars, ProbablyKnown.
    """
    if learner_id is None:
        learner_id = enter_learner(particulars_of(applicant), others=others, actor=actor, now=now).id
    applicant.learner_id = learner_id
    applicant.channel_differs = asked and channel_differs(learner_id, applicant.channel)
    db.session.flush()
    audit.record(
        actor=actor,
        action=Action.SETTLE_APPLICATION,
        subject=f"learner:{learner_id}",
        now=now,
        detail={kind: application},
    )
