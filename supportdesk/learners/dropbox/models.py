"""The keys by which phones hand in, and what they handed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity


class PhoneKey(Base):
    """What a phone hands in with, got while its user was signed in. Only its hash is kept. It opens nothing."""

    __tablename__ = "phone_key"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = foreign_key("account.id")
    stamp: Mapped[str] = mapped_column(comment="the account's session stamp then; with another one nothing is trusted")
    device: Mapped[str] = mapped_column(default="", comment="its system and browser by name")
    given_at: Mapped[datetime]
    correction: Mapped[int | None] = mapped_column(
        BigInteger, comment="milliseconds to be added to what the phone's clock says; unknown before it hands in"
    )


class EntryState(StrEnum):
    RECORDED = "recorded"
    HELD = "held"
    DISMISSED = "dismissed"


class Entry(Base):
    """Something that a phone handed in. Once recorded where it belongs, it is a receipt that speaks of nobody."""

    __tablename__ = "drop_entry"
    __table_args__ = (
        Index("ix_drop_entry_state", "state", "account_id"),
        CheckConstraint("(state = 'held') = (settled_at IS NULL)", "held_is_unsettled"),
    )

    id: Mapped[identity]
    uuid: Mapped[str] = mapped_column(String(36), unique=True, comment="made on the phone: sent twice, it is here once")
    kind: Mapped[str]
    account_id: Mapped[int] = foreign_key("account.id", index=False)
    learner_id: Mapped[int | None] = foreign_key("learner.id")
    activity: Mapped[str] = mapped_column(default="", comment="where it belongs, such as meeting:5")
    payload: Mapped[str] = mapped_column(default="", comment="what the phone wrote (JSON), until it is recorded")
    observed_at: Mapped[datetime] = mapped_column(comment="by the phone's clock, put right by ours")
    received_at: Mapped[datetime]
    state: Mapped[EntryState]
    reason: Mapped[str] = mapped_column(default="", comment="the name of what kept it from being recorded")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)
