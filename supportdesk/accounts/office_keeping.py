"""What the administrator does with the office's settings, and what the pages about them need to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core.database import insert_ignoring_conflict
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.office import AnySetting, OfficeSetting, OfficeSettingChange, office
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db

CHANGES_SHOWN = 20


class BadValue(DeskError):
    """The setting cannot be that."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("この値にはできません。決められた範囲で入力してください。"), field="value")


class ChangedElsewhere(DeskError):
    """Somebody changed the setting after the form was opened."""

    def __init__(self) -> None:
        super().__init__(
            _l("この画面を開いたあとで、ほかの人がこの設定を変えました。今の値をたしかめて、もう一度変えてください。")
        )


class Line(NamedTuple):
    """A setting on the page. `changed_at` is None as long as it is at its default; `unread` is stored but no value."""

    setting: AnySetting
    now: str
    default: str
    changed_at: datetime | None
    changed_by: str
    unread: bool


class Group(NamedTuple):
    """One room's settings."""

    label: object
    lines: Sequence[Line]


class Change(NamedTuple):
    """A line of a setting's history, in words."""

    at: datetime
    by: str
    before: str
    after: str


def setting_named(name: str) -> AnySetting:
    """The declared setting. Raises NotFound."""
    found = office(current_app).settings.get(name)
    if found is None:
        raise NotFound
    return found


def change_setting(name: str, value: str | None, *, seen: datetime | None, actor: Actor, now: datetime) -> None:
    """From now on the setting is this, or its default (None); within seconds in every process.

    `seen`: when it had been changed last as the form was opened. Nothing is written where nothing changes. Raises
    NotFound, BadValue, ChangedElsewhere.
    """
    setting = setting_named(name)
    if value is not None and setting.in_words(value) is None:
        raise BadValue
    row = _locked(name)
    if row.changed_at != seen:
        raise ChangedElsewhere
    if row.value == value:
        return
    stamp = {"changed_at": now, "changed_by": actor.account_id}
    db.session.add(OfficeSettingChange(name=name, before=row.value, after=value, **stamp))
    db.session.execute(update(OfficeSetting).where(OfficeSetting.name == name).values(value=value, **stamp))
    audit.record(actor=actor, action=Action.CHANGE_SETTING, now=now, detail={"setting": name})


def _locked(name: str) -> Any:
    """What stands now, waited for: a setting that was never changed has a row from here on."""
    db.session.execute(insert_ignoring_conflict(OfficeSetting.__table__), {"name": name})
    stored = select(OfficeSetting.value, OfficeSetting.changed_at).where(OfficeSetting.name == name)
    return db.session.execute(stored.with_for_update()).one()


def groups() -> list[Group]:
    """All settings, room by room. One statement."""
    rows = db.session.execute(
        select(OfficeSetting.name, OfficeSetting.value, OfficeSetting.changed_at, Account.name.label("by"))
        .outerjoin(Account, Account.id == OfficeSetting.changed_by)
        .where(OfficeSetting.changed_at.is_not(None))
    )
    changed = {row.name: row for row in rows}
    return [
        Group(label, [_line(setting, changed.get(setting.name)) for setting in settings])
        for label, settings in office(current_app).rooms.values()
    ]


def line_of(name: str) -> Line:
    """One setting as it is stored now. Raises NotFound."""
    setting_named(name)
    return next(line for group in groups() for line in group.lines if line.setting.name == name)


def history_of(name: str) -> list[Change]:
    """The latest changes, the newest first. One statement."""
    setting = setting_named(name)
    rows = db.session.execute(
        select(
            OfficeSettingChange.changed_at,
            Account.name.label("by"),
            OfficeSettingChange.before,
            OfficeSettingChange.after,
        )
        .outerjoin(Account, Account.id == OfficeSettingChange.changed_by)
        .where(OfficeSettingChange.name == name)
        .order_by(OfficeSettingChange.id.desc())
        .limit(CHANGES_SHOWN)
    )
    return [
        Change(row.changed_at, row.by or "", _in_words(setting, row.before), _in_words(setting, row.after))
        for row in rows
    ]


def _line(setting: AnySetting, row: Any) -> Line:
    stored = None if row is None else row.value
    held = None if stored is None else setting.in_words(stored)
    default = setting.default_in_words
    return Line(
        setting,
        default if held is None else held,
        default,
        row.changed_at if row else None,
        (row.by or "") if row else "",
        unread=stored is not None and held is None,
    )


def _in_words(setting: AnySetting, stored: str | None) -> str:
    if stored is None:
        return str(_l("はじめの値"))
    return setting.in_words(stored) or stored
