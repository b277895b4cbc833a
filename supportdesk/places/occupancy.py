"""Who and what is taken when, in quarter-hour cells. Classes, lectures and consultations book through here.

A cell of a room or of a person on duty is a primary key: no double booking can be stored, and the message says who has
it. Cells are written in the order of (resource, cell) everywhere: opposite orders would deadlock on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, JSON, Integer, Text, bindparam, delete, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from supportdesk.accounts.models import Account
from supportdesk.core.activities import Description, describe
from supportdesk.core.database import connection, table_of, wait_at_door
from supportdesk.core.errors import DeskError
from supportdesk.core.moments import span
from supportdesk.extensions import db
from supportdesk.places.models import Equipment, OccupancyCell, Room

SECONDS_A_CELL: Final = 900
#: As what the forms that plan ask for it: where nothing else is in the way, it is said beside that field.
_ASKED_AS: Final = {"room": "room_id", "person": "staff"}
_SEVERAL: Final = 7_269_003
_CELLS = table_of(OccupancyCell)


@dataclass(frozen=True)
class Claim:
    """One activity's wish to have these people and things from the one instant to the other."""

    activity: str
    resources: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


class Occupied(DeskError):
    """Somebody or something is taken at that time: `what` says it in words (`in_words`).

    `details["in_the_way"]` maps each resource that is not free to the activities that have it.
    """

    def __init__(self, in_the_way: Mapping[str, set[str]], what: str) -> None:
        kinds = {resource.partition(":")[0] for resource in in_the_way}
        super().__init__(
            _l("同じ時間に、ほかの予定があります。%(what)s", what=what),
            field=_ASKED_AS.get(kinds.pop()) if len(kinds) == 1 else None,
            details={"in_the_way": in_the_way},
        )
        self.what = what


def person(person_id: int) -> str:
    """A person in any role, as a resource."""
    return f"person:{person_id}"


def room(room_id: int) -> str:
    """A room, as a resource."""
    return f"room:{room_id}"


def equipment(equipment_id: int) -> str:
    """A thing that is lent, as a resource."""
    return f"equipment:{equipment_id}"


def cells_of(starts_at: datetime, ends_at: datetime) -> range:
    """The quarter hours that the time touches."""
    if not starts_at < ends_at:
        raise ValueError("a time that is taken ends after it starts")
    return range(int(starts_at.timestamp()) // SECONDS_A_CELL, -(-int(ends_at.timestamp()) // SECONDS_A_CELL))


def _bounds(cells: range) -> dict[str, int]:
    return {"first": cells.start, "end": cells.stop}


_HOLDERS = (
    select(_CELLS.c.resource, _CELLS.c.activity)
    .where(
        _CELLS.c.resource.in_(bindparam("resources", expanding=True)),
        _CELLS.c.cell >= bindparam("first"),
        _CELLS.c.cell < bindparam("end"),
        _CELLS.c.activity != bindparam("besides"),
    )
    .distinct()
)


def times_of(cell: int) -> tuple[datetime, datetime]:
    """From when to when a quarter hour is."""
    return datetime.fromtimestamp(cell * SECONDS_A_CELL, UTC), datetime.fromtimestamp((cell + 1) * SECONDS_A_CELL, UTC)


def who_has(
    resources: Iterable[str], starts_at: datetime, ends_at: datetime, *, besides: str = ""
) -> dict[str, set[str]]:
    """Which of the resources are taken at that time, and by which activities other than `besides`: one statement."""
    cells = cells_of(starts_at, ends_at)
    asked = {"resources": sorted(set(resources)), "besides": besides, **_bounds(cells)}
    found: dict[str, set[str]] = {}
    for resource, activity in db.session.execute(_HOLDERS, asked):
        found.setdefault(resource, set()).add(activity)
    return found


def _taking(dialect: Any, wanted: Any, *order: Any) -> Any:
    """Takes each wanted cell (who, quarter, for what) unless somebody has it, in whatever layer: then no row."""
    who, quarter, for_what = wanted
    has_it = exists().where(_CELLS.c.resource == who, _CELLS.c.cell == quarter)
    rows = select(who, quarter, literal(0), for_what).where(~has_it).order_by(*order)
    taking = dialect.insert(_CELLS).from_select(["resource", "cell", "layer", "activity"], rows)
    return taking.on_conflict_do_nothing().execution_options(preserve_rowcount=True)


_WANTED: Final = {"who": Text, "quarter": Integer, "for_what": Text}
_LISTS: Final = (
    func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _WANTED.items()))
    .table_valued(*_WANTED, with_ordinality="place")
    .render_derived()
)
_ROWS: Final = func.json_each(bindparam("rows", type_=JSON)).table_valued("key", "value")
#: Written once, at import: an enrolment's speed depends on it. One statement for all of them, in their order.
_TAKE: Final = {
    "sqlite": _taking(sqlite, [func.json_extract(_ROWS.c.value, f"$[{place}]") for place in range(3)], _ROWS.c.key),
    "postgresql": _taking(postgresql, [_LISTS.c[name] for name in _WANTED], _LISTS.c.place),
}
_TAKE_IN_LAYER: Final = {
    name: dialect.insert(_CELLS).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_GIVE_BACK = delete(_CELLS).where(
    _CELLS.c.activity == bindparam("for_what"),
    _CELLS.c.resource.in_(bindparam("resources", expanding=True)),
    _CELLS.c.cell >= bindparam("first"),
    _CELLS.c.cell < bindparam("end"),
)


def lock_several() -> None:
    """Wait for whoever else takes cells of several times, one time after the other or a class's all at once, and let
    nobody begin until the transaction ends: their orders are not one. Before any cell. One time needs no such wait.
    """
    wait_at_door(_SEVERAL)


def take(activity: str, resources: Iterable[str], starts_at: datetime, ends_at: datetime) -> None:
    """Take all of the resources for that time, or raise Occupied and hold none of them.

    Also refused when the activity itself has one of them already: a person cannot be two people at one meeting.
    """
    take_all([Claim(activity, tuple(resources), starts_at, ends_at)])


def take_all(claims: Iterable[Claim]) -> None:
    """Take several claims at once, all or none, in one sorted statement. Raises Occupied, for the first in the way.

    An operation that takes more than one claim takes them together, and takes before it releases: then no two
    operations wait for each other.
    """
    claims = list(claims)
    rows = sorted(
        (resource, cell, claim.activity)
        for claim in claims
        for resource in set(claim.resources)
        for cell in cells_of(claim.starts_at, claim.ends_at)
    )
    if not rows:
        return
    name = connection().dialect.name
    lists = {"rows": rows} if name == "sqlite" else dict(zip(_WANTED, map(list, zip(*rows, strict=True)), strict=True))
    taken = connection().execute(_TAKE[name], lists)
    if taken.rowcount != len(rows):
        in_the_way = _give_up(claims)
        raise Occupied(in_the_way, in_words(in_the_way, claims))


def _give_up(claims: list[Claim]) -> dict[str, set[str]]:
    """Let go of what was taken before something was in the way; says what that is."""
    for claim in claims:
        cells = cells_of(claim.starts_at, claim.ends_at)
        given_back = {"for_what": claim.activity, "resources": list(claim.resources), **_bounds(cells)}
        db.session.execute(_GIVE_BACK, given_back)
    in_the_way = who_is_in_the_way(claims)
    return in_the_way or {resource: {claim.activity} for claim in claims for resource in claim.resources}


def who_is_in_the_way(claims: Iterable[Claim]) -> dict[str, set[str]]:
    """`who_has` for several claims: one statement."""
    in_the_way: dict[str, set[str]] = {}
    for of_one in in_the_way_of_each(claims):
        for resource, activities in of_one.items():
            in_the_way.setdefault(resource, set()).update(activities)
    return in_the_way


_TAKEN = select(_CELLS.c.resource, _CELLS.c.cell, _CELLS.c.activity).where(
    _CELLS.c.resource.in_(bindparam("resources", expanding=True)),
    _CELLS.c.cell.in_(bindparam("quarters", expanding=True)),
)


def in_the_way_of_each(claims: Iterable[Claim]) -> list[dict[str, set[str]]]:
    """What each of the claims cannot have, and who has it, in their order: one statement however many they are."""
    claims = list(claims)
    taken = _taken(claims)
    found: list[dict[str, set[str]]] = []
    for claim in claims:
        in_the_way: dict[str, set[str]] = {}
        for resource in claim.resources:
            for cell in cells_of(claim.starts_at, claim.ends_at):
                for activity in taken.get((resource, cell), ()):
                    in_the_way.setdefault(resource, set()).add(activity)
        found.append(in_the_way)
    return found


def _taken(claims: Sequence[Claim]) -> dict[tuple[str, int], set[str]]:
    """Who has which of the claims' resources in which of their quarter hours."""
    quarters = sorted({cell for claim in claims for cell in cells_of(claim.starts_at, claim.ends_at)})
    resources = sorted({resource for claim in claims for resource in claim.resources})
    taken: dict[tuple[str, int], set[str]] = {}
    if resources:
        for resource, cell, activity in db.session.execute(_TAKEN, {"resources": resources, "quarters": quarters}):
            taken.setdefault((resource, cell), set()).add(activity)
    return taken


def busy_at(claims: Iterable[Claim], persons: Iterable[int]) -> set[int]:
    """Those of the persons who have something else at the time of one of the claims: one statement."""
    resources = {person(person_id): person_id for person_id in persons}
    theirs = [Claim(one.activity, tuple(resources), one.starts_at, one.ends_at) for one in claims]
    return {
        resources[resource]
        for claim, found in zip(theirs, in_the_way_of_each(theirs), strict=True)
        for resource, activities in found.items()
        if activities - {claim.activity}
    }


_GIVE_BACK_LAYER = delete(_CELLS).where(
    _CELLS.c.activity == bindparam("for_what"),
    _CELLS.c.resource == bindparam("who"),
    _CELLS.c.layer == bindparam("in_layer"),
    _CELLS.c.cell >= bindparam("first"),
    _CELLS.c.cell < bindparam("end"),
)
_LAYERS = select(_CELLS.c.layer, _CELLS.c.activity).where(
    _CELLS.c.resource == bindparam("resource"),
    _CELLS.c.cell >= bindparam("first"),
    _CELLS.c.cell < bindparam("end"),
)


def take_again(activity: str, resource: str, starts_at: datetime, ends_at: datetime) -> None:
    """Take a learner who may be taken already, because reception said so: in the first layer free for all that time."""
    cells = cells_of(starts_at, ends_at)
    asked = {"resource": resource, **_bounds(cells)}
    layer = -1
    while True:
        used = {row.layer for row in db.session.execute(_LAYERS, asked)}
        layer = next(number for number in range(layer + 1, layer + len(used) + 2) if number not in used)
        rows = [{"resource": resource, "cell": cell, "layer": layer, "activity": activity} for cell in cells]
        taken = db.session.execute(_TAKE_IN_LAYER[db.engine.dialect.name], rows)
        if taken.rowcount == len(rows):  # type: ignore[attr-defined]  # an INSERT's result is a CursorResult
            return
        # Somebody took a cell of this layer since we looked: leave it to them, try the next.
        given_back = {"for_what": activity, "who": resource, "in_layer": layer, **_bounds(cells)}
        db.session.execute(_GIVE_BACK_LAYER, given_back)


_LEAVE = delete(_CELLS).where(
    _CELLS.c.activity == bindparam("for_what"), _CELLS.c.cell.in_(bindparam("quarters", expanding=True))
)


def leave(activity: str, quarters: Collection[int]) -> None:
    """Free what the activity has in these quarter hours, and keep the rest."""
    connection().execute(_LEAVE, {"for_what": activity, "quarters": sorted(quarters)})


_RELEASE = delete(_CELLS).where(_CELLS.c.activity.in_(bindparam("activities", expanding=True)))
_RELEASE_SOME = _RELEASE.where(_CELLS.c.resource.in_(bindparam("resources", expanding=True)))


def release(activity: str | Iterable[str], resources: Iterable[str] | None = None) -> None:
    """Free what the activity (or several) has: all of it, or only these resources."""
    activities = [activity] if isinstance(activity, str) else list(activity)
    if resources is None:
        db.session.execute(_RELEASE, {"activities": activities})
    else:
        db.session.execute(_RELEASE_SOME, {"activities": activities, "resources": list(resources)})


def hand_over_cells(giver: str, taker: str, activities: Collection[str] | None = None) -> list[str]:
    """Let what the one person has taken, or only these activities, be the other's, in whatever layer is free. What the
    other has already stays as it is. Returns the activities that changed hands.
    """
    theirs = set(db.session.scalars(select(_CELLS.c.activity).where(_CELLS.c.resource == taker).distinct()))
    cells: dict[str, list[int]] = {}
    for row in db.session.execute(select(_CELLS.c.activity, _CELLS.c.cell).where(_CELLS.c.resource == giver)):
        if row.activity not in theirs and (activities is None or row.activity in activities):
            cells.setdefault(row.activity, []).append(row.cell)
    if cells:
        release(cells, [giver])
    for activity, held in sorted(cells.items()):
        take_again(activity, taker, times_of(min(held))[0], times_of(max(held))[1])
    return sorted(cells)


def in_words(in_the_way: Mapping[str, set[str]], claims: Sequence[Claim] = ()) -> str:
    """会議室：スマホ教室（11月24日（火）10:00〜11:00）。: names staff, rooms and things, but no learner.

    Of what has no time of its own, as a desk has none, it says when it is in the way of the claims.
    """
    (words,) = in_words_each([in_the_way], claims)
    return words


def in_words_each(several: Sequence[Mapping[str, set[str]]], claims: Sequence[Claim] = ()) -> list[str]:
    """`in_words` of several, in as few statements as of one."""
    names = _names({resource for in_the_way in several for resource in in_the_way})
    known = describe(
        {activity for in_the_way in several for activities in in_the_way.values() for activity in activities}
    )
    timeless = any(one.starts_at is None for one in known.values())
    times = _stretches(claims) if claims and timeless else {}
    return [
        "、".join(
            _said(names.get(resource, ""), known.get(activity), times.get((resource, activity), ()))
            for resource in sorted(in_the_way)
            for activity in sorted(in_the_way[resource])
        )
        for in_the_way in several
    ]


def _said(name: str, description: Description | None, times: Sequence[tuple[datetime, datetime]]) -> str:
    if description is None:
        return name
    if description.starts_at and description.ends_at:
        times = [(description.starts_at, description.ends_at)]
    when = "、".join(span(*one) for one in times)
    return f"{name}{description.title}（{when}）" if when else f"{name}{description.title}"


def _stretches(claims: Sequence[Claim]) -> dict[tuple[str, str], list[tuple[datetime, datetime]]]:
    """From when to when each activity has each resource, as far as the claims want it."""
    wanted = {
        (resource, cell)
        for claim in claims
        for resource in claim.resources
        for cell in cells_of(claim.starts_at, claim.ends_at)
    }
    found: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for (resource, cell), activities in sorted(_taken(claims).items()):
        begins, ends = times_of(cell)
        for activity in activities if (resource, cell) in wanted else ():
            stretches = found.setdefault((resource, activity), [])
            if stretches and stretches[-1][1] == begins:
                begins, _end = stretches.pop()
            stretches.append((begins, ends))
    return found


def _names(resources: Iterable[str]) -> dict[str, str]:
    """What staff, rooms and things are called, each with a colon after it; a learner is not named here."""
    ids: dict[str, list[int]] = {"person": [], "room": [], "equipment": []}
    for resource in resources:
        kind, _, row_id = resource.partition(":")
        ids[kind].append(int(row_id))
    statements = {
        "person": select(Account.person_id, Account.name).where(Account.person_id.in_(ids["person"])),
        "room": select(Room.id, Room.name).where(Room.id.in_(ids["room"])),
        "equipment": select(Equipment.id, Equipment.name).where(Equipment.id.in_(ids["equipment"])),
    }
    return {
        f"{kind}:{row_id}": f"{name}："
        for kind, statement in statements.items()
        if ids[kind]
        for row_id, name in db.session.execute(statement)
    }
