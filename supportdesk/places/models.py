"""The map of the city as the desk needs it, and the cells of time that can be taken only once."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.core.database import Base, foreign_key, identity


class District(Base):
    """One of the city's areas, served by a citizens' service centre (市民サービスセンター)."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kana: Mapped[str]
    name_en: Mapped[str]
    centre: Mapped[str]
    position: Mapped[int]


class AccountDistrict(Base):
    """A district that a coordinator or tutor answers for, from when until when (both days included, None is open)."""

    __tablename__ = "account_district"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", "days_in_order"),)

    account_id: Mapped[int] = foreign_key("account.id", index=False, primary_key=True)
    district_code: Mapped[str] = foreign_key("district.code", primary_key=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Venue(Base):
    """A building where meetings are held. `source` says where its particulars come from."""

    __tablename__ = "venue"
    __table_args__ = (
        CheckConstraint("latitude IS NULL OR latitude BETWEEN -90 AND 90", "latitude_range"),
        CheckConstraint("longitude IS NULL OR longitude BETWEEN -180 AND 180", "longitude_range"),
    )

    id: Mapped[identity]
    name: Mapped[str] = mapped_column(unique=True)
    kana: Mapped[str] = mapped_column(default="")
    nickname: Mapped[str] = mapped_column(default="")
    district_code: Mapped[str] = foreign_key("district.code")
    address: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    phone: Mapped[str] = mapped_column(default="")
    wifi_ssid: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")

    rooms: Mapped[list[Room]] = relationship(back_populates="venue", order_by="Room.id", lazy="raise_on_sql")


class Room(Base):
    """A room of a venue; it holds one meeting at a time."""

    __tablename__ = "room"
    __table_args__ = (
        UniqueConstraint("venue_id", "name"),
        CheckConstraint("seats IS NULL OR seats > 0", "seats_positive"),
    )

    id: Mapped[identity]
    venue_id: Mapped[int] = foreign_key("venue.id", index=False)
    name: Mapped[str]
    seats: Mapped[int | None]

    venue: Mapped[Venue] = relationship(back_populates="rooms", lazy="raise_on_sql")


class EquipmentKind(StrEnum):
    LOAN_PHONE = "loan_phone"
    PROJECTOR = "projector"
    OTHER = "other"


class Equipment(Base):
    """One thing that can be lent to a meeting: a loan phone, a projector."""

    __tablename__ = "equipment"

    id: Mapped[identity]
    venue_id: Mapped[int | None] = foreign_key("venue.id")
    kind: Mapped[EquipmentKind]
    name: Mapped[str] = mapped_column(unique=True)


class Closure(Base):
    """Days on which a venue is shut (both ends included)."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("first_day <= last_day", "days_in_order"),)

    id: Mapped[identity]
    venue_id: Mapped[int] = foreign_key("venue.id")
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str]


class OccupancyCell(Base):
    """A quarter of an hour of somebody or something. The primary key makes a double booking impossible.

    Layer 0 is the rule. A learner whom reception books twice on purpose takes the later booking in layer 1 and up;
    rooms, equipment and people on duty never leave layer 0.
    """

    __tablename__ = "occupancy_cell"
    __table_args__ = (Index("ix_occupancy_cell_activity", "activity", "resource"),)

    resource: Mapped[str] = mapped_column(primary_key=True, comment="person:3, room:2 or equipment:7")
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Unix time / 900")
    layer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)
    activity: Mapped[str] = mapped_column(comment="what it is taken for, such as meeting:5")
