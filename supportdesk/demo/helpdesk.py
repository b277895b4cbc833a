"""The demo's consultation desks: their hours, the consultations that were held, and those still to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import SlotRow, free_slots
from supportdesk.helpdesk.cards.shipped import load_cards
from supportdesk.helpdesk.cases.models import CaseResult, ReferredTo
from supportdesk.helpdesk.cases.operations import Notes, close_case, mark_no_show, open_case
from supportdesk.helpdesk.desks.operations import Kept, Particulars, add_hours, open_desk
from supportdesk.helpdesk.desks.time_off import Days, let_adviser_off
from supportdesk.helpdesk.models import Booking
from supportdesk.helpdesk.operations import book_consultation
from supportdesk.helpdesk.phones import lend_phone
from supportdesk.learners.models import Device, Learner
from supportdesk.places.calendar import holiday_name
from supportdesk.places.models import Venue
from supportdesk.places.upkeep import save_room

_WEEKS: Final = 4
#: Every desk is kept from ten to twelve and from one to four, Monday to Friday.
_HOURS: Final = ((time(10), time(12)), (time(13), time(16)))
_DESKS: Final = (("スマホ相談 いーぱる窓口", "東部市民サービスセンター"), ("スマホ相談 市役所窓口", "秋田市役所本庁舎"))
_TO_BRING: Final = "お使いのスマートフォン、充電器、老眼鏡"
#: (what they ask, skill, what the adviser wrote)
_ASKED: Final = (
    ("文字が小さくて読めない", "A4", "文字の大きさを「特大」にして、ご自分でもう一度変えられた。"),
    ("LINEの写真の送り方", "D3", "お孫さんに写真を1枚送れた。送る相手をまちがえないよう、いっしょに確かめた。"),
    ("知らない番号から電話が来る", "H2", "出ないで調べる手順を練習した。不審なものは家族に見せるとのこと。"),
    ("QRコードが読み取れない", "B5", "カメラを近づけすぎていた。手のひら1つ分はなすと読み取れた。"),
    ("地図で病院まで行きたい", "E2", "行き先を入れて、歩く道を出せた。次は電車の時刻を調べたい。"),
    ("アプリの入れ方", "A7", "ストアで検索して入れられた。パスワードは紙に控えないようお伝えした。"),
)

_RESULTS: Final = (
    (CaseResult.SOLVED, None),
    (CaseResult.PRACTISED, None),
    (CaseResult.FOLLOW_UP, None),
    (CaseResult.REFERRED, ReferredTo.CARRIER),
    (CaseResult.REFERRED, ReferredTo.BANK),
    (CaseResult.REFERRED, ReferredTo.OFFICE),
)
_REFERRALS: Final = {ReferredTo.CARRIER: "契約したお店", ReferredTo.OFFICE: "市役所の国保年金課"}
_MINUTES: Final = (20, 30, 40, 45, 55)
_SYSTEMS: Final = {Device.IPHONE: "iOS 18", Device.ANDROID: "Android 14", Device.EASY_PHONE: "Android 13"}


def play(cast: Cast, dice: Random, now: datetime) -> None:
    """Two desks, nearly booked out for the week to come."""
    load_cards(actor=SYSTEM, now=now - timedelta(weeks=6))
    advisers = cast.of(Role.ADVISER)
    _open_desks(cast.staff["admin"], advisers, now - timedelta(weeks=6))
    begun = now - timedelta(weeks=_WEEKS)
    today = now.date()
    for slot in free_slots(begun.date(), today + timedelta(weeks=_WEEKS), after=begun):
        weeks_ahead = (slot.starts_at - now) / timedelta(weeks=1)
        wanted = 0.5 if weeks_ahead < 0 else max(0.05, 0.7 - 0.3 * weeks_ahead)
        if dice.random() < wanted:
            _consult(slot, cast, dice, now)
    _away(advisers[-1], cast.staff["reception"], now)


def _away(adviser: Actor, reception: Actor, now: datetime) -> None:
    """On the next working day but two they are at a course all afternoon: whoever was booked then is to be moved."""
    day = now.date()
    for _number in range(3):
        day += timedelta(days=1)
        while day.weekday() > 4 or holiday_name(day):
            day += timedelta(days=1)
    days = Days(day, day, "研修", time(13), time(16))
    let_adviser_off(adviser.account_id or 0, days, actor=reception, now=now)


def _open_desks(admin: Actor, advisers: Sequence[Actor], now: datetime) -> None:
    for (name, venue), adviser in zip(_DESKS, advisers, strict=True):
        venue_id = db.session.scalars(select(Venue.id).where(Venue.name == venue)).one()
        room_id = save_room(None, venue_id, name="相談室", seats=4, actor=admin, now=now)
        desk_id = open_desk(Particulars(name, venue_id, room_id, to_bring=_TO_BRING), actor=admin, now=now)
        for weekday in range(5):
            for opens, closes in _HOURS:
                kept = Kept(weekday, opens, closes)
                add_hours(desk_id, kept, adviser_id=adviser.account_id or 0, actor=admin, now=now)


def _consult(slot: SlotRow, cast: Cast, dice: Random, now: datetime) -> None:
    """Book the slot for somebody of the district, and hold it when it is past."""
    topic, skill, note = dice.choice(_ASKED)
    learner = dice.choice(cast.in_district(slot.district_code))
    booked_at = min(slot.starts_at, now) - timedelta(days=dice.randint(1, 9), hours=dice.randint(0, 5))
    try:
        with db.session.begin_nested():
            booking = book_consultation(
                slot.desk_id,
                slot.adviser_id,
                slot.starts_at,
                learner.id,
                topic=topic,
                actor=cast.staff["reception"],
                now=booked_at,
            )
            if booking.booking_id % 9 == 0:
                lend_phone(booking.booking_id, actor=cast.staff["reception"], now=booked_at)
    except DeskError:
        return  # they have something else at that time
    if slot.ends_at < now:
        adviser = next(actor for actor in cast.of(Role.ADVISER) if actor.account_id == slot.adviser_id)
        _hold(booking.booking_id, slot, (topic, skill, note), adviser, dice)


def _hold(booking_id: int, slot: SlotRow, asked: tuple[str, str, str], adviser: Actor, dice: Random) -> None:
    topic, skill, done = asked
    if dice.random() < 0.06:
        mark_no_show(booking_id, actor=adviser, now=slot.ends_at)
        return
    result, where = dice.choices(_RESULTS, weights=(60, 12, 18, 6, 2, 2))[0]
    level = 2 if result is CaseResult.SOLVED else 1
    device = db.session.scalar(
        select(Learner.device).join(Booking, Booking.learner_id == Learner.id).where(Booking.id == booking_id)
    )
    scam = skill == "H2"
    notes = Notes(
        asked=topic,
        done=done,
        areas=frozenset({skill[0], *("D" if skill == "B5" else "")}),
        device=device,
        os=_SYSTEMS.get(device, "") if device else "",
        result=result,
        referred_to=where,
        referral=_REFERRALS.get(where, "") if where else "",
        minutes=_MINUTES[booking_id % len(_MINUTES)],
        scam_steps=frozenset({"stop", "no_pay", "family"}) if scam else frozenset(),
        levels={skill: level},
    )
    open_case(booking_id, actor=adviser, now=slot.starts_at)
    close_case(booking_id, notes, actor=adviser, now=slot.ends_at)
