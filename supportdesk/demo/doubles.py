"""The demo's people who were entered twice: one pair still to be looked at, one that was merged."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.learners.merging.operations import merge_learners
from supportdesk.learners.merging.pairs import likely_pairs, note_likely_pairs
from supportdesk.learners.models import Learner, LearnerPhone
from supportdesk.learners.operations import register_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.queries import particulars_of


def play(cast: Cast, now: datetime) -> None:
    """Somebody was in a hurry at the telephone, twice: only the kana and the number were written down."""
    actor, when = cast.staff["reception"], now - timedelta(days=3)
    doubles = [register_learner(_in_a_hurry(one), actor=actor, now=when).id for one in _twice()]
    known = [one.id for one in _twice()]
    merge_learners(doubles[0], known[0], particulars_of(known[0]), actor=actor, now=when + timedelta(hours=2))
    note_likely_pairs(likely_pairs(), now - timedelta(hours=7))


def _twice() -> list[Learner]:
    """The first two who have kana and a telephone that can be called."""
    return list(
        db.session.scalars(
            select(Learner)
            .join(LearnerPhone, LearnerPhone.learner_id == Learner.id)
            .where(Learner.kana != "", LearnerPhone.position == 1, LearnerPhone.number.is_not(None))
            .order_by(Learner.id)
            .limit(2)
        )
    )


def _in_a_hurry(known: Learner) -> Particulars:
    phone = db.session.scalars(
        select(LearnerPhone).where(LearnerPhone.learner_id == known.id, LearnerPhone.position == 1)
    ).one()
    return Particulars(kana=known.kana, phones=(Telephone(phone.typed, phone.number),))
