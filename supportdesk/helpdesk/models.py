"""A desk has weekly hours, each kept by an adviser and cut into slots; a booking takes one; a case records it."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import AgeBand, Channel


class Desk(Base):
    """A consultation desk (相談窓口) at a venue."""

    __tablename__ = "desk"
    __table_args__ = (
        CheckConstraint("slot_minutes BETWEEN 15 AND 240", "slot_minutes_range"),
        CheckConstraint("slot_minutes % 15 = 0", "slot_minutes_quarters"),
    )

    id: Mapped[identity]
    name: Mapped[str] = mapped_column(unique=True)
    venue_id: Mapped[int] = foreign_key("venue.id")
    slot_minutes: Mapped[int] = mapped_column(default=60)
    to_bring: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class DeskHours(Base):
    """An adviser keeps a desk on a weekday from one time to another. Monday is 0."""

    __tablename__ = "desk_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday_range"),
        CheckConstraint("opens < closes", "hours_in_order"),
    )

    id: Mapped[identity]
    desk_id: Mapped[int] = foreign_key("desk.id")
    adviser_id: Mapped[int] = foreign_key("account.id")
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class BookingState(StrEnum):
    BOOKED = "booked"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


_LIVE = text("state <> 'cancelled'")


class Booking(Base):
    """A learner's consultation in one slot of one adviser. Two live bookings of a slot cannot exist."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "times_in_order"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", "cancelled_has_time"),
        Index("uq_booking_slot", "adviser_id", "starts_at", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_booking_desk_starts_at", "desk_id", "starts_at"),
        Index(
            "ix_booking_caller_phone",
            "caller_phone",
            sqlite_where=text("caller_phone <> ''"),
            postgresql_where=text("caller_phone <> ''"),
        ),
    )

    id: Mapped[identity]
    desk_id: Mapped[int] = foreign_key("desk.id", index=False)
    adviser_id: Mapped[int] = foreign_key("account.id", index=False)
    learner_id: Mapped[int] = foreign_key("learner.id")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    state: Mapped[BookingState]
    topic: Mapped[str] = mapped_column(default="", comment="what the learner wants to ask")
    code: Mapped[str] = mapped_column(unique=True)
    caller_name: Mapped[str] = mapped_column(default="")
    caller_relation: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")
    clash_reason: Mapped[str] = mapped_column(default="")
    residence: Mapped[str]
    age_band: Mapped[AgeBand | None]
    channel: Mapped[Channel]
    booked_at: Mapped[datetime]
    booked_by: Mapped[int | None] = foreign_key("account.id", index=False)
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = foreign_key("account.id", index=False)


class CaseResult(StrEnum):
    SOLVED = "solved"
    FOLLOW_UP = "follow_up"
    REFERRED = "referred"


class Case(Base):
    """What a consultation was about and how it ended; open while the adviser still types."""

    __tablename__ = "consultation_case"
    __table_args__ = (CheckConstraint("closed_at IS NULL OR result IS NOT NULL", "closed_has_result"),)

    id: Mapped[identity]
    booking_id: Mapped[int] = foreign_key("booking.id", index=False, unique=True)
    learner_id: Mapped[int] = foreign_key("learner.id")
    adviser_id: Mapped[int] = foreign_key("account.id")
    topic: Mapped[str] = mapped_column(default="")
    area_code: Mapped[str | None] = foreign_key("skill_area.code")
    note: Mapped[str] = mapped_column(default="")
    result: Mapped[CaseResult | None]
    opened_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    levels: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict, comment="picked so far, by skill; evidence once closed"
    )
    saved_form: Mapped[str] = mapped_column(default="", comment="the form that saved last, by its one-time token")
    asides: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True),
        comment="what other forms typed meanwhile, by their tokens: kept until somebody has read it",
    )
