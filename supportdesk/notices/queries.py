"""Reads of the call list: whom to call about what, whom to write to, and what was done about it today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, case, exists, func, literal, null, or_, select

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.activities import Description, describe, row_of
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import shown_name
from supportdesk.core.paging import PER_PAGE, Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Channel, Learner, LearnerPhone
from supportdesk.learners.names import known_as
from supportdesk.learners.rooms import scope_of
from supportdesk.notices import operations
from supportdesk.notices.models import UNSETTLED, Fallback, Notice, NoticeState
from supportdesk.notices.office import POST_DAYS
from supportdesk.notices.ways import fallback_of, way_to_tell
from supportdesk.notices.words import SETTLED

_NOTICE = table_of(Notice)
_LEARNER = table_of(Learner)
_PHONE = table_of(LearnerPhone)
_UNKNOWN: Final = Description("")


class Number(NamedTuple):
    """A telephone to call, E.164 or as it was typed. `who` is the helper's name and relation."""

    number: str
    whose: Literal["caller", "learner", "helper"]
    who: str = ""


class CallRow(NamedTuple):
    """One thing to tell one learner. `numbers` are in the order in which to try; `title` is what it is about.

    They are told before `tell_by`, if there is such a time; of an offer (`offer_id`) that is until when they may
    answer. `wanted` is how they wish to be told, `reasons` why it is not so.
    """

    id: int
    learner_id: int
    name: str
    kana: str
    address: str
    text: str
    title: str
    tell_by: datetime | None
    wanted: Channel
    reasons: tuple[Fallback, ...]
    attempts: int
    tried_at: datetime | None
    numbers: tuple[Number, ...]
    offer_id: int | None

    @property
    def number(self) -> str:
        """The first telephone to try; empty when there is none."""
        return self.numbers[0].number if self.numbers else ""


class SettledRow(NamedTuple):
    """What somebody noted of a call. `final`: what it told is not true any more, so that it cannot be taken back."""

    id: int
    learner_id: int
    name: str
    text: str
    state: NoticeState
    attempts: int
    settled_at: datetime
    by: str
    final: bool


_HAS_NUMBER: Final = or_(
    _NOTICE.c.call_to != "",
    exists().where(_PHONE.c.learner_id == _LEARNER.c.id),
    _LEARNER.c.helper_phone != "",
)
_TELL_BY: Final = func.coalesce(_NOTICE.c.tell_by, _NOTICE.c.tell_until)
_IS_UNSETTLED: Final = _NOTICE.c.state.in_(UNSETTLED)


def fallback_now(now: datetime) -> ColumnElement[Any]:
    """Why a learner is told in another way than the notice has it, as things stand now; NULL when they are not."""
    return fallback_of(
        _NOTICE.c.channel,
        number=_HAS_NUMBER,
        call_back=_NOTICE.c.call_to != "",
        address=_LEARNER.c.address != "",
        in_time=or_(_TELL_BY.is_(None), now + timedelta(days=POST_DAYS.get()) <= _TELL_BY),
    )


def _due(now: datetime, actor: Actor, channel: Channel) -> Subquery:
    """Whom the actor tells now in this way. `turn` is 1 for what each learner hears first."""
    fallback = fallback_now(now)
    urgency = _urgency(_TELL_BY, _NOTICE.c)
    turn = func.row_number().over(partition_by=_NOTICE.c.learner_id, order_by=urgency)
    statement = (
        select(
            *(_NOTICE.c.id, _NOTICE.c.learner_id, _TELL_BY.label("tell_by"), _NOTICE.c.attempts),
            fallback.label("fallback"),
            turn.label("turn"),
        )
        .join(_LEARNER, _LEARNER.c.id == _NOTICE.c.learner_id)
        .where(
            _IS_UNSETTLED,
            _NOTICE.c.due_at <= now,
            or_(_NOTICE.c.tell_until.is_(None), _NOTICE.c.tell_until > now),
            way_to_tell(_NOTICE.c.channel, fallback) == channel,
        )
    )
    return _within_scope(statement, actor).subquery()


def _urgency(tell_by: ColumnElement[Any], columns: Any) -> list[ColumnElement[Any]]:
    """What must be told first stands first; whoever was tried already comes after."""
    return [tell_by.asc().nulls_last(), columns.attempts, columns.id]


def calls_due(now: datetime, actor: Actor, channel: Channel = Channel.PHONE) -> list[CallRow]:
    """Everybody who is to be called now (or written to) and whom the actor may see: what begins first stands first.

    One learner's calls stand together. Nobody is called about what has begun. One statement, and one more for each kind
    of activity.
    """
    return [call for group in _by_learner(_due(now, actor, channel)) for call in group]


def asked_elsewhere(now: datetime, actor: Actor) -> list[CallRow]:
    """Who is asked by mail or by LINE and has not answered: they may call. Four statements."""
    asked = [
        call
        for channel in (Channel.MAIL, Channel.LINE)
        if channel in operations.LEAVES
        for call in calls_due(now, actor, channel)
        if call.offer_id
    ]
    return sorted(asked, key=lambda call: (call.tell_by or now, call.id))


def calls_page(
    number: int, now: datetime, actor: Actor, channel: Channel, *, per_page: int = PER_PAGE
) -> Page[list[CallRow]]:
    """The call list, so many learners a page, each with all that they are to be told. Two statements more."""
    due = _due(now, actor, channel)
    learners = select(due.c.learner_id).where(due.c.turn == 1).order_by(*_urgency(due.c.tell_by, due.c))
    page = fetch_page(learners, number, per_page=per_page)
    groups = _by_learner(due, [row.learner_id for row in page.rows]) if page.rows else []
    return page.showing(groups)


def _by_learner(due: Subquery, learner_ids: Sequence[int] | None = None) -> list[list[CallRow]]:
    """The calls to each learner (or to each of these), those about what begins first in front."""
    statement = (
        select(
            *(_NOTICE.c.id, _NOTICE.c.learner_id, _NOTICE.c.activity, _NOTICE.c.text, _NOTICE.c.wanted_channel),
            *(_NOTICE.c.call_to, _NOTICE.c.attempts, _NOTICE.c.settled_at, _TELL_BY.label("tell_by")),
            _NOTICE.c.fallback.label("first_fallback"),
            due.c.fallback,
            *(_LEARNER.c.name, _LEARNER.c.kana, _LEARNER.c.postal_code, _LEARNER.c.address),
            *(_LEARNER.c.helper_name, _LEARNER.c.helper_relation, _LEARNER.c.helper_phone),
            *(_PHONE.c.number, _PHONE.c.typed),
        )
        .join(due, due.c.id == _NOTICE.c.id)
        .join(_LEARNER, _LEARNER.c.id == _NOTICE.c.learner_id)
        .outerjoin(_PHONE, _PHONE.c.learner_id == _LEARNER.c.id)
        .order_by(*_urgency(_TELL_BY, _NOTICE.c), _PHONE.c.position)
    )
    if learner_ids is not None:
        statement = statement.where(_NOTICE.c.learner_id.in_(learner_ids))
    by_notice: dict[int, list[Any]] = {}
    for row in db.session.execute(statement):
        by_notice.setdefault(row.id, []).append(row)
    known = describe({rows[0].activity for rows in by_notice.values()})
    groups: dict[int, list[CallRow]] = {}
    for rows in by_notice.values():
        call = _call(rows, known.get(rows[0].activity, _UNKNOWN))
        groups.setdefault(call.learner_id, []).append(call)
    return list(groups.values())


def _call(rows: Sequence[Any], about: Description) -> CallRow:
    first = rows[0]
    return CallRow(
        id=first.id,
        learner_id=first.learner_id,
        name=known_as(first.name, first.kana),
        kana=shown_name(first.kana),
        address=f"{first.postal_code} {first.address}".strip(),
        text=first.text,
        title=about.title,
        tell_by=first.tell_by,
        wanted=first.wanted_channel,
        reasons=tuple(reason for reason in (first.first_fallback, first.fallback) if reason),
        attempts=first.attempts,
        tried_at=first.settled_at,
        numbers=tuple(_numbers(first, rows)),
        offer_id=row_of(first.activity, "offer"),
    )


def _numbers(notice: Any, rows: Iterable[Any]) -> Iterable[Number]:
    """The caller who asked to be called back, the learner's own, and the helper's where there is no other."""
    own = [Number(row.number or row.typed, "learner") for row in rows if row.typed]
    if notice.call_to:
        yield Number(notice.call_to, "caller")
    yield from (number for number in own if number.number != notice.call_to)
    if notice.helper_phone and not notice.call_to and not own:
        yield Number(notice.helper_phone, "helper", f"{notice.helper_name} {notice.helper_relation}".strip())


def settled_page(number: int, now: datetime, actor: Actor, *, per_page: int = PER_PAGE) -> Page[SettledRow]:
    """What was noted today, the latest first, and what began before anybody was reached.

    That is known by the time alone, whether `lapse_notices` has been there or not.
    """
    since, until = clock.day_bounds(clock.local(now).date())
    noted = _NOTICE.c.state.in_(SETTLED) & (_NOTICE.c.settled_at >= since) & (_NOTICE.c.settled_at < until)
    lapsed = _IS_UNSETTLED & (_NOTICE.c.tell_until <= now)
    state = case((lapsed, literal(NoticeState.LAPSED, _NOTICE.c.state.type)), else_=_NOTICE.c.state).label("state")
    at = case((lapsed, _NOTICE.c.tell_until), else_=_NOTICE.c.settled_at).label("settled_at")
    statement = (
        select(
            _NOTICE.c.id,
            _NOTICE.c.learner_id,
            _LEARNER.c.name,
            _LEARNER.c.kana,
            _NOTICE.c.text,
            state,
            _NOTICE.c.attempts,
            at,
            case((lapsed, null()), else_=Account.name).label("by"),
            _NOTICE.c.withdrawn_at,
        )
        .join(_LEARNER, _LEARNER.c.id == _NOTICE.c.learner_id)
        .outerjoin(Account, Account.id == _NOTICE.c.settled_by)
        .where(or_(noted & ~lapsed, lapsed & (_NOTICE.c.tell_until >= since)))
        .order_by(at.desc(), _NOTICE.c.id.desc())
    )
    page = fetch_page(_within_scope(statement, actor), number, per_page=per_page)
    return page.showing([_settled(row) for row in page.rows])


def _settled(row: Any) -> SettledRow:
    return SettledRow(
        id=row.id,
        learner_id=row.learner_id,
        name=known_as(row.name, row.kana),
        text=row.text,
        state=row.state,
        attempts=row.attempts,
        settled_at=row.settled_at,
        by=row.by or "",
        final=row.withdrawn_at is not None or row.state is NoticeState.LAPSED,
    )


def learner_of(notice_id: int) -> int:
    """Whom a notice is for. Raises NotFound."""
    learner_id = db.session.scalar(select(_NOTICE.c.learner_id).where(_NOTICE.c.id == notice_id))
    if learner_id is None:
        raise NotFound
    return learner_id


def _within_scope(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    scope = scope_of(actor)
    return statement if scope is None else statement.where(_NOTICE.c.learner_id.in_(scope))
