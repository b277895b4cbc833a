"""Where the bars of the figures' chart stand: the template draws them, with the same figures that its table holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from supportdesk.tutors.figures import FigureRow

#: In units of the drawing, which is as wide as a phone's screen, so that its letters can be read there.
WIDTH: Final = 360
_LINE: Final = 44
_LONGEST_BAR: Final = 200


class Bar(NamedTuple):
    """One district's bar: its length from `x`, the line on which its words stand."""

    row: FigureRow
    y: int
    length: float


class Chart(NamedTuple):
    """Horizontal bars, one below the other; the longest is the district with the most time."""

    bars: Sequence[Bar]
    width: int
    height: int


def bars(rows: Sequence[FigureRow]) -> Chart:
    """Bars as long as the minutes; none where nothing happened."""
    most = max((row.minutes for row in rows), default=0)
    drawn = [
        Bar(row, number * _LINE, round(_LONGEST_BAR * row.minutes / most, 1) if most else 0)
        for number, row in enumerate(rows)
    ]
    return Chart(drawn, WIDTH, len(rows) * _LINE)
