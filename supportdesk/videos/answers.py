"""What other rooms may know of videos without importing this one: titles, and what a learner watched and answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import Boolean, null, select, union_all

from supportdesk.accounts.models import Account
from supportdesk.core.activities import Description, activity, describe
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.learners.rooms import Latest, LearnerTable, RoomAnswers, TimelineEntry
from supportdesk.videos.links import watch_path
from supportdesk.videos.models import Video, VideoAnswer, VideoGiven, VideoView
from supportdesk.videos.operations import untie_views
from supportdesk.videos.record_words import WORDS

_VIEW: Final = table_of(VideoView)
_ANSWER: Final = table_of(VideoAnswer)
_GIVEN: Final = table_of(VideoGiven)


def describe_videos(ids: Iterable[int]) -> Mapping[int, Description]:
    """Titles and addresses, of retired videos too."""
    rows = db.session.execute(select(Video.id, Video.code, Video.title).where(Video.id.in_(list(ids))))
    return {row.id: Description(row.title, url=watch_path(row.code)) for row in rows}


def timeline(learner_id: int, latest: Latest) -> list[TimelineEntry]:
    """What the learner was given, watched and answered, with the meeting that led there: three statements."""
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
    return _given(learner_id, latest) + [
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


def _given(learner_id: int, latest: Latest) -> list[TimelineEntry]:
    statement = (
        select(_GIVEN.c.video_id, _GIVEN.c.on_paper, _GIVEN.c.given_at, Video.code, Video.title, Account.name)
        .join(Video, Video.id == _GIVEN.c.video_id)
        .outerjoin(Account, Account.id == _GIVEN.c.given_by)
        .where(_GIVEN.c.learner_id == learner_id)
    )
    return [
        TimelineEntry(
            at=row.given_at,
            kind="video",
            title=row.title,
            text=_("QRコードの紙をわたしました。") if row.on_paper else _("受講者カードで見られるようにしました。"),
            by=row.name or "",
            activity=activity("video", row.video_id),
            url=watch_path(row.code),
        )
        for row in db.session.execute(latest.of(statement, _GIVEN.c.given_at, _GIVEN.c.id))
    ]


def _words(can_do: bool | None, led_by: Description | None) -> str:
    if can_do is None:
        if led_by is None:
            return _("動画を見ました。")
        return _("「%(meeting)s」のQRコードから動画を見ました。", meeting=led_by.title)
    return _("「できた」と答えました。") if can_do else _("「まだ」と答えました。")


ANSWERS: Final = RoomAnswers(
    room="videos",
    tables=(LearnerTable(_VIEW), LearnerTable(_ANSWER), LearnerTable(_GIVEN)),
    timeline=timeline,
    let_go=untie_views,
    words=WORDS,
)
