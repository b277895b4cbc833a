"""Reads for a tutor's own pages: their learners, what the form for logging offers.

`matches_of` and `tutors_of` are also what other rooms ask for.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import case, func, select

from supportdesk.accounts.models import Account
from supportdesk.accounts.terms import in_force
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.learners.models import Learner, LearnerPhone
from supportdesk.places.choices import venue_in_words
from supportdesk.places.models import AccountDistrict, District, Venue
from supportdesk.skills.levels import is_able
from supportdesk.skills.queries import levels_of, skill_choices
from supportdesk.tutors.models import STANDS, Match, PeerSession, Tutor, TutorSkill

_MATCH = table_of(Match)
_SESSION = table_of(PeerSession)
_LEARNER = table_of(Learner)
_PHONE = table_of(LearnerPhone)
_LIVE = _MATCH.c.ended_at.is_(None)
_PLACES_REMEMBERED: Final = 3


class MatchRow(NamedTuple):
    """A learner as their tutor sees them: no more than it takes to call them and to begin."""

    id: int
    learner_id: int
    name: str
    number: str
    wish: str
    matched_at: datetime
    sessions: int
    last_at: datetime | None


_NUMBER = (
    select(func.coalesce(_PHONE.c.number, _PHONE.c.typed))
    .where(_PHONE.c.learner_id == _LEARNER.c.id)
    .order_by(_PHONE.c.number.is_(None), _PHONE.c.position)
    .limit(1)
    .correlate(_LEARNER)
    .scalar_subquery()
)
_TOGETHER = STANDS & (_SESSION.c.tutor_id == _MATCH.c.tutor_id) & (_SESSION.c.learner_id == _MATCH.c.learner_id)
_MATCHES: Final = (
    select(
        _MATCH.c.id,
        _MATCH.c.learner_id,
        case((_LEARNER.c.name != "", _LEARNER.c.name), else_=_LEARNER.c.kana),
        func.coalesce(_NUMBER, ""),
        _MATCH.c.wish,
        _MATCH.c.matched_at,
        select(func.count()).where(_TOGETHER).correlate(_MATCH).scalar_subquery(),
        select(func.max(_SESSION.c.held_at)).where(_TOGETHER).correlate(_MATCH).scalar_subquery(),
    )
    .join(_LEARNER, _LEARNER.c.id == _MATCH.c.learner_id)
    .where(_LIVE)
    .order_by(_LEARNER.c.kana_key, _MATCH.c.id)
)


def matches_of(account_id: int) -> list[MatchRow]:
    """The learners matched with this tutor now. One statement."""
    return [MatchRow._make(row) for row in db.session.execute(_MATCHES.where(_MATCH.c.tutor_id == account_id))]


def match_with(account_id: int, learner_id: int) -> MatchRow:
    """This learner, as long as the tutor is matched with them. Raises NotFound."""
    row = db.session.execute(
        _MATCHES.where(_MATCH.c.tutor_id == account_id, _MATCH.c.learner_id == learner_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return MatchRow._make(row)


class TutorOf(NamedTuple):
    """A tutor as their learner's page names them."""

    match_id: int
    account_id: int
    name: str
    phone: str | None
    matched_at: datetime


def tutors_of(learner_id: int) -> list[TutorOf]:
    """Who is matched with this learner now, the longest first."""
    rows = db.session.execute(
        select(Match.id, Match.tutor_id, Account.name, Account.phone, Match.matched_at)
        .join(Account, Account.id == Match.tutor_id)
        .where(Match.learner_id == learner_id, Match.ended_at.is_(None))
        .order_by(Match.matched_at, Match.id)
    )
    return [TutorOf._make(row) for row in rows]


def is_appointed(account_id: int) -> bool:
    """Whether the account's holder is a tutor yet."""
    return db.session.scalar(select(Tutor.account_id).where(Tutor.account_id == account_id)) is not None


class PlaceChoice(NamedTuple):
    """A place that the form offers: a venue of ours, or one in words that this tutor has named before."""

    value: str
    label: str
    venue_id: int | None
    place: str
    district_code: str


def places_for(account_id: int) -> list[PlaceChoice]:
    """Where this tutor met somebody last, first of all; then the other venues, those of the own districts in front."""
    recent = _recent_places(account_id)
    known = {choice.value for choice in recent}
    return recent + [choice for choice in _venues(account_id) if choice.value not in known]


def _recent_places(account_id: int) -> list[PlaceChoice]:
    latest = func.max(_SESSION.c.held_at)
    rows = db.session.execute(
        select(
            _SESSION.c.venue_id,
            _SESSION.c.place,
            _SESSION.c.district_code,
            Venue.name.label("venue"),
            Venue.nickname,
            District.name.label("district"),
            func.max(_SESSION.c.id).label("session_id"),
        )
        .join(District, District.code == _SESSION.c.district_code)
        .outerjoin(Venue, Venue.id == _SESSION.c.venue_id)
        .where(STANDS, _SESSION.c.tutor_id == account_id)
        .group_by(
            _SESSION.c.venue_id, _SESSION.c.place, _SESSION.c.district_code, Venue.name, Venue.nickname, District.name
        )
        .order_by(latest.desc())
        .limit(_PLACES_REMEMBERED)
    )
    return [
        _venue_choice(row.venue_id, row.venue, row.nickname, row.district_code)
        if row.venue_id
        else PlaceChoice(f"s{row.session_id}", f"{row.place}（{row.district}）", None, row.place, row.district_code)
        for row in rows
        if row.venue_id or row.place
    ]


def _venues(account_id: int) -> list[PlaceChoice]:
    own = select(AccountDistrict.district_code).where(
        AccountDistrict.account_id == account_id, in_force(AccountDistrict)
    )
    rows = db.session.execute(
        select(Venue.id, Venue.name, Venue.nickname, Venue.district_code)
        .join(District, District.code == Venue.district_code)
        .order_by(case((Venue.district_code.in_(own), 0), else_=1), District.position, Venue.id)
    )
    return [_venue_choice(*row) for row in rows]


def _venue_choice(venue_id: int, name: str, nickname: str, district_code: str) -> PlaceChoice:
    return PlaceChoice(f"v{venue_id}", venue_in_words(name, nickname), venue_id, "", district_code)


def skills_to_see(account_id: int, learner_id: int, seen: Collection[str] = ()) -> list[tuple[str, str]]:
    """(code, name) of what the form asks about: what the tutor teaches, what the learner cannot do alone yet, and what
    was `seen` before."""
    taught = db.session.scalars(select(TutorSkill.skill_code).where(TutorSkill.account_id == account_id)).all()
    return skill_choices({*taught, *_begun(learner_id), *seen})


def unfinished_skills(learner_id: int) -> list[tuple[str, str]]:
    """(code, name) of what the learner has begun and cannot do alone yet."""
    return skill_choices(_begun(learner_id))


def _begun(learner_id: int) -> set[str]:
    return {code for code, row in levels_of(learner_id).items() if not is_able(row.shown)}


def own_districts(account_id: int) -> list[str]:
    """The codes of the districts that the account answers for, in the city's order."""
    return list(
        db.session.scalars(
            select(AccountDistrict.district_code)
            .join(District, District.code == AccountDistrict.district_code)
            .where(AccountDistrict.account_id == account_id, in_force(AccountDistrict))
            .order_by(District.position)
        )
    )
