"""An attendance mark that was tapped on a phone without a network: what happens to it when it arrives.

Registered by `plug_in` with `learners.dropbox`, which keeps it once and holds what is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, or_, select

from supportdesk.classes.attendance import Mark, lock_meeting, record_attendance
from supportdesk.classes.attendance_forms import SEEN
from supportdesk.classes.attendance_queries import MARK, is_on_roster
from supportdesk.classes.duty import demand_answer_for, held_among, meeting_of, meetings_answered_for
from supportdesk.classes.marks import ATTENDED, marks_of
from supportdesk.classes.models import AttendanceState
from supportdesk.classes.queries import ENROLMENT, MEETING
from supportdesk.classes.words import ATTENDANCE
from supportdesk.core.activities import activity, describe, page_of, row_of
from supportdesk.core.addresses import LARGEST_ID
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.moments import span
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
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
    """Mark the learner as they were seen. Whoever answers for the meeting may insist on somebody who had a place in its
    run and gave it up: they came without a seat. Whoever was marked there before is marked again.

    Raises what `record_attendance` raises, NotYourMeeting, NotOnRoster, NothingToRecord, and NotFound when whoever
    insists does not answer for the meeting.
    """
    meeting_id, learner_id = _meeting(written.activity), written.learner_id
    if insisted:
        demand_answer_for(actor, meeting_id)
    else:
        _demand_duty(actor, meeting_id)
    lock_meeting(meeting_id)  # before the roster: to call a class off empties it
    state = AttendanceState(written.content["state"])
    if not is_on_roster(meeting_id, learner_id):
        state = _off_the_roster(meeting_id, learner_id, state, insisted=insisted)
    record_attendance(meeting_id, [Mark(learner_id, state, written.observed_at)], actor=actor, now=now)


def _off_the_roster(meeting_id: int, learner_id: int, state: AttendanceState, *, insisted: bool) -> AttendanceState:
    marked = bool(marks_of(meeting_id, [learner_id]))
    if not marked and not (insisted and _was_enrolled(meeting_id, learner_id)):
        raise NotOnRoster
    if state in ATTENDED:
        return AttendanceState.WALK_IN
    if not marked:
        raise NothingToRecord
    return state


def _was_enrolled(meeting_id: int, learner_id: int) -> bool:
    wanted = _enrolled(literal(learner_id)).where(MEETING.c.id == meeting_id)
    return db.session.execute(wanted).first() is not None


def _enrolled(learner: Any) -> Select[Any]:
    """The meetings of the runs in which the learner has or had a place."""
    return (
        select(MEETING.c.id)
        .join(ENROLMENT, ENROLMENT.c.run_id == MEETING.c.run_id)
        .where(ENROLMENT.c.learner_id == learner)
    )


def _meeting(name: str) -> int:
    return row_of(name, "meeting") or 0


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
    return column.in_(select(_named(MEETING.c.id)).where(MEETING.c.id.in_(meetings_answered_for(actor))))


def belongs(column: Any, learner: Any) -> ColumnElement[bool]:
    """Whoever has or had a place in the meeting's run, or was marked at it."""
    marked = exists().where(MARK.c.learner_id == learner, _named(MARK.c.meeting_id) == column)
    return or_(_enrolled(learner).where(_named(MEETING.c.id) == column).exists(), marked)


def _named(meeting_id: Any) -> ColumnElement[str]:
    return (literal("meeting:") + cast(meeting_id, String)).label("name")


def can_insist(written: Written, reason: str, actor: Actor) -> bool:
    """Not on a class called off, on what was seen before its day, nor on an absence of whoever had no place."""
    if reason == "NotOnRoster":
        return AttendanceState(written.content["state"]) in ATTENDED
    if reason == "AttendanceClosed":
        return Role.ADMIN in actor.roles
    return reason not in {"MeetingCalledOff", "NotYetHeld"}


def pages(actor: Actor, names: Iterable[str]) -> Mapping[str, str]:
    """The ordinary page of attendance, for whoever may take it."""
    found = {
        activity("meeting", meeting_id): page_of("classes.attendance", meeting_id=meeting_id)
        for meeting_id in held_among(actor, map(_meeting, names))
    }
    return {name: page for name, page in found.items() if page}


KIND: Final = Kind(
    NAME,
    read,
    record,
    tell,
    answers_for,
    belongs,
    can_insist,
    pages,
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
        "NotYetHeld": _l(
            "開催日より前の日時で届きました。スマホの時計がちがっていたのかもしれません。"
            "ふつうの出欠の画面で記録してから、「記録しない」を押してください。"
        ),
        "AttendanceClosed": _l("出欠を直せる日を過ぎて届きました。記録できるのは管理者だけです。"),
    },
)
