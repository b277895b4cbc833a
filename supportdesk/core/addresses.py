"""Ids of rows, words and days as they stand in addresses and forms.

A number that no row can have is like one that no row has: 404; so is a word that no database keeps. A day beyond those
that the desk reckons with is none.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from supportdesk.core import clock

#: The databases keep ids in four bytes; asked for more, PostgreSQL answers with an error instead of no row.
LARGEST_ID: Final = 2**31 - 1
_WRITTEN = re.compile(r"[0-9]{1,10}")


class RowIdConverter(IntegerConverter):
    """What `<int:…>` means in an address."""

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **{"max": LARGEST_ID, **options})


class WordConverter(UnicodeConverter):
    """What `<…>` means in an address. PostgreSQL answers with an error where it is asked for a NUL."""

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\0]")


def row_id(written: str) -> int | None:
    """The id that a form or an address' query wrote, or None when no row can have it."""
    if not _WRITTEN.fullmatch(written):
        return None
    return number if (number := int(written)) <= LARGEST_ID else None


def day_of(written: str) -> date | None:
    """The day that an address' query wrote (2026-11-23), or None when the desk reckons with no such day."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if clock.reckons_with(day) else None


def know_ids(app: Flask) -> None:
    """Called by `create_app` before the first page gets its address."""
    app.url_map.converters["int"] = RowIdConverter
    app.url_map.converters["default"] = app.url_map.converters["string"] = WordConverter
