"""What other rooms may know of this one without importing it: its activities, timelines, whose learner is whose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from supportdesk.accounts.models import Account
from supportdesk.core.activities import Description, activity, page_of
from supportdesk.core.database import connection
from supportdesk.core.moments import WEEKDAYS
from supportdesk.core.permissions import Actor, Permission, Role
from supportdesk.core.wareki import format_time
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication as _Applied
from supportdesk.helpdesk.cases.models import Case, CaseHandOver
from supportdesk.helpdesk.cases.words import result_in_words
from supportdesk.helpdesk.locking import TO_COME
from supportdesk.helpdesk.models import Booking, BookingState, Desk, DeskHours
from supportdesk.helpdesk.words import BOOKING_STATES
from supportdesk.learners.rooms import Ahead, Latest, Part, TimelineEntry
from supportdesk.places.models import Venue

#: What was asked stands in a line of the timeline as far as this.
LONGEST_LINE: Final = 80


def describe_bookings(ids: Iterable[int]) -> Mapping[int, Description]:
    """The desk and the time of a booking."""
    rows = db.session.execute(
        select(Booking.id, Booking.starts_at, Booking.ends_at, Desk.name, Venue.district_code)
        .join(Desk, Desk.id == Booking.desk_id)
        .join(Venue, Venue.id == Desk.venue_id)
        .where(Booking.id.in_(list(ids)))
    )
    return {
        row.id: Description(
            row.name,
            row.starts_at,
            row.ends_at,
            page_of("helpdesk.booking", booking_id=row.id),
            district=row.district_code,
        )
        for row in rows
    }


def describe_desks(ids: Iterable[int]) -> Mapping[int, Description]:
    """What a desk is called: it has its room whenever somebody is booked there."""
    rows = db.session.execute(
        select(Desk.id, Desk.name, Venue.district_code)
        .join(Venue, Venue.id == Desk.venue_id)
        .where(Desk.id.in_(list(ids)))
    )
    return {
        row.id: Description(row.name, url=page_of("helpdesk.desk", desk_id=row.id), district=row.district_code)
        for row in rows
    }


def bookings_at_venue(venue_id: int, starts_at: datetime, ends_at: datetime) -> Iterable[Description]:
    """The consultations still to be held at the venue's desks at that time."""
    at_its_desks = Booking.desk_id.in_(select(Desk.id).where(Desk.venue_id == venue_id))
    return bookings_to_come(at_its_desks, Booking.starts_at < ends_at, Booking.ends_at > starts_at)


def work_of_adviser(account_id: int, roles: Collection[Role], now: datetime) -> Iterable[Description]:
    """The consultations that an adviser has still to hold, and the hours that they keep."""
    if Role.ADVISER not in roles:
        return []
    hours = db.session.execute(
        select(DeskHours.desk_id, Desk.name, DeskHours.weekday, DeskHours.opens, DeskHours.closes)
        .join(Desk, Desk.id == DeskHours.desk_id)
        .where(DeskHours.adviser_id == account_id)
        .order_by(DeskHours.weekday, DeskHours.opens)
    )
    return [*bookings_to_come(Booking.adviser_id == account_id, Booking.ends_at > now), *map(_weekly, hours)]


def _weekly(row: Any) -> Description:
    times = f"{format_time(row.opens)}〜{format_time(row.closes)}"
    title = f"{row.name} {WEEKDAYS[row.weekday]} {times}"
    return Description(title, url=page_of("helpdesk.desk", desk_id=row.desk_id))


def bookings_to_come(*wanted: ColumnElement[bool]) -> list[Description]:
    """Bookings that somebody may still come to, in their order."""
    rows = db.session.scalars(
        select(Booking.id)
        .where(Booking.state == BookingState.BOOKED, ~Booking.walk_in, *wanted)
        .order_by(Booking.starts_at, Booking.id)
    ).all()
    known = describe_bookings(rows)
    return [known[booking_id] for booking_id in rows]


def timeline_of_bookings(learner_id: int, latest: Latest) -> list[TimelineEntry]:
    """The consultations that were held, with question and result, and those to which the learner did not come."""
    statement = (
        select(
            Booking.id,
            Booking.starts_at,
            Booking.state,
            Desk.name.label("desk"),
            Account.name.label("adviser"),
            Case.asked,
            Case.result,
            Case.referred_to,
        )
        .join(Desk, Desk.id == Booking.desk_id)
        .join(Account, Account.id == Booking.adviser_id)
        .outerjoin(Case, Case.booking_id == Booking.id)
        .where(Booking.learner_id == learner_id, Booking.state.in_((BookingState.HELD, BookingState.NO_SHOW)))
    )
    return [
        TimelineEntry(
            at=row.starts_at,
            kind="consultation",
            title=row.desk,
            text=_told(row),
            by=row.adviser,
            activity=activity("booking", row.id),
            url=page_of("helpdesk.booking", booking_id=row.id),
        )
        for row in db.session.execute(latest.of(statement, Booking.starts_at, Booking.id))
    ]


#: Written once: every letter that is typed into a search passes through here.
_AHEAD: Final = (
    select(Booking.learner_id, func.min(Booking.starts_at).label("at"))
    .where(Booking.learner_id.in_(bindparam("ids", expanding=True)), TO_COME)
    .group_by(Booking.learner_id)
)


def upcoming(learner_ids: Collection[int], now: datetime) -> dict[int, Ahead]:
    """The next consultation of each who has one. One statement."""
    rows = connection().execute(_AHEAD, {"ids": list(learner_ids), "now": now})
    return {row.learner_id: Ahead(row.at, "consultation") for row in rows}


def _told(row: Any) -> str:
    if row.state is BookingState.NO_SHOW:
        return str(BOOKING_STATES[BookingState.NO_SHOW])
    return "。".join(part for part in (in_short(row.asked or ""), result_in_words(row.result, row.referred_to)) if part)


def booked(learner_id: int, now: datetime) -> list[TimelineEntry]:
    """The consultations that the learner is still to come to. One statement."""
    rows = db.session.execute(
        select(Booking.id, Booking.starts_at, Desk.name.label("desk"), Account.name.label("adviser"))
        .join(Desk, Desk.id == Booking.desk_id)
        .join(Account, Account.id == Booking.adviser_id)
        .where(Booking.learner_id == learner_id, TO_COME),
        {"now": now},
    )
    return [
        TimelineEntry(
            at=row.starts_at,
            kind="consultation",
            title=row.desk,
            by=row.adviser,
            activity=activity("booking", row.id),
            url=page_of("helpdesk.booking", booking_id=row.id),
        )
        for row in rows
    ]


def in_short(asked: str) -> str:
    """The first words of what was asked, for one line."""
    line = " ".join(asked.split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def learners_of(actor: Actor) -> Select[Any] | None:
    """The learners booked with the actor, or at a desk whose hours they share; None when there can be none."""
    if actor.account_id is None or not actor.may(Permission.HOLD_CONSULTATION):
        return None
    return select(Booking.learner_id).where(Booking.state != BookingState.CANCELLED, at_own_desk(actor.account_id))


def at_own_desk(account_id: int) -> ColumnElement[bool]:
    """Condition: the booking is this adviser's, or at a desk where they have hours."""
    own = select(DeskHours.desk_id).where(DeskHours.adviser_id == account_id)
    return or_(Booking.adviser_id == account_id, Booking.desk_id.in_(own))


def parts_of_bookings(learner_id: int) -> list[Part]:
    """Each consultation the learner was booked or applied for, with all that hangs on it. Three statements."""
    rows = db.session.execute(
        select(Booking.id, Booking.starts_at, Desk.name, Case.id.label("case"))
        .join(Desk, Desk.id == Booking.desk_id)
        .outerjoin(Case, Case.booking_id == Booking.id)
        .where(Booking.learner_id == learner_id)
    ).all()
    handed: dict[int, list[tuple[str, int]]] = {}
    for row in db.session.execute(
        select(CaseHandOver.case_id, CaseHandOver.id).where(CaseHandOver.learner_id == learner_id)
    ):
        handed.setdefault(row.case_id, []).append(("case_hand_over", row.id))
    applied, waiting = _applied_for(learner_id)
    return waiting + [
        Part(
            row.starts_at,
            row.name,
            [
                ("booking", row.id),
                *applied.get(row.id, ()),
                *([("consultation_case", row.case)] if row.case else []),
                *handed.get(row.case, ()),
            ],
            [activity("booking", row.id)],
        )
        for row in rows
    ]


def _applied_for(learner_id: int) -> tuple[dict[int, list[tuple[str, int]]], list[Part]]:
    """What they wrote when they applied in public: by the booking it became, and what became none. One statement."""
    at = func.coalesce(_Applied.starts_at, _Applied.applied_at).label("at")
    rows = db.session.execute(
        select(_Applied.id, _Applied.booking_id, at, Desk.name)
        .join(Desk, Desk.id == _Applied.desk_id)
        .where(_Applied.learner_id == learner_id)
    ).all()
    place = "consultation_application"
    booked = {row.booking_id: [(place, row.id)] for row in rows if row.booking_id is not None}
    return booked, [Part(row.at, row.name, [(place, row.id)]) for row in rows if row.booking_id is None]
