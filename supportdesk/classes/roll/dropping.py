"""An attendance mark that was tapped on a phone without a network: what happens to it when it arrives.

Registered by `plug_in` with `learners.dropbox`, which keeps it once and holds what is refused here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, cast, literal, select

from supportdesk.classes.attendance import ATTENDED, Mark, lock_meeting, record_attendance
from supportdesk.classes.attendance_forms import SEEN
from supportdesk.classes.attendance_queries import is_on_roster
from supportdesk.classes.duty import meeting_of, meetings_answered_for
from supportdesk.classes.models import AttendanceState
from supportdesk.classes.queries import MEETING
from supportdesk.classes.words import ATTENDANCE
from supportdesk.core.activities import activity, describe
from supportdesk.core.addresses import LARGEST_ID
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.moments import span
from supportdesk.core.permissions import Actor
from supportdesk.learners.dropbox.kinds import Kind, Told, Unreadable, Written

NAME: Final = "attendance_mark"


class NotYourMeeting(DeskError):
    """Whoever tapped does not hold the meeting, or not any more."""

    def __init__(self) -> None:
        super().__init__(_l("送った人は、この教室の担当ではありません。"))


class NotOnRoster(DeskError):
    """The learner gave up the seat while the phone had no network."""

    def __init__(self) -> None:
        super().__init__(_l("この方は、この教室の名簿にいません。"))


class NothingToRecord(DeskError):
    """Whoever is not on the roster cannot be missing."""

    def __init__(self) -> None:
        super().__init__(_l("名簿にいない方の欠席は記録できません。「記録しない」を押してください。"))


def read(content: Mapping[str, Any]) -> tuple[int, str]:
    """Whose mark it is, and at which meeting. Raises Unreadable."""
    learner_id, meeting_id = content.get("learner"), content.get("meeting")
    if not _is_id(learner_id) or not _is_id(meeting_id) or content.get("state") not in list(SEEN):
        raise Unreadable
    return int(str(learner_id)), activity("meeting", int(str(meeting_id)))


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value <= LARGEST_ID


def record(written: Written, /, *, actor: Actor, now: datetime, insisted: bool) -> None:
    """Mark the learner as they were seen. Somebody who looked at it may insist on whoever is not on the roster: they
    came without a seat. Raises what `record_attendance` raises, NotYourMeeting, NotOnRoster, NothingToRecord.
    """
    meeting_id, state = int(written.activity.partition(":")[2]), AttendanceState(written.content["state"])
    if not insisted:
        _demand_duty(actor, meeting_id)
    lock_meeting(meeting_id)  # before the roster: to call a class off empties it
    if not is_on_roster(meeting_id, written.learner_id):
        if not insisted:
            raise NotOnRoster
        if state not in ATTENDED:
            raise NothingToRecord
        state = AttendanceState.WALK_IN
    record_attendance(meeting_id, [Mark(written.learner_id, state, written.observed_at)], actor=actor, now=now)


def _demand_duty(actor: Actor, meeting_id: int) -> None:
    try:
        meeting_of(actor, meeting_id)
    except NotFound:
        raise NotYourMeeting from None


def tell(written: Sequence[Written]) -> Sequence[Told]:
    """Which meeting, and what was tapped."""
    known = describe(one.activity for one in written)
    return [
        Told(_meeting_in_words(known.get(one.activity)), str(ATTENDANCE[AttendanceState(one.content["state"])]))
        for one in written
    ]


def _meeting_in_words(found: Any) -> str:
    return f"{found.title} {span(found.starts_at, found.ends_at)}" if found else _("なくなった教室")


def answers_for(actor: Actor, column: Any) -> ColumnElement[bool] | None:
    """The meetings that the actor holds, and those of the districts in which they manage classes."""
    meetings = meetings_answered_for(actor)
    name = (literal("meeting:") + cast(MEETING.c.id, String)).label("name")
    return column.in_(select(name).where(MEETING.c.id.in_(meetings)))


KIND: Final = Kind(
    NAME,
    read,
    record,
    tell,
    answers_for,
    advice={
        "MeetingCalledOff": _l(
            "この教室は、送る前に中止になりました。だれも来ていなければ「記録しない」を押してください。"
            "教室を開いたときは、地区担当に知らせてください。"
        ),
        "NotOnRoster": _l(
            "この方の予約は、送る前に取り消されました。来ていたときは「記録する」を押すと、飛び入りとして記録します。"
        ),
        "NotYourMeeting": _l("送った人は、もうこの教室の担当ではありません。正しければ「記録する」を押してください。"),
        "SenderChanged": _l(
            "送った人のパスワードが変わったか、アカウントが止まっています。本人にたしかめて、正しければ「記録する」を押してください。"
        ),
        "NotYetHeld": _l("開催日より前の日時で届きました。スマホの時計がちがっていたのかもしれません。"),
        "AttendanceClosed": _l("出欠を直せる日を過ぎて届きました。記録できるのは管理者だけです。"),
    },
)
