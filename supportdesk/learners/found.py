"""What a search shows of each learner it found: enough to tell namesakes apart before their page is opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Integer, bindparam, cast, func, literal, select, union_all

from supportdesk.core.database import connection, table_of
from supportdesk.core.japanese import shown_name
from supportdesk.core.phones import digits_of
from supportdesk.learners.keys import callable_number
from supportdesk.learners.models import FormerName, Learner, LearnerPhone, Status
from supportdesk.learners.names import known_as
from supportdesk.places.models import District, Venue


class Found(NamedTuple):
    """One result, with what tells namesakes apart. `last_four` lists the last digits of each phone, `former` the names
    they had before; `last_class` is the venue of the last one they came to, `helper_four` the end of a helper's phone.
    """

    id: int
    name: str
    kana: str
    birth_year: int | None
    district: str | None
    outside_city: bool
    last_four: tuple[str, ...]
    former: tuple[str, ...]
    last_class: str
    helper_four: str = ""
    status: Status = Status.ACTIVE


# Written once, at import: every letter that is typed passes through here.
_LEARNER, _DISTRICT, _VENUE, _PHONE, _FORMER = map(table_of, (Learner, District, Venue, LearnerPhone, FormerName))
_WANTED: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
#: What may be several: telephones as typed, and names they had before.
_SEVERAL: Final = union_all(
    select(_PHONE.c.learner_id, _PHONE.c.typed.label("text"), _PHONE.c.position, literal(True).label("is_phone")).where(
        _PHONE.c.learner_id.in_(_WANTED)
    ),
    select(
        _FORMER.c.learner_id,
        func.coalesce(func.nullif(_FORMER.c.name, ""), _FORMER.c.kana),
        _FORMER.c.id,
        literal(False),
    ).where(_FORMER.c.learner_id.in_(_WANTED)),
).subquery("several")
#: A row for each of the several, or one where there is none.
_FACTS: Final = (
    select(
        _LEARNER.c.id,
        _LEARNER.c.name,
        _LEARNER.c.kana,
        func.coalesce(cast(func.extract("year", _LEARNER.c.birth_date), Integer), _LEARNER.c.birth_year).label(
            "birth_year"
        ),
        _DISTRICT.c.name.label("district"),
        _LEARNER.c.outside_city,
        _VENUE.c.nickname,
        _VENUE.c.name.label("venue"),
        _LEARNER.c.helper_phone,
        _LEARNER.c.status,
        _SEVERAL.c.text,
        _SEVERAL.c.is_phone,
    )
    .outerjoin(_DISTRICT, _DISTRICT.c.code == _LEARNER.c.district_code)
    .outerjoin(_VENUE, _VENUE.c.id == _LEARNER.c.last_venue_id)
    .outerjoin(_SEVERAL, _SEVERAL.c.learner_id == _LEARNER.c.id)
    .where(_LEARNER.c.id.in_(_WANTED))
    .order_by(_SEVERAL.c.position)
)


def described(ids: Sequence[int]) -> list[Found]:
    """These learners as results, in this order; ids of nobody are left out. One statement."""
    rows: dict[int, Any] = {}
    phones: dict[int, list[str]] = defaultdict(list)
    former: dict[int, list[str]] = defaultdict(list)
    for row in connection().execute(_FACTS, {"ids": ids}):
        rows[row.id] = row
        if row.text is not None:
            (phones if row.is_phone else former)[row.id].append(row.text)
    return [
        Found(
            row.id,
            known_as(row.name, row.kana),
            shown_name(row.kana),
            row.birth_year,
            row.district,
            row.outside_city,
            tuple(digits_of(typed)[-4:] for typed in phones[row.id]),
            tuple(map(shown_name, former[row.id])),
            row.nickname or row.venue or "",
            callable_number(row.helper_phone)[-4:],
            row.status,
        )
        for row in (rows[learner_id] for learner_id in ids if learner_id in rows)
    ]
