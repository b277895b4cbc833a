"""Moving what is taken to other times or to somebody else; what stays the same is never let go.

Called by operations that change what was planned, within one transaction. All that is needed more is taken first, in
the order of (resource, cell) that everybody keeps; only then what is needed no more is freed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
#: (resource, for whom alone, quarter hour), and the activity that it is taken for. Who may be taken twice has the
#: cell once for each activity, which stands in the key; of anything else the key's second part is empty.
Cells = dict[tuple[str, str, int], str]


def shift_all(before: Iterable[Claim], after: Iterable[Claim], *, twice: Collection[str] = ()) -> None:
    """What was taken `before` is taken as the claims `after` say: all or nothing.

    Whoever is in `twice` may have something else at that time, and is taken all the same. Raises Occupied, which names
    everything that is in the way.
    """
    had, wanted = _cells(before, twice), _cells(after, twice)
    _take(
        _claims({cell: activity for cell, activity in wanted.items() if cell not in had}),
        twice,
        {*had.values(), *wanted.values()},
    )
    _carry_out(
        _HAND_OVER,
        [
            {**_named(cell, had[cell]), "for_what_now": activity}
            for cell, activity in sorted(wanted.items())
            if had.get(cell, activity) != activity
        ],
    )
    _carry_out(_FREE, [_named(cell, activity) for cell, activity in sorted(had.items()) if cell not in wanted])


def _cells(claims: Iterable[Claim], twice: Collection[str]) -> Cells:
    return {
        (resource, claim.activity if resource in twice else "", cell): claim.activity
        for claim in claims
        for resource in claim.resources
        for cell in cells_of(claim.starts_at, claim.ends_at)
    }


def _claims(cells: Cells) -> list[Claim]:
    """The cells, those that follow one another in one claim, in the order of resource and time."""
    in_order = sorted(cells.items())

    def stretch(numbered: tuple[int, tuple[tuple[str, str, int], str]]) -> tuple[str, str, int, str]:
        number, ((resource, alone, cell), activity) = numbered
        return resource, alone, cell - number, activity

    claims = []
    for (resource, _alone, _offset, activity), group in groupby(enumerate(in_order), key=stretch):
        quarters = [cell for _number, ((_resource, _for, cell), _activity) in group]
        claims.append(Claim(activity, (resource,), _instant(quarters[0]), _instant(quarters[-1] + 1)))
    return sorted(claims, key=lambda claim: (claim.resources, claim.starts_at, claim.activity))


def _take(more: Sequence[Claim], twice: Collection[str], own: Collection[str]) -> None:
    """In their order: what is free in one statement, up to whoever has something else and is taken once more."""
    clashing = occupancy.who_is_in_the_way(one for one in more if one.resources[0] in twice)
    for again, claims in groupby(more, key=lambda one: one.resources[0] in clashing):
        several = list(claims)
        try:
            if not again:
                occupancy.take_all(several)
                continue
        except Occupied as refusal:
            if not any(one.resources[0] in twice for one in several):
                raise _all_of_it(more, twice, own, refusal) from refusal
        for one in several:  # somebody has something else, or got it a moment ago
            _take_one(one, more, twice, own)


def _take_one(one: Claim, more: Sequence[Claim], twice: Collection[str], own: Collection[str]) -> None:
    (resource,) = one.resources
    if resource in twice:
        occupancy.take_again(one.activity, resource, one.starts_at, one.ends_at)
        return
    try:
        occupancy.take_all([one])
    except Occupied as refusal:
        raise _all_of_it(more, twice, own, refusal) from refusal


def _all_of_it(more: Sequence[Claim], twice: Collection[str], own: Collection[str], refusal: Occupied) -> Occupied:
    """Everything that is in the way, not the first of it alone."""
    fixed = [one for one in more if one.resources[0] not in twice]
    in_the_way = {
        resource: others
        for resource, activities in occupancy.who_is_in_the_way(fixed).items()
        if (others := activities - set(own))
    } or cast(Mapping[str, set[str]], refusal.details["in_the_way"])
    return Occupied(in_the_way, occupancy.in_words(in_the_way, fixed))


def _named(cell: tuple[str, str, int], activity: str) -> dict[str, Any]:
    return {"who": cell[0], "quarter": cell[2], "for_what": activity}


def _carry_out(statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection().execute(statement, rows)


def _instant(cell: int) -> datetime:
    return datetime.fromtimestamp(cell * SECONDS_A_CELL, UTC)
