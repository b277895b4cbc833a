"""Reads of the call list: whom to call about what, whom to write to, and what was done about it today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple, cast

from sqlalchemy import Select, Table, select

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.activities import Description, describe
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import PER_PAGE, Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Channel, Learner, LearnerPhone
from supportdesk.learners.rooms import scope_of
from supportdesk.notices.models import UNSETTLED, Notice, NoticeState
from supportdesk.notices.ways import way_to_tell
from supportdesk.notices.words import SETTLED

_NOTICE = cast(Table, Notice.__table__)
_LEARNER = cast(Table, Learner.__table__)
_PHONE = cast(Table, LearnerPhone.__table__)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_UNKNOWN: Final = Description("")


class Number(NamedTuple):
    """A telephone to call, E.164 or as it was typed. `who` is the helper's name and relation."""

    number: str
    whose: Literal["caller", "learner", "helper"]
    who: str = ""


class CallRow(NamedTuple):
    """One thing to tell one learner. `numbers` are in the order in which to try; `title` is what it is about.

    `wanted` is how they wish to be told, `by` how they are, and `reason` why the two differ.
    """

    id: int
    learner_id: int
    name: str
    kana: str
    address: str
    text: str
    title: str
    starts_at: datetime | None
    wanted: Channel
    by: Channel
    reason: str
    attempts: int
    tried_at: datetime | None
    numbers: tuple[Number, ...]

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


_DUE = (
    select(
        _NOTICE.c.id,
        _NOTICE.c.learner_id,
        _NOTICE.c.activity,
        _NOTICE.c.text,
        _NOTICE.c.channel,
        _NOTICE.c.wanted_channel,
        _NOTICE.c.fallback_reason,
        _NOTICE.c.call_to,
        _NOTICE.c.attempts,
        _NOTICE.c.settled_at,
        _LEARNER.c.name,
        _LEARNER.c.kana,
        _LEARNER.c.postal_code,
        _LEARNER.c.address,
        _LEARNER.c.helper_name,
        _LEARNER.c.helper_relation,
        _LEARNER.c.helper_phone,
        _PHONE.c.number,
        _PHONE.c.typed,
    )
    .join(_LEARNER, _LEARNER.c.id == _NOTICE.c.learner_id)
    .outerjoin(_PHONE, _PHONE.c.learner_id == _LEARNER.c.id)
    .where(_NOTICE.c.state.in_(UNSETTLED))
    .order_by(_NOTICE.c.id, _PHONE.c.position)
)


def calls_due(now: datetime, actor: Actor, channel: Channel = Channel.PHONE) -> list[CallRow]:
    """Everybody who is to be called now (or written to) and whom the actor may see: what begins first stands first.

    One learner's calls stand together. Nobody is called about what has begun. One statement, and one more for each kind
    of activity.
    """
    by_notice: dict[int, list[Any]] = {}
    for row in db.session.execute(_within_scope(_DUE.where(_NOTICE.c.due_at <= now), actor)):
        by_notice.setdefault(row.id, []).append(row)
    known = describe({rows[0].activity for rows in by_notice.values()})
    calls = [_call(rows, known.get(rows[0].activity, _UNKNOWN), now) for rows in by_notice.values()]
    wanted = [call for call in calls if call.by is channel and (call.starts_at is None or call.starts_at > now)]
    return [call for group in _by_learner(wanted) for call in group]


def _call(rows: Sequence[Any], about: Description, now: datetime) -> CallRow:
    first, numbers = rows[0], tuple(_numbers(rows[0], rows))
    way = way_to_tell(
        first.channel,
        number=bool(numbers),
        call_back=bool(first.call_to),
        address=bool(first.address),
        starts_at=about.starts_at,
        now=now,
    )
    return CallRow(
        id=first.id,
        learner_id=first.learner_id,
        name=first.name or first.kana,
        kana=first.kana,
        address=f"{first.postal_code} {first.address}".strip(),
        text=first.text,
        title=about.title,
        starts_at=about.starts_at,
        wanted=first.wanted_channel,
        by=way.channel,
        reason=f"{first.fallback_reason}{way.reason}",
        attempts=first.attempts,
        tried_at=first.settled_at,
        numbers=numbers,
    )


def _numbers(notice: Any, rows: Iterable[Any]) -> Iterable[Number]:
    """The caller who asked to be called back, the learner's own, and the helper's where there is no other."""
    own = [Number(row.number or row.typed, "learner") for row in rows if row.typed]
    if notice.call_to:
        yield Number(notice.call_to, "caller")
    yield from (number for number in own if number.number != notice.call_to)
    if notice.helper_phone and not notice.call_to and not own:
        yield Number(notice.helper_phone, "helper", f"{notice.helper_name} {notice.helper_relation}".strip())


def _by_learner(calls: Iterable[CallRow]) -> list[list[CallRow]]:
    """The calls to each learner, those about what begins first in front; whoever was tried already comes after."""
    groups: dict[int, list[CallRow]] = {}
    for call in sorted(calls, key=_urgency):
        groups.setdefault(call.learner_id, []).append(call)
    return list(groups.values())


def _urgency(call: CallRow) -> tuple[datetime, int, int]:
    return call.starts_at or _NEVER, call.attempts, call.id


def calls_page(
    number: int, now: datetime, actor: Actor, channel: Channel, *, per_page: int = PER_PAGE
) -> Page[list[CallRow]]:
    """The call list, so many learners a page, each with all that they are to be told."""
    groups = _by_learner(calls_due(now, actor, channel))
    pages = max(1, -(-len(groups) // per_page))
    number = min(number, pages)
    return Page(groups[(number - 1) * per_page : number * per_page], number, pages, len(groups))


def settled_page(number: int, now: datetime, actor: Actor, *, per_page: int = PER_PAGE) -> Page[SettledRow]:
    """What was noted today, the latest first, and what began before anybody was reached."""
    since, until = clock.day_bounds(clock.local(now).date())
    statement = (
        select(
            _NOTICE.c.id,
            _NOTICE.c.learner_id,
            _LEARNER.c.name,
            _LEARNER.c.kana,
            _NOTICE.c.text,
            _NOTICE.c.state,
            _NOTICE.c.attempts,
            _NOTICE.c.settled_at,
            Account.name.label("by"),
            _NOTICE.c.withdrawn_at,
        )
        .join(_LEARNER, _LEARNER.c.id == _NOTICE.c.learner_id)
        .outerjoin(Account, Account.id == _NOTICE.c.settled_by)
        .where(_NOTICE.c.state.in_(SETTLED), _NOTICE.c.settled_at >= since, _NOTICE.c.settled_at < until)
        .order_by(_NOTICE.c.settled_at.desc(), _NOTICE.c.id.desc())
    )
    page = fetch_page(_within_scope(statement, actor), number, per_page=per_page)
    return Page([_settled(row) for row in page.rows], page.number, page.pages, page.total)


def _settled(row: Any) -> SettledRow:
    return SettledRow(
        id=row.id,
        learner_id=row.learner_id,
        name=row.name or row.kana,
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
