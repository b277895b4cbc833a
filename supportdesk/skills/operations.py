"""Writing down what somebody saw of a learner, and deriving levels from it. Called by every room that teaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, exists, insert, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor
from supportdesk.learners.consents import declined
from supportdesk.learners.models import Device, Learner
from supportdesk.learners.standing import standings_of
from supportdesk.skills.levels import Seen, derive_level
from supportdesk.skills.models import EvidenceSource, EvidenceWithdrawal, Skill, SkillEvidence, SkillLevel

_EVIDENCE = table_of(SkillEvidence)
_WITHDRAWAL = table_of(EvidenceWithdrawal)
_LEVEL = table_of(SkillLevel)
_LEARNER = table_of(Learner)

#: Observations of one learner are written one after the other, so that the level follows from all of them. Locked in
#: the order of ids: opposite orders would deadlock on PostgreSQL.
_LOCK: Final = (
    select(_LEARNER.c.id)
    .where(_LEARNER.c.id.in_(bindparam("wanted", expanding=True)))
    .order_by(_LEARNER.c.id)
    .with_for_update(key_share=True)
)
_STANDS: Final = ~exists().where(_WITHDRAWAL.c.evidence_id == _EVIDENCE.c.id)
_IN_ORDER: Final = (
    select(_EVIDENCE.c.id, _EVIDENCE.c.learner_id, _EVIDENCE.c.skill_code, _EVIDENCE.c.level, _EVIDENCE.c.source)
    .where(_EVIDENCE.c.learner_id.in_(bindparam("wanted", expanding=True)), _STANDS)
    .order_by(_EVIDENCE.c.observed_at, _EVIDENCE.c.id)
)
_FORGET: Final = delete(_LEVEL).where(_LEVEL.c.learner_id.in_(bindparam("wanted", expanding=True)))
_AT_ONCE: Final = 500


class Observation(NamedTuple):
    """A learner showed (or claims) a level from 0 to 3 in a skill. `bulk`: confirmed for everybody at once."""

    learner_id: int
    skill_code: str
    level: int
    bulk: bool = False


class UnknownSkill(DeskError):
    """A skill that is not in the catalogue, or a level that there is not."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("一覧にないスキルか、ない度合いです。もう一度えらんでください。"), field="levels")


def award_skills(
    observations: Sequence[Observation],
    *,
    source: EvidenceSource,
    activity: str,
    observed_at: datetime,
    observer_id: int | None = None,
    device: Device | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Write evidence and derive the levels anew, for the learners concerned. Nothing is written of those who want no
    record, whoever saw it.

    `activity` names where it was seen ("meeting:5"), `observer_id` who saw it where the actor only writes it down,
    `device` on which phone where it was not their own.
    Order is that of `observed_at`, not of arrival; a clock that runs ahead is set back to `now`. Raises UnknownSkill,
    and NotFound for a learner who does not exist.
    """
    if not observations:
        return
    _check(observations)
    learner_ids = sorted({seen.learner_id for seen in observations})
    connection().execute(_LOCK, {"wanted": learner_ids}).all()
    no_record = declined(learner_ids)
    if no_record:
        observations = [seen for seen in observations if seen.learner_id not in no_record]
        learner_ids = [learner_id for learner_id in learner_ids if learner_id not in no_record]
    if not observations:
        return
    observed_at = min(observed_at, now)
    standings = standings_of(learner_ids, clock.local(observed_at).date())
    connection().execute(
        insert(_EVIDENCE),
        [
            {
                "learner_id": seen.learner_id,
                "skill_code": seen.skill_code,
                "level": seen.level,
                "source": source,
                "activity": activity,
                "observer_id": observer_id or actor.account_id,
                "observed_at": observed_at,
                "recorded_at": now,
                "bulk": seen.bulk,
                "device": device or standings[seen.learner_id].device,
                "residence": standings[seen.learner_id].residence,
                "age_band": standings[seen.learner_id].age_band,
            }
            for seen in observations
        ],
    )
    for learner_id in learner_ids:
        audit.record(
            actor=actor,
            action=Action.AWARD_SKILLS,
            subject=f"learner:{learner_id}",
            now=now,
            detail={"activity": activity},
        )
    _derive_anew(learner_ids)


def withdraw_evidence(activity: str, *, learner_id: int | None = None, actor: Actor, now: datetime) -> None:
    """What was written of this activity, of one learner or of all, was a mistake or is not to count any more: it stays,
    and the levels are derived as if it were not there.
    """
    wanted = select(_EVIDENCE.c.id, _EVIDENCE.c.learner_id).where(_EVIDENCE.c.activity == activity, _STANDS)
    if learner_id is not None:
        wanted = wanted.where(_EVIDENCE.c.learner_id == learner_id)
    mistaken = connection().execute(wanted).all()
    if not mistaken:
        return
    learner_ids = sorted({row.learner_id for row in mistaken})
    connection().execute(_LOCK, {"wanted": learner_ids}).all()
    connection().execute(
        insert(_WITHDRAWAL),
        [{"evidence_id": row.id, "withdrawn_at": now, "withdrawn_by": actor.account_id} for row in mistaken],
    )
    for learner_id in learner_ids:
        audit.record(
            actor=actor,
            action=Action.WITHDRAW_EVIDENCE,
            subject=f"learner:{learner_id}",
            now=now,
            detail={"activity": activity},
        )
    _derive_anew(learner_ids)


def rebuild_levels(learner_ids: Iterable[int] | None = None) -> None:
    """Derive the levels of these learners, or of all, from their evidence. Changes nothing when all is in order."""
    if learner_ids is None:
        everybody = connection().execute(select(_EVIDENCE.c.learner_id).distinct().order_by(_EVIDENCE.c.learner_id))
        learner_ids = everybody.scalars().all()
    wanted = sorted(set(learner_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        connection().execute(_LOCK, {"wanted": some}).all()
        _derive_anew(some)


def _check(observations: Sequence[Observation]) -> None:
    wanted = {seen.skill_code for seen in observations}
    known = connection().execute(select(Skill.code).where(Skill.code.in_(wanted))).scalars().all()
    if wanted - set(known) or any(not 0 <= seen.level <= 3 for seen in observations):
        raise UnknownSkill


def _derive_anew(learner_ids: list[int]) -> None:
    seen: dict[tuple[int, str], list[Seen]] = defaultdict(list)
    for row in connection().execute(_IN_ORDER, {"wanted": learner_ids}):
        seen[row.learner_id, row.skill_code].append(Seen(row.id, row.level, row.source))
    rows: list[dict[str, Any]] = [
        {"learner_id": learner_id, "skill_code": skill_code, **derive_level(evidence)._asdict()}
        for (learner_id, skill_code), evidence in sorted(seen.items())
    ]
    connection().execute(_FORGET, {"wanted": learner_ids})
    if rows:
        connection().execute(insert(_LEVEL), rows)
