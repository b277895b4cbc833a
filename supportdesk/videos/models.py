"""Videos, views and answers, and to whom videos were given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.core.database import Base, foreign_key, identity


class Video(Base):
    """A film of a few minutes: an address on a video site, or a file of our own. Its code is never used again."""

    __tablename__ = "video"
    __table_args__ = (
        CheckConstraint("(address <> '') <> (file_name <> '')", "address_or_file"),
        CheckConstraint("seconds > 0", "seconds_positive"),
    )

    id: Mapped[identity]
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    area_code: Mapped[str] = foreign_key("skill_area.code")
    address: Mapped[str] = mapped_column(default="", comment="https address on a video site")
    file_name: Mapped[str] = mapped_column(default="", comment="in the media folder")
    captions_name: Mapped[str] = mapped_column(default="", comment="WebVTT in the media folder")
    transcript: Mapped[str] = mapped_column(default="")
    transcript_key: Mapped[str] = mapped_column(default="", comment="title, summary and transcript folded for search")
    seconds: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = foreign_key("video.id", index=False)

    skills: Mapped[list[VideoSkill]] = relationship(cascade="all, delete-orphan", lazy="raise_on_sql")


class VideoSkill(Base):
    """A skill that a video helps to practise."""

    __tablename__ = "video_skill"

    video_id: Mapped[int] = foreign_key("video.id", index=False, primary_key=True)
    skill_code: Mapped[str] = foreign_key("skill.code", primary_key=True)


class VideoView(Base):
    """A video was opened; by whom only where consent was recorded and the phone is the learner's own."""

    __tablename__ = "video_view"

    id: Mapped[identity]
    video_id: Mapped[int] = foreign_key("video.id")
    learner_id: Mapped[int | None] = foreign_key("learner.id")
    activity: Mapped[str] = mapped_column(default="", comment="the meeting whose code led here")
    viewed_at: Mapped[datetime] = mapped_column(index=True)


class VideoAnswer(Base):
    """The viewer pressed できた or まだ."""

    __tablename__ = "video_answer"

    id: Mapped[identity]
    video_id: Mapped[int] = foreign_key("video.id")
    learner_id: Mapped[int | None] = foreign_key("learner.id")
    can_do: Mapped[bool]
    activity: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime]


class VideoGiven(Base):
    """A video that staff gave to a learner: printed on paper, or to be seen with the learner's pass."""

    __tablename__ = "video_given"

    id: Mapped[identity]
    video_id: Mapped[int] = foreign_key("video.id")
    learner_id: Mapped[int] = foreign_key("learner.id")
    activity: Mapped[str] = mapped_column(default="", comment="where it was given, such as booking:5")
    on_paper: Mapped[bool]
    given_at: Mapped[datetime]
    given_by: Mapped[int | None] = foreign_key("account.id", index=False)
