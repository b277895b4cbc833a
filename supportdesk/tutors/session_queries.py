"""Reads of sessions: a tutor's own, those of a coordinator's districts, and how one of them came to say what it says.

A name, a note and levels are shown to whoever may see the learner; the hours are the tutor's and the district's.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import aliased

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor, Permission
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as_column
from supportdesk.learners.rooms import scope_of
from supportdesk.places.models import District, Venue
from supportdesk.skills.models import SkillEvidence
from supportdesk.skills.queries import skill_names
from supportdesk.tutors.figures import districts_of
from supportdesk.tutors.models import STANDS, PeerSession

_SESSION = table_of(PeerSession)
_LEARNER = table_of(Learner)
_EVIDENCE = table_of(SkillEvidence)


class SessionRow(NamedTuple):
    """A session as the actor sees it; `name` and `note` are empty where the learner is none of theirs."""

    id: int
    learner_id: int
    tutor_id: int
    held_at: datetime
    minutes: int
    in_group: bool
    where: str
    district: str
    district_code: str
    venue_id: int | None
    place: str
    logged_at: datetime
    withdrawn_at: datetime | None
    tutor: str
    note: str
    name: str


def _sessions(actor: Actor) -> Select[Any]:
    scope = scope_of(actor)
    known = true() if scope is None else _SESSION.c.learner_id.in_(scope)
    name = known_as_column(_LEARNER)
    return (
        select(
            _SESSION.c.id,
            _SESSION.c.learner_id,
            _SESSION.c.tutor_id,
            _SESSION.c.held_at,
            _SESSION.c.minutes,
            _SESSION.c.in_group,
            func.coalesce(Venue.name, _SESSION.c.place),
            District.name,
            _SESSION.c.district_code,
            _SESSION.c.venue_id,
            _SESSION.c.place,
            _SESSION.c.logged_at,
            _SESSION.c.withdrawn_at,
            Account.name,
            case((known, _SESSION.c.note), else_=""),
            case((known, name), else_="").label("shown_name"),
        )
        .join(_LEARNER, _LEARNER.c.id == _SESSION.c.learner_id)
        .join(District, District.code == _SESSION.c.district_code)
        .join(Account, Account.id == _SESSION.c.tutor_id)
        .outerjoin(Venue, Venue.id == _SESSION.c.venue_id)
        .order_by(_SESSION.c.held_at.desc(), _SESSION.c.id.desc())
    )


def sessions_page(actor: Actor, number: int) -> Page[SessionRow]:
    """What the actor logged as a tutor, the latest first."""
    return _page(_sessions(actor).where(STANDS, _SESSION.c.tutor_id == actor.account_id), number)


def district_page(actor: Actor, code: str, first: date, last: date, number: int) -> Page[SessionRow]:
    """The sessions that count in a district in those days, the latest first."""
    since, until = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    within = and_(_SESSION.c.held_at >= since, _SESSION.c.held_at < until)
    return _page(_sessions(actor).where(STANDS, _SESSION.c.district_code == code, within), number)


def _page(statement: Select[Any], number: int) -> Page[SessionRow]:
    page = fetch_page(statement, number)
    return page.showing([SessionRow._make(row) for row in page.rows])


def session_of(session_id: int, actor: Actor) -> SessionRow:
    """One session, standing or withdrawn: the actor's own, or one of their districts. Raises NotFound."""
    districts = [code for code, _name in districts_of(actor)] if actor.may(Permission.MATCH_TUTORS) else []
    theirs = _SESSION.c.district_code.in_(districts) if districts else false()
    row = db.session.execute(
        _sessions(actor).where(_SESSION.c.id == session_id, or_(_SESSION.c.tutor_id == actor.account_id, theirs))
    ).one_or_none()
    if row is None:
        raise NotFound
    return SessionRow._make(row)


class Version(NamedTuple):
    """One way in which a session was written down: by whom, when, and who took it back when."""

    id: int
    held_at: datetime
    minutes: int
    written_at: datetime
    writer: str | None
    withdrawn_at: datetime | None
    withdrawer: str | None


def versions_of(session_id: int) -> list[Version]:
    """How the session was written down, from the first time to what stands now: one statement."""
    earlier = select(_SESSION.c.id, _SESSION.c.corrects_id).where(_SESSION.c.id == session_id)
    before = earlier.cte("before", recursive=True)
    before = before.union(select(_SESSION.c.id, _SESSION.c.corrects_id).where(_SESSION.c.id == before.c.corrects_id))
    after = select(_SESSION.c.id).where(_SESSION.c.id == session_id).cte("after", recursive=True)
    after = after.union(select(_SESSION.c.id).where(_SESSION.c.corrects_id == after.c.id))
    writer, withdrawer = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(
            _SESSION.c.id,
            _SESSION.c.held_at,
            _SESSION.c.minutes,
            _SESSION.c.written_at,
            writer.name.label("writer"),
            _SESSION.c.withdrawn_at,
            withdrawer.name.label("withdrawer"),
        )
        .outerjoin(writer, writer.id == _SESSION.c.written_by)
        .outerjoin(withdrawer, withdrawer.id == _SESSION.c.withdrawn_by)
        .where(or_(_SESSION.c.id.in_(select(before.c.id)), _SESSION.c.id.in_(select(after.c.id))))
        .order_by(_SESSION.c.id)
    )
    return [Version._make(row) for row in rows]


def levels_seen(session_id: int) -> dict[str, int]:
    """The level of each skill that the tutor saw in that session."""
    rows = db.session.execute(
        select(_EVIDENCE.c.skill_code, _EVIDENCE.c.level).where(
            _EVIDENCE.c.activity == activity("peer_session", session_id)
        )
    )
    return {row.skill_code: row.level for row in rows}


def levels_in_words(session_id: int) -> list[tuple[str, int]]:
    """(name of the skill, level) of what the tutor saw, in the catalogue's order."""
    seen = levels_seen(session_id)
    return [(name, seen[code]) for code, name in skill_names(list(seen)).items()]


class Hours(NamedTuple):
    """What a tutor did in some time. An hour with several learners is several sessions and one hour."""

    sessions: int
    minutes: int


def hours_since(account_id: int, first: date) -> Hours:
    """This tutor's sessions from that day on."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(_SESSION.c.tutor_minutes), 0)).where(
            STANDS, _SESSION.c.tutor_id == account_id, _SESSION.c.held_at >= clock.day_bounds(first)[0]
        )
    ).one()
    return Hours(*row)
