"""How long the way from one district to another takes, and whether an instructor's day leaves the time for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from math import ceil, cos, hypot, radians
from typing import Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import and_, select

from supportdesk.accounts.terms import holds_on
from supportdesk.classes.outreach.models import OutreachRequest
from supportdesk.classes.outreach.office import (
    OUTREACH_TRAVEL_BETWEEN,
    OUTREACH_TRAVEL_SPEED,
    OUTREACH_TRAVEL_WITHIN,
)
from supportdesk.classes.outreach.travel import LONGEST, usual_travel
from supportdesk.core import clock
from supportdesk.core.activities import Description, describe, row_of
from supportdesk.core.moments import clock_time
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.models import AccountDistrict, District, Venue

_PAIR: Final = re.compile(r"(.+?)\s*[：:]?\s*(\d{1,3})\s*分?")
_BETWEEN: Final = re.compile(r"\s*[とー〜~・-]\s*")
_KM_A_DEGREE: Final = 111.2
#: Roads are about 1.3 times as long as the straight line: the usual estimate where no map is asked.
_DETOUR: Final = 1.3
_STEP: Final = 5


class Ways:
    """The minutes between districts, read once for a page."""

    def __init__(
        self,
        names: Mapping[str, str],
        centres: Mapping[str, tuple[float, float]],
        written: Mapping[frozenset[str], int],
    ) -> None:
        self._names, self._centres, self._written = names, centres, written

    def minutes(self, first: str | None, second: str) -> int:
        """From the one district to the other, the same in both directions; None is wherever they set out from.

        The rule, in this order: what the office wrote for the two; the way within one district; what follows from where
        the two service centres are (the reference data's coordinates, as the crow flies, with a usual allowance for
        roads, at the office's speed, in steps of five minutes): an estimate; where a place is not known, the longer of
        the two usual ways.
        """
        if first is None:
            return usual_travel(self._names.get(second, ""))
        if frozenset((first, second)) in self._written:
            return self._written[frozenset((first, second))]
        if first == second:
            return OUTREACH_TRAVEL_WITHIN.get()
        if first in self._centres and second in self._centres:
            return self._estimated(self._centres[first], self._centres[second])
        return max(usual_travel(self._names.get(code, "")) for code in (first, second))

    def _estimated(self, one: tuple[float, float], other: tuple[float, float]) -> int:
        north = (one[0] - other[0]) * _KM_A_DEGREE
        east = (one[1] - other[1]) * _KM_A_DEGREE * cos(radians(one[0]))
        minutes = hypot(north, east) * _DETOUR / OUTREACH_TRAVEL_SPEED.get() * 60
        return min(max(ceil(minutes / _STEP) * _STEP, OUTREACH_TRAVEL_WITHIN.get()), LONGEST)


def read_ways() -> Ways:
    """The ways between the city's districts. One statement."""
    rows = db.session.execute(
        select(District.code, District.name, Venue.latitude, Venue.longitude).outerjoin(
            Venue, and_(Venue.name == District.centre, Venue.latitude.is_not(None), Venue.longitude.is_not(None))
        )
    ).all()
    names = {row.code: row.name for row in rows}
    centres = {row.code: (row.latitude, row.longitude) for row in rows if row.latitude is not None}
    return Ways(names, centres, _written({name: code for code, name in names.items()}))


def _written(codes: Mapping[str, str]) -> dict[frozenset[str], int]:
    """What the office wrote of pairs; what is no pair of districts with a number counts not."""
    pairs = {}
    for written in re.split(r"[、,，\r\n]+", unicodedata.normalize("NFKC", OUTREACH_TRAVEL_BETWEEN.get())):
        found = _PAIR.fullmatch(written.strip())
        names = _BETWEEN.split(found[1].strip()) if found else []
        if found and len(names) == 2 and set(names) <= set(codes) and int(found[2]) <= LONGEST:
            pairs[frozenset(codes[name] for name in names)] = int(found[2])
    return pairs


class Stop(NamedTuple):
    """Something that somebody has on the day; `district` is None where it is not known."""

    title: str
    district: str | None
    starts_at: datetime
    ends_at: datetime


class Way(NamedTuple):
    """The way there or back: how long it takes, and the minutes there are between; None where nothing is before or
    after on that day.
    """

    going: bool
    minutes: int
    gap: int | None
    stop: Stop | None

    @property
    def short(self) -> bool:
        """Whether there is too little time for it."""
        return self.gap is not None and self.gap < self.minutes

    @property
    def in_words(self) -> str:
        """行き40分（9:00までスマホ教室、間は30分でたりません）: a lecture's group is named, no learner is."""
        takes = (
            _("行き%(minutes)s分", minutes=self.minutes) if self.going else _("帰り%(minutes)s分", minutes=self.minutes)
        )
        if self.stop is None:
            return takes
        beside = (
            _("%(time)sまで%(title)s", time=clock_time(self.stop.ends_at), title=self.stop.title)
            if self.going
            else _("%(time)sから%(title)s", time=clock_time(self.stop.starts_at), title=self.stop.title)
        )
        between = _("間は%(gap)s分でたりません", gap=self.gap) if self.short else _("間は%(gap)s分", gap=self.gap)
        return _("%(takes)s（%(beside)s、%(between)s）", takes=takes, beside=beside, between=between)


def stops_of_day(persons: Collection[int], day: date, *, besides: str) -> dict[int, list[Stop]]:
    """What these persons have on that day: a statement, and one for each kind of thing."""
    resources = {occupancy.person(person_id): person_id for person_id in persons}
    has = occupancy.who_has(resources, *clock.day_bounds(day), besides=besides)
    activities = {one for of_one in has.values() for one in of_one}
    known = describe(activities) | _lectures(activities)
    return {resources[resource]: _stops(known, of_one) for resource, of_one in has.items()}


def _stops(known: Mapping[str, Description], activities: Iterable[str]) -> list[Stop]:
    found = [known[one] for one in activities if one in known]
    return [Stop(one.title, one.district, one.starts_at, one.ends_at) for one in found if one.starts_at and one.ends_at]


def _lectures(activities: Iterable[str]) -> dict[str, Description]:
    """What is taken for a lecture, as the lecture itself: its way back is no stop."""
    ids = {row_of(one, "outreach"): one for one in activities}
    rows = db.session.execute(
        select(
            OutreachRequest.id,
            OutreachRequest.group_name,
            OutreachRequest.starts_at,
            OutreachRequest.ends_at,
            OutreachRequest.district_code,
        ).where(OutreachRequest.id.in_(ids.keys() - {None}))
    )
    return {
        ids[row.id]: Description(row.group_name, row.starts_at, row.ends_at, district=row.district_code) for row in rows
    }


def homes_of(accounts: Collection[int], day: date) -> dict[int, str]:
    """The district from which they set out: the one they answer for, if it is one. One statement."""
    rows = db.session.execute(
        select(
            AccountDistrict.account_id,
            AccountDistrict.district_code,
            AccountDistrict.starts_on,
            AccountDistrict.ends_on,
        ).where(AccountDistrict.account_id.in_(accounts))
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        if holds_on(day, row.starts_on, row.ends_on):
            found.setdefault(row.account_id, set()).add(row.district_code)
    return {account_id: codes.pop() for account_id, codes in found.items() if len(codes) == 1}


def there_and_back(
    ways: Ways, stops: Iterable[Stop], home: str | None, place: str, starts_at: datetime, ends_at: datetime
) -> tuple[Way, Way]:
    """The way to a lecture in that district and the way on from it, between what stands before and after it."""
    stops = list(stops)
    before = max((one for one in stops if one.ends_at <= starts_at), key=lambda one: one.ends_at, default=None)
    after = min((one for one in stops if one.starts_at >= ends_at), key=lambda one: one.starts_at, default=None)
    from_where, to_where = (before.district if before else home), (after.district if after else home)
    return (
        Way(True, ways.minutes(from_where, place), before and _minutes(before.ends_at, starts_at), before),
        Way(False, ways.minutes(to_where, place), after and _minutes(ends_at, after.starts_at), after),
    )


def _minutes(first: datetime, last: datetime) -> int:
    return int((last - first).total_seconds() // 60)
