"""The verbs of the library: add, amend, order, retire a video; count a view; take an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.activities import activity as activity_name
from supportdesk.core.codes import new_code
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.learners.models import ConsentKind
from supportdesk.skills.levels import ALONE
from supportdesk.skills.models import EvidenceSource, Skill, SkillArea
from supportdesk.skills.operations import Observation, award_skills, withdraw_evidence
from supportdesk.videos.media import CAPTIONS, FILMS, drop_files, media_file, spoken_in
from supportdesk.videos.models import Video, VideoAnswer, VideoSkill, VideoView

#: What pressing できた or まだ says of the video's skills.
LEVEL_OF: Final = {True: ALONE, False: 0}
NO_ADDRESS: Final = _l("「https://」で始まるアドレスを入力してください。")
#: How long a file waits for the rest of its form.
FORM_OPEN: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class VideoPlan:
    """What staff say of a video: an https address on a video site, or the name of a kept film.

    An empty transcript is filled from the captions.
    """

    title: str
    area_code: str
    skills: tuple[str, ...]
    seconds: int
    title_en: str = ""
    summary: str = ""
    address: str = ""
    file_name: str = ""
    captions_name: str = ""
    transcript: str = ""


class Added(NamedTuple):
    """A new video."""

    id: int
    code: str


class BadVideo(DeskError):
    """Something in the plan cannot be."""

    status = 422


class VideoRetired(DeskError):
    """Who answers has had the page open since before the video was taken out: nothing is kept of it."""

    def __init__(self) -> None:
        super().__init__(_l("この動画は、公開を終えました。"))


class BadSuccessor(DeskError):
    """The successor is the video itself, or is no longer shown."""

    def __init__(self) -> None:
        super().__init__(_l("ほかの、いま公開している動画をえらんでください。"), field="successor")


def add_video(plan: VideoPlan, *, actor: Actor, now: datetime, code: str = "") -> Added:
    """Put a video at the end of its area. It gets a code that no video ever had; `code` is for the demo alone.

    Raises BadVideo.
    """
    _check(plan)
    position = _next_position(plan.area_code)
    video = Video(code=code or _unused_code(), position=position, created_at=now, **_columns(plan))
    video.skills = [VideoSkill(skill_code=skill) for skill in plan.skills]
    db.session.add(video)
    db.session.flush()
    audit.record(actor=actor, action=Action.ADD_VIDEO, subject=f"video:{video.id}", now=now)
    return Added(video.id, video.code)


def save_video(video_id: int, plan: VideoPlan, *, actor: Actor, now: datetime) -> None:
    """Amend a video. Its code stays. A transcript that came from captions follows new ones.

    Raises NotFound, BadVideo.
    """
    _check(plan)
    before = _lock(video_id)
    if plan.captions_name != before.captions_name and plan.transcript == spoken_in(before.captions_name):
        plan = replace(plan, transcript="")
    db.session.execute(update(Video).where(Video.id == video_id).values(**_columns(plan)))
    db.session.execute(delete(VideoSkill).where(VideoSkill.video_id == video_id))
    if plan.skills:
        db.session.execute(insert(VideoSkill), [{"video_id": video_id, "skill_code": code} for code in plan.skills])
    audit.record(actor=actor, action=Action.SAVE_VIDEO, subject=f"video:{video_id}", now=now)


def retire_video(video_id: int, successor_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Take a video out of the library. Its code leads to its text and to the successor from now on.

    Codes that led to this video as their successor lead to the new one. Raises NotFound, BadSuccessor.
    """
    # In one order, so that two people who name each other's video do not wait for one another for ever.
    held = {one: _lock(one) for one in sorted({video_id, successor_id or video_id})}
    video = held[video_id]
    if successor_id is not None and (successor_id == video_id or held[successor_id].retired_at is not None):
        raise BadSuccessor
    video.retired_at = video.retired_at or now
    video.successor_id = successor_id
    if successor_id is not None:
        db.session.execute(update(Video).where(Video.successor_id == video_id).values(successor_id=successor_id))
    db.session.flush()
    audit.record(
        actor=actor,
        action=Action.RETIRE_VIDEO,
        subject=f"video:{video_id}",
        now=now,
        detail={"successor": successor_id},
    )


def show_video_again(video_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a retired video back, at the end of its area: its code leads to itself again. One that is shown stays.

    Raises NotFound.
    """
    video = _lock(video_id)
    if video.retired_at is None:
        return
    video.retired_at, video.successor_id = None, None
    video.position = _next_position(video.area_code)
    db.session.flush()
    audit.record(actor=actor, action=Action.SHOW_VIDEO_AGAIN, subject=f"video:{video_id}", now=now)


def move_video(video_id: int, steps: int, *, actor: Actor, now: datetime) -> None:
    """Move a video up (-1) or down (1) among those shown of its area; at an end it stays. Raises NotFound."""
    area_code = _lock(video_id).area_code
    order = list(
        db.session.scalars(
            select(Video.id)
            .where(Video.area_code == area_code, Video.retired_at.is_(None))
            .order_by(Video.position, Video.id)
            .with_for_update(key_share=True)
        )
    )
    if video_id not in order:
        return
    place = order.index(video_id)
    order.insert(min(max(place + steps, 0), len(order) - 1), order.pop(place))
    for position, moved in enumerate(order, start=1):
        db.session.execute(update(Video).where(Video.id == moved).values(position=position))
    audit.record(actor=actor, action=Action.MOVE_VIDEO, subject=f"video:{video_id}", now=now)


def drop_forgotten_files(*, now: datetime) -> None:
    """Remove what was handed in more than a day ago and belongs to no video: a form given up, a film since replaced."""
    named = db.session.execute(select(Video.file_name, Video.captions_name)).all()
    drop_files(before=now - FORM_OPEN, but={name for row in named for name in row})


def count_view(video_id: int, learner_id: int | None, *, activity: str = "", now: datetime) -> None:
    """A video was opened: by a learner where that may be kept, else by nobody in particular."""
    db.session.execute(
        insert(VideoView),
        {"video_id": video_id, "learner_id": learner_id, "activity": activity, "viewed_at": now},
    )
    if learner_id is not None:
        audit.record(
            actor=SYSTEM,
            action=Action.TIE_VIDEO_VIEW,
            subject=f"learner:{learner_id}",
            now=now,
            detail={"video": video_id},
        )


def answer_video(video_id: int, learner_id: int | None, can_do: bool, *, activity: str = "", now: datetime) -> None:
    """Take できた or まだ. A learner's answer is a self-check of the skills that the video helps to practise.

    Raises VideoRetired.
    """
    if db.session.scalar(select(Video.retired_at).where(Video.id == video_id)) is not None:
        raise VideoRetired
    db.session.execute(
        insert(VideoAnswer),
        {
            "video_id": video_id,
            "learner_id": learner_id,
            "can_do": can_do,
            "activity": activity,
            "answered_at": now,
        },
    )
    if learner_id is None:
        return
    audit.record(
        actor=SYSTEM, action=Action.ANSWER_VIDEO, subject=f"learner:{learner_id}", now=now, detail={"video": video_id}
    )
    codes = db.session.scalars(
        select(VideoSkill.skill_code).where(VideoSkill.video_id == video_id).order_by(VideoSkill.skill_code)
    )
    award_skills(
        [Observation(learner_id, code, LEVEL_OF[can_do]) for code in codes],
        source=EvidenceSource.SELF_CHECK,
        activity=activity_name("video", video_id),
        observed_at=now,
        actor=SYSTEM,
        now=now,
    )


def untie_views(learner_id: int, kind: ConsentKind, *, actor: Actor, now: datetime) -> None:
    """The learner wants it on their record no more: what they watched and answered is nobody's in particular, and no
    level follows from it.
    """
    if kind is not ConsentKind.TIE_VIDEO_VIEWS:
        return
    answered = select(VideoAnswer.video_id).where(VideoAnswer.learner_id == learner_id).distinct()
    for video_id in sorted(db.session.scalars(answered)):
        withdraw_evidence(activity_name("video", video_id), learner_id=learner_id, actor=actor, now=now)
    for table in (VideoView, VideoAnswer):
        db.session.execute(
            update(table)
            .where(table.learner_id == learner_id)
            .values(learner_id=None)
            .execution_options(synchronize_session=False)
        )


def _check(plan: VideoPlan) -> None:
    if bool(plan.address) == bool(plan.file_name):
        raise BadVideo(_l("動画サイトのアドレスか、動画ファイルの、どちらか1つが必要です。"), field="film")
    if plan.address and not is_https(plan.address):
        raise BadVideo(NO_ADDRESS, field="address")
    if plan.file_name and not _is_kept(plan.file_name, FILMS):
        raise BadVideo(_l("動画のファイルが見つかりません。もう一度えらんでください。"), field="film")
    if plan.captions_name and not _is_kept(plan.captions_name, CAPTIONS):
        raise BadVideo(_l("字幕のファイルが見つかりません。もう一度えらんでください。"), field="captions")
    if plan.seconds < 1:
        raise BadVideo(_l("動画の長さを入力してください。"), field="seconds")
    if db.session.get(SkillArea, plan.area_code) is None:
        raise BadVideo(_l("分野をえらんでください。"), field="area_code")
    known = db.session.scalars(select(Skill.code).where(Skill.code.in_(plan.skills))).all()
    if set(known) != set(plan.skills):
        raise BadVideo(_l("一覧の中からえらんでください。"), field="skills")


def _is_kept(name: str, kinds: tuple[str, ...]) -> bool:
    return name.endswith(kinds) and media_file(name) is not None


def is_https(address: str) -> bool:
    """Whether it is a plain address on the web: a name with a dot, no log-in in it, nothing that is no address."""
    if any(character.isspace() for character in address):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host.strip(".") and "@" not in parts.netloc and port in (None, 443)


def _columns(plan: VideoPlan) -> dict[str, object]:
    transcript = plan.transcript or spoken_in(plan.captions_name)
    return {
        "title": plan.title,
        "title_en": plan.title_en,
        "summary": plan.summary,
        "area_code": plan.area_code,
        "address": plan.address,
        "file_name": plan.file_name,
        "captions_name": plan.captions_name,
        "transcript": transcript,
        "transcript_key": " ".join(map(search_key, (plan.title, plan.title_en, plan.summary, transcript))),
        "seconds": plan.seconds,
    }


def _next_position(area_code: str) -> int:
    return (db.session.scalar(select(func.max(Video.position)).where(Video.area_code == area_code)) or 0) + 1


def _lock(video_id: int) -> Video:
    """The video, held until the transaction ends. Raises NotFound."""
    video = db.session.scalar(
        select(Video)
        .where(Video.id == video_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if video is None:
        raise NotFound
    return video


def _unused_code() -> str:
    """A code that no video has or had: rows of videos are never deleted."""
    while True:
        code = new_code("V")
        if db.session.scalar(select(Video.id).where(Video.code == code)) is None:
            return code
