"""What every application in public holds: how it stands, and a person in their own words. Rooms make tables of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import foreign_key, key_text
from supportdesk.learners.models import Channel, Device

#: The columns beside name and number that say who it is, and all of them.
BESIDES_WHO: Final = ("name", "kana_key", "residence", "birth_year", "device", "needs")
APPLICANT_WORDS: Final = ("kana", "phone", *BESIDES_WHO)


class ApplicationState(StrEnum):
    HELD = "held"  # reception still has to say who it is
    PLACED = "placed"  # it has become what it asked for, such as a seat or a slot
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
    OVER = "over"  # what they applied for has begun, or was called off


class AppliedInPublic:
    """How an application stands. `receipt` is what whoever sent it was given."""

    receipt: Mapped[str] = mapped_column(unique=True, comment="to be read aloud and typed; opens nothing of a person")
    state: Mapped[ApplicationState]
    because: Mapped[HeldBecause | None] = mapped_column(comment="why it was held, or was once")
    sender: Mapped[str] = mapped_column(default="", comment="keyed digest of address and day, against floods")
    refused_because: Mapped[RefusedBecause | None]
    applied_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)


def rules_of_applying() -> tuple[CheckConstraint, CheckConstraint]:
    """What holds of every application's state."""
    return (
        CheckConstraint("(state = 'held') = (settled_at IS NULL)", "settled_has_time"),
        CheckConstraint("state <> 'held' OR because IS NOT NULL", "held_has_reason"),
    )


class WrittenDown:
    """A person in an application, in their own words; `learner_id` once it is known who that is."""

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

    @property
    def key(self) -> tuple[str, str]:
        """By this the same person is known in another application."""
        return self.phone, self.kana_key
