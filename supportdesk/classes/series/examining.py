"""What is in the way of a term's dates: asked for all of them at once, in as many statements for sixty as for one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.accounts.serving import Serving, serving, why_not_on
from supportdesk.classes.office import PLANNED_AHEAD_DAYS
from supportdesk.classes.series.shape import Group, Row, grouped
from supportdesk.core import clock
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.calendar import closed_days, holiday_name
from supportdesk.places.models import Room, Venue
from supportdesk.places.phones import free_phones


@dataclass(frozen=True)
class Finding:
    """Something about one date. What `blocks` has to be changed; anything else only has to be meant."""

    words: str
    blocks: bool


class Place(NamedTuple):
    """A room, its venue and district."""

    room_id: int
    venue_id: int
    district_code: str


@dataclass(frozen=True)
class Examined:
    """The dates as runs, what was found at each by its number, and where the rooms are."""

    groups: list[Group]
    findings: Mapping[int, list[Finding]]
    places: Mapping[int | None, Place]

    @property
    def runs(self) -> list[Group]:
        """Those that would be saved."""
        return [group for group in self.groups if group.complete]

    @property
    def unsettled(self) -> list[int]:
        """The numbers of the dates that cannot be saved as they stand."""
        return [
            row.number
            for group in self.runs
            for row in group.rows
            if any(one.blocks or not row.meant for one in self.findings.get(row.number, ()))
        ]


def examine(rows: Sequence[Row], each: int, now: datetime, *, phones: int = 0) -> Examined:
    """Look at every date that is not left out; also against the others, of which one may be in another's way."""
    groups = grouped(rows, each)
    asked = [row for group in groups for row in group.rows]
    saved = [row for group in groups if group.complete for row in group.rows]  # what is left over is in nobody's way
    places = _places({row.room_id for row in asked if row.room_id is not None})
    persons = _persons({account_id for row in asked for account_id in row.on_duty})
    findings: dict[int, list[Finding]] = {row.number: [] for row in asked}
    for row in asked:
        findings[row.number] += _of_its_day(row, now)
    for number, words in _closed(asked, places):
        findings[number].append(Finding(words, blocks=True))
    for number, words in [
        *_away(asked, persons),
        *_taken(asked, persons),
        *_twice(saved, persons),
        *_out_of_order(groups, places),
        *_phones(saved, phones),
    ]:
        findings[number].append(Finding(words, blocks=True))
    return Examined(groups, findings, places)


def _of_its_day(row: Row, now: datetime) -> Iterable[Finding]:
    if row.starts_at <= now:
        yield Finding(_("もうすぎた日時です。"), blocks=True)
    elif row.ends_at - now > timedelta(days=PLANNED_AHEAD_DAYS.get()):
        words = _("日にちをたしかめてください。%(days)s日より離れた日は登録できません。", days=PLANNED_AHEAD_DAYS.get())
        yield Finding(words, blocks=True)
    holiday = holiday_name(_day(row))
    if holiday:
        yield Finding(_("祝日（%(name)s）です。", name=holiday), blocks=False)


def _closed(rows: Sequence[Row], places: Mapping[int | None, Place]) -> Iterable[tuple[int, str]]:
    at = {row.number: (places[row.room_id].venue_id, _day(row)) for row in rows if row.room_id in places}
    if not at:
        return
    days = [day for _venue, day in at.values()]
    reasons = closed_days({venue_id for venue_id, _day in at.values()}, min(days), max(days))
    for number, place in at.items():
        if place in reasons:
            yield number, _("会場がお休みです（%(reason)s）。", reason=reasons[place])


def _away(rows: Sequence[Row], persons: Mapping[int, Serving]) -> Iterable[tuple[int, str]]:
    for row in rows:
        for one in (persons[account_id] for account_id in row.on_duty if account_id in persons):
            why = why_not_on(one, _day(row))
            if why:
                yield row.number, _("%(name)s：%(why)s", name=one.name, why=why)


def _taken(rows: Sequence[Row], persons: Mapping[int, Serving]) -> Iterable[tuple[int, str]]:
    claims = [occupancy.Claim("", _resources(row, persons), row.starts_at, row.ends_at) for row in rows]
    found = occupancy.in_the_way_of_each(claims)
    for row, in_the_way, words in zip(rows, found, occupancy.in_words_each(found), strict=True):
        if in_the_way:
            yield row.number, _("ほかの予定があります。%(what)s", what=words)


def _twice(rows: Sequence[Row], persons: Mapping[int, Serving]) -> Iterable[tuple[int, str]]:
    """Two dates of this very plan that want the same room or person at one time: said at the later one."""
    has_it: dict[tuple[str, int], Row] = {}
    for row in rows:
        others: dict[str, None] = {}
        for resource in _resources(row, persons):
            for cell in occupancy.cells_of(row.starts_at, row.ends_at):
                if has_it.setdefault((resource, cell), row) is not row:
                    others[resource] = None
        for resource in others:
            name = next((one.name for one in persons.values() if resource == occupancy.person(one.person_id)), None)
            words = (
                _("%(name)s：この計画の別の教室と重なっています。", name=name)
                if name
                else _("部屋：この計画の別の教室と重なっています。")
            )
            yield row.number, words


def _phones(rows: Sequence[Row], how_many: int) -> Iterable[tuple[int, str]]:
    """Where fewer loan phones are free than are needed, those that this plan takes elsewhere at that time included."""
    if not how_many or not rows:
        return
    taken: dict[int, int] = {}
    for row, free in zip(rows, free_phones([(row.starts_at, row.ends_at) for row in rows]), strict=True):
        cells = occupancy.cells_of(row.starts_at, row.ends_at)
        left = len(free) - max(taken.get(cell, 0) for cell in cells)
        if left < how_many:
            yield row.number, _("空いている貸出スマホは%(free)s台です。", free=max(left, 0))
        for cell in cells:
            taken[cell] = taken.get(cell, 0) + how_many


def _out_of_order(groups: Iterable[Group], places: Mapping[int | None, Place]) -> Iterable[tuple[int, str]]:
    """A run is held at one venue, one meeting after the other."""
    for group in groups:
        for row in group.rows:
            if row.room_id not in places:
                yield row.number, _("部屋をえらんでください。")
        for earlier, later in pairwise(group.rows):
            if earlier.ends_at > later.starts_at:
                yield later.number, _("前の回と時間が重なっています。")
        venues = {places[row.room_id].venue_id for row in group.rows if row.room_id in places}
        if len(venues) > 1:
            yield group.rows[0].number, _("1つの教室の中で会場が分かれています。同じ会場の部屋にしてください。")


def _resources(row: Row, persons: Mapping[int, Serving]) -> tuple[str, ...]:
    rooms = (occupancy.room(row.room_id),) if row.room_id is not None else ()
    return (*rooms, *(occupancy.person(persons[one].person_id) for one in row.on_duty if one in persons))


def _persons(account_ids: Collection[int]) -> dict[int, Serving]:
    """Who is behind each account, as long as they work here."""
    return {one.account_id: one for one in serving(besides=account_ids) if one.active}


def _places(room_ids: Collection[int]) -> dict[int | None, Place]:
    rows = db.session.execute(
        select(Room.id, Room.venue_id, Venue.district_code)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Room.id.in_(room_ids))
    )
    return {row.id: Place(*row) for row in rows}


def _day(row: Row) -> date:
    return clock.local(row.starts_at).date()
