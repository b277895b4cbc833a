"""A class in four weeks that many wish for: its seats are drawn, and one may still apply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from supportdesk.classes.applying.operations import apply
from supportdesk.classes.lottery.entering import enter_lottery
from supportdesk.classes.models import Edition, Filling
from supportdesk.classes.planning import MeetingPlan, RunPlan, plan_run
from supportdesk.classes.together import Comer
from supportdesk.core import clock
from supportdesk.core.database import connection
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.learners.applying.matching import learner_like
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.caller import THE_LEARNER
from supportdesk.learners.models import Learner, LearnerLink, LearnerPhone, LinkKind
from supportdesk.places.models import Venue

_ALONE: Final = 15
_SEATS: Final = 8
#: Who applied at home; nobody in the ledger is called so.
_IN_PUBLIC: Final = (
    [Wish(kana="ハタケヤマ ミツエ", phone="+81188550142", residence="hokubu", birth_year=1948)],
    [Wish(kana="クドウ ノブオ", phone="+81188550177"), Wish(kana="クドウ チヨ", phone="+81188550177")],
)


def play(cast: Cast, dice: Random, now: datetime) -> None:
    """Planned a week ago, open for another week: couples, and people who come alone."""
    day = clock.local(now).date() + timedelta(weeks=4)
    starts_at, opened = clock.at(day, time(18)), now - timedelta(weeks=1)
    plan = RunPlan(
        course_code="K05",
        edition=Edition.BOTH,
        capacity=_SEATS,
        meetings=(MeetingPlan(starts_at, starts_at + timedelta(hours=1)),),
        venue_id=db.session.scalars(select(Venue.id).order_by(Venue.id)).first(),
        to_bring="お使いのスマートフォン",
        filling=Filling.LOTTERY,
        apply_until=clock.at(day - timedelta(weeks=3), time(17)),
    )
    run_id = plan_run(plan, actor=cast.staff["coordinator"], now=opened)
    couples = connection().execute(
        select(LearnerLink.learner_id, LearnerLink.other_id)
        .where(LearnerLink.kind == LinkKind.SPOUSE)
        .order_by(LearnerLink.learner_id)
        .limit(2)
    )
    entries = [list(couple) for couple in couples]
    taken = {learner_id for couple in entries for learner_id in couple}
    others = [person.id for person in cast.learners if person.id not in taken]
    entries += [[learner_id] for learner_id in dice.sample(others, _ALONE)]
    for number, people in enumerate(entries, start=1):
        applicants = [Comer(learner_id, THE_LEARNER) for learner_id in people]
        at = opened + timedelta(hours=7 * number)
        enter_lottery(run_id, applicants, actor=cast.staff["reception"], now=at)
    for number, wishes in enumerate((*_IN_PUBLIC, [_once_more(entries)]), start=1):
        apply(run_id, wishes, now=now - timedelta(hours=10 * number))


def _once_more(entries: Sequence[Sequence[int]]) -> Wish:
    """Somebody who is in the draw already, and has forgotten it."""
    everybody = [learner_id for people in entries for learner_id in people]
    rows = connection().execute(
        select(Learner.id, Learner.kana, Learner.kana_key, LearnerPhone.number)
        .join(LearnerPhone, LearnerPhone.learner_id == Learner.id)
        .where(Learner.id.in_(everybody), LearnerPhone.number.is_not(None))
        .order_by(Learner.id)
    )
    known = (row for row in rows.all() if learner_like(row.kana_key, str(row.number), None) == row.id)
    one = next(known)
    return Wish(kana=one.kana, phone=str(one.number))
