"""Desks and the weekly hours that advisers keep at them. Called by the desks' pages and the demo.

Hours say what can be booked from now on. Bookings made before stay as they are, where they were made for: each is moved
by hand, with its learner told, or is held.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time
from hashlib import blake2b
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import unique_or
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.descriptions import bookings_to_come
from supportdesk.helpdesk.desks.errors import AdviserElsewhere, BookingsAhead, DeskChanged, DeskRefused
from supportdesk.helpdesk.desks.telling import Booked, tell_of_room, whom_to_tell
from supportdesk.helpdesk.locking import ADVISES, lock_desks
from supportdesk.helpdesk.models import Booking, Desk, DeskHours
from supportdesk.helpdesk.patterns import EVERY_SECOND_WEEK, EVERY_WEEK, first_meeting
from supportdesk.helpdesk.rooms import change_room
from supportdesk.helpdesk.waiting.answering import recall_offers
from supportdesk.helpdesk.waiting.line import ask_anew, lock_line
from supportdesk.places.choices import place_in_short
from supportdesk.places.models import Room, Venue
from supportdesk.places.occupancy import SECONDS_A_CELL, Occupied

_QUARTER = SECONDS_A_CELL // 60


@dataclass(frozen=True)
class Particulars:
    """What is said of a desk: its name, place and habits."""

    name: str
    venue_id: int
    room_id: int | None = None
    slot_minutes: int = 60
    buffer_minutes: int = 0
    on_holidays: bool = False
    to_bring: str = ""

    @classmethod
    def of(cls, desk: Any) -> Self:
        """What is said of it now: of the row or what a page read of it."""
        return cls(**{one.name: getattr(desk, one.name) for one in fields(cls)})

    @property
    def fingerprint(self) -> str:
        """Stands for all of it: another one means that somebody changed the desk."""
        return blake2b(repr(self).encode(), digest_size=12).hexdigest()


def open_desk(particulars: Particulars, *, actor: Actor, now: datetime) -> int:
    """Make a desk without hours; its id. Raises DeskRefused."""
    _check(particulars)
    desk = Desk(**asdict(particulars))
    with unique_or(_name_taken()):
        db.session.add(desk)
    audit.record(actor=actor, action=Action.OPEN_DESK, subject=f"desk:{desk.id}", now=now)
    return desk.id


def change_desk(desk_id: int, particulars: Particulars, *, seen: str | None = None, actor: Actor, now: datetime) -> int:
    """Give the desk another name, place or habits; how many are told of another room. `seen` is the fingerprint of
    what it was changed from.

    Raises NotFound, DeskChanged, DeskRefused, and BookingsAhead for another place while somebody is still to come to
    this one. In another room of the same place they are received there, and told so if they knew of a room.
    """
    desk = _locked(desk_id)
    if seen not in (None, Particulars.of(desk).fingerprint):
        raise DeskChanged
    _check(particulars)
    elsewhere = particulars.venue_id != desk.venue_id
    if elsewhere and (booked := bookings_to_come(Booking.desk_id == desk_id, Booking.ends_at > now)):
        raise BookingsAhead(booked)
    to_tell: list[Booked] = []
    if particulars.room_id != desk.room_id:
        lock_line()  # before learners and cells: what is offered may be recalled after them
        to_tell = whom_to_tell(desk_id, desk.room_id, now)
        try:
            change_room(desk_id, desk.room_id, particulars.room_id, now=now)
        except Occupied as refusal:
            raise _room_taken(refusal) from refusal
    with unique_or(_name_taken()):
        for name, value in asdict(particulars).items():
            setattr(desk, name, value)
    if to_tell:
        tell_of_room(to_tell, desk.name, _place_of(desk), has_room=desk.room_id is not None, now=now)
    recall_offers(desk_ids=[desk_id], actor=actor, now=now)
    ask_anew(desk_id, now=now)
    audit.record(actor=actor, action=Action.CHANGE_DESK, subject=f"desk:{desk_id}", now=now)
    return len(to_tell)


def switch_desk(desk_id: int, *, active: bool, actor: Actor, now: datetime) -> None:
    """Let the desk be booked, or no more. Raises NotFound."""
    _locked(desk_id).active = active
    db.session.flush()
    recall_offers(desk_ids=[desk_id], actor=actor, now=now)
    audit.record(
        actor=actor,
        action=Action.SWITCH_DESK_ON if active else Action.SWITCH_DESK_OFF,
        subject=f"desk:{desk_id}",
        now=now,
    )


@dataclass(frozen=True)
class Kept:
    """On which days (patterns.py) and from when to when somebody keeps a desk. Monday is 0."""

    weekday: int
    opens: time
    closes: time
    every: int = EVERY_WEEK
    month_weeks: str = ""
    first_day: date | None = None
    last_day: date | None = None


def add_hours(desk_id: int, kept: Kept, *, adviser_id: int, actor: Actor, now: datetime) -> int:
    """An adviser keeps the desk at these times from now on; the hours' id.

    Raises NotFound, DeskRefused, and AdviserElsewhere when they keep a desk at such a time already.
    """
    desk = _locked(desk_id)
    _check_times(kept.opens, kept.closes, desk.slot_minutes)
    _check_days(kept)
    _check_adviser(adviser_id, kept, now)
    hours = DeskHours(desk_id=desk_id, adviser_id=adviser_id, **asdict(kept))
    db.session.add(hours)
    db.session.flush()
    audit.record(actor=actor, action=Action.ADD_HOURS, subject=f"desk:{desk_id}", now=now, detail={"hours": hours.id})
    return hours.id


def remove_hours(desk_id: int, hours_id: int, *, actor: Actor, now: datetime) -> None:
    """The adviser keeps these hours no more. What is booked in them stays booked. Raises NotFound."""
    _locked(desk_id)
    removed = db.session.scalar(
        delete(DeskHours).where(DeskHours.id == hours_id, DeskHours.desk_id == desk_id).returning(DeskHours.id)
    )
    if removed is None:
        raise NotFound
    recall_offers(desk_ids=[desk_id], actor=actor, now=now)
    audit.record(
        actor=actor, action=Action.REMOVE_HOURS, subject=f"desk:{desk_id}", now=now, detail={"hours": hours_id}
    )


def _locked(desk_id: int) -> Desk:
    lock_desks([desk_id])
    desk = db.session.get(Desk, desk_id, populate_existing=True)
    if desk is None:
        raise NotFound
    return desk


def _place_of(desk: Desk) -> str:
    venue = db.session.get_one(Venue, desk.venue_id)
    room = db.session.get_one(Room, desk.room_id).name if desk.room_id is not None else None
    return place_in_short(venue.name, venue.nickname, room)


def _check(particulars: Particulars) -> None:
    if not particulars.name:
        raise DeskRefused(_l("窓口の名前を入力してください。"), field="name")
    if not 15 <= particulars.slot_minutes <= 240 or particulars.slot_minutes % _QUARTER:
        raise DeskRefused(_l("枠の長さは15分きざみでえらんでください。"), field="slot_minutes")
    if not 0 <= particulars.buffer_minutes <= 60 or particulars.buffer_minutes % _QUARTER:
        raise DeskRefused(_l("枠のあとの準備の時間は15分きざみでえらんでください。"), field="buffer_minutes")
    if db.session.get(Venue, particulars.venue_id) is None:
        raise DeskRefused(_l("会場をえらんでください。"), field="venue_id")
    if particulars.room_id is not None:
        room = db.session.get(Room, particulars.room_id)
        if room is None or room.venue_id != particulars.venue_id:
            raise DeskRefused(
                _l("この部屋は、上でえらんだ会場にありません。同じ会場の部屋か「決まっていない」をえらんでください。"),
                field="room_id",
            )


def _room_taken(refusal: Occupied) -> DeskRefused:
    return DeskRefused(
        _l(
            "予約が入っている時間に、この部屋にはほかの予定があります。%(what)s。ほかの部屋をえらぶか、その時間の予約を先に移してください。",
            what=refusal.what,
        ),
        field="room_id",
    )


def _name_taken() -> DeskRefused:
    return DeskRefused(_l("同じ名前の窓口があります。"), field="name")


def _check_times(opens: time, closes: time, slot_minutes: int) -> None:
    """Slots are cut from quarter hours, as everybody's time is."""
    if opens.minute % _QUARTER or closes.minute % _QUARTER:
        raise DeskRefused(_l("時刻は15分きざみで入力してください（例：10:00、13:15）。"), field="opens")
    if (closes.hour - opens.hour) * 60 + closes.minute - opens.minute < slot_minutes:
        raise DeskRefused(
            _l("終わりの時刻は、始まりから枠1つ分（%(minutes)s分）より後にしてください。", minutes=slot_minutes),
            field="closes",
        )


def _check_days(kept: Kept) -> None:
    if kept.every not in (EVERY_WEEK, EVERY_SECOND_WEEK) or set(kept.month_weeks) - set("12345"):
        raise DeskRefused(_l("くり返し方をえらんでください。"), field="rhythm")
    if kept.every == EVERY_SECOND_WEEK and (kept.first_day is None or kept.month_weeks):
        raise DeskRefused(_l("1週おきのときは、最初の日を入力してください。"), field="first_day")
    if kept.first_day and kept.last_day and kept.last_day < kept.first_day:
        raise DeskRefused(_l("終わりの日は、最初の日より後にしてください。"), field="last_day")


def _check_adviser(adviser_id: int, kept: Kept, now: datetime) -> None:
    """An adviser at work, who keeps no other desk at such a time. Their row is locked while one looks."""
    adviser = select(Account.id).where(Account.id == adviser_id, ADVISES)
    if db.session.scalar(adviser.with_for_update(key_share=True, of=Account)) is None:
        raise DeskRefused(_l("相談員をえらんでください。"), field="adviser_id")
    others = db.session.execute(
        select(Desk.name, DeskHours)
        .join(DeskHours, DeskHours.desk_id == Desk.id)
        .where(
            DeskHours.adviser_id == adviser_id,
            DeskHours.weekday == kept.weekday,
            DeskHours.opens < kept.closes,
            DeskHours.closes > kept.opens,
        )
        .order_by(DeskHours.id)
    )
    for desk, other in others:
        if first_meeting(kept, other, clock.local(now).date()):
            raise AdviserElsewhere(desk)
