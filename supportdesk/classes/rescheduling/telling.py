"""Telling everybody who has a place on a day that was changed: each once, of all that changes for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.classes.locking import LockedRun
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Enrolment, EnrolmentState
from supportdesk.classes.rescheduling.models import DayChange, MeetingChange
from supportdesk.core import clock
from supportdesk.core.activities import Description, activity, page_of
from supportdesk.core.moments import short_day
from supportdesk.core.wareki import format_short, format_time
from supportdesk.extensions import db
from supportdesk.learners.standing import standings_of
from supportdesk.notices.operations import cancel_notices, queue_notice

CHANGED: Final = "day_changed"


class Told(NamedTuple):
    """A place in a run that changes: `name` is its activity, `stands` what it is, in words for its learner."""

    name: str
    run_id: int
    learner_id: int
    call_to: str
    stands: str


_SEAT: Final = "席はそのままです。"
_LINE: Final = "キャンセル待ちはそのままです。"
_ENTRY: Final = "抽選の申し込みはそのままです。"


def people_of(runs: Collection[LockedRun]) -> list[Told]:
    """Everybody who has a seat in one of the runs, is being asked, waits, or is in its draw. Two statements."""
    run_ids = [run.id for run in runs]
    enrolled = db.session.execute(
        select(Enrolment.id, Enrolment.run_id, Enrolment.learner_id, Enrolment.caller_phone, Enrolment.state)
        .where(Enrolment.run_id.in_(run_ids), Enrolment.state != EnrolmentState.CANCELLED)
        .order_by(Enrolment.id)
    )
    entered = db.session.execute(
        select(LotteryEntrant.id, LotteryEntrant.run_id, LotteryEntrant.learner_id, LotteryEntrant.caller_phone)
        .where(
            LotteryEntrant.run_id.in_([run.id for run in runs if run.to_draw]),
            LotteryEntrant.withdrawn_at.is_(None),
        )
        .order_by(LotteryEntrant.id)
    )
    return [
        *(
            Told(
                activity("enrolment", row.id),
                row.run_id,
                row.learner_id,
                row.caller_phone,
                _SEAT if row.state is EnrolmentState.SEATED else _LINE,
            )
            for row in enrolled
        ),
        *(
            Told(activity("lottery_entrant", row.id), row.run_id, row.learner_id, row.caller_phone, _ENTRY)
            for row in entered
        ),
    ]


def tell(change: DayChange, runs: Mapping[int, LockedRun], told: Iterable[Told], *, now: datetime) -> None:
    """Queue one notice a learner. What was still to be told of these places names an old time: it is told no more."""
    by_run: dict[int, list[MeetingChange]] = {run_id: [] for run_id in runs}
    names = {claim: run_id for run_id, run in runs.items() for claim in run.activities}
    for one in change.meetings:
        by_run[names[activity("meeting", one.meeting_id)]].append(one)
    places: dict[int, list[Told]] = {}
    for place in told:
        places.setdefault(place.learner_id, []).append(place)
        cancel_notices(place.name, now=now)
    standings = standings_of(list(places), clock.local(now).date())
    for learner_id, theirs in sorted(places.items()):
        meetings = sorted(
            ((runs[place.run_id], meeting, place) for place in theirs for meeting in by_run[place.run_id]),
            key=lambda one: one[1].was_starts_at,
        )
        queue_notice(
            standing=standings[learner_id],
            kind=CHANGED,
            activity=activity("day_change", change.id),
            text=_in_words(change, meetings),
            call_to=next((place.call_to for place in theirs if place.call_to), ""),
            tell_until=max(meeting.starts_at or meeting.was_starts_at for _run, meeting, _place in meetings),
            now=now,
        )


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
    """The enrolments and entries of the runs, as notices name them."""
    ids = db.session.scalars(select(Enrolment.id).where(Enrolment.run_id.in_(run_ids)))
    entrants = db.session.scalars(select(LotteryEntrant.id).where(LotteryEntrant.run_id.in_(run_ids)))
    return [
        *(activity("enrolment", one) for one in ids),
        *(activity("lottery_entrant", one) for one in entrants),
    ]


def _in_words(change: DayChange, meetings: Iterable[tuple[LockedRun, MeetingChange, Told]]) -> str:
    lines = [_line(run, meeting, place) for run, meeting, place in meetings]
    return f"{change.reason}、予定が変わります。{''.join(lines)}"


def _line(run: LockedRun, meeting: MeetingChange, place: Told) -> str:
    which = f"{_when(meeting.was_starts_at)}からの「{run.title}」"
    if meeting.starts_at is None:
        return f"{which}は中止です。"
    where = f"（会場は{run.place}）" if run.place else ""
    return f"{which}は、{_when(meeting.starts_at)}から{where}に変わります。{place.stands}"


def _when(moment: datetime) -> str:
    starts_at: Any = clock.local(moment)
    return f"{format_short(starts_at.date())}{format_time(starts_at)}"
