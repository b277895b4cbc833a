"""Giving a video to a learner, on paper or to be seen with their pass. Called by whoever meets them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.database import table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.consents import declined
from supportdesk.learners.locking import lock_learner
from supportdesk.videos.models import Video, VideoGiven
from supportdesk.videos.operations import VideoRetired
from supportdesk.videos.queries import VideoRow, rows_of_videos

_GIVEN: Final = table_of(VideoGiven)
#: So many of those that were given stand on a pass; older ones are found in the library.
ON_A_PASS: Final = 6


class NoRecordWanted(DeskError):
    """Who wants no record is given paper: what their pass shows would be one."""

    def __init__(self) -> None:
        super().__init__(_l("この方は記録を望んでいません。動画は紙でわたしてください。"))


def give_video(code: str, learner_id: int, *, on_paper: bool, activity: str = "", actor: Actor, now: datetime) -> None:
    """The learner has the video, and it is written down: once for each occasion and way, however often it is pressed.
    Of those who want no record nothing is written.

    Raises NotFound, VideoRetired and NoRecordWanted.
    """
    lock_learner(learner_id)
    video = db.session.execute(select(Video.id, Video.retired_at).where(Video.code == code)).one_or_none()
    if video is None:
        raise NotFound
    if video.retired_at is not None:
        raise VideoRetired
    if declined([learner_id]):
        if on_paper:
            return
        raise NoRecordWanted
    same = {"video_id": video.id, "learner_id": learner_id, "activity": activity, "on_paper": on_paper}
    if db.session.scalar(select(_GIVEN.c.id).where(*(_GIVEN.c[name] == value for name, value in same.items()))):
        return
    db.session.execute(insert(VideoGiven), {**same, "given_at": now, "given_by": actor.account_id})
    audit.record(
        actor=actor,
        action=Action.GIVE_VIDEO,
        subject=f"learner:{learner_id}",
        now=now,
        detail={"video": video.id, "activity": activity},
    )


def given_to(learner_id: int, limit: int = ON_A_PASS) -> list[VideoRow]:
    """The videos that the learner was given and that are still shown, the latest first, each once. One statement."""
    rows = db.session.execute(
        rows_of_videos(_GIVEN.c.given_at)
        .join(_GIVEN, _GIVEN.c.video_id == Video.id)
        .where(_GIVEN.c.learner_id == learner_id, Video.retired_at.is_(None))
        .order_by(_GIVEN.c.given_at.desc(), _GIVEN.c.id.desc())
    )
    once = dict.fromkeys(VideoRow._make(row[:6]) for row in rows)
    return list(once)[:limit]
