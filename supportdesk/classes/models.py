"""A course is taught in runs; a run has meetings; an enrolment holds a seat of the run, or waits for one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import AgeBand, Channel


class Edition(StrEnum):
    IPHONE = "iphone"
    ANDROID = "android"
    BOTH = "both"


class RunKind(StrEnum):
    CLASS = "class"
    LECTURE = "lecture"  # outreach: staff go to a neighbourhood group's place


class RunState(StrEnum):
    OPEN = "open"
    CANCELLED = "cancelled"


class Filling(StrEnum):
    """How the seats of a run are given."""

    FIRST_COME = "first_come"
    LOTTERY = "lottery"
    INVITATION = "invitation"


class Duty(StrEnum):
    """What a person on duty does at a meeting."""

    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"


class Course(Base):
    """What is taught, as in the ministry's standard material; `title_source` says how sure the title is."""

    __tablename__ = "course"
    __table_args__ = (CheckConstraint("meetings BETWEEN 1 AND 60", "meetings_range"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str]
    title: Mapped[str]
    minutes: Mapped[int]
    capacity: Mapped[int]
    meetings: Mapped[int] = mapped_column(default=1, comment="on how many dates it is usually held")
    edition: Mapped[Edition]
    title_source: Mapped[str] = mapped_column(default="")

    skills: Mapped[list[CourseSkill]] = relationship(
        cascade="all, delete-orphan", order_by="CourseSkill.position", lazy="raise_on_sql"
    )


class CourseSkill(Base):
    """A skill that a course teaches."""

    __tablename__ = "course_skill"

    course_code: Mapped[str] = foreign_key("course.code", index=False, primary_key=True)
    skill_code: Mapped[str] = foreign_key("skill.code", primary_key=True)
    position: Mapped[int]


_TO_DRAW = text("filling = 'lottery' AND drawn_at IS NULL")


class Run(Base):
    """A course held once, with one or more meetings. `taken` counts the seats given, and never passes `capacity`."""

    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 1 AND 1000", "capacity_range"),
        CheckConstraint("taken BETWEEN 0 AND capacity", "taken_within_capacity"),
        CheckConstraint("waiting >= 0", "waiting_positive"),
        CheckConstraint("kind <> 'lecture' OR group_name <> ''", "lecture_has_group"),
        CheckConstraint("kind <> 'class' OR venue_id IS NOT NULL", "class_has_venue"),
        CheckConstraint("(venue_id IS NULL) = (place <> '')", "venue_or_place"),
        CheckConstraint("starts_at < ends_at", "times_in_order"),
        CheckConstraint("(least IS NULL) = (decide_on IS NULL)", "least_with_day"),
        CheckConstraint("least IS NULL OR least >= 1", "least_positive"),
        CheckConstraint("filling <> 'lottery' OR apply_until IS NOT NULL", "lottery_has_deadline"),
        CheckConstraint("drawn_at IS NULL OR filling = 'lottery'", "drawn_by_lottery"),
        Index("ix_run_schedule", "listed", "state", "starts_at"),
        Index("ix_run_coming", "state", "starts_at"),
        Index("ix_run_to_decide", "state", "decide_on"),
        Index("ix_run_to_draw", "apply_until", sqlite_where=_TO_DRAW, postgresql_where=_TO_DRAW),
    )

    id: Mapped[identity]
    course_code: Mapped[str] = foreign_key("course.code")
    kind: Mapped[RunKind] = mapped_column(default=RunKind.CLASS)
    title: Mapped[str]
    edition: Mapped[Edition]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0, comment="how many are on the waiting list")
    state: Mapped[RunState] = mapped_column(default=RunState.OPEN)
    listed: Mapped[bool] = mapped_column(default=True, comment="shown on the public schedule")
    venue_id: Mapped[int | None] = foreign_key("venue.id")
    district_code: Mapped[str] = foreign_key("district.code", comment="the venue's, or the group's")
    group_name: Mapped[str] = mapped_column(default="", comment="the group a lecture is held for")
    place: Mapped[str] = mapped_column(default="", comment="the group's place, for a lecture without a venue")
    to_bring: Mapped[str] = mapped_column(default="")
    filling: Mapped[Filling] = mapped_column(default=Filling.FIRST_COME, comment="how its seats are given")
    publish_at: Mapped[datetime | None] = mapped_column(comment="when residents see it; null: at once")
    apply_until: Mapped[datetime | None] = mapped_column(comment="until when one may apply; null: until it begins")
    drawn_at: Mapped[datetime | None] = mapped_column(comment="of a lottery: when its seats were drawn")
    least: Mapped[int | None] = mapped_column(comment="the fewest people with whom it is held")
    decide_on: Mapped[date | None] = mapped_column(comment="the day on which that is decided")
    held_at: Mapped[datetime | None] = mapped_column(
        comment="when it was decided to hold it though fewer than `least` applied"
    )
    held_by: Mapped[int | None] = foreign_key("account.id", index=False)
    starts_at: Mapped[datetime] = mapped_column(comment="the first meeting's")
    ends_at: Mapped[datetime] = mapped_column(index=True, comment="the last meeting's")
    asks_feedback: Mapped[bool | None] = mapped_column(
        comment="whether learners are asked how it was; null: as is usual for its kind"
    )
    series_id: Mapped[int | None] = foreign_key("series.id", comment="with which runs it was planned at once")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = foreign_key("account.id", index=False)

    meetings: Mapped[list[Meeting]] = relationship(
        back_populates="run", cascade="all, delete-orphan", order_by="Meeting.number", lazy="raise_on_sql"
    )
    course: Mapped[Course] = relationship(lazy="raise_on_sql")


class Seat(Base):
    """Seats 1..capacity of a run. An enrolment points at one, so that a seat beyond the capacity cannot exist."""

    __tablename__ = "seat"

    run_id: Mapped[int] = foreign_key("run.id", index=False, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Meeting(Base):
    """One date of a run. `code` is behind the QR code for all of that day's videos."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        CheckConstraint("starts_at < ends_at", "times_in_order"),
        CheckConstraint("unnamed_heads >= 0", "heads_positive"),
    )

    id: Mapped[identity]
    run_id: Mapped[int] = foreign_key("run.id", index=False)
    number: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    room_id: Mapped[int | None] = foreign_key("room.id")
    code: Mapped[str] = mapped_column(unique=True)
    unnamed_heads: Mapped[int] = mapped_column(default=0, comment="took part, declined a record (延べ人数)")
    levels_confirmed_at: Mapped[datetime | None]
    called_off_at: Mapped[datetime | None] = mapped_column(comment="this date alone will not be held")

    run: Mapped[Run] = relationship(back_populates="meetings", lazy="raise_on_sql")
    staff: Mapped[list[MeetingStaff]] = relationship(cascade="all, delete-orphan", lazy="raise_on_sql")
    skills: Mapped[list[MeetingSkill]] = relationship(
        cascade="all, delete-orphan", order_by="MeetingSkill.skill_code", lazy="raise_on_sql"
    )


class MeetingStaff(Base):
    """Who is on duty at a meeting."""

    __tablename__ = "meeting_staff"

    meeting_id: Mapped[int] = foreign_key("meeting.id", index=False, primary_key=True)
    account_id: Mapped[int] = foreign_key("account.id", primary_key=True)
    duty: Mapped[Duty] = mapped_column(default=Duty.INSTRUCTOR)


class MeetingSkill(Base):
    """A skill taught at a meeting."""

    __tablename__ = "meeting_skill"

    meeting_id: Mapped[int] = foreign_key("meeting.id", index=False, primary_key=True)
    skill_code: Mapped[str] = foreign_key("skill.code", primary_key=True)


class EnrolmentState(StrEnum):
    SEATED = "seated"
    OFFERED = "offered"  # a seat is held for them until they answer
    WAITING = "waiting"
    CANCELLED = "cancelled"


_LIVE = text("state <> 'cancelled'")


class Enrolment(Base):
    """A learner's place in a run. The waiting list is in order of `id`: who came first."""

    __tablename__ = "enrolment"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "seat"], ["seat.run_id", "seat.number"]),
        UniqueConstraint("run_id", "seat"),
        CheckConstraint("(state IN ('seated', 'offered')) = (seat IS NOT NULL)", "seated_has_seat"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", "cancelled_has_time"),
        Index("uq_enrolment_live", "run_id", "learner_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(
            "ix_enrolment_caller_phone",
            "caller_phone",
            sqlite_where=text("caller_phone <> ''"),
            postgresql_where=text("caller_phone <> ''"),
        ),
    )

    id: Mapped[identity]
    run_id: Mapped[int] = foreign_key("run.id", index=False)
    learner_id: Mapped[int] = foreign_key("learner.id")
    state: Mapped[EnrolmentState]
    seat: Mapped[int | None]
    code: Mapped[str] = mapped_column(unique=True, comment="on slips, rosters and name tags; opens this booking alone")
    caller_name: Mapped[str] = mapped_column(default="", comment="who called, when it was not the learner")
    caller_relation: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")
    clash_reason: Mapped[str] = mapped_column(default="", comment="why it was booked in spite of the learner's clash")
    residence: Mapped[str] = mapped_column(comment="district code, outside or unknown, as it was that day")
    age_band: Mapped[AgeBand | None]
    channel: Mapped[Channel]
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[int | None] = foreign_key("account.id", index=False)
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = foreign_key("account.id", index=False)
    given_up_late: Mapped[bool] = mapped_column(default=False, comment="a seat, shortly before the start")
    had_seat: Mapped[bool] = mapped_column(default=False, comment="of one that is cancelled: it was a seat")


class AttendanceState(StrEnum):
    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    ABSENT_NOTIFIED = "absent_notified"
    WALK_IN = "walk_in"
    MAKING_UP = "making_up"  # known ahead: comes without a seat, for a meeting missed in another run
    UNMARKED = "unmarked"  # a mark taken back


class AttendanceMark(Base):
    """What was observed of one learner at one meeting. Append-only but for `current`: the latest observation stands."""

    __tablename__ = "attendance_mark"
    __table_args__ = (
        Index("ix_attendance_mark_meeting", "meeting_id", "learner_id", "observed_at"),
        Index("uq_attendance_mark_current", "meeting_id", "learner_id", unique=True,
              sqlite_where=text("current"), postgresql_where=text("current")),
    )  # fmt: skip

    id: Mapped[identity]
    meeting_id: Mapped[int] = foreign_key("meeting.id", index=False)
    learner_id: Mapped[int] = foreign_key("learner.id")
    state: Mapped[AttendanceState]
    current: Mapped[bool]
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = foreign_key("account.id", index=False)
    residence: Mapped[str]
    age_band: Mapped[AgeBand | None]
