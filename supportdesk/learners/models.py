"""A learner as real paper describes one, the keys by which reception finds them, the pass, and consents."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.core.database import Base, foreign_key, identity, key_text
from supportdesk.core.japanese import shown_name
from supportdesk.core.phones import shown_phone
from supportdesk.learners.names import known_as


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class AgeBand(StrEnum):
    UNDER_60 = "under60"
    SIXTIES = "60s"
    SEVENTIES = "70s"
    EIGHTIES = "80s"
    NINETY_OVER = "90over"


class Device(StrEnum):
    IPHONE = "iphone"
    ANDROID = "android"
    EASY_PHONE = "easy_phone"
    FEATURE_PHONE = "feature_phone"
    NONE = "none"


class Channel(StrEnum):
    PHONE = "phone"
    MAIL = "mail"
    LINE = "line"
    POST = "post"


class Need(StrEnum):
    HEARING = "hearing"
    SIGHT = "sight"
    WALKING = "walking"
    FAMILY = "family"


class LinkKind(StrEnum):
    """What two learners are to each other. STRANGERS: they share no more than a phone, and nobody need ask again."""

    SPOUSE = "spouse"
    PARENT_CHILD = "parent_child"
    SIBLING = "sibling"
    FAMILY = "family"
    FRIEND = "friend"
    STRANGERS = "strangers"


class ConsentKind(StrEnum):
    KEEP_RECORD = "keep_record"
    TIE_VIDEO_VIEWS = "tie_video_views"


class Status(StrEnum):
    """Whether we still serve somebody. Who is not active books nothing and is told nothing."""

    ACTIVE = "active"
    PAUSED = "paused"
    MOVED = "moved"
    DECEASED = "deceased"
    LEFT = "left"


#: Whoever is paused or has moved may come back and finds their card good; nobody carries on for those.
FOR_GOOD: Final = frozenset({Status.DECEASED, Status.LEFT})


class StatusReason(StrEnum):
    OWN_WISH = "own_wish"
    HEALTH = "health"
    FAMILY = "family"
    NO_CONTACT = "no_contact"
    BACK = "back"
    MISTAKE = "mistake"
    OTHER = "other"


class Learner(Base):
    """One person we serve. The spelling is kept as given; kana alone will do on the telephone (漢字未確認)."""

    __tablename__ = "learner"
    __table_args__ = (
        CheckConstraint("name <> '' OR kana <> '' OR erased_at IS NOT NULL", "name_or_kana"),
        CheckConstraint("NOT (outside_city AND district_code IS NOT NULL)", "district_or_outside"),
        CheckConstraint("birth_year IS NULL OR birth_year BETWEEN 1880 AND 2200", "birth_year_range"),
        CheckConstraint(
            "(birth_date IS NULL OR (birth_year IS NULL AND age_band IS NULL))"
            " AND (birth_year IS NULL OR age_band IS NULL)",
            "one_age",
        ),
        Index("ix_learner_birth_date", "birth_date"),
        Index("ix_learner_provisional", "id", sqlite_where=text("provisional"), postgresql_where=text("provisional")),
        Index("ix_learner_kana", "kana_key", "id"),
        Index(
            "ix_learner_helper_phone",
            "helper_phone",
            sqlite_where=text("helper_phone <> ''"),
            postgresql_where=text("helper_phone <> ''"),
        ),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = foreign_key("person.id", index=False, unique=True)
    merged_into: Mapped[int | None] = foreign_key("learner.id", comment="the record that stands for this one since")
    name: Mapped[str] = mapped_column(default="", comment="as written; empty while the kanji are not confirmed")
    kana: Mapped[str] = mapped_column(default="")
    kana_key: Mapped[key_text] = mapped_column(default="", comment="search key of the whole kana, for sorted lists")
    birth_date: Mapped[date | None]
    birth_year: Mapped[int | None] = mapped_column(comment="where only the year is known")
    age_band: Mapped[AgeBand | None] = mapped_column(comment="where only that is known")
    sex: Mapped[Sex | None]
    district_code: Mapped[str | None] = foreign_key("district.code")
    outside_city: Mapped[bool] = mapped_column(default=False)
    last_venue_id: Mapped[int | None] = foreign_key("venue.id", comment="of the last class they came to")
    postal_code: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    mail: Mapped[str] = mapped_column(default="")
    device: Mapped[Device | None]
    channel: Mapped[Channel] = mapped_column(default=Channel.PHONE)
    helper_name: Mapped[str] = mapped_column(default="")
    helper_relation: Mapped[str] = mapped_column(default="")
    helper_phone: Mapped[str] = mapped_column(default="", comment="E.164, or as typed when it is no valid number")
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[Status] = mapped_column(default=Status.ACTIVE)
    status_since: Mapped[datetime | None] = mapped_column(comment="null: from the beginning")
    provisional: Mapped[bool] = mapped_column(
        default=False, comment="entered in class by a given name, to be completed"
    )
    erased_at: Mapped[datetime | None] = mapped_column(comment="the row is nobody since, and keeps figures in order")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = foreign_key("account.id")
    updated_at: Mapped[datetime]

    phones: Mapped[list[LearnerPhone]] = relationship(
        cascade="all, delete-orphan", order_by="LearnerPhone.position", lazy="raise_on_sql"
    )
    needs: Mapped[list[LearnerNeed]] = relationship(cascade="all, delete-orphan", lazy="raise_on_sql")

    @property
    def display_name(self) -> str:
        """The written name, or the kana while the kanji are not confirmed."""
        return known_as(self.name, self.kana)

    @property
    def display_kana(self) -> str:
        """The reading, in one kind of kana."""
        return shown_name(self.kana)


class LearnerPhone(Base):
    """A telephone of a learner; a couple may share one. What is no valid number is kept as typed, for a human eye."""

    __tablename__ = "learner_phone"
    __table_args__ = (UniqueConstraint("learner_id", "position"), CheckConstraint("typed <> ''", "typed_given"))

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id", index=False)
    position: Mapped[int]
    number: Mapped[str | None] = mapped_column(index=True, comment="E.164; null when not valid")
    typed: Mapped[str]

    @property
    def shown(self) -> str:
        """The number in its one form, else as it was typed."""
        return shown_phone(self.number, self.typed)


class LearnerNeed(Base):
    """Something to prepare for: hearing, sight, walking, comes with family."""

    __tablename__ = "learner_need"

    learner_id: Mapped[int] = foreign_key("learner.id", index=False, primary_key=True)
    need: Mapped[Need] = mapped_column(primary_key=True)


class FormerName(Base):
    """A name that the learner had before; reception finds them by it for ever."""

    __tablename__ = "former_name"
    __table_args__ = (CheckConstraint("name <> '' OR kana <> ''", "name_or_kana"),)

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    name: Mapped[str]
    kana: Mapped[str]
    ended_at: Mapped[datetime]
    ended_by: Mapped[int | None] = foreign_key("account.id", index=False)


class LearnerLink(Base):
    """Two learners who belong together, whichever of them one looks from: the one with the lower id stands first."""

    __tablename__ = "learner_link"
    __table_args__ = (CheckConstraint("learner_id < other_id", "lower_first"),)

    learner_id: Mapped[int] = foreign_key("learner.id", index=False, primary_key=True)
    other_id: Mapped[int] = foreign_key("learner.id", primary_key=True)
    kind: Mapped[LinkKind]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = foreign_key("account.id", index=False)


class FormerResidence(Base):
    """Where the learner lived before: letters come back from there, and callers go on saying it."""

    __tablename__ = "former_residence"

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    district_code: Mapped[str | None] = foreign_key("district.code", index=False)
    outside_city: Mapped[bool]
    postal_code: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime]
    ended_by: Mapped[int | None] = foreign_key("account.id", index=False)


class StatusChange(Base):
    """A learner's status from an instant on, and why. Append-only."""

    __tablename__ = "learner_status"

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    status: Mapped[Status]
    reason: Mapped[StatusReason]
    began_at: Mapped[datetime]
    changed_by: Mapped[int | None] = foreign_key("account.id", index=False)


class LearnerKey(Base):
    """A search key of a learner; learners/keys.py says which there are."""

    __tablename__ = "learner_key"
    __table_args__ = {"sqlite_with_rowid": False}  # the key is the row: nothing is stored twice

    key: Mapped[key_text] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = foreign_key("learner.id", primary_key=True)


class NameVariant(Base):
    """The key of a family or given name in kana with one kana left out, or whole: a slip of the tongue leads to it.

    Of names, not of learners: however many are called so, the name is here once.
    """

    __tablename__ = "name_variant"
    __table_args__ = {"sqlite_with_rowid": False}

    variant: Mapped[key_text] = mapped_column(primary_key=True)
    name: Mapped[key_text] = mapped_column(primary_key=True)


class Pass(Base):
    """The card with the QR code. One live pass a learner; a revoked one stays: its code is never issued again."""

    __tablename__ = "pass"
    __table_args__ = (
        Index("uq_pass_live", "learner_id", unique=True, sqlite_where=text("revoked_at IS NULL"),
              postgresql_where=text("revoked_at IS NULL")),
    )  # fmt: skip

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    token: Mapped[str] = mapped_column(unique=True, comment="128 random bits; what the QR code holds")
    code: Mapped[str] = mapped_column(unique=True, comment="short, for typing and for reading aloud")
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = foreign_key("account.id", index=False)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = foreign_key("account.id", index=False)


class AdmissionWindow(Base):
    """Ten minutes in which the next phone that scans the pass may become the learner's own."""

    __tablename__ = "admission_window"

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = foreign_key("account.id", index=False)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LearnerPhoneAdmission(Base):
    """A phone that shows its learner's pass without log-in, known by a cookie of which we keep only the hash."""

    __tablename__ = "learner_phone_admission"

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    token_hash: Mapped[str] = mapped_column(unique=True)
    admitted_at: Mapped[datetime]
    admitted_by: Mapped[int | None] = foreign_key("account.id", index=False, comment="null: by birth day and digits")
    revoked_at: Mapped[datetime | None]


class Consent(Base):
    """What a learner was told and answered, in the words used. Append-only: the latest of a kind stands."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_learner_kind", "learner_id", "kind", "recorded_at"),)

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id", index=False)
    kind: Mapped[ConsentKind]
    given: Mapped[bool]
    wording: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = foreign_key("account.id", index=False)


_WISHED = text("settled_at IS NULL")


class TutorWish(Base):
    """A learner would like a peer tutor, and whoever met them says so. The coordinators see it until it is settled."""

    __tablename__ = "tutor_wish"
    __table_args__ = (Index("ix_tutor_wish_open", "learner_id", sqlite_where=_WISHED, postgresql_where=_WISHED),)

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    activity: Mapped[str] = mapped_column(default="", comment="where it was said, such as booking:5")
    words: Mapped[str] = mapped_column(default="", comment="what they would like to practise")
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = foreign_key("account.id", index=False)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)
