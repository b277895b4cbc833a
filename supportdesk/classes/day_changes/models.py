"""What was changed of a day, and how it was before, so that it can be taken back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.classes.models import EnrolmentState
from supportdesk.core.database import Base, foreign_key, identity


class DayChange(Base):
    """Meetings of one day that were called off or moved together, for one reason."""

    __tablename__ = "day_change"
    __table_args__ = (CheckConstraint("reason <> ''", "has_reason"),)

    id: Mapped[identity]
    day: Mapped[date] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(comment="as learners are told, such as 大雪のため")
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = foreign_key("account.id", index=False)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = foreign_key("account.id", index=False)

    meetings: Mapped[list[MeetingChange]] = relationship(
        cascade="all, delete-orphan", order_by="MeetingChange.was_starts_at", lazy="raise_on_sql"
    )


class MeetingChange(Base):
    """One of the meetings: when it was to be held, and when it is; without a new time it was called off."""

    __tablename__ = "meeting_change"
    __table_args__ = (CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", "both_times"),)

    day_change_id: Mapped[int] = foreign_key("day_change.id", index=False, primary_key=True)
    meeting_id: Mapped[int] = foreign_key("meeting.id", primary_key=True)
    was_starts_at: Mapped[datetime]
    was_ends_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_run: Mapped[bool] = mapped_column(default=False, comment="no other meeting was left: the run was called off")


class DismissedPlace(Base):
    """A place that somebody had in a run that was called off with its last meeting."""

    __tablename__ = "dismissed_place"

    day_change_id: Mapped[int] = foreign_key("day_change.id", index=False, primary_key=True)
    enrolment_id: Mapped[int] = foreign_key("enrolment.id", primary_key=True)
    state: Mapped[EnrolmentState]
    seat: Mapped[int | None]
