"""What tutor and learner did together: logged when it is over, corrected, withdrawn.

Called by the pages of tutors and coordinators, and by the demo. A session is a fact after the event and takes nobody's
time on paper; but no tutor was in two places, which each of these verbs makes sure of behind the lock of their account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.locking import lock_account
from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Permission
from supportdesk.extensions import db
from supportdesk.learners.standing import standing_of
from supportdesk.places.districts import demand_districts
from supportdesk.places.models import Venue
from supportdesk.skills.models import EvidenceSource
from supportdesk.skills.operations import Observation, award_skills, withdraw_evidence
from supportdesk.tutors.errors import (
    BadMinutes,
    LoggedBefore,
    LongAgo,
    NotYetHeld,
    NotYetOver,
    Overlapping,
    PlaceMissing,
    TooLate,
    Withdrawn,
)
from supportdesk.tutors.figures import districts_of
from supportdesk.tutors.models import STANDS, Match, PeerSession
from supportdesk.tutors.office import CORRECTABLE_DAYS, OLDEST_DAYS

_ACCOUNT = table_of(Account)
_MATCH = table_of(Match)
_SESSION = table_of(PeerSession)

#: Ten hours. A session is told apart from a slip of the finger.
LONGEST: Final = 600
#: A session whose form arrives twice inserts no second row.
_WRITE: Final = {
    name: dialect.insert(_SESSION).on_conflict_do_nothing(index_elements=["uuid"]).returning(_SESSION.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


@dataclass(frozen=True, kw_only=True)
class Held:
    """When a session was held, how long, where, how it went, and the levels (by skill) that the tutor saw.

    It counts in the venue's district, else in `district_code`. `in_group`: with others, whose sessions may overlap.
    """

    held_at: datetime
    minutes: int
    district_code: str = ""
    venue_id: int | None = None
    place: str = ""
    note: str = ""
    in_group: bool = False
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def ends_at(self) -> datetime:
        return self.held_at + timedelta(minutes=self.minutes)


class Span(NamedTuple):
    """A session of a tutor, as far as their time is looked at."""

    id: int
    learner_id: int
    held_at: datetime
    minutes: int
    tutor_minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.held_at + timedelta(minutes=self.minutes)


def log_session(uuid: UUID, tutor_id: int, learner_id: int, held: Held, *, actor: Actor, now: datetime) -> int:
    """Log what tutor and learner did, with the levels seen as evidence; the session's id.

    Sent twice, the same `uuid` is logged once. Raises NotFound unless the two are matched, NotYetHeld, NotYetOver,
    LongAgo, BadMinutes, PlaceMissing, UnknownDistrict, LoggedBefore, Overlapping, UnknownSkill.
    """
    lock_account(tutor_id)  # one tutor's sessions are written one after the other: each sees those before it
    logged = _written_as(uuid, tutor_id, learner_id)
    if logged is not None:
        return logged
    if actor.account_id not in (None, tutor_id) or not _matched(tutor_id, learner_id):
        raise NotFound
    session_id = _write(uuid, tutor_id, learner_id, held, actor=actor, now=now)
    _note(Action.LOG_SESSION, learner_id, actor=actor, now=now, session=session_id)
    return session_id


def correct_session(uuid: UUID, session_id: int, held: Held, *, actor: Actor, now: datetime) -> int:
    """Write what was held in place of what was written by mistake; the new row's id. Levels follow.

    Sent twice, the same `uuid` corrects once. Raises NotFound, TooLate, Withdrawn, and what `log_session` raises of
    the session itself.
    """
    session = _locked(session_id)
    corrected = _written_as(uuid, session.tutor_id, session.learner_id)
    if corrected is not None:
        return corrected
    _demand_changeable(session, actor, now)
    _withdraw(session, actor=actor, now=now)
    new_id = _write(uuid, session.tutor_id, session.learner_id, held, corrects=session, actor=actor, now=now)
    _note(Action.CORRECT_SESSION, session.learner_id, actor=actor, now=now, session=new_id, was=session_id)
    return new_id


def withdraw_session(session_id: int, *, actor: Actor, now: datetime) -> None:
    """It was logged by mistake: it counts no more, and no level follows from it.

    Raises NotFound, TooLate, Withdrawn.
    """
    session = _locked(session_id)
    _demand_changeable(session, actor, now)
    _withdraw(session, actor=actor, now=now)
    _note(Action.WITHDRAW_SESSION, session.learner_id, actor=actor, now=now, session=session_id)


def changeable_until(session: Any, actor: Actor) -> datetime | None:
    """Until when the actor may correct or withdraw the session; None where there is no end to it.

    The tutor may for some days after logging it; a coordinator of its district and an administrator at any time.
    Raises NotFound for everybody else.
    """
    if actor.account_id is None:
        return None
    if actor.may(Permission.MATCH_TUTORS) and session.district_code in dict(districts_of(actor)):
        return None
    if actor.account_id != session.tutor_id:
        raise NotFound
    last_day = clock.local(session.logged_at).date() + timedelta(days=CORRECTABLE_DAYS.get())
    return clock.day_bounds(last_day)[1]


def _demand_changeable(session: Any, actor: Actor, now: datetime) -> None:
    until = changeable_until(session, actor)
    if session.withdrawn_at is not None:
        raise Withdrawn
    if until is not None and now >= until:
        raise TooLate


def _locked(session_id: int) -> Any:
    """The session as it stands once its tutor's others wait. Raises NotFound."""
    wanted = select(_SESSION).where(_SESSION.c.id == session_id)
    found = connection().execute(wanted).one_or_none()
    if found is None:
        raise NotFound
    lock_account(found.tutor_id)
    return connection().execute(wanted).one()


def _written_as(uuid: UUID, tutor_id: int, learner_id: int) -> int | None:
    """The session that this form has written before. Another's is nobody's business: raises NotFound."""
    written = connection().execute(select(_SESSION).where(_SESSION.c.uuid == uuid)).one_or_none()
    if written is None:
        return None
    if (written.tutor_id, written.learner_id) != (tutor_id, learner_id):
        raise NotFound
    return int(written.id)


def _write(
    uuid: UUID, tutor_id: int, learner_id: int, held: Held, *, corrects: Any = None, actor: Actor, now: datetime
) -> int:
    _demand_sensible(held, now)
    where = _place(held.venue_id, held.place, held.district_code)
    _demand_free(tutor_id, learner_id, held)
    standing = standing_of(learner_id, clock.local(held.held_at).date())
    session_id = connection().scalar(
        _WRITE[db.engine.dialect.name],
        {
            "uuid": uuid,
            "tutor_id": tutor_id,
            "learner_id": learner_id,
            "held_at": held.held_at,
            "minutes": held.minutes,
            "tutor_minutes": 0,
            "in_group": held.in_group,
            **where._asdict(),
            "note": held.note,
            "logged_at": corrects.logged_at if corrects else now,
            "written_at": now,
            "written_by": actor.account_id,
            "corrects_id": corrects.id if corrects else None,
            "residence": standing.residence,
            "age_band": standing.age_band,
        },
    )
    if session_id is None:  # another tutor's form of this very name, sent at the same moment
        raise NotFound
    _count_anew(tutor_id, held.held_at, held.ends_at)
    award_skills(
        [Observation(learner_id, code, level) for code, level in sorted(held.levels.items())],
        source=EvidenceSource.PEER_SESSION,
        activity=activity("peer_session", session_id),
        observed_at=held.held_at,
        observer_id=tutor_id,
        actor=actor,
        now=now,
    )
    return session_id


def _withdraw(session: Any, *, actor: Actor, now: datetime) -> None:
    connection().execute(
        update(_SESSION)
        .where(_SESSION.c.id == session.id)
        .values(withdrawn_at=now, withdrawn_by=actor.account_id, tutor_minutes=0)
    )
    _count_anew(session.tutor_id, session.held_at, session.held_at + timedelta(minutes=session.minutes))
    withdraw_evidence(activity("peer_session", session.id), actor=actor, now=now)


def _demand_sensible(held: Held, now: datetime) -> None:
    if held.held_at > now:
        raise NotYetHeld
    if held.held_at < now - timedelta(days=OLDEST_DAYS.get()):
        raise LongAgo
    if not 1 <= held.minutes <= LONGEST:
        raise BadMinutes
    if held.ends_at > now:
        raise NotYetOver(held.ends_at, now - timedelta(minutes=held.minutes), held.minutes)


def _demand_free(tutor_id: int, learner_id: int, held: Held) -> None:
    """Nobody is in two places: at one time a tutor has one session, or those of a group, which are marked as such."""
    others = [one for one in _spans(tutor_id, held.held_at, held.ends_at) if one.ends_at > held.held_at]
    for one in others:
        if one.learner_id == learner_id:
            raise LoggedBefore(one.held_at, one.ends_at)
        if not held.in_group:
            raise Overlapping(one.held_at, one.ends_at)
    if others:
        connection().execute(
            update(_SESSION).where(_SESSION.c.id.in_([one.id for one in others])).values(in_group=True)
        )


def _spans(tutor_id: int, since: datetime, until: datetime) -> list[Span]:
    """The tutor's sessions that begin before `until` and may reach beyond `since`, in the order of their beginning."""
    rows = connection().execute(
        select(_SESSION.c.id, _SESSION.c.learner_id, _SESSION.c.held_at, _SESSION.c.minutes, _SESSION.c.tutor_minutes)
        .where(
            STANDS,
            _SESSION.c.tutor_id == tutor_id,
            _SESSION.c.held_at > since - timedelta(minutes=LONGEST),
            _SESSION.c.held_at < until,
        )
        .order_by(_SESSION.c.held_at, _SESSION.c.id)
    )
    return [Span._make(row) for row in rows]


def _count_anew(tutor_id: int, since: datetime, until: datetime) -> None:
    """Settle what each session that begins in this time adds to the tutor's; those before it are not touched by it."""
    spans = _spans(tutor_id, since, until)
    for one, counts in zip(spans, added_minutes(spans), strict=True):
        if one.held_at >= since and counts != one.tutor_minutes:
            connection().execute(update(_SESSION).where(_SESSION.c.id == one.id).values(tutor_minutes=counts))


def added_minutes(spans: Sequence[Span]) -> list[int]:
    """What each adds to the time taken by those before it; they come in the order of their beginning."""
    added, reached = [], None
    for one in spans:
        begins = one.held_at if reached is None else max(one.held_at, reached)
        added.append(max(0, (one.ends_at - begins) // timedelta(minutes=1)))
        reached = one.ends_at if reached is None else max(one.ends_at, reached)
    return added


class _Place(NamedTuple):
    venue_id: int | None
    place: str
    district_code: str


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


def _matched(tutor_id: int, learner_id: int) -> bool:
    live = select(_MATCH.c.id).where(
        _MATCH.c.tutor_id == tutor_id, _MATCH.c.learner_id == learner_id, _MATCH.c.ended_at.is_(None)
    )
    return connection().scalar(live) is not None


def _note(action: Action, learner_id: int, *, actor: Actor, now: datetime, **detail: int) -> None:
    audit.record(actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail=detail)
