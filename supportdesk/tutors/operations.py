"""The verbs of this room: appointing tutors, entrusting learners to them, and logging what the two did together.

Called by the pages of tutors and coordinators, and by the demo.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AccountRole
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Permission, Role
from supportdesk.extensions import db
from supportdesk.learners.standing import standing_of
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places.districts import UnknownDistrict, demand_districts
from supportdesk.places.models import Venue
from supportdesk.places.staff import change_districts
from supportdesk.skills.models import EvidenceSource, Skill
from supportdesk.skills.operations import Observation, UnknownSkill, award_skills
from supportdesk.tutors import wording
from supportdesk.tutors.errors import (
    AlreadyEnded,
    AlreadyMatched,
    BadMinutes,
    CoordinatorsDistricts,
    LongAgo,
    NotATutor,
    NotYetHeld,
    OwnSelf,
    PlaceMissing,
)
from supportdesk.tutors.figures import district_codes_of, districts_of
from supportdesk.tutors.models import Match, PeerSession, Tutor, TutorSkill

_ACCOUNT = cast(Table, Account.__table__)
_TUTOR = cast(Table, Tutor.__table__)
_MATCH = cast(Table, Match.__table__)
_SESSION = cast(Table, PeerSession.__table__)

#: Ten hours. A session is told apart from a slip of the finger.
LONGEST: Final = 600
OLDEST: Final = timedelta(days=366)
#: A session whose form arrives twice inserts no second row.
_LOG: Final = {
    name: dialect.insert(_SESSION).on_conflict_do_nothing(index_elements=["uuid"]).returning(_SESSION.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def appoint_tutor(
    account_id: int,
    *,
    skills: Collection[str],
    districts: Collection[str] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Make the account's holder a tutor of these skills in these districts (None: as they are), or change what a tutor
    teaches and where. A coordinator says so of their own districts alone; the tutor's others stay as they are.

    Raises NotFound, NotATutor, UnknownSkill, UnknownDistrict, and CoordinatorsDistricts.
    """
    _lock_account(account_id)
    roles = connection().execute(select(AccountRole.role).where(AccountRole.account_id == account_id)).scalars().all()
    if Role.TUTOR not in roles:
        raise NotATutor
    _demand_known(skills)
    if connection().scalar(select(_TUTOR.c.account_id).where(_TUTOR.c.account_id == account_id)) is None:
        connection().execute(insert(_TUTOR), {"account_id": account_id, "appointed_at": now, "note": ""})
    _replace(TutorSkill.__table__, account_id, "skill_code", skills)
    audit.record(
        actor=actor,
        action=Action.APPOINT_TUTOR,
        subject=f"account:{account_id}",
        now=now,
        detail={"skills": sorted(skills)},
    )
    if districts is not None:
        _assign(account_id, set(districts), of_coordinator=Role.COORDINATOR in roles, actor=actor, now=now)


def _assign(account_id: int, wanted: set[str], *, of_coordinator: bool, actor: Actor, now: datetime) -> None:
    """Of the actor's own districts the wanted ones and no others."""
    own = {code for code, _name in districts_of(actor)}
    if wanted - own:
        raise UnknownDistrict("districts")
    if of_coordinator and not actor.may(Permission.MANAGE_ACCOUNTS) and wanted != district_codes_of(account_id) & own:
        raise CoordinatorsDistricts
    change_districts(account_id, add=wanted, remove=own - wanted, actor=actor, now=now)


def _lock_account(account_id: int) -> Any:
    """The account, for as long as the transaction lasts: one tutor's matches are made one after the other."""
    account = (
        connection()
        .execute(
            select(_ACCOUNT.c.id, _ACCOUNT.c.name, _ACCOUNT.c.person_id)
            .where(_ACCOUNT.c.id == account_id, _ACCOUNT.c.active)
            .with_for_update(key_share=True)
        )
        .one_or_none()
    )
    if account is None:
        raise NotFound
    return account


def _demand_known(skills: Collection[str]) -> None:
    known_skills = connection().execute(select(Skill.code).where(Skill.code.in_(skills))).scalars().all()
    if set(skills) - set(known_skills):
        raise UnknownSkill


def _replace(table: Any, account_id: int, column: str, values: Collection[str]) -> None:
    connection().execute(delete(table).where(table.c.account_id == account_id))
    rows = [{"account_id": account_id, column: value} for value in sorted(set(values))]
    if rows:
        connection().execute(insert(table), rows)


def match_learner(
    tutor_id: int, learner_id: int, *, wish: str = "", told: bool = False, actor: Actor, now: datetime
) -> int:
    """Entrust a learner to a tutor, who sees them from now on; the match's id. The learner is to be told.

    `told`: they know it already. Another district is no reason to refuse: the page warns of it. Raises NotFound,
    AlreadyMatched, OwnSelf.
    """
    account = _lock_account(tutor_id)
    if connection().scalar(select(_TUTOR.c.account_id).where(_TUTOR.c.account_id == tutor_id)) is None:
        raise NotFound
    standing = standing_of(learner_id, clock.local(now).date())
    if standing.person_id == account.person_id:
        raise OwnSelf
    live = _live_match(tutor_id, learner_id)
    if live is not None:
        raise AlreadyMatched(live)
    match_id = connection().scalar(
        insert(_MATCH).returning(_MATCH.c.id),
        {
            "tutor_id": tutor_id,
            "learner_id": learner_id,
            "wish": wish,
            "matched_at": now,
            "matched_by": actor.account_id,
        },
    )
    assert match_id is not None
    queue_notice(
        standing=standing,
        kind="tutor_matched",
        activity=activity("match", match_id),
        text=wording.matched(account.name),
        told=told,
        now=now,
    )
    _note(Action.MATCH_LEARNER, learner_id, now=now, actor=actor, match=match_id, tutor=tutor_id)
    return match_id


def end_match(match_id: int, *, actor: Actor, now: datetime) -> None:
    """The tutor sees the learner no more, and the learner is to be told. What was logged stays.

    Raises NotFound and AlreadyEnded.
    """
    match = (
        connection()
        .execute(
            select(_MATCH.c.tutor_id, _MATCH.c.learner_id, _MATCH.c.ended_at)
            .where(_MATCH.c.id == match_id)
            .with_for_update()
        )
        .one_or_none()
    )
    if match is None:
        raise NotFound
    if match.ended_at is not None:
        raise AlreadyEnded
    connection().execute(update(_MATCH).where(_MATCH.c.id == match_id).values(ended_at=now, ended_by=actor.account_id))
    tutor = connection().execute(select(_ACCOUNT.c.name).where(_ACCOUNT.c.id == match.tutor_id)).scalar_one()
    subject = activity("match", match_id)
    cancel_notices(subject, now=now)
    queue_notice(
        standing=standing_of(match.learner_id, clock.local(now).date()),
        kind="tutor_match_ended",
        activity=subject,
        text=wording.ended(tutor),
        now=now,
    )
    _note(Action.END_MATCH, match.learner_id, now=now, actor=actor, match=match_id, tutor=match.tutor_id)


class _Place(NamedTuple):
    venue_id: int | None
    place: str
    district_code: str


def log_session(
    uuid: UUID,
    tutor_id: int,
    learner_id: int,
    *,
    held_at: datetime,
    minutes: int,
    district_code: str = "",
    venue_id: int | None = None,
    place: str = "",
    note: str = "",
    levels: Mapping[str, int],
    actor: Actor,
    now: datetime,
) -> int:
    """Log what tutor and learner did, with the levels (by skill) that the tutor saw as evidence; the session's id.

    Sent twice, the same `uuid` is logged once. It counts in the venue's district, else in `district_code`. What was
    held is a fact: nobody's time is looked at. Raises NotFound unless the two are matched, NotYetHeld, LongAgo,
    BadMinutes, PlaceMissing, UnknownDistrict, UnknownSkill.
    """
    logged = connection().execute(select(_SESSION).where(_SESSION.c.uuid == uuid)).one_or_none()
    if logged is not None:
        return _same(logged, tutor_id, learner_id)
    if actor.account_id not in (None, tutor_id) or _live_match(tutor_id, learner_id) is None:
        raise NotFound
    _demand_sensible(held_at, minutes, now)
    where = _place(venue_id, place, district_code)
    standing = standing_of(learner_id, clock.local(held_at).date())
    session_id = connection().scalar(
        _LOG[db.engine.dialect.name],
        {
            "uuid": uuid,
            "tutor_id": tutor_id,
            "learner_id": learner_id,
            "held_at": held_at,
            "minutes": minutes,
            **where._asdict(),
            "note": note,
            "logged_at": now,
            "residence": standing.residence,
            "age_band": standing.age_band,
        },
    )
    if session_id is None:  # it arrived a second time while the first was on its way
        return _same(connection().execute(select(_SESSION).where(_SESSION.c.uuid == uuid)).one(), tutor_id, learner_id)
    award_skills(
        [Observation(learner_id, code, level) for code, level in sorted(levels.items())],
        source=EvidenceSource.PEER_SESSION,
        activity=activity("peer_session", session_id),
        observed_at=held_at,
        actor=actor,
        now=now,
    )
    _note(Action.LOG_SESSION, learner_id, now=now, actor=actor, session=session_id)
    return session_id


def _same(logged: Any, tutor_id: int, learner_id: int) -> int:
    """The session that this form has logged before. Another's is nobody's business."""
    if (logged.tutor_id, logged.learner_id) != (tutor_id, learner_id):
        raise NotFound
    return int(logged.id)


def _demand_sensible(held_at: datetime, minutes: int, now: datetime) -> None:
    if held_at > now:
        raise NotYetHeld
    if held_at < now - OLDEST:
        raise LongAgo
    if not 1 <= minutes <= LONGEST:
        raise BadMinutes


def _place(venue_id: int | None, place: str, district_code: str) -> _Place:
    """Where it counts. A venue knows its district; other places are said in words, with theirs."""
    if venue_id is not None:
        district = connection().scalar(select(Venue.district_code).where(Venue.id == venue_id))
        if district is None:
            raise PlaceMissing
        return _Place(venue_id, "", district)
    if not place:
        raise PlaceMissing
    demand_districts([district_code], field="district_code")
    return _Place(None, place, district_code)


def _live_match(tutor_id: int, learner_id: int) -> int | None:
    return connection().scalar(
        select(_MATCH.c.id).where(
            _MATCH.c.tutor_id == tutor_id, _MATCH.c.learner_id == learner_id, _MATCH.c.ended_at.is_(None)
        )
    )


def _note(action: Action, learner_id: int, *, actor: Actor, now: datetime, **detail: int) -> None:
    audit.record(actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail=detail)
