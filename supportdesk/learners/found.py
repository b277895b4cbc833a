"""What a search shows of each learner it found: enough to tell namesakes apart before their page is opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, literal, select, union_all

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
_FACTS: Final = (
    select(
        _LEARNER.c.id,
        _LEARNER.c.name,
        _LEARNER.c.kana,
        func.coalesce(func.extract("year", _LEARNER.c.birth_date), _LEARNER.c.birth_year).label("birth_year"),
        _DISTRICT.c.name.label("district"),
        _LEARNER.c.outside_city,
        _VENUE.c.nickname,
        _VENUE.c.name.label("venue"),
        _LEARNER.c.helper_phone,
        _LEARNER.c.status,
    )
    .outerjoin(_DISTRICT, _DISTRICT.c.code == _LEARNER.c.district_code)
    .outerjoin(_VENUE, _VENUE.c.id == _LEARNER.c.last_venue_id)
    .where(_LEARNER.c.id.in_(_WANTED))
)
#: What may be several: telephones as typed, and names they had before.
_SEVERAL: Final = union_all(
    select(_PHONE.c.learner_id, _PHONE.c.typed.label("text"), _PHONE.c.position, literal(True)).where(
        _PHONE.c.learner_id.in_(_WANTED)
    ),
    select(
        _FORMER.c.learner_id,
        func.coalesce(func.nullif(_FORMER.c.name, ""), _FORMER.c.kana),
        _FORMER.c.id,
        literal(False),
    ).where(_FORMER.c.learner_id.in_(_WANTED)),
).order_by("position")


def described(ids: Sequence[int]) -> list[Found]:
    """These learners as results, in this order; ids of nobody are left out. Two statements."""
    rows = connection().execute(_FACTS, {"ids": ids}).all()
    phones, former = _phones_and_former_names(ids)
    found = {
        row.id: Found(
            row.id,
            known_as(row.name, row.kana),
            shown_name(row.kana),
            int(row.birth_year) if row.birth_year is not None else None,
            row.district,
            row.outside_city,
            tuple(digits_of(typed)[-4:] for typed in phones[row.id]),
            tuple(map(shown_name, former[row.id])),
            row.nickname or row.venue or "",
            callable_number(row.helper_phone)[-4:],
            row.status,
        )
        for row in rows
    }
    return [found[learner_id] for learner_id in ids if learner_id in found]


def _phones_and_former_names(ids: Sequence[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    phones: dict[int, list[str]] = defaultdict(list)
    former: dict[int, list[str]] = defaultdict(list)
    for learner_id, text, _position, is_phone in connection().execute(_SEVERAL, {"ids": ids}):
        (phones if is_phone else former)[learner_id].append(text)
    return phones, former
