"""One learner's whole record in words: every table and column by the name that its room gives it, every value readable.

Called by the page that is printed for whoever asks what is held of them (開示請求).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Column, select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.queries import looks_at
from supportdesk.core.activities import Description, activity, describe
from supportdesk.core.moments import birth, clock_time, day, short_day
from supportdesk.extensions import db
from supportdesk.learners.export import HeldRows, held_of, records_of, told_columns
from supportdesk.learners.record_words import TableWords
from supportdesk.learners.rooms import words_of_tables
from supportdesk.learners.standing import OUTSIDE, UNKNOWN
from supportdesk.places.models import District

Lines = list[tuple[str, str]]


class Section(NamedTuple):
    """One table: of each row its columns' labels and values, without those that are empty."""

    title: str
    rows: Sequence[Lines]


class Look(NamedTuple):
    """Somebody did or saw something of the learner."""

    at: datetime
    by: str
    what: str


def sections_of(learner_id: int) -> list[Section]:
    """Everything held of the learner. Tables that say nothing are left out. Raises NotFound."""
    held = held_of(learner_id)
    words, names = words_of_tables(), _Names(held)
    return [_section(one, words[one.table.name], names) for one in held if one.rows]


def looks_of(learner_id: int) -> list[Look]:
    """Who did or saw what of the learner, oldest first."""
    labels = {action.value: str(action.label) for action in Action}
    return [
        Look(row.at, row.name or _("システム"), labels.get(row.action, row.action))
        for row in looks_at(records_of(learner_id))
    ]


def _section(held: HeldRows, words: TableWords, names: _Names) -> Section:
    columns = [column for column in told_columns(held.table) if not _is_the_learner(column)]
    rows = [
        [(str(words.label(column.name)), text) for column in columns if (text := names.text(column, row, words))]
        for row in held.rows
    ]
    if len(columns) == 1 and len(rows) > 1:  # a list of single things reads best in one line
        label = str(words.label(columns[0].name))
        rows = [[(label, _("、").join(text for row in rows for _label, text in row))]]
    return Section(str(words.title), rows)


def _is_the_learner(column: Column[Any]) -> bool:
    return column.name == "learner_id"


class _Names:
    """What the numbers in the rows stand for, read once for all of them."""

    def __init__(self, held: Sequence[HeldRows]) -> None:
        self._by_column: dict[Column[Any], dict[Any, str]] = {}
        wanted: dict[Column[Any], set[Any]] = defaultdict(set)
        activities: set[str] = set()
        for one in held:
            for column in told_columns(one.table):
                target = _named_column(column)
                if target is None and not column.foreign_keys and column.name != "activity":
                    continue  # shown as it stands; it may be no single value
                values = {row[column.name] for row in one.rows} - {None}
                if target is not None:
                    wanted[target] |= values
                elif column.foreign_keys:
                    activities |= {_as_activity(column, value) for value in values}
                else:
                    activities |= values
        for target, values in wanted.items():
            self._by_column[target] = _read_names(target, values)
        self._described = describe(activities)
        self._districts = {row.code: row.name for row in db.session.execute(select(District.code, District.name))}

    def text(self, column: Column[Any], row: dict[str, Any], words: TableWords) -> str:
        """The value of one column in words."""
        value = row[column.name]
        if value is None or value == "" or value == {} or value == []:
            return ""
        target = _named_column(column)
        if target is not None:
            return self._by_column[target].get(value, str(value))
        if column.foreign_keys or column.name == "activity":
            name = value if column.name == "activity" else _as_activity(column, value)
            return _of(self._described.get(name)) or str(value)
        if column.name == "residence":
            return self._districts.get(value) or {OUTSIDE: _("市外"), UNKNOWN: _("不明")}.get(value, value)
        choices = words.choice(column.name)
        if choices and isinstance(value, list):
            return _("、").join(str(choices.get(one, one)) for one in value)
        return _in_words(value, choices.get(value) if isinstance(value, str | int) else None)


def _in_words(value: Any, choice: object | None) -> str:
    if choice is not None:
        return str(choice)
    match value:
        case bool():
            return _("はい") if value else _("いいえ")
        case datetime():
            return f"{day(value)} {clock_time(value)}"
        case date():
            return birth(value)
        case Enum():
            return str(value.value)
        case dict():
            return _("、").join(
                f"{name}：{_in_words(one, None)}" for name, one in value.items() if one not in (None, "", [], {})
            )
        case list():
            return _("、").join(_in_words(one, None) for one in value)
        case _:
            return str(value)


def _of(described: Description | None) -> str:
    if described is None:
        return ""
    when = f"{short_day(described.starts_at)} " if described.starts_at else ""
    return f"{when}{described.title}"


def _as_activity(column: Column[Any], value: Any) -> str:
    """The name of the row that a column points at: meeting_id 5 is meeting:5."""
    return activity(column.name.removesuffix("_id"), value)


def _named_column(column: Column[Any]) -> Column[Any] | None:
    """The column at the end of a chain of foreign keys, if what it stands for has a name or a title."""
    seen = column
    while seen.foreign_keys:
        seen = next(iter(seen.foreign_keys)).column
    if seen is column or column.name == "seat":
        return None
    return seen if _name_of(seen) is not None and seen.table.name != "learner" else None


def _name_of(key: Column[Any]) -> Column[Any] | None:
    return next((key.table.c[name] for name in ("name", "title") if name in key.table.c), None)


def _read_names(key: Column[Any], values: Iterable[Any]) -> dict[Any, str]:
    name = _name_of(key)
    assert name is not None
    rows = db.session.execute(select(key, name).where(key.in_(sorted(values))))
    return {row[0]: str(row[1]) for row in rows}
