"""What residents wrote when they applied in public, until reception knows who they are, and for a while after."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.core.database import Base, foreign_key, identity, key_text
from supportdesk.learners.models import Channel, Device


class ApplicationState(StrEnum):
    HELD = "held"  # reception still has to say who it is
    PLACED = "placed"  # it has become a seat, a place in line or an entry in the draw
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class HeldBecause(StrEnum):
    """Why an application waits for reception."""

    UNKNOWN = "unknown"  # nobody in the register, or several, may be this person
    DIFFERS = "differs"  # another application names one of them together with somebody else
    NO_PLACE = "no_place"  # the desk would have asked something: a clash, one seat for two, a status


class RefusedBecause(StrEnum):
    """Why an application comes to nothing; no free text is kept about people who may be nobody's learners."""

    NO_CONTACT = "no_contact"
    GAVE_UP = "gave_up"
    NOT_SERVED = "not_served"
    PRANK = "prank"
    TWICE = "twice"
    OVER = "over"  # the class has begun, or was called off


class Application(Base):
    """One application in public, of one person or of two who come together. `receipt` is what they were given."""

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_state_applied", "state", "applied_at"),
        Index("ix_application_sender", "sender", "applied_at"),
        CheckConstraint("(state = 'held') = (settled_at IS NULL)", "settled_has_time"),
        CheckConstraint("state <> 'held' OR because IS NOT NULL", "held_has_reason"),
    )

    id: Mapped[identity]
    run_id: Mapped[int] = foreign_key("run.id")
    receipt: Mapped[str] = mapped_column(unique=True, comment="to be read aloud and typed; opens nothing of a person")
    state: Mapped[ApplicationState]
    because: Mapped[HeldBecause | None] = mapped_column(comment="why it was held, or was once")
    differs_from: Mapped[int | None] = foreign_key("application.id", index=False)
    sender: Mapped[str] = mapped_column(default="", comment="keyed digest of address and day, against floods")
    refused_because: Mapped[RefusedBecause | None]
    applied_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)

    people: Mapped[list[Applicant]] = relationship(order_by="Applicant.position", lazy="raise_on_sql")


class Applicant(Base):
    """A person in an application, in their own words; `learner_id` once it is known who that is."""

    __tablename__ = "applicant"
    __table_args__ = (
        UniqueConstraint("application_id", "position"),
        CheckConstraint("position IN (1, 2)", "position_of_two"),
        Index("ix_applicant_phone", "phone", "kana_key"),
        Index(
            "ix_applicant_channel_differs",
            "application_id",
            sqlite_where=text("channel_differs"),
            postgresql_where=text("channel_differs"),
        ),
    )

    id: Mapped[identity]
    application_id: Mapped[int] = foreign_key("application.id", index=False)
    position: Mapped[int]
    learner_id: Mapped[int | None] = foreign_key("learner.id")
    name: Mapped[str] = mapped_column(default="")
    kana: Mapped[str]
    kana_key: Mapped[key_text]
    phone: Mapped[str] = mapped_column(comment="E.164")
    residence: Mapped[str] = mapped_column(default="", comment="district code, outside, or empty")
    birth_year: Mapped[int | None]
    device: Mapped[Device | None]
    needs: Mapped[str] = mapped_column(default="", comment="what they need, by learners' words, commas between")
    channel: Mapped[Channel]
    channel_differs: Mapped[bool] = mapped_column(
        default=False, comment="the register has another way to tell them, and nobody has said yet which holds"
    )
    applied_at: Mapped[datetime]
