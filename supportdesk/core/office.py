"""The office's numbers and texts: each room declares its own with meaning and default, the administrator changes them.

A `Setting` is declared once in the room's `office.py` and read with `get()` where it counts. What was changed stands in
the database; it is read anew every few seconds, so that no process serves an older value for longer.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, NamedTuple, TypeVar

from flask import Flask, current_app, has_app_context
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity, reading
from supportdesk.core.phones import PhoneError, format_phone, parse_phone
from supportdesk.extensions import db

Value = TypeVar("Value", int, str)
#: Seconds for which what was read is held.
HELD_FOR: Final = 3.0


class OfficeSetting(Base):
    """A setting that was changed once; one without a row, or without a value again, is at its default."""

    __tablename__ = "office_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None]
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[int | None] = foreign_key("account.id", index=False)


class OfficeSettingChange(Base):
    """What a setting was and became. Append-only; null is the default of that day."""

    __tablename__ = "office_setting_change"

    id: Mapped[identity]
    name: Mapped[str] = mapped_column(index=True)
    before: Mapped[str | None]
    after: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = foreign_key("account.id", index=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting(Generic[Value]):
    """One number or text: `name` is room.what, `label` what the office calls it, `meaning` what follows from it."""

    name: str
    label: object
    meaning: object
    default: Value

    @abstractmethod
    def read(self, stored: str) -> Value | None:
        """What was stored, or None when that is no such value: an older release may have allowed it."""

    @abstractmethod
    def shown(self, value: Value) -> str:
        """The value as pages and documents write it."""

    def in_words(self, stored: str) -> str | None:
        """What was stored, as pages write it; None when it is no such value."""
        value = self.read(stored)
        return None if value is None else self.shown(value)

    @property
    def default_in_words(self) -> str:
        """The default, as pages write it."""
        return self.shown(self.fallback)

    @property
    def fallback(self) -> Value:
        """The default, in the language of the page."""
        return self.default

    def get(self) -> Value:
        """What holds now."""
        stored = _stored().get(self.name) if has_app_context() else None
        value = None if stored is None else self.read(stored)
        return self.fallback if value is None else value


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberSetting(Setting[int]):
    """A whole number within bounds."""

    unit: object
    least: int
    most: int

    def read(self, stored: str) -> int | None:
        if not (stored.isascii() and stored.isdigit() and len(stored) < 10):
            return None
        return int(stored) if self.least <= int(stored) <= self.most else None

    def shown(self, value: int) -> str:
        return f"{value}{self.unit}"


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoiceSetting(Setting[int]):
    """One of a few numbers, each with its words."""

    choices: Mapping[int, object]

    def read(self, stored: str) -> int | None:
        return next((value for value in self.choices if str(value) == stored), None)

    def shown(self, value: int) -> str:
        return str(self.choices[value])


@dataclass(frozen=True, kw_only=True, eq=False)
class TextSetting(Setting[str]):
    """Words that stand on pages or paper. The default is translated; what the office writes stands as it is."""

    words: object
    longest: int
    lines: int = 1
    may_be_empty: bool = False
    default: str = field(default="", init=False)

    @property
    def fallback(self) -> str:
        return str(self.words)

    def read(self, stored: str) -> str | None:
        return stored if len(stored) <= self.longest and (stored or self.may_be_empty) else None

    def shown(self, value: str) -> str:
        return value


@dataclass(frozen=True, kw_only=True, eq=False)
class PhoneSetting(Setting[str]):
    """A telephone number, as people write it."""

    def read(self, stored: str) -> str | None:
        try:
            return format_phone(parse_phone(stored))
        except PhoneError:
            return None

    def shown(self, value: str) -> str:
        return value


AnySetting = NumberSetting | ChoiceSetting | TextSetting | PhoneSetting


class Held(NamedTuple):
    """What was changed, as the database had it at an instant of the process's clock."""

    values: Mapping[str, str]
    read_at: float


class Office:
    """All settings of an application, room by room, and what was read of them last."""

    def __init__(self) -> None:
        self.rooms: dict[str, tuple[object, tuple[AnySetting, ...]]] = {}
        self.held_for = HELD_FOR
        self._held: Held | None = None

    @property
    def settings(self) -> dict[str, AnySetting]:
        """By name."""
        return {one.name: one for _label, settings in self.rooms.values() for one in settings}

    def stored(self) -> Mapping[str, str]:
        """What was changed: read anew when that was a while ago. A database that does not answer changes nothing."""
        held, now = self._held, time.monotonic()
        if held is None or now - held.read_at >= self.held_for:
            try:
                held = Held(_read(), now)
            except SQLAlchemyError:
                held = Held(held.values if held else {}, now)
            self._held = held
        return held.values

    def forget(self) -> None:
        """Read anew when next asked."""
        self._held = None


def declare(app: Flask, room: str, label: object, *settings: AnySetting) -> None:
    """Called by a room in `plug_in`."""
    office(app).rooms[room] = (label, settings)


def office(app: Flask) -> Office:
    """The application's own."""
    known: Office = app.extensions.setdefault("office", Office())
    return known


def values_now() -> tuple[tuple[str, str], ...]:
    """All that was changed, for whoever keeps what was drawn with it."""
    return tuple(sorted(_stored().items()))


def _stored() -> Mapping[str, str]:
    return office(current_app).stored()


_CHANGED: Final = select(OfficeSetting.name, OfficeSetting.value).where(OfficeSetting.value.is_not(None))


def _read() -> dict[str, str]:
    """On the connection at hand, so that a request needs no second one; else on one of its own."""
    session = db.session()
    if session.in_transaction():
        return {row.name: str(row.value) for row in session.execute(_CHANGED)}
    with reading() as connection:
        return {row.name: str(row.value) for row in connection.execute(_CHANGED)}


OFFICE_NAME: Final = TextSetting(
    name="office.name",
    label=_l("役所の名前"),
    words=_l("秋田市"),
    longest=30,
    meaning=_l("すべての画面と紙の上に出る名前です。"),
)
OFFICE_PHONE: Final = PhoneSetting(
    name="office.phone",
    label=_l("役所の電話番号"),
    default="018-888-5643",
    meaning=_l("予約や問い合わせの電話番号です。市民向けの画面、予約票、カードに出ます。"),
)
SLIP_NOTE: Final = TextSetting(
    name="office.slip_note",
    label=_l("予約票のひとこと"),
    words="",
    longest=120,
    lines=2,
    may_be_empty=True,
    meaning=_l("予約票のいちばん下に印刷します。例：充電してお持ちください。"),
)


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    declare(app, "office", _l("役所"), OFFICE_NAME, OFFICE_PHONE, SLIP_NOTE)
    app.jinja_env.globals.update(office_name=OFFICE_NAME.get, office_phone=OFFICE_PHONE.get, slip_note=SLIP_NOTE.get)
