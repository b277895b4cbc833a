"""Taking a group's application, from the public form or by telephone, and putting right what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.models import Course
from supportdesk.classes.office import LATEST_HOUR, PLANNED_AHEAD_DAYS
from supportdesk.classes.outreach.errors import (
    AmendedMeanwhile,
    ApplicationDoubtful,
    ApplicationRefused,
    AskedBefore,
    Fault,
)
from supportdesk.classes.outreach.locking import held_activity, lock_request, note_step
from supportdesk.classes.outreach.models import Door, GroupKind, OutreachChoice, OutreachRequest, OutreachState
from supportdesk.classes.outreach.office import (
    OUTREACH_LEAD_DAYS,
    OUTREACH_LEAST_PEOPLE,
    OUTREACH_MOST_MINUTES,
    OUTREACH_MOST_PEOPLE,
)
from supportdesk.classes.outreach.steps import CAN_AMEND, OPEN, due_on
from supportdesk.core import clock
from supportdesk.core.codes import new_code, new_token
from supportdesk.core.database import unique_or
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places.models import District, Room

_PREFIX = "K"


@dataclass(frozen=True, kw_only=True)
class Application:
    """What a group wishes. `choices` are the preferred dates, the dearest first."""

    group_kind: GroupKind
    group_name: str
    course_code: str | None
    theme: str
    choices: tuple[datetime, ...]
    minutes: int
    people: int
    at_city: bool
    place: str
    address: str
    district_code: str
    room_for: int | None
    has_screen: bool
    has_wifi: bool
    has_parking: bool
    contact_name: str
    contact_kana: str
    contact_phone: str
    note: str
    contact_address: str = ""

    @property
    def group_key(self) -> str:
        """What two spellings of the group's name have in common."""
        return search_key(self.group_name) or self.group_name


class Taken(NamedTuple):
    """The request made of an application, and what opens its receipt."""

    request_id: int
    receipt: str


def take_application(
    application: Application, *, door: Door, although: bool = False, actor: Actor, now: datetime
) -> Taken:
    """Keep the application as a request that is to be checked.

    Raises ApplicationRefused for what cannot be meant, and for what is outside the office's rules too when it comes by
    the form; of staff those rules are asked (ApplicationDoubtful) unless `although`. Raises AskedBefore when the group
    has a live request with the same first day.
    """
    _examine(application, door=door, although=although, now=now)
    request = OutreachRequest(
        code=_unused_code(),
        receipt=new_token(),
        door=door,
        received_at=now,
        received_by=actor.account_id,
        state=OutreachState.RECEIVED,
        due_on=due_on(OutreachState.RECEIVED, clock.local(now).date(), None),
    )
    _write(request, application)
    with unique_or(AskedBefore()):
        db.session.add(request)
        db.session.flush()
    note_step(request.id, None, OutreachState.RECEIVED, actor=actor, now=now)
    return Taken(request.id, request.receipt)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom the desk calls, where the letter goes, and what else there is to know."""

    contact_name: str
    contact_kana: str
    contact_phone: str
    contact_address: str
    note: str


def amend_application(
    request_id: int,
    application: Application,
    *,
    seen: str | None = None,
    although: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Put right what the group asked for, until a day is looked for. Only what is changed is examined anew.

    `seen` is the `fingerprint` of what was put right. Raises StepTaken, AmendedMeanwhile, and of staff the same as
    `take_application`.
    """
    request = lock_request(request_id, CAN_AMEND)
    _demand_unchanged(request, seen)
    _examine(application, door=Door.PHONE, although=although, now=now, before=applied(request))
    with unique_or(AskedBefore()):
        request.choices.clear()
        db.session.flush()
        _write(request, application)
        db.session.flush()
    audit.record(actor=actor, action=Action.AMEND_OUTREACH, subject=held_activity(request_id), now=now)


def amend_contact(request_id: int, contact: Contact, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Put right whom to call and what there is to know, as long as the request is open; nothing that was found changes.

    Raises StepTaken, AmendedMeanwhile.
    """
    request = lock_request(request_id, OPEN)
    _demand_unchanged(request, seen)
    for name in Contact.__dataclass_fields__:
        setattr(request, name, getattr(contact, name))
    audit.record(actor=actor, action=Action.AMEND_OUTREACH, subject=held_activity(request_id), now=now)


def applied(request: OutreachRequest) -> Application:
    """What a request asks for."""
    kept = {name: getattr(request, name) for name in Application.__dataclass_fields__ if name != "choices"}
    return Application(choices=tuple(choice.starts_at for choice in request.choices), **kept)


def fingerprint(request: OutreachRequest) -> str:
    """Stands for all that can be put right: another one means that somebody did so meanwhile."""
    return blake2b(repr(applied(request)).encode(), digest_size=12).hexdigest()


def _demand_unchanged(request: OutreachRequest, seen: str | None) -> None:
    if seen not in (None, fingerprint(request)):
        raise AmendedMeanwhile


def _write(request: OutreachRequest, application: Application) -> None:
    for name in Application.__dataclass_fields__:
        if name != "choices":
            setattr(request, name, getattr(application, name))
    request.group_key = application.group_key
    request.first_day = clock.local(application.choices[0]).date()
    request.choices = [
        OutreachChoice(number=number, starts_at=starts_at) for number, starts_at in enumerate(application.choices, 1)
    ]


def _examine(
    application: Application, *, door: Door, although: bool, now: datetime, before: Application | None = None
) -> None:
    """Everything that is wrong at once, so that nobody has to send the form five times; not what was so `before`."""
    faults = [*_of_dates(application, before, now), *_of_length(application, before), *_of_place(application)]
    if before is None or _how_many(before) != _how_many(application):
        faults += _of_people(application)
    grave = [fault for fault in faults if fault.grave or door is Door.FORM]
    if grave:
        raise ApplicationRefused(grave)
    if faults and not although:
        raise ApplicationDoubtful(faults)


def _how_many(application: Application) -> tuple[object, ...]:
    """What the rules of people look at."""
    return application.people, application.at_city, application.room_for


def _of_length(application: Application, before: Application | None) -> Iterator[Fault]:
    """How long it is, and that it does not last into the night."""
    length, most = timedelta(minutes=application.minutes), OUTREACH_MOST_MINUTES.get()
    as_long = before is not None and before.minutes == application.minutes
    if application.minutes > most and not as_long:
        yield Fault("minutes", _l("長さは%(most)s分までです。", most=most))
    for number, starts_at in enumerate(application.choices, 1):
        ends = clock.local(starts_at + length)
        late = ends.date() > clock.local(starts_at).date() or ends.time() > time(LATEST_HOUR.get())
        if late and not (as_long and before is not None and starts_at in before.choices):
            yield Fault(f"start_{number}", _l("%(hour)s時までに終わるようにしてください。", hour=LATEST_HOUR.get()))


def earliest_day(today: date) -> date:
    """From when on a group may wish for a lecture."""
    return today + timedelta(days=OUTREACH_LEAD_DAYS.get())


def _of_dates(application: Application, before: Application | None, now: datetime) -> Iterator[Fault]:
    today = clock.local(now).date()
    earliest = earliest_day(today)
    last = today + timedelta(days=PLANNED_AHEAD_DAYS.get())
    kept = before.choices if before else ()
    for number, starts_at in enumerate(application.choices, 1):
        day, field = clock.local(starts_at).date(), f"day_{number}"
        if starts_at in application.choices[: number - 1]:
            yield Fault(field, _l("同じ日と時間が、もう書いてあります。ちがう日にしてください。"))
        if starts_at in kept:
            continue
        if starts_at <= now:
            yield Fault(field, _l("もう過ぎた日です。これからの日を入力してください。"))
        elif day > last:
            yield Fault(field, _l("先の日すぎます。年をたしかめてください。"))
        elif day < earliest:
            yield Fault(
                field,
                _l(
                    "今日から%(days)s日よりあとの日にしてください（%(month)s月%(day)s日から）。",
                    days=OUTREACH_LEAD_DAYS.get(),
                    month=earliest.month,
                    day=earliest.day,
                ),
                grave=False,
            )


def _of_people(application: Application) -> Iterator[Fault]:
    people, least, most = application.people, OUTREACH_LEAST_PEOPLE.get(), OUTREACH_MOST_PEOPLE.get()
    room_for = _room_for(application)
    if room_for is not None and room_for < people:
        yield Fault(
            "people",
            _l(
                "会場に入れるのは%(room)s人までですが、参加する人は%(people)s人です。人数か会場を変えてください。",
                room=room_for,
                people=people,
            ),
        )
    elif people > most:
        yield Fault("people", _l("人数は%(most)s人までです。多いときは、2回に分けて申し込んでください。", most=most))
    elif people < least:
        yield Fault(
            "people", _l("%(least)s人からうかがいます。人数が少ないときは、教室へどうぞ。", least=least), grave=False
        )


def _room_for(application: Application) -> int | None:
    """How many the place holds, as far as that is known: of the city's rooms the largest."""
    if application.at_city:
        return db.session.scalar(select(func.max(Room.seats)))
    return application.room_for


def _of_place(application: Application) -> Iterator[Fault]:
    if not application.at_city and not application.place:
        yield Fault("place", _l("会場の名前を入力してください。"))
    if db.session.get(District, application.district_code) is None:
        yield Fault("district_code", _l("地区をえらんでください。"))
    if application.course_code is not None and db.session.get(Course, application.course_code) is None:
        yield Fault("course_code", _l("一覧の中からえらんでください。"))


def _unused_code() -> str:
    while True:
        code = new_code(_PREFIX)
        if db.session.scalar(select(OutreachRequest.id).where(OutreachRequest.code == code)) is None:
            return code
