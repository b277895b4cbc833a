"""The demo's hours after a consultation: videos given, wishes for a peer tutor, a case handed to a colleague."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select

from supportdesk.core.activities import activity
from supportdesk.core.permissions import Actor, Role
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.handing import hand_over
from supportdesk.helpdesk.cases.models import Case, CaseResult
from supportdesk.helpdesk.desks.operations import Kept, add_hours
from supportdesk.helpdesk.models import Booking, Desk
from supportdesk.learners.tutor_wishes import ask_for_tutor
from supportdesk.skills.models import SkillEvidence
from supportdesk.videos.giving import give_video
from supportdesk.videos.models import Video, VideoSkill

_SATURDAY: Final = 5
_WISHES: Final = 3


def play(cast: Cast, now: datetime) -> None:
    """Each adviser keeps the other's desk for an hour on Saturdays, so that one can hand a case to the other."""
    desks = db.session.scalars(select(Desk.id).order_by(Desk.id)).all()
    one, other = cast.of(Role.ADVISER)[:2]
    for desk_id, adviser in zip(desks, (other, one), strict=True):
        kept = Kept(_SATURDAY, time(10), time(11))
        week_before = now - timedelta(weeks=1)
        add_hours(desk_id, kept, adviser_id=adviser.account_id or 0, actor=cast.staff["admin"], now=week_before)
    _give_videos(cast, now)
    held = _held(Case.result == CaseResult.FOLLOW_UP)
    for case in held[:_WISHES]:
        ask_for_tutor(
            case.learner_id,
            "メールとメッセージ",
            activity=activity("booking", case.booking_id),
            actor=one,
            now=case.ends_at,
        )
    theirs = _held(Case.result == CaseResult.FOLLOW_UP, Case.adviser_id == other.account_id)
    why = "次は行政の手続きも見たいそうです。くわしい方にお願いします。"
    hand_over(theirs[0].booking_id, one.account_id or 0, why, actor=other, now=theirs[0].ends_at)


def _held(*wanted: Any) -> list[Any]:
    """The cases that were closed, the latest first."""
    rows = db.session.execute(
        select(Case.booking_id, Case.learner_id, Case.adviser_id, Booking.ends_at)
        .join(Booking, Booking.id == Case.booking_id)
        .where(Case.closed_at.is_not(None), *wanted)
        .order_by(Booking.starts_at.desc(), Booking.id.desc())
    )
    return list(rows)


def _give_videos(cast: Cast, now: datetime) -> None:
    """Whoever practised what a video shows took it home, every other one on paper."""
    advisers: dict[int | None, Actor] = {one.account_id: one for one in cast.of(Role.ADVISER)}
    clips = dict(
        db.session.execute(select(VideoSkill.skill_code, Video.code).join(Video, Video.id == VideoSkill.video_id)).all()
    )
    for number, case in enumerate(_held()):
        name = activity("booking", case.booking_id)
        seen = db.session.scalars(select(SkillEvidence.skill_code).where(SkillEvidence.activity == name)).first()
        if seen in clips:
            give_video(
                clips[seen],
                case.learner_id,
                on_paper=number % 2 == 0,
                activity=name,
                actor=advisers[case.adviser_id],
                now=min(case.ends_at, now),
            )
