"""A desk has weekly hours, each kept by an adviser and cut into slots; a booking takes one."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import AgeBand, Channel, Device


class Desk(Base):
    """A consultation desk (相談窓口) at a venue."""

    __tablename__ = "desk"
    __table_args__ = (
        CheckConstraint("slot_minutes BETWEEN 15 AND 240", "slot_minutes_range"),
        CheckConstraint("slot_minutes % 15 = 0", "slot_minutes_quarters"),
        CheckConstraint("buffer_minutes BETWEEN 0 AND 60 AND buffer_minutes % 15 = 0", "buffer_minutes_quarters"),
    )

    id: Mapped[identity]
    name: Mapped[str] = mapped_column(unique=True)
    venue_id: Mapped[int] = foreign_key("venue.id")
    room_id: Mapped[int | None] = foreign_key("room.id", index=False)
    slot_minutes: Mapped[int] = mapped_column(default=60)
    buffer_minutes: Mapped[int] = mapped_column(default=0, comment="left free after each slot")
    on_holidays: Mapped[bool] = mapped_column(default=False, comment="sits on public holidays too")
    to_bring: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class DeskHours(Base):
    """An adviser keeps a desk on a weekday from one time to another: on which, patterns.py says. Monday is 0."""

    __tablename__ = "desk_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday_range"),
        CheckConstraint("opens < closes", "hours_in_order"),
        CheckConstraint("every IN (1, 2)", "every_week_or_second"),
        CheckConstraint("every = 1 OR (first_day IS NOT NULL AND month_weeks = '')", "alternates_from_a_day"),
        CheckConstraint("first_day <= last_day", "days_in_order"),
    )

    id: Mapped[identity]
    desk_id: Mapped[int] = foreign_key("desk.id")
    adviser_id: Mapped[int] = foreign_key("account.id")
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]
    every: Mapped[int] = mapped_column(default=1, comment="weeks from one day that is kept to the next")
    month_weeks: Mapped[str] = mapped_column(default="", comment="13: in the first and third week of a month alone")
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]


class TimeOff(Base):
    """Days, or some hours of them, on which a desk is shut, or an adviser keeps none."""

    __tablename__ = "desk_time_off"
    __table_args__ = (
        CheckConstraint("(desk_id IS NULL) <> (adviser_id IS NULL)", "of_desk_or_adviser"),
        CheckConstraint("first_day <= last_day", "days_in_order"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", "hours_whole"),
        CheckConstraint("opens < closes", "hours_in_order"),
        Index("ix_desk_time_off_last_day", "last_day"),
    )

    id: Mapped[identity]
    desk_id: Mapped[int | None] = foreign_key("desk.id")
    adviser_id: Mapped[int | None] = foreign_key("account.id")
    first_day: Mapped[date]
    last_day: Mapped[date]
    opens: Mapped[time | None] = mapped_column(comment="from and until when, each day; empty: all day")
    closes: Mapped[time | None]
    reason: Mapped[str]
    noted_at: Mapped[datetime]
    noted_by: Mapped[int | None] = foreign_key("account.id", index=False)


class AdviserStrength(Base):
    """One field or one kind of phone that an adviser helps with. Who has none of a kind helps with all of it."""

    __tablename__ = "adviser_strength"
    __table_args__ = (
        CheckConstraint("(area_code IS NULL) <> (device IS NULL)", "of_field_or_phone"),
        UniqueConstraint("adviser_id", "area_code"),
        UniqueConstraint("adviser_id", "device"),
    )

    id: Mapped[identity]
    adviser_id: Mapped[int] = foreign_key("account.id", index=False)
    area_code: Mapped[str | None] = foreign_key("skill_area.code", index=False)
    device: Mapped[Device | None]


class BookingState(StrEnum):
    BOOKED = "booked"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


#: A walk-in takes nobody's slot.
_LIVE = text("state <> 'cancelled' AND NOT walk_in")


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
    walk_in: Mapped[bool] = mapped_column(default=False, comment="begun by a number, without a slot")
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
