"""What happened to a learner in classes and lectures, for the one timeline of all rooms. Registered by `plug_in`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select

from supportdesk.accounts.models import Account
from supportdesk.classes.confirmation import SOURCES
from supportdesk.classes.descriptions import meeting_address, run_title
from supportdesk.classes.models import AttendanceMark, AttendanceState, EnrolmentState, RunKind
from supportdesk.classes.queries import ENROLMENT, MEETING, NOT_CALLED_OFF, RUN
from supportdesk.classes.sheets.telling import sheets_in_words
from supportdesk.classes.words import ATTENDANCE
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.extensions import db
from supportdesk.learners.rooms import Ahead, EntryKind, Latest, TimelineEntry
from supportdesk.skills.models import SkillEvidence
from supportdesk.skills.queries import skill_names
from supportdesk.skills.words import LEVELS

_MARK = table_of(AttendanceMark)
_EVIDENCE = table_of(SkillEvidence)
_KINDS: Final[dict[RunKind, EntryKind]] = {RunKind.CLASS: "class", RunKind.LECTURE: "lecture"}


def entries(learner_id: int, latest: Latest) -> list[TimelineEntry]:
    """Each meeting at which the learner was marked: how they came, and the levels confirmed there; and their
    feedback sheets. Five statements."""
    meetings = _meetings(learner_id, latest)
    levels = _levels_confirmed(learner_id, [activity("meeting", row.id) for row in meetings])
    return [
        *sheets_in_words(learner_id, latest),
        *_in_words(meetings, levels),
    ]


def _in_words(meetings: Sequence[Any], levels: dict[str, list[str]]) -> list[TimelineEntry]:
    return [
        TimelineEntry(
            at=row.starts_at,
            kind=_KINDS[row.kind],
            title=run_title(row.title, row.group_name),
            text=_("、").join([str(ATTENDANCE[row.state]), *levels.get(activity("meeting", row.id), [])]),
            by=row.by or "",
            activity=activity("meeting", row.id),
            url=meeting_address(row.run_id),
        )
        for row in meetings
    ]


#: Written once: every letter that is typed into a search passes through here.
_AHEAD: Final = (
    select(ENROLMENT.c.learner_id, func.min(MEETING.c.starts_at).label("at"))
    .join(MEETING, MEETING.c.run_id == ENROLMENT.c.run_id)
    .where(
        ENROLMENT.c.learner_id.in_(bindparam("ids", expanding=True)),
        ENROLMENT.c.state != EnrolmentState.CANCELLED,
        MEETING.c.ends_at > bindparam("now"),
        NOT_CALLED_OFF,
    )
    .group_by(ENROLMENT.c.learner_id)
)


def upcoming(learner_ids: Collection[int], now: datetime) -> dict[int, Ahead]:
    """The next meeting of each who has a seat or waits for one. One statement."""
    rows = connection().execute(_AHEAD, {"ids": list(learner_ids), "now": now})
    return {row.learner_id: Ahead(row.at, "class") for row in rows}


def booked(learner_id: int, now: datetime) -> list[TimelineEntry]:
    """The next meeting of each run in which the learner has a seat or waits for one. One statement."""
    rows = db.session.execute(
        select(
            RUN.c.id,
            RUN.c.kind,
            RUN.c.title,
            RUN.c.group_name,
            ENROLMENT.c.state,
            func.min(MEETING.c.starts_at).label("at"),
        )
        .join(ENROLMENT, ENROLMENT.c.run_id == RUN.c.id)
        .join(MEETING, MEETING.c.run_id == RUN.c.id)
        .where(
            ENROLMENT.c.learner_id == learner_id,
            ENROLMENT.c.state != EnrolmentState.CANCELLED,
            MEETING.c.ends_at > now,
            NOT_CALLED_OFF,
        )
        .group_by(RUN.c.id, RUN.c.kind, RUN.c.title, RUN.c.group_name, ENROLMENT.c.state)
    )
    return [
        TimelineEntry(
            at=row.at,
            kind=_KINDS[row.kind],
            title=run_title(row.title, row.group_name),
            text=_("キャンセル待ち") if row.state is EnrolmentState.WAITING else "",
            url=meeting_address(row.id),
        )
        for row in rows
    ]


def _meetings(learner_id: int, latest: Latest) -> list[Any]:
    statement = (
        select(
            MEETING.c.id,
            MEETING.c.run_id,
            MEETING.c.starts_at,
            RUN.c.kind,
            RUN.c.title,
            RUN.c.group_name,
            _MARK.c.state,
            Account.name.label("by"),
        )
        .join(RUN, RUN.c.id == MEETING.c.run_id)
        .join(_MARK, _MARK.c.meeting_id == MEETING.c.id)
        .outerjoin(Account, Account.id == _MARK.c.recorded_by)
        .where(_MARK.c.learner_id == learner_id, _MARK.c.current, _MARK.c.state != AttendanceState.UNMARKED)
    )
    return list(db.session.execute(latest.of(statement, MEETING.c.starts_at, MEETING.c.id)))


def _levels_confirmed(learner_id: int, meetings: Sequence[str]) -> dict[str, list[str]]:
    """What was confirmed at each of the meetings, in words; of corrections the last."""
    rows = db.session.execute(
        select(_EVIDENCE.c.activity, _EVIDENCE.c.skill_code, _EVIDENCE.c.level)
        .where(
            _EVIDENCE.c.learner_id == learner_id,
            _EVIDENCE.c.source.in_(SOURCES.values()),
            _EVIDENCE.c.activity.in_(meetings),
        )
        .order_by(_EVIDENCE.c.observed_at, _EVIDENCE.c.id)
    )
    latest: dict[str, dict[str, int]] = {}
    for row in rows:
        latest.setdefault(row.activity, {})[row.skill_code] = row.level
    names = skill_names({code for levels in latest.values() for code in levels})
    return {
        name: [
            _("%(skill)s：%(level)s", skill=names[code], level=LEVELS[levels[code]]) for code in names if code in levels
        ]
        for name, levels in latest.items()
    }
