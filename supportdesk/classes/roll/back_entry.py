"""A paper roster typed in afterwards: the seats of those who came, all others were absent. Rules and the one verb."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.attendance_queries import RosterRow
from supportdesk.classes.errors import NotYetBegun
from supportdesk.classes.marks import ATTENDED, Disagreement
from supportdesk.classes.models import AttendanceState
from supportdesk.core.errors import DeskError
from supportdesk.core.japanese import half_width
from supportdesk.core.permissions import Actor

#: Whoever telephoned that they would not come was absent all the same.
_MISSING: Final = frozenset({AttendanceState.ABSENT, AttendanceState.ABSENT_NOTIFIED})
_PARTS = re.compile(r"[\s,、，.・;]+")
_RANGE = re.compile(r"(\d{1,4})(?:[-‐‑–—−~〜ー](\d{1,4}))?")


class Unclear(DeskError):
    """What was typed is no list of seats."""

    status = 422

    def __init__(self, part: str) -> None:
        super().__init__(
            _l("「%(part)s」が分かりません。「1 2 5-9」のように、席の番号を入力してください。", part=part),
            field="seats",
        )


class NoSuchSeat(DeskError):
    """Nobody has these seats."""

    status = 422

    def __init__(self, seats: Iterable[int]) -> None:
        super().__init__(
            _l("席 %(seats)s の方はいません。番号をたしかめてください。", seats=_("、").join(map(str, seats))),
            field="seats",
        )


class RosterLine(NamedTuple):
    """What is to be recorded of one who has a seat. `before` is what stands now; the two are alike where it stays."""

    learner_id: int
    seat: int
    name: str
    before: AttendanceState | None
    after: AttendanceState


def seats_in(text: str) -> list[int]:
    """The seats in "1 2 5-9", however they are parted and in whatever width. Raises Unclear."""
    found: set[int] = set()
    for part in filter(None, _PARTS.split(half_width(text))):
        match = _RANGE.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first:
            raise Unclear(part[:20])
        found.update(range(first, last + 1))
    return sorted(found)


def lines(rows: Sequence[RosterRow], seats: Sequence[int]) -> list[RosterLine]:
    """What becomes of everybody with a seat. Whoever was marked late stays late. Raises NoSuchSeat."""
    seated = {row.seat: row for row in rows if row.seat is not None}
    unknown = [seat for seat in seats if seat not in seated]
    if unknown:
        raise NoSuchSeat(unknown[:5])
    came = set(seats)
    return [
        RosterLine(row.learner_id, seat, row.name, row.state, _after(row.state, came=seat in came))
        for seat, row in sorted(seated.items())
    ]


def _after(before: AttendanceState | None, *, came: bool) -> AttendanceState:
    if before is not None and before in (ATTENDED if came else _MISSING):
        return before
    return AttendanceState.PRESENT if came else AttendanceState.ABSENT


def enter(
    meeting_id: int, begins: datetime, wanted: Sequence[RosterLine], *, actor: Actor, now: datetime
) -> tuple[Disagreement, ...]:
    """Record what changes. Raises what `record_attendance` raises, and NotYetBegun."""
    if now < begins:
        raise NotYetBegun
    marks = [Mark(one.learner_id, one.after, now) for one in wanted if one.after is not one.before]
    return record_attendance(meeting_id, marks, actor=actor, now=now)
