"""What somebody changed of a term's dates, kept while they go back to what the term is to be. Called by its pages.

It travels in the form, as the dates do: whatever it says is looked at again, and what cannot be read is left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from supportdesk.classes.series.shape import Row
from supportdesk.core import clock

_PARTS = ("room_id", "staff", "assistants")
_TICKS = ("skipped", "meant")


def written(planned: Sequence[Row], looked_through: Iterable[Row]) -> str:
    """What is different from the dates as the term has them; empty when nothing is. A date is known by its line and
    day.
    """
    changes = {}
    for row in looked_through:
        if row.number < len(planned):
            was = planned[row.number]
            changed = _changed(was, row)
            if changed:
                changes[_key(was)] = changed
    return json.dumps(changes) if changes else ""


def read(sent: str) -> dict[str, Mapping[str, Any]]:
    """What was written, as far as it can be read."""
    try:
        found = json.loads(sent) if sent else {}
    except (ValueError, RecursionError):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, dict)} if isinstance(found, dict) else {}


def carried_out(
    planned: Iterable[Row], changes: Mapping[str, Mapping[str, Any]], *, rooms: Collection[int], people: Collection[int]
) -> list[Row]:
    """The term's dates with these changes, each where its line still has that day."""
    return [_with(row, changes.get(_key(row), {}), rooms, people) for row in planned]


def _key(row: Row) -> str:
    return f"{row.line} {clock.local(row.starts_at).date()}"


def _changed(was: Row, row: Row) -> dict[str, Any]:
    before, after = clock.local(was.starts_at), clock.local(row.starts_at)
    changed: dict[str, Any] = {name: getattr(row, name) for name in _PARTS if getattr(row, name) != getattr(was, name)}
    changed |= {name: True for name in _TICKS if getattr(row, name)}
    if after.date() != before.date():
        changed["day"] = after.date().isoformat()
    if after.time() != before.time():
        changed["start"] = f"{after:%H:%M}"
    return changed


def _with(row: Row, change: Mapping[str, Any], rooms: Collection[int], people: Collection[int]) -> Row:
    more: dict[str, Any] = {name: change.get(name) is True for name in _TICKS}
    if _is_one_of(change.get("room_id"), rooms):
        more["room_id"] = change["room_id"]
    for name in ("staff", "assistants"):
        ids = change.get(name)
        if isinstance(ids, list) and all(_is_one_of(one, people) for one in ids):
            more[name] = tuple(sorted(set(ids)))
    begins = clock.local(row.starts_at)
    starts_at = clock.at(_day(change.get("day"), begins.date()), _time(change.get("start"), begins.time()))
    length: timedelta = row.ends_at - row.starts_at
    return replace(row, starts_at=starts_at, ends_at=starts_at + length, **more)


def _is_one_of(value: object, known: Collection[int]) -> bool:
    return type(value) is int and value in known


def _day(value: object, otherwise: date) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise
    return day if clock.reckons_with(day) else otherwise


def _time(value: object, otherwise: time) -> time:
    try:
        found = time.fromisoformat(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise
    return found.replace(tzinfo=None)
