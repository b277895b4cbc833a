"""Reads of the library, for its own pages and for whoever hands videos out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from supportdesk.core.codes import tidy_code
from supportdesk.core.japanese import keys_within, search_key
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.skills.models import SkillArea
from supportdesk.skills.queries import skill_names
from supportdesk.videos.models import Video, VideoAnswer, VideoSkill, VideoView

PER_PAGE = 24
NEXT_VIDEOS = 4
_LONGEST_CODE = 40


class VideoRow(NamedTuple):
    """A video as lists show it, in the page's language."""

    id: int
    code: str
    title: str
    area_code: str
    area: str
    seconds: int


class ShelfRow(NamedTuple):
    """A video in the library: `found` is the line of what is said in it that holds the words looked for."""

    video: VideoRow
    summary: str
    found: str


class OfficeRow(NamedTuple):
    """A video as staff see it, with what became of it."""

    video: VideoRow
    address: str
    retired: bool
    successor: str
    views: int
    can: int
    not_yet: int


@dataclass(frozen=True)
class VideoDetails:
    """One video's page."""

    row: VideoRow
    summary: str
    address: str
    file_name: str
    captions_name: str
    transcript: tuple[str, ...]
    skills: tuple[tuple[str, str], ...]
    retired: bool
    successor: VideoRow | None


def videos_for(skill_codes: Collection[str]) -> list[VideoRow]:
    """The videos shown that help with any of these skills, those that help with most first."""
    matching = (
        select(VideoSkill.video_id, func.count().label("skills"))
        .where(VideoSkill.skill_code.in_(skill_codes))
        .group_by(VideoSkill.video_id)
        .subquery()
    )
    rows = db.session.execute(
        rows_of_videos()
        .join(matching, matching.c.video_id == Video.id)
        .where(Video.retired_at.is_(None))
        .order_by(matching.c.skills.desc(), Video.area_code, Video.position, Video.id)
    )
    return [VideoRow._make(row) for row in rows]


def videos_about(
    words: Sequence[str], *, skill_codes: Collection[str] = (), area_codes: Collection[str] = (), limit: int
) -> list[VideoRow]:
    """The videos shown that fit what is talked about: those of these skills first, then those in which most of the
    words are said, then those of these areas. One statement, or none.
    """
    helps = (
        select(func.count())
        .where(VideoSkill.video_id == Video.id, VideoSkill.skill_code.in_(list(skill_codes)))
        .scalar_subquery()
    )
    keys = dict.fromkeys(key for key in map(search_key, words) if key)
    scores: list[ColumnElement[Any]] = [case((_said(key), 2), else_=0) for key in keys]
    if skill_codes:
        scores.append(helps * 5)
    if area_codes:
        scores.append(case((Video.area_code.in_(list(area_codes)), 1), else_=0))
    if not scores:
        return []
    score = sum(scores[1:], start=scores[0])
    statement = rows_of_videos().where(Video.retired_at.is_(None), score > 0)
    rows = db.session.execute(statement.order_by(score.desc(), Video.area_code, Video.position, Video.id).limit(limit))
    return [VideoRow._make(row) for row in rows]


def library(text: str, area_code: str, number: int) -> Page[ShelfRow]:
    """A page of the videos shown, by area; narrowed to an area, and to those in which every word occurs."""
    words = _keys(text)
    statement = (
        rows_of_videos(Video.summary, Video.transcript)
        .where(Video.retired_at.is_(None), *(_said(word) for word in words))
        .order_by(Video.area_code, Video.position, Video.id)
    )
    if area_code:
        statement = statement.where(Video.area_code == area_code)
    page = fetch_page(statement, number, per_page=PER_PAGE)
    rows = [ShelfRow(VideoRow._make(row[:6]), row.summary, _line_with(words, row.transcript)) for row in page.rows]
    return page.showing(rows)


def shown_videos(area_code: str = "") -> list[VideoRow]:
    """All videos shown, or those of one area, in the library's order."""
    statement = rows_of_videos().where(Video.retired_at.is_(None)).order_by(Video.area_code, Video.position, Video.id)
    if area_code:
        statement = statement.where(Video.area_code == area_code)
    return [VideoRow._make(row) for row in db.session.execute(statement)]


def video_by_code(code: str) -> VideoDetails | None:
    """The video that has, or had, this code: however it was typed."""
    row = db.session.execute(
        rows_of_videos(
            Video.summary,
            Video.address,
            Video.file_name,
            Video.captions_name,
            Video.transcript,
            Video.retired_at,
            Video.successor_id,
        ).where(Video.code == _tidy(code))
    ).one_or_none()
    if row is None:
        return None
    taught = db.session.scalars(select(VideoSkill.skill_code).where(VideoSkill.video_id == row.id)).all()
    return VideoDetails(
        row=VideoRow._make(row[:6]),
        summary=row.summary,
        address=row.address,
        file_name=row.file_name,
        captions_name=row.captions_name,
        transcript=tuple(row.transcript.splitlines()),
        skills=tuple(skill_names(taught).items()) if taught else (),
        retired=row.retired_at is not None,
        successor=_shown(row.successor_id) if row.successor_id else None,
    )


def next_videos(video: VideoDetails) -> list[VideoRow]:
    """A few other videos of the same skills; where there are none, of the same area."""
    same = videos_for([code for code, _name in video.skills]) or shown_videos(video.row.area_code)
    return [row for row in same if row.id != video.row.id][:NEXT_VIDEOS]


def office_page(number: int) -> Page[OfficeRow]:
    """All videos for the office, retired ones last, with views and answers: two statements."""
    successor = aliased(Video)
    views = select(func.count()).where(VideoView.video_id == Video.id).scalar_subquery()
    statement = (
        rows_of_videos(
            Video.address,
            Video.retired_at,
            func.coalesce(successor.title, "").label("successor"),
            views.label("views"),
            _answers(True).label("can"),
            _answers(False).label("not_yet"),
        )
        .outerjoin(successor, successor.id == Video.successor_id)
        .order_by(case((Video.retired_at.is_(None), 0), else_=1), Video.area_code, Video.position, Video.id)
    )
    page = fetch_page(statement, number)
    rows = [
        OfficeRow(
            VideoRow._make(row[:6]),
            row.address,
            row.retired_at is not None,
            row.successor,
            row.views,
            row.can,
            row.not_yet,
        )
        for row in page.rows
    ]
    return page.showing(rows)


def video_to_edit(code: str) -> Video | None:
    """The video as it is stored, in no language."""
    return db.session.scalar(select(Video).where(Video.code == _tidy(code)).execution_options(populate_existing=True))


def skill_codes_of(video_id: int) -> frozenset[str]:
    """The skills that a video helps to practise."""
    return frozenset(db.session.scalars(select(VideoSkill.skill_code).where(VideoSkill.video_id == video_id)))


def _shown(video_id: int) -> VideoRow | None:
    row = db.session.execute(rows_of_videos().where(Video.id == video_id, Video.retired_at.is_(None))).one_or_none()
    return VideoRow._make(row) if row else None


def rows_of_videos(*more: Any) -> Select[*tuple[Any, ...]]:
    """What a VideoRow holds, and `more` behind it."""
    english = str(get_locale()) == "en"
    title: ColumnElement[str] = Video.title.expression
    if english:
        title = case((Video.title_en != "", Video.title_en), else_=Video.title)
    area = SkillArea.name_en if english else SkillArea.name
    return select(
        Video.id, Video.code, title.label("title"), Video.area_code, area.label("area"), Video.seconds, *more
    ).join(SkillArea, SkillArea.code == Video.area_code)


def _answers(can_do: bool) -> Any:
    wanted = select(func.count()).where(VideoAnswer.video_id == Video.id, VideoAnswer.can_do.is_(can_do))
    return wanted.scalar_subquery()


def _keys(text: str) -> list[str]:
    """The words looked for, as keys. Keys hold letters and digits alone, so none of them is a pattern."""
    return [key for key in map(search_key, text.split()) if key]


def _said(word: str) -> ColumnElement[bool]:
    return or_(*(Video.transcript_key.contains(key) for key in keys_within(word)))


def _line_with(words: list[str], transcript: str) -> str:
    """The first line of the transcript that holds one of the words; empty when none does."""
    for line in transcript.splitlines() if words else ():
        if any(key in search_key(line) for word in words for key in keys_within(word)):
            return line
    return ""


def _tidy(code: str) -> str:
    return tidy_code(code[:_LONGEST_CODE])
