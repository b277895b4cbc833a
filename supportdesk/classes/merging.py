"""What classes have to say when two records of one person become one. Registered by `plug_in`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.descriptions import run_title
from supportdesk.classes.locking import lock_runs
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.marks import last_venues
from supportdesk.classes.models import AttendanceMark, Enrolment, EnrolmentState, Meeting, Run
from supportdesk.classes.sheets.models import FeedbackSheet
from supportdesk.core.activities import activity
from supportdesk.core.moments import short_day
from supportdesk.extensions import db
from supportdesk.learners.keys import note_last_venues
from supportdesk.learners.rooms import Part

_LIVE = Enrolment.state != EnrolmentState.CANCELLED
#: Rows on which other rooms hang something, by the names of these.
_NAMED = ("enrolment", "lottery_entrant")
#: Rows on which nobody hangs anything: it hangs on their meetings.
_OF_A_MEETING = ("attendance_mark", "feedback_sheet")
#: In a draw that is still to come: what was drawn is an enrolment.
_IN_DRAW = LotteryEntrant.withdrawn_at.is_(None) & LotteryEntrant.enrolment_id.is_(None)


def obstacles(giver_id: int, taker_id: int, now: datetime) -> Iterator[str]:
    """One person has one seat: a class ahead that both have booked has to be cancelled for one of them."""
    theirs = select(Enrolment.run_id).where(Enrolment.learner_id == taker_id, _LIVE)
    both = (
        select(Run.title, Run.starts_at)
        .join(Enrolment, Enrolment.run_id == Run.id)
        .where(Enrolment.learner_id == giver_id, _LIVE, Run.ends_at > now, Run.id.in_(theirs))
        .order_by(Run.starts_at, Run.id)
    )
    drawn_with = select(LotteryEntrant.run_id).where(LotteryEntrant.learner_id == taker_id, _IN_DRAW)
    both_in_draw = (
        select(Run.title, Run.starts_at)
        .join(LotteryEntrant, LotteryEntrant.run_id == Run.id)
        .where(LotteryEntrant.learner_id == giver_id, _IN_DRAW, Run.starts_at > now, Run.id.in_(drawn_with))
        .order_by(Run.starts_at, Run.id)
    )
    for title, starts_at in [*db.session.execute(both), *db.session.execute(both_in_draw)]:
        yield _(
            "「%(title)s」（%(day)s）は、両方の記録で申し込んでいます。どちらかを取り消してください。",
            title=title,
            day=short_day(starts_at),
        )


def lock(learner_ids: Sequence[int]) -> None:
    """Wait for the runs in which the learners are booked or were seen: nobody gives a seat or marks there now."""
    seen = select(Meeting.run_id).join(AttendanceMark).where(AttendanceMark.learner_id.in_(learner_ids))
    booked = select(Enrolment.run_id).where(Enrolment.learner_id.in_(learner_ids))
    entered = select(LotteryEntrant.run_id).where(LotteryEntrant.learner_id.in_(learner_ids))
    asked = select(Meeting.run_id).join(FeedbackSheet).where(FeedbackSheet.learner_id.in_(learner_ids))
    wanted = or_(Run.id.in_(booked), Run.id.in_(seen), Run.id.in_(entered), Run.id.in_(asked))
    lock_runs(db.session.scalars(select(Run.id).where(wanted)))


def derive(learner_ids: Sequence[int]) -> None:
    """Where each was at the last class they came to."""
    note_last_venues(last_venues(list(learner_ids)))


def parts(learner_id: int) -> list[Part]:
    """Each run in which the learner was booked or seen, with its marks and their feedback. Six statements."""
    rows: dict[int, list[tuple[str, int]]] = defaultdict(list)
    booked = select(Enrolment.run_id, Enrolment.id).where(Enrolment.learner_id == learner_id)
    for run_id, enrolment_id in db.session.execute(booked.order_by(Enrolment.id)):
        rows[run_id].append(("enrolment", enrolment_id))
    entered = select(LotteryEntrant.run_id, LotteryEntrant.id).where(LotteryEntrant.learner_id == learner_id)
    for run_id, entrant_id in db.session.execute(entered.order_by(LotteryEntrant.id)):
        rows[run_id].append(("lottery_entrant", entrant_id))
    applied = select(Application.run_id, Applicant.id).join(Applicant).where(Applicant.learner_id == learner_id)
    for run_id, applicant_id in db.session.execute(applied.order_by(Applicant.id)):
        rows[run_id].append(("applicant", applicant_id))
    seen = select(Meeting.run_id, AttendanceMark.id).join(Meeting).where(AttendanceMark.learner_id == learner_id)
    for run_id, mark_id in db.session.execute(seen.order_by(AttendanceMark.id)):
        rows[run_id].append(("attendance_mark", mark_id))
    answered = select(Meeting.run_id, FeedbackSheet.id).join(Meeting).where(FeedbackSheet.learner_id == learner_id)
    for run_id, sheet_id in db.session.execute(answered.order_by(FeedbackSheet.id)):
        rows[run_id].append(("feedback_sheet", sheet_id))
    meetings: dict[int, list[str]] = defaultdict(list)
    runs = {}
    for run, meeting_id in db.session.execute(select(Run, Meeting.id).join(Meeting).where(Run.id.in_(rows))):
        runs[run.id] = run
        meetings[run.id].append(activity("meeting", meeting_id))
    return [
        Part(
            run.starts_at,
            run_title(run.title, run.group_name),
            rows[run.id],
            [
                *meetings[run.id],
                *(activity(place, row_id) for place, row_id in rows[run.id] if place not in _OF_A_MEETING),
            ],
        )
        for run in runs.values()
    ]
