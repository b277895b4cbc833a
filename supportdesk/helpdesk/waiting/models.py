"""A wish: somebody waits for a slot at a desk, or at any, on the days and halves of days that suit them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import Device


class WishState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"  # a freed slot is kept for them until they answer
    BOOKED = "booked"
    LEFT = "left"  # waits no more


class HalfDay(StrEnum):
    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"


#: Still in line.
OPEN_WISH = (WishState.WAITING, WishState.OFFERED)
_OPEN = "state IN ('waiting', 'offered')"


def _only_one(name: str, *columns: str, where: str) -> Index:
    """These columns once among the rows of which the condition holds."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class SlotWish(Base):
    """A place in the line of those who wait for a slot: in the order of their ids. One open wish a learner and desk,
    one for any desk; nobody is offered two slots at once, and no slot is offered to two.
    """

    __tablename__ = "slot_wish"
    __table_args__ = (
        CheckConstraint("desk_id IS NULL OR district_code IS NULL", "one_place"),
        CheckConstraint("(state IN ('booked', 'left')) = (ended_at IS NOT NULL)", "ended_has_time"),
        CheckConstraint(
            "(state = 'offered') = (offered_at IS NOT NULL)"
            " AND (offered_at IS NULL) = (offered_desk_id IS NULL)"
            " AND (offered_at IS NULL) = (offered_adviser_id IS NULL)",
            "offered_has_slot",
        ),
        _only_one("uq_slot_wish_desk", "learner_id", "desk_id", where=f"{_OPEN} AND desk_id IS NOT NULL"),
        _only_one("uq_slot_wish_any", "learner_id", where=f"{_OPEN} AND desk_id IS NULL"),
        _only_one("uq_slot_wish_offered", "learner_id", where="state = 'offered'"),
        _only_one("uq_slot_wish_slot", "offered_adviser_id", "offered_at", where="state = 'offered'"),
        Index("ix_slot_wish_open", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index(
            "ix_slot_wish_caller_phone",
            "caller_phone",
            sqlite_where=text("caller_phone <> ''"),
            postgresql_where=text("caller_phone <> ''"),
        ),
    )

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    desk_id: Mapped[int | None] = foreign_key("desk.id", comment="null: any desk")
    district_code: Mapped[str | None] = foreign_key(
        "district.code", index=False, comment="any desk of this district alone"
    )
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list, comment="Monday is 0; none: whichever")
    half_day: Mapped[HalfDay] = mapped_column(default=HalfDay.ANY)
    topic: Mapped[str] = mapped_column(default="", comment="what the learner wants to ask")
    device: Mapped[Device | None] = mapped_column(comment="the phone that it is about, if that matters")
    caller_name: Mapped[str] = mapped_column(default="")
    caller_relation: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")
    state: Mapped[WishState] = mapped_column(default=WishState.WAITING)
    since: Mapped[datetime]
    passed_up: Mapped[datetime | None] = mapped_column(
        comment="when the first slot begins that was free for them then: they waited all the same"
    )
    noted_by: Mapped[int | None] = foreign_key("account.id", index=False)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = foreign_key("account.id", index=False)
    booking_id: Mapped[int | None] = foreign_key("booking.id", comment="the consultation for which they wait no more")
    offered_desk_id: Mapped[int | None] = foreign_key("desk.id", index=False)
    offered_adviser_id: Mapped[int | None] = foreign_key("account.id", index=False)
    offered_at: Mapped[datetime | None] = mapped_column(comment="when the slot begins that is kept for them")
