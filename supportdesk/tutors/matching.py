"""Reads for the coordinators' pages: who is matched with whom, who could be, and who the tutors are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import in_force, not_over
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as_column
from supportdesk.learners.rooms import scope_of
from supportdesk.places.models import AccountDistrict, District
from supportdesk.skills.models import Skill
from supportdesk.tutors.figures import FigureRow, Period, districts_of, figures_in_all
from supportdesk.tutors.models import STANDS, Match, PeerSession, Tutor, TutorSkill

_ACCOUNT = table_of(Account)
_MATCH = table_of(Match)
_SESSION = table_of(PeerSession)
_LEARNER = table_of(Learner)
_SERVES = table_of(AccountDistrict)
_TUTOR = table_of(Tutor)
_LIVE = _MATCH.c.ended_at.is_(None)


class ListedMatch(NamedTuple):
    """A match as its coordinator sees it."""

    id: int
    learner_id: int
    learner: str
    district: str | None
    tutor_id: int
    tutor: str
    tutor_phone: str | None
    wish: str
    matched_at: datetime
    ended_at: datetime | None
    sessions: int
    last_at: datetime | None


def _matches() -> Select[Any]:
    together = STANDS & (_SESSION.c.tutor_id == _MATCH.c.tutor_id) & (_SESSION.c.learner_id == _MATCH.c.learner_id)
    return (
        select(
            _MATCH.c.id,
            _MATCH.c.learner_id,
            known_as_column(_LEARNER).label("learner"),
            District.name.label("district"),
            _MATCH.c.tutor_id,
            _ACCOUNT.c.name.label("tutor"),
            _ACCOUNT.c.phone,
            _MATCH.c.wish,
            _MATCH.c.matched_at,
            _MATCH.c.ended_at,
            select(func.count()).where(together).correlate(_MATCH).scalar_subquery().label("sessions"),
            select(func.max(_SESSION.c.held_at)).where(together).correlate(_MATCH).scalar_subquery().label("last_at"),
        )
        .join(_LEARNER, _LEARNER.c.id == _MATCH.c.learner_id)
        .join(_ACCOUNT, _ACCOUNT.c.id == _MATCH.c.tutor_id)
        .outerjoin(District, District.code == _LEARNER.c.district_code)
    )


def matches_page(actor: Actor, number: int) -> Page[ListedMatch]:
    """The live matches of the learners whom the actor may see, the newest first."""
    statement = _matches().where(_LIVE, *_within(actor)).order_by(_MATCH.c.matched_at.desc(), _MATCH.c.id.desc())
    page = fetch_page(statement, number)
    return page.showing([ListedMatch._make(row) for row in page.rows])


def match_row(match_id: int, actor: Actor) -> ListedMatch:
    """One match, live or ended. Raises NotFound, also when the actor may not see the learner."""
    row = db.session.execute(_matches().where(_MATCH.c.id == match_id, *_within(actor))).one_or_none()
    if row is None:
        raise NotFound
    return ListedMatch._make(row)


def _within(actor: Actor) -> list[ColumnElement[bool]]:
    scope = scope_of(actor)
    return [] if scope is None else [_MATCH.c.learner_id.in_(scope)]


class TutorRow(NamedTuple):
    """A tutor, or somebody who may become one: where they help, with what, and how many learners they have now."""

    account_id: int
    name: str
    phone: str | None
    appointed_at: datetime | None
    learners: int
    districts: Sequence[str]
    skills: Sequence[str]
    near: bool


_TUTORS = (
    select(
        _ACCOUNT.c.id,
        _ACCOUNT.c.name,
        _ACCOUNT.c.phone,
        _TUTOR.c.appointed_at,
        select(func.count())
        .where(_MATCH.c.tutor_id == _ACCOUNT.c.id, _LIVE)
        .correlate(_ACCOUNT)
        .scalar_subquery()
        .label("learners"),
    )
    .outerjoin(_TUTOR, _TUTOR.c.account_id == _ACCOUNT.c.id)
    .where(
        _ACCOUNT.c.active,
        exists().where(AccountRole.account_id == _ACCOUNT.c.id, AccountRole.role == Role.TUTOR, not_over(AccountRole)),
    )
)


def tutors_page(actor: Actor, number: int, *, appointed: bool) -> Page[TutorRow]:
    """The tutors of the actor's districts and those of none yet; or those who have the role but are not appointed."""
    is_tutor = _TUTOR.c.account_id.is_not(None)
    statement = _TUTORS.where(is_tutor if appointed else ~is_tutor, *_of_own_districts(actor))
    page = fetch_page(statement.order_by(_ACCOUNT.c.kana, _ACCOUNT.c.name, _ACCOUNT.c.id), number)
    return page.showing(_with_particulars(page.rows, near_to=None))


def tutor_row(account_id: int, actor: Actor) -> TutorRow:
    """One of those on that list. Raises NotFound."""
    rows = db.session.execute(_TUTORS.where(_ACCOUNT.c.id == account_id, *_of_own_districts(actor))).all()
    for row in _with_particulars(rows, near_to=None):
        return row
    raise NotFound


def tutors_for(learner_id: int) -> list[TutorRow]:
    """Who could help this learner: those of their district first, and whoever has the fewest learners."""
    district = db.session.scalar(select(Learner.district_code).where(Learner.id == learner_id))
    serves = exists().where(
        _SERVES.c.account_id == _ACCOUNT.c.id, _SERVES.c.district_code == district, in_force(_SERVES.c)
    )
    rows = db.session.execute(
        _TUTORS.where(_TUTOR.c.account_id.is_not(None)).order_by(
            case((serves, 0), else_=1), _TUTORS.selected_columns.learners, _ACCOUNT.c.kana, _ACCOUNT.c.id
        )
    ).all()
    return _with_particulars(rows, near_to=district)


def _of_own_districts(actor: Actor) -> list[ColumnElement[bool]]:
    """Tutors of one of the actor's districts, and those who have none yet; an administrator sees all."""
    if actor.account_id is None or Role.ADMIN in actor.roles:
        return []
    own = select(_SERVES.c.district_code).where(_SERVES.c.account_id == actor.account_id, in_force(_SERVES.c))
    serves = _SERVES.alias("serves")
    of_mine = exists().where(serves.c.account_id == _ACCOUNT.c.id, serves.c.district_code.in_(own), not_over(serves.c))
    of_none = ~exists().where(serves.c.account_id == _ACCOUNT.c.id, not_over(serves.c))
    return [or_(of_mine, of_none)]


def _with_particulars(rows: Sequence[Any], *, near_to: str | None) -> list[TutorRow]:
    """Two more statements, however many tutors."""
    ids = [row.id for row in rows]
    districts: dict[int, list[tuple[str, str]]] = {}
    for row in db.session.execute(
        select(_SERVES.c.account_id, District.code, District.name)
        .join(District, District.code == _SERVES.c.district_code)
        .where(_SERVES.c.account_id.in_(ids), not_over(_SERVES.c))
        .order_by(District.position)
    ):
        districts.setdefault(row.account_id, []).append((row.code, row.name))
    skills: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(TutorSkill.account_id, Skill.code)
        .join(Skill, Skill.code == TutorSkill.skill_code)
        .where(TutorSkill.account_id.in_(ids))
        .order_by(Skill.position)
    ):
        skills.setdefault(row.account_id, []).append(row.code)
    return [
        TutorRow(
            row.id,
            row.name,
            row.phone,
            row.appointed_at,
            row.learners,
            [name for _code, name in districts.get(row.id, ())],
            skills.get(row.id, []),
            any(code == near_to for code, _name in districts.get(row.id, ())),
        )
        for row in rows
    ]


class Overview(NamedTuple):
    """How things stand: tutors and live matches now, sessions in a period."""

    tutors: int
    matches: int
    figures: FigureRow


def overview(actor: Actor, period: Period) -> Overview:
    """For the actor's own districts; an administrator's are all."""
    tutors = _TUTORS.where(_TUTOR.c.account_id.is_not(None), *_of_own_districts(actor)).subquery()
    matches = select(_MATCH.c.id).where(_LIVE, *_within(actor)).subquery()
    return Overview(
        db.session.scalar(select(func.count()).select_from(tutors)) or 0,
        db.session.scalar(select(func.count()).select_from(matches)) or 0,
        figures_in_all(period.first, period.last, [code for code, _name in districts_of(actor)]),
    )
