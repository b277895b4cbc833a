"""The dates of a term and the runs that they make: rules alone, without a statement.

A line is a room with its people, on its own weekday if it likes. Its dates, in order, are cut into runs of as many
meetings as the course has; one that is left out lets those after it move up, and what is left over makes no run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from supportdesk.core import clock

MOST_LINES = 6
#: As many as somebody can look through on one page.
MOST_ROWS = 60


@dataclass(frozen=True)
class Line:
    """One room and its people. Without weekdays, those of the term; without a start, the term's."""

    room_id: int
    staff: tuple[int, ...] = ()
    assistants: tuple[int, ...] = ()
    weekdays: frozenset[int] = frozenset()
    start: time | None = None


@dataclass(frozen=True)
class Term:
    """On which days, from when, how long, in which rooms. `listed` are dates that were named one by one."""

    start: time
    minutes: int
    lines: tuple[Line, ...]
    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    listed: tuple[date, ...] = ()

    def days_of(self, line: Line) -> list[date]:
        """The line's dates, in order."""
        if self.listed:
            return sorted({day for day in self.listed if not line.weekdays or day.weekday() in line.weekdays})
        if self.first is None or self.last is None:
            return []
        wanted = line.weekdays or self.weekdays
        every_day = (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))
        return [day for day in every_day if day.weekday() in wanted]


@dataclass(frozen=True)
class Row:
    """One date of a line as it is looked through. `meant`: what is unusual about it is meant."""

    number: int
    line: int
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    staff: tuple[int, ...] = ()
    assistants: tuple[int, ...] = ()
    skipped: bool = False
    meant: bool = False

    @property
    def on_duty(self) -> tuple[int, ...]:
        """Instructors and assistants, each once."""
        return tuple(dict.fromkeys((*self.staff, *self.assistants)))


@dataclass(frozen=True)
class Group:
    """Dates of one line that make a run; or, when they are too few, none."""

    line: int
    rows: tuple[Row, ...]
    complete: bool


def rows_of(term: Term) -> list[Row]:
    """A row for each date of each line, line by line."""
    rows: list[Row] = []
    for number, line in enumerate(term.lines):
        for day in term.days_of(line):
            starts_at = clock.at(day, line.start or term.start)
            ends_at = starts_at + timedelta(minutes=term.minutes)
            rows.append(Row(len(rows), number, starts_at, ends_at, line.room_id, line.staff, line.assistants))
    return rows


def grouped(rows: Iterable[Row], each: int) -> list[Group]:
    """The rows that are not left out, by line and date, so many a run; the last of a line may be too few."""
    return [
        Group(line, tuple(of_line[first : first + each]), first + each <= len(of_line))
        for line, of_line in _by_line(row for row in rows if not row.skipped)
        for first in range(0, len(of_line), each)
    ]


def _by_line(rows: Iterable[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    in_order = sorted(rows, key=lambda row: (row.line, row.starts_at, row.number))
    for line, of_line in groupby(in_order, key=lambda row: row.line):
        yield line, list(of_line)
