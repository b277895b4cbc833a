"""A group's request for a lecture: the dates it prefers, each step that was taken, what is packed, how it was."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import AgeBand


class OutreachState(StrEnum):
    """What has been done with a request. The next step follows from it (`steps`)."""

    RECEIVED = "received"
    CHECKED = "checked"
    FOUND = "found"  # a day and instructors, held for it
    CONFIRMED = "confirmed"
    PREPARED = "prepared"
    HELD = "held"
    REPORTED = "reported"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_HELD = "not_held"  # nobody came, or could: known only when it would have begun


class Door(StrEnum):
    """How a request came in."""

    FORM = "form"
    PHONE = "phone"


class GroupKind(StrEnum):
    NEIGHBOURHOOD = "neighbourhood"
    SENIORS = "seniors"
    WELFARE = "welfare"
    COMPANY = "company"
    OTHER = "other"


_LIVE = text("ended_at IS NULL")


class OutreachRequest(Base):
    """A lecture as a group wishes it, and what became of it. Nobody asks twice for the same first day; a group of that
    name in another district is another.
    """

    __tablename__ = "outreach_request"
    __table_args__ = (
        CheckConstraint("people BETWEEN 1 AND 1000", "people_range"),
        CheckConstraint("minutes BETWEEN 15 AND 600", "minutes_range"),
        CheckConstraint("at_city OR place <> ''", "own_place_has_name"),
        CheckConstraint(
            "(state IN ('closed', 'refused', 'withdrawn', 'not_held')) = (ended_at IS NOT NULL)", "ended_has_time"
        ),
        CheckConstraint("(ended_at IS NULL) = (due_on IS NOT NULL)", "open_has_due_day"),
        CheckConstraint(
            "(state IN ('received', 'checked', 'refused', 'withdrawn')) = (starts_at IS NULL)", "found_has_time"
        ),
        CheckConstraint("(starts_at IS NULL) = (travel_minutes IS NULL)", "time_with_travel"),
        CheckConstraint(
            "(state IN ('confirmed', 'prepared', 'held', 'reported', 'closed', 'not_held')) = (run_id IS NOT NULL)",
            "confirmed_has_run",
        ),
        CheckConstraint("state NOT IN ('reported', 'closed') OR heads IS NOT NULL", "reported_has_heads"),
        CheckConstraint("heads >= 0", "heads_positive"),
        CheckConstraint("starts_at < ends_at", "times_in_order"),
        CheckConstraint("travel_minutes BETWEEN 0 AND 240", "travel_range"),
        Index("uq_outreach_request_live", "group_key", "district_code", "first_day", unique=True,
              sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_outreach_request_due", "due_on", "id"),
        Index("ix_outreach_request_door", "door", "received_at"),
    )  # fmt: skip

    id: Mapped[identity]
    code: Mapped[str] = mapped_column(unique=True, comment="the number on the receipt")
    receipt: Mapped[str] = mapped_column(unique=True, comment="opens the receipt, without log-in")
    state: Mapped[OutreachState] = mapped_column(default=OutreachState.RECEIVED)
    due_on: Mapped[date | None] = mapped_column(comment="by when the next step is to be taken")
    door: Mapped[Door]
    group_kind: Mapped[GroupKind]
    group_name: Mapped[str]
    group_key: Mapped[str] = mapped_column(comment="what spellings of the group's name have in common")
    first_day: Mapped[date] = mapped_column(comment="of the first preferred date")
    course_code: Mapped[str | None] = foreign_key("course.code")
    theme: Mapped[str] = mapped_column(default="", comment="what they would like, in their words")
    people: Mapped[int]
    minutes: Mapped[int]
    at_city: Mapped[bool] = mapped_column(comment="in a room of the city's, not at their own place")
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    district_code: Mapped[str] = foreign_key("district.code")
    room_for: Mapped[int | None] = mapped_column(comment="how many their place holds")
    has_screen: Mapped[bool]
    has_wifi: Mapped[bool]
    has_parking: Mapped[bool]
    contact_name: Mapped[str]
    contact_kana: Mapped[str]
    contact_phone: Mapped[str]
    contact_address: Mapped[str] = mapped_column(default="", comment="where the letter of decision is sent")
    note: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    received_by: Mapped[int | None] = foreign_key("account.id", index=False)
    ended_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None] = mapped_column(comment="the day that was found")
    ends_at: Mapped[datetime | None]
    travel_minutes: Mapped[int | None] = mapped_column(comment="the way there, and again the way back")
    room_id: Mapped[int | None] = foreign_key("room.id")
    run_id: Mapped[int | None] = foreign_key("run.id", index=False, unique=True)
    heads: Mapped[int | None] = mapped_column(comment="how many took part, with a name or without")
    topics: Mapped[str] = mapped_column(default="")
    next_class: Mapped[bool] = mapped_column(default=False, comment="they would like a class there")
    next_tutor: Mapped[bool] = mapped_column(default=False, comment="they would like a tutor there")
    next_note: Mapped[str] = mapped_column(default="")

    choices: Mapped[list[OutreachChoice]] = relationship(
        cascade="all, delete-orphan", order_by="OutreachChoice.number", lazy="raise_on_sql"
    )
    instructors: Mapped[list[OutreachInstructor]] = relationship(
        cascade="all, delete-orphan", order_by="OutreachInstructor.account_id", lazy="raise_on_sql"
    )


class OutreachChoice(Base):
    """A date that the group prefers: the first, the second, the third."""

    __tablename__ = "outreach_choice"
    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 3", "number_range"),)

    request_id: Mapped[int] = foreign_key("outreach_request.id", index=False, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime]


class OutreachInstructor(Base):
    """Who is to hold it: from the day that is found on; later the same as is on duty at its meeting."""

    __tablename__ = "outreach_lecturer"

    request_id: Mapped[int] = foreign_key("outreach_request.id", index=False, primary_key=True)
    account_id: Mapped[int] = foreign_key("account.id", primary_key=True)


class OutreachStep(Base):
    """One step of a request, forwards or back. Append-only; the reason is emptied when the contact is forgotten."""

    __tablename__ = "outreach_step"

    id: Mapped[identity]
    request_id: Mapped[int] = foreign_key("outreach_request.id")
    before: Mapped[OutreachState | None]
    after: Mapped[OutreachState]
    taken_at: Mapped[datetime]
    taken_by: Mapped[int | None] = foreign_key("account.id", index=False)
    reason: Mapped[str] = mapped_column(default="")


class OutreachItem(Base):
    """Something to pack or to see to before leaving."""

    __tablename__ = "outreach_item"

    request_id: Mapped[int] = foreign_key("outreach_request.id", index=False, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = foreign_key("account.id", index=False)


class OutreachHeads(Base):
    """How many of one age band took part. Whose age nobody knows is in the request's `heads` alone."""

    __tablename__ = "outreach_heads"
    __table_args__ = (CheckConstraint("heads > 0", "heads_positive"),)

    request_id: Mapped[int] = foreign_key("outreach_request.id", index=False, primary_key=True)
    age_band: Mapped[AgeBand] = mapped_column(primary_key=True)
    heads: Mapped[int]
