"""The demo's videos: the shipped clips, watched at home by those who agreed to have it kept, and by strangers."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from supportdesk.classes.marks import ATTENDED
from supportdesk.classes.models import AttendanceMark
from supportdesk.core.permissions import Role
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.learners.consents import WORDINGS, record_consent
from supportdesk.learners.models import ConsentKind
from supportdesk.learners.passes import issue_pass
from supportdesk.videos.operations import answer_video, count_view
from supportdesk.videos.shipped import load_demo_videos


def play(cast: Cast, dice: Random, now: datetime) -> None:
    """Whoever came to a class got a pass and was asked; some of them watched, and pressed a button."""
    opened = now - timedelta(weeks=5)
    clips = load_demo_videos(actor=cast.staff["admin"], now=opened)
    for learner_id, activity, seen_at in _who_came():
        clerk = dice.choice(cast.of(Role.RECEPTION) + cast.of(Role.INSTRUCTOR))
        issue_pass(learner_id, actor=cast.staff["reception"], now=seen_at)
        agreed = dice.random() < 0.7
        for kind in (ConsentKind.KEEP_RECORD, ConsentKind.TIE_VIDEO_VIEWS):
            given = agreed or kind is ConsentKind.KEEP_RECORD
            record_consent(learner_id, kind, given, str(WORDINGS[kind]), actor=clerk, now=seen_at)
        if dice.random() < 0.5:
            clip = dice.choice(clips)
            watched = min(seen_at + timedelta(days=dice.randint(1, 6), hours=9), now - timedelta(minutes=5))
            tied = learner_id if agreed else None
            count_view(clip.id, tied, activity=activity, now=watched)
            if dice.random() < 0.7:
                answer = dice.random() < 0.6
                answer_video(clip.id, tied, answer, activity=activity, now=watched + timedelta(minutes=2))
    for _ in range(40):
        count_view(dice.choice(clips).id, None, now=now - timedelta(hours=dice.randint(1, 28 * 24)))


def _who_came() -> list[tuple[int, str, datetime]]:
    """Each learner who was at a meeting, with the first of those."""
    rows = db.session.execute(
        select(AttendanceMark.learner_id, AttendanceMark.meeting_id, AttendanceMark.observed_at)
        .where(AttendanceMark.current, AttendanceMark.state.in_(ATTENDED))
        .order_by(AttendanceMark.observed_at, AttendanceMark.id)
    )
    first: dict[int, tuple[int, str, datetime]] = {}
    for row in rows:
        first.setdefault(row.learner_id, (row.learner_id, f"meeting:{row.meeting_id}", row.observed_at))
    return list(first.values())
