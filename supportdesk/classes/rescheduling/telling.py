"""Telling everybody who has a place on a day that was changed: each once, of all that changes for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Enrolment, EnrolmentState, Meeting, Run
from supportdesk.classes.rescheduling.models import DayChange, MeetingChange
from supportdesk.core import clock
from supportdesk.core.activities import Description, activity, page_of
from supportdesk.core.moments import short_day
from supportdesk.core.wareki import format_short, format_time
from supportdesk.extensions import db
from supportdesk.learners.standing import standings_of
from supportdesk.notices.models import UNSETTLED, Notice, Offer, OfferState
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places import occupancy
from supportdesk.places.models import Venue

CHANGED: Final = "day_changed"


class Told(NamedTuple):
    """A place in a run that changes: `name` is its activity, `code` is on the slip, `stands` what it is, in words."""

    name: str
    run_id: int
    learner_id: int
    code: str
    call_to: str
    stands: str


_SEAT: Final = "席はそのままです。"
_LINE: Final = "キャンセル待ちはそのままです。"
_ENTRY: Final = "抽選の申し込みはそのままです。"


def people_of(run_ids: Collection[int], learner_ids: Collection[int] | None = None) -> list[Told]:
    """Everybody who has a seat in one of the runs, is being asked, waits, or is in its draw; or those of these learners
    who do. Two statements.
    """
    enrolled = (
        select(Enrolment.id, Enrolment.run_id, Enrolment.learner_id, Enrolment.code, Enrolment.caller_phone)
        .add_columns(Enrolment.state)
        .where(Enrolment.run_id.in_(run_ids), Enrolment.state != EnrolmentState.CANCELLED)
        .order_by(Enrolment.id)
    )
    entered = (
        select(LotteryEntrant.id, LotteryEntrant.run_id, LotteryEntrant.learner_id, LotteryEntrant.caller_phone)
        .where(
            LotteryEntrant.run_id.in_(run_ids),
            LotteryEntrant.withdrawn_at.is_(None),
            LotteryEntrant.enrolment_id.is_(None),
        )
        .order_by(LotteryEntrant.id)
    )
    if learner_ids is not None:
        enrolled = enrolled.where(Enrolment.learner_id.in_(learner_ids))
        entered = entered.where(LotteryEntrant.learner_id.in_(learner_ids))
    places = [
        Told(
            activity("enrolment", row.id),
            *(row.run_id, row.learner_id, row.code, row.caller_phone),
            _SEAT if row.state is EnrolmentState.SEATED else _LINE,
        )
        for row in db.session.execute(enrolled)
    ]
    entries = [
        Told(activity("lottery_entrant", row.id), row.run_id, row.learner_id, "", row.caller_phone, _ENTRY)
        for row in db.session.execute(entered)
    ]
    return [*places, *entries]


def tell(change: DayChange, told: Iterable[Told], *, now: datetime) -> None:
    """Queue one notice a learner. What was still to be told of these places names an old time: it is told no more."""
    changes = _by_run(change)
    places: dict[int, list[Told]] = {}
    for place in told:
        places.setdefault(place.learner_id, []).append(place)
        cancel_notices(place.name, now=now)
    standings = standings_of(list(places), clock.local(now).date())
    busy = _busy(change, {standing.person_id for standing in standings.values()})
    for learner_id, theirs in sorted(places.items()):
        meetings = sorted(
            ((changed, place) for place in theirs for changed in changes.get(place.run_id, ())),
            key=lambda one: one[0].change.was_starts_at,
        )
        queue_notice(
            standing=standings[learner_id],
            kind=CHANGED,
            activity=activity("day_change", change.id),
            text=_in_words(change, meetings, clashes=standings[learner_id].person_id in busy),
            call_to=next((place.call_to for place in theirs if place.call_to), ""),
            tell_until=max(one.change.starts_at or one.change.was_starts_at for one, _place in meetings),
            tell_by=min(one.change.was_starts_at for one, _place in meetings),
            now=now,
        )


def withdraw_change(run_ids: Collection[int], learner_ids: Collection[int] | None = None, *, now: datetime) -> None:
    """What was still to be told of a day's change to these learners of the runs (or to all) is not true any more. Of
    their other places that changed that day they are still told. One statement, unless there is such a change.
    """
    changes = db.session.scalars(
        select(DayChange)
        .join(MeetingChange, MeetingChange.day_change_id == DayChange.id)
        .join(Meeting, Meeting.id == MeetingChange.meeting_id)
        .where(Meeting.run_id.in_(run_ids), DayChange.undone_at.is_(None))
        .options(selectinload(DayChange.meetings))
    ).unique()
    for change in changes.all():
        untold = select(Notice.learner_id).where(
            Notice.activity == activity("day_change", change.id), Notice.state.in_(UNSETTLED)
        )
        waiting = set(db.session.scalars(untold))
        gone = waiting & (
            {place.learner_id for place in people_of(run_ids, waiting)} if learner_ids is None else set(learner_ids)
        )
        if gone:
            cancel_notices(activity("day_change", change.id), of=sorted(gone), now=now)
            tell(change, people_of(set(_by_run(change)) - set(run_ids), gone), now=now)


def known_since(change: DayChange, run_ids: Collection[int]) -> bool:
    """Whether somebody was given the new time since, by being booked, or by answering an offer."""
    booked = select(Enrolment.id).where(Enrolment.run_id.in_(run_ids), Enrolment.enrolled_at > change.made_at)
    entered = select(LotteryEntrant.id).where(
        LotteryEntrant.run_id.in_(run_ids), LotteryEntrant.entered_at > change.made_at
    )
    answered = select(Offer.id).where(
        Offer.place_in_line.in_(names_of(run_ids)),
        Offer.made_at >= change.made_at,
        Offer.state.not_in((OfferState.OPEN, OfferState.WITHDRAWN)),
    )
    return any(db.session.scalar(one.limit(1)) is not None for one in (booked, entered, answered))


def describe_day_changes(ids: Iterable[int]) -> Mapping[int, Description]:
    """The day on which classes are called off or moved."""
    rows = db.session.execute(select(DayChange.id, DayChange.day).where(DayChange.id.in_(list(ids))))
    return {
        row.id: Description(
            _("%(day)sの教室の変更", day=short_day(row.day)), url=page_of("classes.day_change", change_id=row.id)
        )
        for row in rows
    }


def names_of(run_ids: Collection[int]) -> list[str]:
    """The places that somebody has in the runs, as notices name them."""
    return [place.name for place in people_of(run_ids)]


class _Changed(NamedTuple):
    """A meeting that changed, and its run in words."""

    change: MeetingChange
    title: str
    place: str


def _by_run(change: DayChange) -> dict[int, list[_Changed]]:
    """What changed in each run."""
    rows = db.session.execute(
        select(Meeting.id, Meeting.run_id, Run.title, Run.place, Venue.name.label("venue"))
        .join(Run, Run.id == Meeting.run_id)
        .outerjoin(Venue, Venue.id == Run.venue_id)
        .where(Meeting.id.in_([one.meeting_id for one in change.meetings]))
    )
    runs = {row.id: row for row in rows}
    found: dict[int, list[_Changed]] = {}
    for one in change.meetings:
        row = runs[one.meeting_id]
        found.setdefault(row.run_id, []).append(_Changed(one, row.title, row.venue or row.place))
    return found


def _busy(change: DayChange, persons: Collection[int]) -> set[int]:
    """Those who have something else at one of the new times: one statement for each meeting that is moved."""
    resources = {occupancy.person(person_id): person_id for person_id in persons}
    return {
        resources[resource]
        for one in change.meetings
        if one.starts_at is not None and one.ends_at is not None
        for resource in occupancy.who_has(
            resources, one.starts_at, one.ends_at, besides=activity("meeting", one.meeting_id)
        )
    }


def _in_words(change: DayChange, meetings: Iterable[tuple[_Changed, Told]], *, clashes: bool) -> str:
    lines = "".join(_line(changed, place) for changed, place in meetings)
    warning = "同じ時間にほかの予約がありますので、ご確認ください。" if clashes else ""
    return f"{change.reason}、予定が変わります。{lines}{warning}"


def _line(changed: _Changed, place: Told) -> str:
    which = f"{_when(changed.change.was_starts_at)}からの「{changed.title}」"
    code = f"予約番号は{place.code}です。" if place.code else ""
    if changed.change.starts_at is None:
        return f"{which}は中止です。{code}"
    where = f"（会場は{changed.place}）" if changed.place else ""
    return f"{which}は、{_when(changed.change.starts_at)}から{where}に変わります。{place.stands}{code}"


def _when(moment: datetime) -> str:
    starts_at: Any = clock.local(moment)
    return f"{format_short(starts_at.date())}{format_time(starts_at)}"
