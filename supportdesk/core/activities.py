"""Names for what rooms do, so that a lower room can point at a higher one's row without knowing it.

An activity is written "meeting:5". The room that owns the kind registers how to describe it; evidence, occupancy cells,
notices and video views carry the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from supportdesk.core.security import served


@dataclass(frozen=True)
class Description:
    """What an activity is called on a page, when it is, and where staff find it. `title` holds no learner's name.

    `public_url` is its page for residents, where it has one; `district` the code of the district where it is held.
    """

    title: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    url: str | None = None
    public_url: str | None = None
    district: str | None = None


#: Handed ids of one kind, answers with the descriptions of those that exist: one query however many ids.
Describe = Callable[[Iterable[int]], Mapping[int, Description]]


def activity(kind: str, row_id: int) -> str:
    """The text that names a row: `activity("meeting", 5)` is "meeting:5"."""
    return f"{kind}:{row_id}"


def row_of(name: str, kind: str) -> int | None:
    """The row that a text names, if it is of that kind: `row_of("offer:5", "offer")` is 5."""
    found, _, row_id = name.partition(":")
    return int(row_id) if found == kind and row_id.isdigit() else None


def path_of(endpoint: str, **values: int | str) -> str:
    """The path of a page; also outside a request, where `url_for` gives none."""
    return current_app.url_map.bind("").build(endpoint, values)


def page_of(endpoint: str, **values: int | str) -> str | None:
    """The path of a page that this process serves, None of one that it does not: it would lead a phone to no page."""
    return path_of(endpoint, **values) if served(endpoint) else None


def register(app_extensions: dict[str, object], kind: str, describe: Describe) -> None:
    """Called by a room when the application is made."""
    known = app_extensions.setdefault("activities", {})
    assert isinstance(known, dict)
    known[kind] = describe


def describe(activities: Iterable[str]) -> dict[str, Description]:
    """Descriptions of many activities, one query for each kind. What no longer exists is left out."""
    ids_by_kind: dict[str, set[int]] = {}
    for name in activities:
        kind, _, row_id = name.partition(":")
        if row_id.isdigit():
            ids_by_kind.setdefault(kind, set()).add(int(row_id))
    known: dict[str, Describe] = current_app.extensions.get("activities", {})
    found: dict[str, Description] = {}
    for kind, ids in ids_by_kind.items():
        if kind in known:
            found |= {activity(kind, row_id): text for row_id, text in known[kind](sorted(ids)).items()}
    return found
