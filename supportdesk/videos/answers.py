"""What other rooms may know of videos without importing this one: titles, and what a learner watched and answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import Boolean, null, select, union_all

from supportdesk.core.activities import Description, activity, describe
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.learners.rooms import Latest, LearnerTable, RoomAnswers, TimelineEntry
from supportdesk.videos.links import watch_path
from supportdesk.videos.models import Video, VideoAnswer, VideoView
from supportdesk.videos.operations import untie_views
from supportdesk.videos.record_words import WORDS

_VIEW: Final = table_of(VideoView)
_ANSWER: Final = table_of(VideoAnswer)


def describe_videos(ids: Iterable[int]) -> Mapping[int, Description]:
    """Titles and addresses, of retired videos too."""
    rows = db.session.execute(select(Video.id, Video.code, Video.title).where(Video.id.in_(list(ids))))
    return {row.id: Description(row.title, url=watch_path(row.code)) for row in rows}


def timeline(learner_id: int, latest: Latest) -> list[TimelineEntry]:
    """What the learner watched and answered, with the meeting that led there: two statements."""
    viewed = select(
        _VIEW.c.video_id, _VIEW.c.viewed_at.label("at"), _VIEW.c.activity, null().cast(Boolean).label("can_do")
    ).where(_VIEW.c.learner_id == learner_id)
    answered = select(
        _ANSWER.c.video_id, _ANSWER.c.answered_at.label("at"), _ANSWER.c.activity, _ANSWER.c.can_do
    ).where(_ANSWER.c.learner_id == learner_id)
    parts = (latest.of(viewed, _VIEW.c.viewed_at, _VIEW.c.id), latest.of(answered, _ANSWER.c.answered_at, _ANSWER.c.id))
    happened = union_all(*(part.subquery().select() for part in parts)).subquery()
    rows = db.session.execute(
        select(Video.code, Video.title, happened).join(happened, happened.c.video_id == Video.id)
    ).all()
    led_by = describe({row.activity for row in rows if row.activity})
    return [
        TimelineEntry(
            at=row.at,
            kind="video",
            title=row.title,
            text=_words(row.can_do, led_by.get(row.activity)),
            activity=activity("video", row.video_id),
            url=watch_path(row.code),
        )
        for row in rows
    ]


def _words(can_do: bool | None, led_by: Description | None) -> str:
    if can_do is None:
        if led_by is None:
            return _("動画を見ました。")
        return _("「%(meeting)s」のQRコードから動画を見ました。", meeting=led_by.title)
    return _("「できた」と答えました。") if can_do else _("「まだ」と答えました。")


ANSWERS: Final = RoomAnswers(
    room="videos",
    tables=(LearnerTable(_VIEW), LearnerTable(_ANSWER)),
    timeline=timeline,
    let_go=untie_views,
    words=WORDS,
)
