"""What other rooms may know of this one without importing it: activities, the timeline, whose learners are whose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from supportdesk.accounts.models import Account
from supportdesk.core.activities import Description, activity, page_of
from supportdesk.core.moments import short_day
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.rooms import Latest, Part, TimelineEntry
from supportdesk.places.models import Venue
from supportdesk.tutors.models import STANDS, Match, PeerSession

_WHERE = func.coalesce(Venue.name, PeerSession.place).label("where_held")


def describe_sessions(ids: Iterable[int]) -> Mapping[int, Description]:
    """A session's place and time."""
    rows = db.session.execute(
        select(PeerSession.id, PeerSession.held_at, PeerSession.minutes, _WHERE)
        .outerjoin(Venue, Venue.id == PeerSession.venue_id)
        .where(PeerSession.id.in_(list(ids)))
    )
    return {
        row.id: Description(_title(row.where_held), row.held_at, row.held_at + timedelta(minutes=row.minutes))
        for row in rows
    }


def describe_matches(ids: Iterable[int]) -> Mapping[int, Description]:
    """A match has no time of its own: the learner can be told of it any day."""
    known = db.session.scalars(select(Match.id).where(Match.id.in_(list(ids))))
    return {match_id: Description(_("地域サポーターの担当")) for match_id in known}


def matches_of_tutor(account_id: int, roles: Collection[Role], _now: datetime) -> Iterable[Description]:
    """The learners entrusted to a tutor, none of them named."""
    if Role.TUTOR not in roles:
        return []
    rows = db.session.execute(
        select(Match.id, Match.matched_at)
        .where(Match.tutor_id == account_id, Match.ended_at.is_(None))
        .order_by(Match.matched_at, Match.id)
    )
    return [
        Description(
            _("地域サポーターの担当（%(day)sから）", day=short_day(row.matched_at)),
            url=page_of("tutors.end", match_id=row.id),
        )
        for row in rows
    ]


def timeline_of(learner_id: int, latest: Latest) -> list[TimelineEntry]:
    """The learner's sessions, without those withdrawn: how long, how it went, with whom."""
    statement = (
        select(
            PeerSession.id,
            PeerSession.held_at,
            PeerSession.minutes,
            PeerSession.note,
            Account.name.label("tutor"),
            _WHERE,
        )
        .join(Account, Account.id == PeerSession.tutor_id)
        .outerjoin(Venue, Venue.id == PeerSession.venue_id)
        .where(PeerSession.learner_id == learner_id, STANDS)
    )
    return [
        TimelineEntry(
            at=row.held_at,
            kind="peer_session",
            title=_title(row.where_held),
            text=_("%(minutes)s分。%(note)s", minutes=row.minutes, note=row.note),
            by=row.tutor,
            activity=activity("peer_session", row.id),
        )
        for row in db.session.execute(latest.of(statement, PeerSession.held_at, PeerSession.id))
    ]


def _title(where: str) -> str:
    """What a session is called; a place in words may have been erased with its learner."""
    return _("教え合い（%(where)s）", where=where) if where else _("教え合い")


def learners_of(actor: Actor) -> Select[Any] | None:
    """The learners matched with the actor, only while it lasts; None when there can be none."""
    if actor.account_id is None:
        return None
    return select(Match.learner_id).where(Match.tutor_id == actor.account_id, Match.ended_at.is_(None))


def matched_twice(giver_id: int, taker_id: int, _now: datetime) -> Iterator[str]:
    """One learner is entrusted to a tutor once: a tutor of both has to end one of the matches."""
    live = Match.ended_at.is_(None)
    theirs = select(Match.tutor_id).where(Match.learner_id == taker_id, live)
    both = (
        select(Account.name)
        .join(Match, Match.tutor_id == Account.id)
        .where(Match.learner_id == giver_id, live, Match.tutor_id.in_(theirs))
        .order_by(Account.id)
    )
    for name in db.session.scalars(both):
        yield _("%(tutor)sさんが、両方の記録の担当です。どちらかの担当を終わりにしてください。", tutor=name)


def parts_of(learner_id: int) -> list[Part]:
    """Each match of the learner and each session with a tutor. Two statements."""
    matches = select(Match.id, Match.matched_at, Account.name).join(Account, Account.id == Match.tutor_id)
    sessions = select(PeerSession.id, PeerSession.held_at, Account.name).join(
        Account, Account.id == PeerSession.tutor_id
    )
    return [
        *(
            Part(at, _("%(tutor)sさんの担当", tutor=name), [("match", match_id)], [activity("match", match_id)])
            for match_id, at, name in db.session.execute(matches.where(Match.learner_id == learner_id))
        ),
        *(
            Part(
                at, _("%(tutor)sさんとの教え合い", tutor=name), [("peer_session", one)], [activity("peer_session", one)]
            )
            for one, at, name in db.session.execute(sessions.where(PeerSession.learner_id == learner_id))
        ),
    ]
