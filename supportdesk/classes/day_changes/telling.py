"""Telling everybody who has a place on a day that was changed: each once, of all that changes for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from supportdesk.classes.day_changes.models import DayChange, MeetingChange
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Enrolment, EnrolmentState, Meeting, Run, RunState
from supportdesk.core import clock
from supportdesk.core.activities import Description, activity, page_of
from supportdesk.core.moments import short_day
from supportdesk.core.wareki import format_short, format_time
from supportdesk.extensions import db
from supportdesk.learners.standing import standings_of
from supportdesk.notices.models import UNSETTLED, Notice, NoticeState, Offer, OfferState
from supportdesk.notices.operations import ToTell, cancel_notices, queue_notices
from supportdesk.places import occupancy
from supportdesk.places.models import Venue
from supportdesk.places.occupancy import Claim

CHANGED: Final = "day_changed"


class Place(NamedTuple):
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


def people_of(run_ids: Collection[int], learner_ids: Collection[int] | None = None) -> list[Place]:
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
        Place(
            activity("enrolment", row.id),
            *(row.run_id, row.learner_id, row.code, row.caller_phone),
            _SEAT if row.state is EnrolmentState.SEATED else _LINE,
        )
        for row in db.session.execute(enrolled)
    ]
    entries = [
        Place(activity("lottery_entrant", row.id), row.run_id, row.learner_id, "", row.caller_phone, _ENTRY)
        for row in db.session.execute(entered)
    ]
    return [*places, *entries]


def tell(change: DayChange, places: Sequence[Place], *, now: datetime) -> None:
    """Queue one notice a learner, of what still stands of the change. What was still to be told of these places names
    an old time: it is told no more. As many statements for a hundred as for one.
    """
    cancel_notices([place.name for place in places], now=now)
    _queue(change, places, now)


def _queue(change: DayChange, places: Iterable[Place], now: datetime) -> None:
    changes = what_stands(change)
    theirs: dict[int, list[_Mine]] = {}
    for place in places:
        for changed in changes.get(place.run_id, ()):
            theirs.setdefault(place.learner_id, []).append(_Mine(changed, place))
    standings = standings_of(sorted(theirs), clock.local(now).date()) if theirs else {}
    busy = _busy(changes, {standing.person_id for standing in standings.values()})
    queue_notices(
        (
            ToTell(
                standing=standings[learner_id],
                kind=CHANGED,
                activity=activity("day_change", change.id),
                text=_in_words(change, mine, clashes=standings[learner_id].person_id in busy),
                call_to=next((one.place.call_to for one in mine if one.place.call_to), ""),
                tell_until=max(one.change.starts_at or one.change.was_starts_at for one in mine),
                tell_by=min(one.change.was_starts_at for one in mine),
            )
            for learner_id, mine in sorted(theirs.items())
        ),
        now=now,
    )


def withdraw_change(
    run_ids: Collection[int], learner_ids: Collection[int] | None = None, *, retell: bool = False, now: datetime
) -> None:
    """What was still to be told of a day's change to these learners of the runs (or to all) is not true any more. What
    still stands for their other places that day they are told anew; `retell`: and for their places in these runs.

    One statement, unless there is such a change.
    """
    for change in _changes_of(run_ids):
        waiting = _learners_of(change, Notice.state.in_(UNSETTLED))
        gone = waiting & (
            {place.learner_id for place in people_of(run_ids, waiting)} if learner_ids is None else set(learner_ids)
        )
        if gone:
            _tell_anew(change, gone, set() if retell else set(run_ids), now)


def tell_what_stands_again(undone: DayChange, run_ids: Collection[int], *, now: datetime) -> None:
    """An earlier change, of which nobody need hear any more because of the one that was undone, is true again."""
    for change in _changes_of(run_ids):
        withdrawn = _learners_of(change, Notice.state == NoticeState.CANCELLED, Notice.withdrawn_at == undone.made_at)
        if withdrawn and change.id != undone.id:
            _tell_anew(change, withdrawn, set(), now)


def _changes_of(run_ids: Collection[int]) -> Sequence[DayChange]:
    """Those of these runs, but for what was undone."""
    return (
        db.session.scalars(
            select(DayChange)
            .join(MeetingChange, MeetingChange.day_change_id == DayChange.id)
            .join(Meeting, Meeting.id == MeetingChange.meeting_id)
            .where(Meeting.run_id.in_(run_ids), DayChange.undone_at.is_(None))
            .options(selectinload(DayChange.meetings))
            .order_by(DayChange.id)
        )
        .unique()
        .all()
    )


def _learners_of(change: DayChange, *conditions: ColumnElement[bool]) -> set[int]:
    """Whom the notices of the change are for."""
    return set(
        db.session.scalars(
            select(Notice.learner_id).where(Notice.activity == activity("day_change", change.id), *conditions)
        )
    )


def _tell_anew(change: DayChange, learner_ids: Collection[int], besides: set[int], now: datetime) -> None:
    """What stands of the change now, but for these runs."""
    cancel_notices(activity("day_change", change.id), of=sorted(learner_ids), now=now)
    _queue(change, people_of(set(what_stands(change)) - besides, learner_ids), now)


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


class Changed(NamedTuple):
    """A meeting that changed, and its run in words."""

    change: MeetingChange
    title: str
    place: str


class _Mine(NamedTuple):
    """A meeting that changed, of a run in which somebody has a place."""

    changed: Changed
    place: Place

    @property
    def change(self) -> MeetingChange:
        return self.changed.change


def what_stands(change: DayChange) -> dict[int, list[Changed]]:
    """What of the change was not itself changed since, by run. One statement."""
    rows = db.session.execute(
        select(
            *(Meeting.id, Meeting.run_id, Meeting.starts_at, Meeting.ends_at, Meeting.called_off_at),
            *(Run.state, Run.title, Run.place, Venue.name.label("venue")),
        )
        .join(Run, Run.id == Meeting.run_id)
        .outerjoin(Venue, Venue.id == Run.venue_id)
        .where(Meeting.id.in_([one.meeting_id for one in change.meetings]))
    )
    now = {row.id: row for row in rows}
    found: dict[int, list[Changed]] = {}
    for one in change.meetings:
        row = now[one.meeting_id]
        if _stands(change, one, row):
            found.setdefault(row.run_id, []).append(Changed(one, row.title, row.venue or row.place))
    return found


def _stands(change: DayChange, one: MeetingChange, now: Any) -> bool:
    if (now.state is RunState.CANCELLED) is not one.ended_run:
        return False
    if one.starts_at is None:
        return bool(now.called_off_at == change.made_at)
    return now.called_off_at is None and (now.starts_at, now.ends_at) == (one.starts_at, one.ends_at)


def _busy(changes: Mapping[int, Sequence[Changed]], persons: Collection[int]) -> set[int]:
    """Those who have something else at one of the new times."""
    claims = [
        Claim(activity("meeting", one.change.meeting_id), (), one.change.starts_at, one.change.ends_at)
        for several in changes.values()
        for one in several
        if one.change.starts_at is not None and one.change.ends_at is not None
    ]
    return occupancy.busy_at(claims, persons)


def _in_words(change: DayChange, mine: Iterable[_Mine], *, clashes: bool) -> str:
    """All of one place before the next: what stands, and its code, are said once."""
    places: dict[Place, list[Changed]] = {}
    for one in sorted(mine, key=lambda one: one.change.was_starts_at):
        places.setdefault(one.place, []).append(one.changed)
    lines = "".join(_of_one(place, changed) for place, changed in places.items())
    warning = "同じ時間にほかの予約がありますので、ご確認ください。" if clashes else ""
    return f"{change.reason}、予定が変わります。{lines}{warning}"


def _of_one(place: Place, meetings: Sequence[Changed]) -> str:
    stands = place.stands if any(one.change.starts_at for one in meetings) else ""
    code = f"予約番号は{place.code}です。" if place.code else ""
    return "".join([*(_line(one) for one in meetings), stands, code])


def _line(changed: Changed) -> str:
    which = f"{_when(changed.change.was_starts_at)}からの「{changed.title}」"
    if changed.change.starts_at is None:
        return f"{which}は中止です。"
    where = f"（会場は{changed.place}）" if changed.place else ""
    return f"{which}は、{_when(changed.change.starts_at)}から{where}に変わります。"


def _when(moment: datetime) -> str:
    starts_at: Any = clock.local(moment)
    return f"{format_short(starts_at.date())}{format_time(starts_at)}"
