"""After a meeting: what its learners can do now, for all at once with exceptions. Called by the levels page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.attendance import lock_meeting
from supportdesk.classes.errors import NobodyThere, NotYetHeld, SkillNotTaught
from supportdesk.classes.locking import MEETING
from supportdesk.classes.marks import ATTENDED
from supportdesk.classes.models import AttendanceMark, RunKind
from supportdesk.classes.queries import skills_of_meeting
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.consents import declined
from supportdesk.skills.levels import ALONE
from supportdesk.skills.models import EvidenceSource, SkillEvidence, SkillLevel
from supportdesk.skills.operations import Observation, award_skills

_MARK = table_of(AttendanceMark)
_EVIDENCE = table_of(SkillEvidence)
_LEVEL = table_of(SkillLevel)

#: Where evidence that is written here comes from.
SOURCES: Final = {RunKind.CLASS: EvidenceSource.CLASS, RunKind.LECTURE: EvidenceSource.LECTURE}
#: (learner, skill)
Pair = tuple[int, str]


class ToConfirm(NamedTuple):
    """Whose levels are confirmed at a meeting, and what has been written there before.

    `all_of`: took part and want a record; what is said of all is said of them. `seen`: the latest level written at this
    very meeting, also of somebody since marked absent. `declined`: took part, and want no record.
    """

    skills: tuple[str, ...]
    all_of: frozenset[int]
    declined: frozenset[int]
    seen: dict[Pair, int]


def to_confirm(meeting_id: int) -> ToConfirm:
    """Four statements."""
    there = frozenset(
        db.session.scalars(
            select(_MARK.c.learner_id).where(
                _MARK.c.meeting_id == meeting_id, _MARK.c.current, _MARK.c.state.in_(ATTENDED)
            )
        )
    )
    no_record = declined(there)
    return ToConfirm(tuple(skills_of_meeting(meeting_id)), there - no_record, no_record, seen_at(meeting_id))


def seen_at(meeting_id: int) -> dict[Pair, int]:
    """The latest level written at this meeting, by learner and skill."""
    rows = db.session.execute(
        select(_EVIDENCE.c.learner_id, _EVIDENCE.c.skill_code, _EVIDENCE.c.level)
        .where(_EVIDENCE.c.activity == activity("meeting", meeting_id), _EVIDENCE.c.source.in_(SOURCES.values()))
        .order_by(_EVIDENCE.c.observed_at, _EVIDENCE.c.id)
    )
    return {(row.learner_id, row.skill_code): row.level for row in rows}


def confirm_levels(
    meeting_id: int,
    exceptions: Mapping[Pair, int | None] | None = None,
    level: int = ALONE,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Write the level as evidence for everybody who took part and every skill taught; how many learners that touched.

    An exception gives one learner another level in one skill, or none where nobody looked. What is said of all at once
    never lowers what somebody saw of one learner elsewhere, and leaves a claim of 人に教えられる to be looked at.
    Confirmed again, it writes what is different now; the evidence counts as seen at the meeting, whenever it is
    written. Absentees, and those who want no record, are left out. Raises NotFound, MeetingCalledOff, NotYetHeld,
    NobodyThere, SkillNotTaught, UnknownSkill.
    """
    meeting = lock_meeting(meeting_id)
    if now < meeting.starts_at:
        raise NotYetHeld
    exceptions = exceptions or {}
    asked = to_confirm(meeting_id)
    if not asked.all_of and not asked.seen:
        raise NobodyThere
    if {code for _learner, code in exceptions} - set(asked.skills):
        raise SkillNotTaught
    observations = [
        *_singly(exceptions, asked),
        *_for_all(meeting_id, level, besides=exceptions, asked=asked),
    ]
    award_skills(
        observations,
        source=SOURCES[meeting.kind],
        activity=activity("meeting", meeting_id),
        observed_at=min(now, meeting.ends_at),
        actor=actor,
        now=now,
    )
    connection().execute(update(MEETING).where(MEETING.c.id == meeting_id).values(levels_confirmed_at=now))
    audit.record(actor=actor, action=Action.CONFIRM_LEVELS, subject=f"meeting:{meeting_id}", now=now)
    return len({seen.learner_id for seen in observations})


def _singly(exceptions: Mapping[Pair, int | None], asked: ToConfirm) -> list[Observation]:
    """What was said of one learner and one skill: of those who took part, or whose level was written here before."""
    concerned = asked.all_of | {learner_id for learner_id, _code in asked.seen} - asked.declined
    return [
        Observation(learner_id, code, level)
        for (learner_id, code), level in exceptions.items()
        if level is not None and learner_id in concerned and asked.seen.get((learner_id, code)) != level
    ]


def _for_all(meeting_id: int, level: int, *, besides: Collection[Pair], asked: ToConfirm) -> list[Observation]:
    spared = _better_seen_elsewhere(meeting_id, level, asked)
    return [
        Observation(learner_id, code, level, bulk=True)
        for learner_id in sorted(asked.all_of)
        for code in asked.skills
        if (learner_id, code) not in besides
        and (learner_id, code) not in spared
        and asked.seen.get((learner_id, code)) != level
    ]


def _better_seen_elsewhere(meeting_id: int, level: int, asked: ToConfirm) -> set[Pair]:
    """Where more than this level was seen at another activity, or is claimed and waits for somebody to look."""
    rows = db.session.execute(
        select(
            _LEVEL.c.learner_id,
            _LEVEL.c.skill_code,
            _LEVEL.c.level,
            _LEVEL.c.self_level,
            _LEVEL.c.awaits_staff,
            _EVIDENCE.c.level.label("observed"),
        )
        .outerjoin(_EVIDENCE, _EVIDENCE.c.id == _LEVEL.c.evidence_id)
        .where(
            _LEVEL.c.learner_id.in_(asked.all_of),
            _LEVEL.c.skill_code.in_(asked.skills),
            func.coalesce(_EVIDENCE.c.activity, "") != activity("meeting", meeting_id),
        )
    )
    spared = set()
    for row in rows:
        claimed = max(row.observed or 0, row.self_level or 0) if row.awaits_staff else 0
        if max(row.level or 0, claimed) > level:
            spared.add((row.learner_id, row.skill_code))
    return spared
