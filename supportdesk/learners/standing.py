"""What an event writes down of its learner, as it was that day, so that reported figures never change afterwards.

Called by every operation that books, marks or observes somebody.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, bindparam, select

from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.wareki import age_band, age_on
from supportdesk.learners.models import AgeBand, Channel, Device, Learner, Status
from supportdesk.learners.words import STATUSES

OUTSIDE: Final = "outside"
UNKNOWN: Final = "unknown"


class Merged(DeskError):
    """The record was merged into another, which stands for it: nothing new can be written of it."""

    def __init__(self) -> None:
        super().__init__(_l("この方の記録は、べつの記録と1つになりました。名前でさがしなおしてください。"))


class Standing(NamedTuple):
    """A learner on one day. `residence` is a district's code, "outside" or "unknown"; `person_id` is for occupancy."""

    learner_id: int
    person_id: int
    residence: str
    age_band: AgeBand | None
    channel: Channel
    device: Device | None
    status: Status

    def demand_active(self) -> None:
        """Raises NotActive."""
        if self.status is not Status.ACTIVE:
            raise NotActive(self.status)


class NotActive(DeskError):
    """Nothing new is booked for whoever is paused, moved, deceased or gone."""

    def __init__(self, status: Status) -> None:
        super().__init__(
            _l("この方の状態は「%(status)s」です。新しい予約や担当の割り当てはできません。", status=STATUSES[status])
        )


_LEARNER = table_of(Learner)
_STANDING = select(
    _LEARNER.c.id,
    _LEARNER.c.person_id,
    _LEARNER.c.district_code,
    _LEARNER.c.outside_city,
    _LEARNER.c.birth_date,
    _LEARNER.c.birth_year,
    _LEARNER.c.age_band,
    _LEARNER.c.channel,
    _LEARNER.c.device,
    _LEARNER.c.merged_into,
    _LEARNER.c.status,
)
# Held as a row that points at the learner will hold it: whoever merges them, or ends their time with us, waits for who
# is writing, and who comes later sees it.
_ONE = _STANDING.where(_LEARNER.c.id == bindparam("wanted")).with_for_update(read=True, key_share=True, of=_LEARNER)
# FOR NO KEY UPDATE: one after the other, where what was written of the learner before is counted.
_ALONE = _STANDING.where(_LEARNER.c.id == bindparam("wanted")).with_for_update(key_share=True, of=_LEARNER)
_MANY = (
    _STANDING.where(_LEARNER.c.id.in_(bindparam("wanted", expanding=True)))
    .order_by(_LEARNER.c.id)
    .with_for_update(read=True, key_share=True)
)


def standing_of(learner_id: int, day: date) -> Standing:
    """The learner's standing on that day in Japan: one statement. Raises NotFound, Merged."""
    return read_standing(connection().execute(_ONE, {"wanted": learner_id}).one_or_none(), day)


def standing_alone(learner_id: int, day: date) -> Standing:
    """The same, and nobody else books for them until the transaction ends. Raises NotFound, Merged."""
    return read_standing(connection().execute(_ALONE, {"wanted": learner_id}).one_or_none(), day)


def active_standing_of(learner_id: int, day: date) -> Standing:
    """The standing of somebody for whom something new is booked: one statement. Raises NotFound and NotActive."""
    standing = standing_of(learner_id, day)
    standing.demand_active()
    return standing


def standing_beside(*columns: ColumnElement[Any], alone: bool = False) -> Select[Any]:
    """The statement of `standing_of` with more columns, for an operation that needs both; "wanted" is the learner.

    With `alone` nobody else books for them until the transaction ends.
    """
    return (_ALONE if alone else _ONE).add_columns(*columns)


def read_standing(row: Any, day: date) -> Standing:
    """The standing in the row that `standing_beside` found. Raises NotFound when it found none, and Merged."""
    if row is None:
        raise NotFound
    return _standing(row, day)


def standings_of(learner_ids: list[int], day: date) -> dict[int, Standing]:
    """The standing of many, by learner: one statement. Raises NotFound when one of them does not exist, and Merged."""
    rows = connection().execute(_MANY, {"wanted": learner_ids}).all()
    found = {row.id: _standing(row, day) for row in rows}
    if len(found) != len(set(learner_ids)):
        raise NotFound
    return found


def _standing(row: Any, day: date) -> Standing:
    if row.merged_into is not None:
        raise Merged
    residence = OUTSIDE if row.outside_city else row.district_code or UNKNOWN
    band = _band(row.birth_date, row.birth_year, row.age_band, day)
    return Standing(row.id, row.person_id, residence, band, row.channel, row.device, row.status)


def _band(birth_date: date | None, birth_year: int | None, known: AgeBand | None, day: date) -> AgeBand | None:
    """The age band that day; of a year alone, as if born on its first day (the age reached that year)."""
    if birth_date is not None:
        return AgeBand(age_band(age_on(birth_date, day)))
    if birth_year is not None:
        return AgeBand(age_band(day.year - birth_year))
    return known
