"""The demo's waiting rooms: a screen for each desk, and numbers of today that were given, called and held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.permissions import Actor, Role
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import CaseResult
from supportdesk.helpdesk.cases.operations import Notes, close_case, open_case
from supportdesk.helpdesk.models import Booking, BookingState, Desk
from supportdesk.helpdesk.queue import calling, taking
from supportdesk.helpdesk.queue.displays import renew_display

#: Who of the ledger comes by without a booking: they come last in it, and play no other part.
_FIRST, _SECOND = -1, -2
_WAITING: Final = ("", "QRコードの読み取り方", "")


def play(cast: Cast, now: datetime) -> None:
    """The first desk has a line; the other has a screen alone."""
    desks = db.session.scalars(select(Desk.id).order_by(Desk.id)).all()
    for place, (desk_id, adviser) in enumerate(zip(desks, cast.of(Role.ADVISER), strict=True), start=1):
        renew_display(desk_id, actor=cast.staff["admin"], now=now)
        calling.choose_counter(desk_id, f"窓口{place}", actor=adviser)
    _line(desks[0], cast, cast.of(Role.ADVISER)[0], now)


def _line(desk_id: int, cast: Cast, adviser: Actor, now: datetime) -> None:
    reception = cast.staff["reception"]
    midnight = clock.day_bounds(clock.local(now).date())[0]

    def ago(minutes: int) -> datetime:
        """So long ago, and still today."""
        return max(now - timedelta(minutes=minutes), midnight)

    def give(minutes: int, topic: str = "", learner_id: int | None = None) -> int:
        given = taking.give_number(desk_id, learner_id=learner_id, topic=topic, actor=reception, now=ago(minutes))
        return given.number_id

    heads = give(64, "文字を大きくしたい")
    learner = give(61, "LINEで写真を送りたい", cast.learners[_FIRST].id)
    calling.call_next(desk_id, actor=adviser, now=ago(60))
    calling.begin(heads, actor=adviser, now=ago(59))
    calling.note_result(heads, area_code="A", result=CaseResult.SOLVED, minutes=8, actor=adviser, now=ago(51))
    calling.call_next(desk_id, actor=adviser, now=ago(49))
    booking_id = calling.begin(learner, actor=adviser, now=ago(47))
    if booking_id is not None:
        _hold(booking_id, adviser, ago)
    give(33)
    calling.mark_absent(calling.call_next(desk_id, actor=adviser, now=ago(21)), actor=adviser, now=ago(19))
    give(18, "迷惑電話のことを聞きたい", cast.learners[_SECOND].id)
    calling.call_next(desk_id, actor=adviser, now=ago(2))
    for minutes, topic in zip((14, 9, 3), _WAITING, strict=True):
        give(minutes, topic)
    for booked in _booked_later(desk_id, now):
        taking.check_in(booked, actor=reception, now=ago(1))


def _hold(booking_id: int, adviser: Actor, ago: Callable[[int], datetime]) -> None:
    done = "送る相手をいっしょに確かめて、1枚送れた。"
    notes = Notes(asked="LINEで写真を送りたい", done=done, areas=frozenset("D"), result=CaseResult.SOLVED, minutes=23)
    open_case(booking_id, actor=adviser, now=ago(47))
    close_case(booking_id, notes, actor=adviser, now=ago(24))


def _booked_later(desk_id: int, now: datetime) -> list[int]:
    """The next booking of today that is still to begin."""
    return list(
        db.session.scalars(
            select(Booking.id)
            .where(
                Booking.desk_id == desk_id,
                Booking.state == BookingState.BOOKED,
                Booking.starts_at > now,
                Booking.starts_at < clock.day_bounds(clock.local(now).date())[1],
            )
            .order_by(Booking.starts_at)
            .limit(1)
        )
    )
