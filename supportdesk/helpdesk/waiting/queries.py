"""Reads about those who wait for a desk: rows of plain values, in the same number of statements however many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.helpdesk.locking import DESK, ROOM
from supportdesk.helpdesk.waiting.descriptions import place_in_words
from supportdesk.helpdesk.waiting.forms import ANY, DISTRICT
from supportdesk.helpdesk.waiting.forms import DESK as ONE_DESK
from supportdesk.helpdesk.waiting.line import KIND, WISH
from supportdesk.helpdesk.waiting.models import OPEN_WISH, HalfDay, WishState
from supportdesk.helpdesk.waiting.words import times_in_words
from supportdesk.learners.models import Device
from supportdesk.notices.offer_queries import OFFER, open_offer_of
from supportdesk.places.choices import district_choices, place_in_short
from supportdesk.places.models import District, Venue

_ACCOUNT = table_of(Account)
_ADVISER = _ACCOUNT.alias("adviser")
_DISTRICT = table_of(District)
_VENUE = table_of(Venue)
_OFFERED = DESK.alias("offered")
_AHEAD = WISH.alias("ahead")


class WishRow(NamedTuple):
    """A wish. What is kept for them, as long as it is, has the names of a slot's; `ahead` counts who waits longer."""

    id: int
    learner_id: int
    desk_id: int | None
    desk: str | None
    district_code: str | None
    district: str | None
    weekdays: Sequence[int]
    half_day: HalfDay
    topic: str
    device: Device | None
    caller_name: str
    caller_relation: str
    caller_phone: str
    state: WishState
    since: datetime
    noted_by: str | None
    ended_at: datetime | None
    booking_id: int | None
    offered_desk: str | None
    offered_adviser: str | None
    offered_venue: str | None
    offered_nickname: str | None
    offered_room: str | None
    starts_at: datetime | None
    minutes: int | None
    offer_id: int | None
    answer_until: datetime | None
    ahead: int

    @property
    def place(self) -> str:
        """For what they wait, in words."""
        return place_in_words(self.desk, self.district)

    @property
    def offered_place(self) -> str:
        """Where what is kept for them would be."""
        return place_in_short(self.offered_venue or "", self.offered_nickname, self.offered_room)

    @property
    def times(self) -> str:
        """When it suits them, in words."""
        return times_in_words(self.weekdays, self.half_day)

    def days(self, today: date) -> int:
        """For how many days they have waited."""
        return (today - clock.local(self.since).date()).days

    @property
    def ends_at(self) -> datetime | None:
        """When what is kept for them ends."""
        return self.starts_at + timedelta(minutes=self.minutes or 0) if self.starts_at else None

    @property
    def is_open(self) -> bool:
        """Whether they are still in line."""
        return self.state in OPEN_WISH


_IS_OPEN = WISH.c.state.in_(OPEN_WISH)
_ROWS: Select[Any] = (
    select(
        *(WISH.c.id, WISH.c.learner_id, WISH.c.desk_id, DESK.c.name.label("desk")),
        *(WISH.c.district_code, _DISTRICT.c.name.label("district"), WISH.c.weekdays, WISH.c.half_day),
        *(WISH.c.topic, WISH.c.device, WISH.c.caller_name, WISH.c.caller_relation, WISH.c.caller_phone),
        *(WISH.c.state, WISH.c.since, _ACCOUNT.c.name.label("noted_by"), WISH.c.ended_at, WISH.c.booking_id),
        *(_OFFERED.c.name.label("offered_desk"), _ADVISER.c.name.label("offered_adviser")),
        *(_VENUE.c.name, _VENUE.c.nickname, ROOM.c.name),
        *(WISH.c.offered_at, _OFFERED.c.slot_minutes, OFFER.c.id.label("offer_id"), OFFER.c.deadline),
        select(func.count())
        .select_from(_AHEAD)
        .where(_AHEAD.c.state.in_(OPEN_WISH), _AHEAD.c.id < WISH.c.id)
        .correlate(WISH)
        .scalar_subquery()
        .label("ahead"),
    )
    .outerjoin(DESK, DESK.c.id == WISH.c.desk_id)
    .outerjoin(_DISTRICT, _DISTRICT.c.code == WISH.c.district_code)
    .outerjoin(_ACCOUNT, _ACCOUNT.c.id == WISH.c.noted_by)
    .outerjoin(_OFFERED, _OFFERED.c.id == WISH.c.offered_desk_id)
    .outerjoin(_VENUE, _VENUE.c.id == _OFFERED.c.venue_id)
    .outerjoin(ROOM, ROOM.c.id == _OFFERED.c.room_id)
    .outerjoin(_ADVISER, _ADVISER.c.id == WISH.c.offered_adviser_id)
    .outerjoin(OFFER, open_offer_of(KIND, WISH.c.id))
)


def wish_row(wish_id: int) -> WishRow | None:
    """One wish."""
    row = db.session.execute(_ROWS.where(WISH.c.id == wish_id)).one_or_none()
    return WishRow._make(row) if row else None


def wishes_of(learner_id: int) -> list[WishRow]:
    """For what a learner waits, those with an open offer too, the longest first. One statement."""
    rows = db.session.execute(_ROWS.where(WISH.c.learner_id == learner_id, _IS_OPEN).order_by(WISH.c.id))
    return [WishRow._make(row) for row in rows]


def wish_of_booking(booking_id: int) -> WishRow | None:
    """The wish that this consultation fulfilled, if it did: the first of them."""
    statement = _ROWS.where(WISH.c.booking_id == booking_id).order_by(WISH.c.id).limit(1)
    row = db.session.execute(statement).one_or_none()
    return WishRow._make(row) if row else None


class Offered(NamedTuple):
    """A slot is kept for somebody who waits. `wish_id` is None to whoever may not know them."""

    wish_id: int | None


def wish_offered(adviser_id: int, starts_at: datetime, scope: Select[Any] | None) -> Offered | None:
    """Whether this slot is kept for a wish until somebody answers. One statement."""
    permitted = WISH.c.learner_id.in_(scope) if scope is not None else true()
    offered = (WISH.c.state == WishState.OFFERED) & (WISH.c.offered_adviser_id == adviser_id)
    wish = select(WISH.c.id, permitted.label("permitted")).where(offered, WISH.c.offered_at == starts_at)
    row = db.session.execute(wish).one_or_none()
    return Offered(row.id if row.permitted else None) if row else None


def wishes_page(number: int, *, desk_id: int | None, scope: Select[Any] | None) -> Page[WishRow]:
    """Who waits, in their order: of all, or of those to whom this desk's slots are offered. Two statements at most."""
    statement = _ROWS.where(_IS_OPEN).order_by(WISH.c.id)
    if desk_id is not None:
        statement = statement.where(_waits_for(desk_id))
    if scope is not None:
        statement = statement.where(WISH.c.learner_id.in_(scope))
    page = fetch_page(statement, number)
    return page.showing([WishRow._make(row) for row in page.rows])


def _waits_for(desk_id: int) -> ColumnElement[bool]:
    """Condition: for this desk, for any of its district, or for any."""
    district = (
        select(_VENUE.c.district_code)
        .join(DESK, DESK.c.venue_id == _VENUE.c.id)
        .where(DESK.c.id == literal(desk_id))
        .scalar_subquery()
    )
    anywhere = WISH.c.desk_id.is_(None) & or_(WISH.c.district_code.is_(None), WISH.c.district_code == district)
    return or_(WISH.c.desk_id == desk_id, anywhere)


def desk_choices() -> list[tuple[int, str]]:
    """(id, name) of every desk that can be booked. One statement."""
    rows = db.session.execute(select(DESK.c.id, DESK.c.name).where(DESK.c.active).order_by(DESK.c.name))
    return [(row.id, row.name) for row in rows]


def place_choices() -> list[tuple[str, str]]:
    """For what one can wait: any desk, one of them, any of a district that has one. Three statements."""
    having = set(
        db.session.scalars(
            select(_VENUE.c.district_code).join(DESK, DESK.c.venue_id == _VENUE.c.id).where(DESK.c.active)
        )
    )
    return [
        (ANY, _("どの窓口でも")),
        *((f"{ONE_DESK}:{desk_id}", name) for desk_id, name in desk_choices()),
        *(
            (f"{DISTRICT}:{code}", _("%(district)s地区の窓口", district=name))
            for code, name in district_choices()
            if code in having
        ),
    ]
