"""The verbs of this room but one: appointing tutors and entrusting learners to them. What the two do together is
logged in `sessions`.

Called by the pages of tutors and coordinators, and by the demo.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import not_over
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Permission, Role
from supportdesk.learners.standing import active_standing_of, standing_of
from supportdesk.learners.tutor_wishes import settle_wish
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places.districts import UnknownDistrict
from supportdesk.places.staff import change_districts
from supportdesk.skills.models import Skill
from supportdesk.skills.operations import UnknownSkill
from supportdesk.tutors import wording
from supportdesk.tutors.errors import (
    AlreadyEnded,
    AlreadyMatched,
    CoordinatorsDistricts,
    NotATutor,
    OwnSelf,
)
from supportdesk.tutors.figures import district_codes_of, districts_of
from supportdesk.tutors.models import Match, Tutor, TutorSkill

_ACCOUNT = table_of(Account)
_TUTOR = table_of(Tutor)
_MATCH = table_of(Match)


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
    held = select(AccountRole.role).where(AccountRole.account_id == account_id, not_over(AccountRole))
    roles = connection().execute(held).scalars().all()
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
    NotActive, AlreadyMatched, OwnSelf.
    """
    account = _lock_account(tutor_id)
    if connection().scalar(select(_TUTOR.c.account_id).where(_TUTOR.c.account_id == tutor_id)) is None:
        raise NotFound
    standing = active_standing_of(learner_id, clock.local(now).date())
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
    settle_wish(learner_id, actor=actor, now=now)
    _note(Action.MATCH_LEARNER, learner_id, now=now, actor=actor, match=match_id, tutor=tutor_id)
    return match_id


def end_match(match_id: int, *, told: bool = False, actor: Actor, now: datetime) -> None:
    """The tutor sees the learner no more, and the learner is to be told. What was logged stays.

    `told`: they know, or nobody is to tell them. Raises NotFound and AlreadyEnded.
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
        told=told,
        now=now,
    )
    _note(Action.END_MATCH, match.learner_id, now=now, actor=actor, match=match_id, tutor=match.tutor_id)


def _live_match(tutor_id: int, learner_id: int) -> int | None:
    return connection().scalar(
        select(_MATCH.c.id).where(
            _MATCH.c.tutor_id == tutor_id, _MATCH.c.learner_id == learner_id, _MATCH.c.ended_at.is_(None)
        )
    )


def _note(action: Action, learner_id: int, *, actor: Actor, now: datetime, **detail: int) -> None:
    audit.record(actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail=detail)
