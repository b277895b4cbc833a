"""The verbs of feedback sheets: whether a class is asked, an answer from a phone, a paper typed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.attendance import LockedMeeting, lock_meeting
from supportdesk.classes.attendance_queries import is_on_roster
from supportdesk.classes.errors import MeetingCalledOff
from supportdesk.classes.locking import MEETING, RUN, lock_run
from supportdesk.classes.rules import takes_marks
from supportdesk.classes.sheets.errors import (
    NoSuchNumber,
    NotAsked,
    NothingSaid,
    SheetsClosed,
    TooManySheets,
    TypedBefore,
)
from supportdesk.classes.sheets.models import SheetWay
from supportdesk.classes.sheets.office import FEEDBACK_MOST
from supportdesk.classes.sheets.queries import SHEET, Said, is_asked, is_open, joined, seats_of
from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.learners.consents import declined


def ask_for_feedback(run_id: int, wanted: bool, *, actor: Actor, now: datetime) -> None:
    """From now on learners are asked about this run, or are not. What was said stays. Raises NotFound."""
    lock_run(run_id)
    connection().execute(update(RUN).where(RUN.c.id == run_id).values(asks_feedback=wanted))
    detail = {"asks_feedback": wanted}
    audit.record(actor=actor, action=Action.CHANGE_RUN, subject=f"run:{run_id}", now=now, detail=detail)


def answer_on_phone(
    meeting_id: int, said: Said, *, learner_id: int | None, instead_of: int | None = None, now: datetime
) -> None:
    """Keep what was said on a phone: of a learner whose own it is, who is on the roster and has not declined a record,
    one sheet, which a later answer replaces; else a sheet without a name. `instead_of`: whose own phone it is, if that
    is one person; what they said by name before goes when they answer without it.

    Raises NotFound, NotAsked, SheetsClosed, NothingSaid, TooManySheets.
    """
    meeting = _asked(meeting_id)
    if not is_open(meeting, now):
        raise SheetsClosed
    if said.is_empty:
        raise NothingSaid
    if learner_id is not None and (not is_on_roster(meeting_id, learner_id) or declined([learner_id])):
        learner_id = None
    if learner_id is None and _nameless(meeting_id) >= FEEDBACK_MOST.get():
        raise TooManySheets
    if learner_id is None and instead_of is not None:
        theirs = (SHEET.c.meeting_id == meeting_id, SHEET.c.learner_id == instead_of)
        connection().execute(delete(SHEET).where(*theirs))
    _keep(meeting_id, learner_id, said, SheetWay.PHONE, actor=SYSTEM, now=now)
    if learner_id is not None:
        _note(Action.ANSWER_FEEDBACK, meeting_id, learner_id, actor=SYSTEM, now=now)


def type_sheet(
    meeting_id: int, number: int | None, said: Said, *, again: bool = False, actor: Actor, now: datetime
) -> None:
    """Keep a paper: of whoever has the seat of that number, or without a name. `again`: in place of what is there.

    Of whoever declined a record it is kept without a name. Raises NotFound, NotAsked, SheetsClosed, NothingSaid,
    NoSuchNumber, TypedBefore.
    """
    meeting = _asked(meeting_id)
    if now < meeting.starts_at or not takes_marks(meeting, actor, now):
        raise SheetsClosed
    if said.is_empty:
        raise NothingSaid
    learner_id = None if number is None else _who_has(meeting_id, number)
    if learner_id is not None and declined([learner_id]):
        learner_id = None
    if number is not None and learner_id is not None and not again and _sheet_of(meeting_id, learner_id) is not None:
        raise TypedBefore(number)
    _keep(meeting_id, learner_id, said, SheetWay.PAPER, actor=actor, now=now)
    _note(Action.TYPE_FEEDBACK, meeting_id, learner_id, actor=actor, now=now)


def _asked(meeting_id: int) -> LockedMeeting:
    """The meeting, held until the transaction ends."""
    try:
        meeting = lock_meeting(meeting_id)
    except MeetingCalledOff:
        raise NotAsked from None
    choice = select(RUN.c.asks_feedback).join(MEETING, MEETING.c.run_id == RUN.c.id).where(MEETING.c.id == meeting_id)
    if not is_asked(meeting.kind, connection().scalar(choice)):
        raise NotAsked
    return meeting


def _who_has(meeting_id: int, number: int) -> int:
    for seat, learner_id in connection().execute(seats_of(meeting_id)):
        if seat == number:
            return int(learner_id)
    raise NoSuchNumber(number)


def _nameless(meeting_id: int) -> int:
    sent = select(func.count()).where(
        SHEET.c.meeting_id == meeting_id, SHEET.c.way == SheetWay.PHONE, SHEET.c.learner_id.is_(None)
    )
    return connection().scalar(sent) or 0


def _sheet_of(meeting_id: int, learner_id: int) -> int | None:
    theirs = select(SHEET.c.id).where(SHEET.c.meeting_id == meeting_id, SHEET.c.learner_id == learner_id)
    return connection().scalar(theirs)


def _keep(meeting_id: int, learner_id: int | None, said: Said, way: SheetWay, *, actor: Actor, now: datetime) -> None:
    values = {
        **said._asdict(),
        "areas": joined(said.areas),
        "way": way,
        "answered_at": now,
        "recorded_by": actor.account_id,
    }
    before = None if learner_id is None else _sheet_of(meeting_id, learner_id)
    if before is None:
        connection().execute(insert(SHEET), {"meeting_id": meeting_id, "learner_id": learner_id, **values})
    else:
        connection().execute(update(SHEET).where(SHEET.c.id == before).values(values))


def _note(action: Action, meeting_id: int, learner_id: int | None, *, actor: Actor, now: datetime) -> None:
    """That it was done, not what was said."""
    learners = [] if learner_id is None else [learner_id]
    audit.record(actor=actor, action=action, subject=activity("meeting", meeting_id), learners=learners, now=now)
