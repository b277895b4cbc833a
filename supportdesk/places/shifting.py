"""Moving what is taken to other times or to somebody else; what stays the same is never let go.

Called by operations that change what was planned, within one transaction. All that is needed more is taken first, in
the order of (resource, cell) that everybody keeps; only then what is needed no more is freed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final, cast

from sqlalchemy import bindparam, delete, update

from supportdesk.core.database import connection, table_of
from supportdesk.places import occupancy
from supportdesk.places.models import OccupancyCell
from supportdesk.places.occupancy import SECONDS_A_CELL, Claim, Occupied, cells_of

_CELLS = table_of(OccupancyCell)
_THIS: Final = (
    _CELLS.c.resource == bindparam("who"),
    _CELLS.c.cell == bindparam("quarter"),
    _CELLS.c.activity == bindparam("for_what"),
)
_HAND_OVER: Final = update(_CELLS).where(*_THIS).values(activity=bindparam("for_what_now"))
_FREE: Final = delete(_CELLS).where(*_THIS)
#: (resource, quarter hour), and the activity that it is taken for.
Cells = dict[tuple[str, int], str]


def shift_all(before: Iterable[Claim], after: Iterable[Claim], *, twice: Collection[str] = ()) -> None:
    """What was taken `before` is taken as the claims `after` say: all or nothing.

    Whoever is in `twice` may have something else at that time, and is taken all the same. Raises Occupied, which names
    everything that is in the way.
    """
    had, wanted = _cells(before), _cells(after)
    more = list(_claims({cell: activity for cell, activity in wanted.items() if cell not in had}))
    for claim in more:
        (resource,) = claim.resources
        if resource in twice:
            occupancy.take_again(claim.activity, resource, claim.starts_at, claim.ends_at)
        else:
            _take(claim, [one for one in more if one.resources[0] not in twice], own={*had.values(), *wanted.values()})
    _carry_out(
        _HAND_OVER,
        [
            {**_named(cell, had[cell]), "for_what_now": activity}
            for cell, activity in sorted(wanted.items())
            if had.get(cell, activity) != activity
        ],
    )
    _carry_out(_FREE, [_named(cell, activity) for cell, activity in sorted(had.items()) if cell not in wanted])


def _cells(claims: Iterable[Claim]) -> Cells:
    return {
        (resource, cell): claim.activity
        for claim in claims
        for resource in claim.resources
        for cell in cells_of(claim.starts_at, claim.ends_at)
    }


def _claims(cells: Cells) -> Iterator[Claim]:
    """The cells in their order, those that follow one another in one claim."""
    in_order = sorted(cells.items())

    def stretch(numbered: tuple[int, tuple[tuple[str, int], str]]) -> tuple[str, int, str]:
        number, ((resource, cell), activity) = numbered
        return resource, cell - number, activity

    for (resource, _offset, activity), group in groupby(enumerate(in_order), key=stretch):
        quarters = [cell for _number, ((_resource, cell), _activity) in group]
        yield Claim(activity, (resource,), _instant(quarters[0]), _instant(quarters[-1] + 1))


def _take(claim: Claim, all_wanted: Iterable[Claim], *, own: Collection[str]) -> None:
    try:
        occupancy.take_all([claim])
    except Occupied as refusal:
        in_the_way = {
            resource: others
            for resource, activities in occupancy.who_is_in_the_way(all_wanted).items()
            if (others := activities - set(own))
        } or cast(Mapping[str, set[str]], refusal.details["in_the_way"])
        raise Occupied(in_the_way, occupancy.in_words(in_the_way)) from refusal


def _named(cell: tuple[str, int], activity: str) -> dict[str, Any]:
    return {"who": cell[0], "quarter": cell[1], "for_what": activity}


def _carry_out(statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection().execute(statement, rows)


def _instant(cell: int) -> datetime:
    return datetime.fromtimestamp(cell * SECONDS_A_CELL, UTC)
