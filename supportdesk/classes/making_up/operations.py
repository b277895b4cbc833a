"""Arranging that a learner makes up for a meeting that they miss. Called by its page.

It is a mark made ahead, as "will not come" is: they hold a place at the meeting and no seat, so that it is never
refused for want of one, and what is seen on the day overrules it.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.enrolment_queries import enrolment_row
from supportdesk.classes.errors import AlreadyBegun, PlanRefused
from supportdesk.classes.locking import lock_run
from supportdesk.classes.making_up.queries import arranged_for, missed_of, offered_for
from supportdesk.classes.models import AttendanceState
from supportdesk.classes.queries import meeting_row
from supportdesk.core import clock
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.learners.standing import standing_of


class NotOffered(PlanRefused):
    """The meeting is none of those at which this one can be made up for, any more."""

    def __init__(self) -> None:
        super().__init__(_l("その回では受けられなくなりました。もう一度えらんでください。"), field="meeting_id")


class NotArranged(DeskError):
    """Nobody is to make up there, any more."""

    def __init__(self) -> None:
        super().__init__(_l("この補講は、もう予定にありません。"))


def make_up(enrolment_id: int, missed_id: int, meeting_id: int, *, actor: Actor, now: datetime) -> int:
    """The learner of the booking, who misses one of its meetings, is expected at another run's; their id.

    Raises NotFound, NotActive, NotOffered, MeetingCalledOff, AlreadyBegun.
    """
    enrolment, meeting = enrolment_row(enrolment_id), meeting_row(meeting_id)
    if enrolment is None:
        raise NotFound
    if meeting is None:
        raise NotOffered
    lock_run(meeting.run_id)
    standing_of(enrolment.learner_id, clock.local(now).date()).demand_active()
    missed = next((one for one in missed_of(enrolment_id) if one.meeting_id == missed_id), None)
    if missed is None:
        raise NotFound
    if meeting_id not in {one.meeting.id for one in offered_for(missed, enrolment.learner_id, now)}:
        if meeting.starts_at <= now:
            raise AlreadyBegun
        raise NotOffered
    mark = Mark(enrolment.learner_id, AttendanceState.MAKING_UP, now)
    record_attendance(meeting_id, [mark], actor=actor, now=now)
    return enrolment.learner_id


def give_up_making_up(learner_id: int, meeting_id: int, *, actor: Actor, now: datetime) -> None:
    """The learner is not expected there any more, and may make up elsewhere. Raises NotFound, NotArranged."""
    meeting = meeting_row(meeting_id)
    if meeting is None:
        raise NotFound
    lock_run(meeting.run_id)
    if meeting_id not in {one.meeting_id for one in arranged_for(learner_id, now)}:
        raise NotArranged
    record_attendance(meeting_id, [Mark(learner_id, AttendanceState.UNMARKED, now)], actor=actor, now=now)
