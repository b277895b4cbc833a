"""People who log in, their roles, and the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.core.codes import new_token
from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.core.permissions import Role


class Person(Base):
    """Somebody who cannot be in two places: the same row whether they learn, teach or advise."""

    __tablename__ = "person"

    id: Mapped[identity]
    created_at: Mapped[datetime]


class Account(Base):
    """A log-in. An account that has served is switched off, never deleted: the audit trail speaks of it."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("username <> ''", "username_given"),
        CheckConstraint("leave_from <= leave_until", "leave_in_order"),
        CheckConstraint("leave_until IS NULL OR leave_from IS NOT NULL", "leave_begins"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = foreign_key("person.id", index=False, unique=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kana: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None]
    mail: Mapped[str | None]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    leave_from: Mapped[date | None] = mapped_column(comment="of the leave of absence, both days included")
    leave_until: Mapped[date | None]
    service_ends_on: Mapped[date | None] = mapped_column(comment="the last day")
    session_stamp: Mapped[str] = mapped_column(default=new_token, comment="a session that bears another one has ended")
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]

    roles: Mapped[list[AccountRole]] = relationship(
        cascade="all, delete-orphan", order_by="AccountRole.role", lazy="raise_on_sql"
    )


class AccountRole(Base):
    """One of the roles an account has, from when until when (both days included, None is open)."""

    __tablename__ = "account_role"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", "days_in_order"),)

    account_id: Mapped[int] = foreign_key("account.id", index=False, primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Invitation(Base):
    """A link by which an account's holder chooses their password. Of what it bears only the hash is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_standing",
            "account_id",
            unique=True,
            sqlite_where=text("used_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[identity]
    account_id: Mapped[int] = foreign_key("account.id")
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[int | None] = foreign_key("account.id", index=False)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The phone that makes codes for an account."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = foreign_key("account.id", index=False, primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(comment="accounts/sealing.py")
    set_up_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(
        BigInteger, comment="Unix time / 30 of the last code used; none counts twice"
    )


class RecoveryCode(Base):
    """One of the codes on paper that stand in for the phone, each once. Only a keyed hash is kept."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = foreign_key("account.id", index=False, primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class SignedInSession(Base):
    """One log-in on one device, from its password to its log-out. Of what its cookie bears only the hash is kept."""

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = foreign_key("account.id")
    stamp: Mapped[str] = mapped_column(comment="the account's session stamp when it began")
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(comment="to the minute")
    proved_at: Mapped[datetime] = mapped_column(comment="when the account's password was given in it last")
    device: Mapped[str] = mapped_column(default="", comment="its system and browser by name, without their versions")
    ended_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did or saw what, when, from where. Append-only, but for the words of a `reason`, which go with
    whom they are about (`rewording.py`). `detail` never tells of a learner.

    Each row is chained to the one before it in its lane (`chain.py`).
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        # The trail is read newest first, and its ids grow with time.
        Index("ix_audit_entry_account", "account_id", "id"),
        Index("ix_audit_entry_action", "action", "id"),
        Index("ix_audit_entry_subject", "subject", "id"),
        UniqueConstraint("lane", "seq"),
    )

    id: Mapped[identity]
    at: Mapped[datetime] = mapped_column(index=True)
    # No foreign key: to check it would lock the account's row after the lane's, which is to be the last lock taken.
    account_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(comment="verb and object, such as view_learner")
    subject: Mapped[str] = mapped_column(default="", comment="an activity or a row, such as learner:12")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    surface: Mapped[str] = mapped_column(default="", comment="public, field or staff pages, or a command")
    address: Mapped[str] = mapped_column(default="", comment="the remote address; of residents only its network")
    reason: Mapped[str] = mapped_column(default="", comment="why, where the role must say so")
    lane: Mapped[int | None] = mapped_column(comment="none: a row from before the chain, not yet sealed")
    seq: Mapped[int | None] = mapped_column(comment="its place in the lane, from 1 without a gap")
    hash: Mapped[str | None] = mapped_column(comment="keyed hash of this row, its learners and the hash before it")


class AuditLane(Base):
    """A chain of audit rows: how far it has come, and where it begins since old rows were forgotten."""

    __tablename__ = "audit_lane"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(comment="of the newest row")
    hash: Mapped[str] = mapped_column(comment="of the newest row")
    anchor_seq: Mapped[int] = mapped_column(default=0, comment="of the newest row that was forgotten")
    anchor_hash: Mapped[str] = mapped_column(default="", comment="of the newest row that was forgotten")
    seal: Mapped[str] = mapped_column(comment="keyed hash of all this")


class AuditSubject(Base):
    """A learner of whom an entry tells, when its subject alone does not name them. Append-only."""

    __tablename__ = "audit_subject"
    __table_args__ = (Index("ix_audit_subject_learner", "learner_id", "entry_id"),)

    entry_id: Mapped[int] = foreign_key("audit_entry.id", index=False, primary_key=True)
    # No foreign key: this room lies below learners, and that somebody looked is known after the learner's erasure too.
    learner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
