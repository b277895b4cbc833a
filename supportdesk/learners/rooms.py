"""What the rooms above the register answer about a learner, though the register may not import upwards.

Each room calls `answer_for_learners` when the application is made: which of its tables speak of a learner, what it adds
to a timeline, and which learners its people may see. A test fails when a table with a learner in it has no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal, NamedTuple, Protocol

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, SQLColumnExpression, Table, select

from supportdesk.accounts.terms import in_force
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.ageing import Ageing
from supportdesk.learners.models import ConsentKind, Learner, Status
from supportdesk.learners.record_words import TableWords
from supportdesk.places.models import AccountDistrict

EntryKind = Literal["class", "lecture", "consultation", "video", "peer_session"]


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened. `title` names it, `text` tells how it went, `url` is where staff read more."""

    at: datetime
    kind: EntryKind
    title: str
    text: str = ""
    by: str = ""
    activity: str = ""
    url: str | None = None


@dataclass(frozen=True)
class LearnerTable:
    """A table with a learner in it. `personal` columns are emptied on erasure, when the rows stay for the figures.

    When two records are merged, its rows are `moved` to the one that is kept; or they are `derived` from others and
    made anew; or they `stay`, because they describe a record rather than what happened.
    """

    table: Table
    personal: tuple[str, ...] = ()
    erased: Literal["kept", "deleted"] = "kept"
    column: str = "learner_id"
    merged: Literal["moved", "derived", "stay"] = "moved"

    @property
    def place(self) -> str:
        """The table, and the column where it has more than one with a learner in it."""
        return self.table.name if self.column == "learner_id" else f"{self.table.name}.{self.column}"


@dataclass(frozen=True)
class Mention:
    """Columns in which a learner's row names somebody else, who may be a learner too, and be erased: `name` and
    `phone` are emptied then, what is `besides` too, a `relation` stays. `column` says whose row it is; None where it is
    no learner's, as that of a group: there name and phone together say who it is.
    """

    table: Table
    name: str | None = None
    phone: str | None = None
    relation: str | None = None
    column: str | None = "learner_id"
    besides: tuple[str, ...] = ()

    @property
    def emptied(self) -> list[str]:
        """The columns that say who it is."""
        return [name for name in (self.name, self.phone, *self.besides) if name]


@dataclass(frozen=True)
class Latest:
    """Which part of a story is wanted: so many of the latest things, of all or of those before an instant."""

    limit: int
    before: datetime | None = None

    def of(
        self, statement: Select[*tuple[Any, ...]], at: SQLColumnExpression[datetime], number: SQLColumnExpression[int]
    ) -> Select[*tuple[Any, ...]]:
        """The statement for that part, newest first, by the columns that say when and, of one instant, which."""
        if self.before is not None:
            statement = statement.where(at < self.before)
        return statement.order_by(at.desc(), number.desc()).limit(self.limit)


class Binding(NamedTuple):
    """What somebody still has before them and is freed of when they leave us; `at` is when, if it has a time."""

    text: str
    at: datetime | None = None


class Ahead(NamedTuple):
    """The next thing that somebody has booked."""

    at: datetime
    kind: EntryKind


class Turn(IntEnum):
    """When a room releases a learner: all wait for one another's rows in this one order, so that none waits in a ring.

    Then whoever puts away what the others leave behind: what is still to be told, and the learner's own cards.
    """

    RUNS = 1
    BOOKINGS = 2
    MATCHES = 3
    NOTICES = 4
    OWN = 5


#: The timeline entries of one learner; and the ids of the learners whom this actor meets in the room's own work.
Timeline = Callable[[int, Latest], Iterable[TimelineEntry]]
Scope = Callable[[Actor], Select[Any] | None]
#: What binds a learner after an instant, though they became this: places, appointments, tutors, calls to be made.
Bindings = Callable[[int, Status, datetime], Iterable[Binding]]
#: When each of these learners comes next after an instant, as far as the room knows.
Upcoming = Callable[[Collection[int], datetime], Mapping[int, Ahead]]
#: All that a learner has booked and is still to come to after an instant, as entries of a story that has yet to happen.
Booked = Callable[[int, datetime], Iterable[TimelineEntry]]

#: Why two learners cannot be one as things are: what has to be settled first, in words.
Obstacles = Callable[[int, int, datetime], Iterable[str]]
#: Waits for whoever is at work on what these learners take part in, before their own rows are locked.
Lock = Callable[[Sequence[int]], None]
#: Makes anew what follows from these learners' rows, after some have changed hands.
Derive = Callable[[Sequence[int]], None]


class Release(Protocol):
    """Frees a learner, who becomes this, of all that binds them in the room, in the caller's transaction."""

    def __call__(self, learner_id: int, status: Status, /, *, actor: Actor, now: datetime) -> None: ...


class LetGo(Protocol):
    """Does what follows in the room when a learner takes back this consent, in the caller's transaction."""

    def __call__(self, learner_id: int, kind: ConsentKind, /, *, actor: Actor, now: datetime) -> None: ...


class Part(NamedTuple):
    """Something that a learner took part in, as a whole: its rows (place, id), and what others hang on it, by the names
    of its activities.
    """

    at: datetime
    title: str
    rows: Sequence[tuple[str, int]]
    activities: Sequence[str] = ()


#: All that one learner took part in, to be told apart when two people were held as one.
Parts = Callable[[int], Iterable[Part]]


@dataclass(frozen=True)
class RoomAnswers:
    """All that one room answers."""

    room: str
    tables: Sequence[LearnerTable] = ()
    mentions: Sequence[Mention] = ()
    timeline: Timeline | None = None
    scope: Scope | None = None
    upcoming: Upcoming | None = None
    booked: Booked | None = None
    obstacles: Obstacles | None = None
    lock: Lock | None = None
    derive: Derive | None = None
    parts: Parts | None = None
    bindings: Bindings | None = None
    release: tuple[Turn, Release] | None = None
    let_go: LetGo | None = None
    words: Mapping[str, TableWords] = field(default_factory=dict)
    ageing: Sequence[Ageing] = ()


def answer_for_learners(app: Flask, answers: RoomAnswers) -> None:
    """Called by a room when the application is made."""
    app.extensions.setdefault("learner_rooms", {})[answers.room] = answers


def tables_with_learners() -> list[LearnerTable]:
    """Every table that some room answers for."""
    return [table for answers in _rooms() for table in answers.tables]


def mentions() -> list[Mention]:
    """Wherever a row of one learner may name another in words."""
    return [one for answers in _rooms() for one in answers.mentions]


def timeline_of(learner_id: int, *, limit: int = 50, before: datetime | None = None) -> list[TimelineEntry]:
    """The latest things that happened in all rooms, newest first; with `before`, of those earlier than that.

    Each room reads no more than `limit` of its own: a story grows for as long as the learner lives.
    """
    latest = Latest(limit, before)
    entries = [entry for answers in _rooms() if answers.timeline for entry in answers.timeline(learner_id, latest)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def ahead_of(learner_ids: Collection[int], now: datetime) -> dict[int, Ahead]:
    """The next booking of each who has one, of whatever room. A statement for each room that books."""
    ahead: dict[int, Ahead] = {}
    for answers in _rooms() if learner_ids else ():
        for learner_id, one in (answers.upcoming(learner_ids, now) if answers.upcoming else {}).items():
            ahead[learner_id] = min(one, ahead.get(learner_id, one))
    return ahead


def booked_by(learner_id: int, now: datetime) -> list[TimelineEntry]:
    """All that the learner has booked, of all rooms, the next first. A statement or two for each room that books."""
    entries = [entry for answers in _rooms() if answers.booked for entry in answers.booked(learner_id, now)]
    return sorted(entries, key=lambda entry: entry.at)


def obstacles_to_one(giver_id: int, taker_id: int, now: datetime) -> list[str]:
    """What keeps the two from being merged, from all rooms."""
    return [why for one in _rooms() if one.obstacles for why in one.obstacles(giver_id, taker_id, now)]


def parts_of(learner_id: int) -> list[Part]:
    """All that the learner took part in, of all rooms, the latest first."""
    parts = [part for answers in _rooms() if answers.parts for part in answers.parts(learner_id)]
    return sorted(parts, key=lambda part: (part.at, part.title), reverse=True)


def lock_work_of(learner_ids: Sequence[int]) -> None:
    """Let every room wait for whoever is at work on something that these learners take part in."""
    for answers in _rooms():
        if answers.lock:
            answers.lock(learner_ids)


def derive_anew(learner_ids: Sequence[int]) -> None:
    """Let every room make anew what follows from the rows of these learners."""
    for answers in _rooms():
        if answers.derive:
            answers.derive(learner_ids)


def bindings_of(learner_id: int, status: Status, now: datetime) -> list[Binding]:
    """Everything of which a learner is freed who becomes this: what has a time first, in its order."""
    found = [one for answers in _rooms() if answers.bindings for one in answers.bindings(learner_id, status, now)]
    return sorted(found, key=lambda one: (one.at is None, one.at or now))


def release_learner(learner_id: int, status: Status, *, actor: Actor, now: datetime) -> None:
    """Free the learner of all that binds them, each room in its turn."""
    releases = [answers.release for answers in _rooms() if answers.release]
    for _turn, release in sorted(releases, key=lambda one: one[0]):
        release(learner_id, status, actor=actor, now=now)


def ageing_records() -> list[Ageing]:
    """Everything that is not kept for ever."""
    return [one for answers in _rooms() for one in answers.ageing]


def words_of_tables() -> dict[str, TableWords]:
    """What the tables that speak of a learner are called, by their names."""
    return {name: words for answers in _rooms() for name, words in answers.words.items()}


def let_go(learner_id: int, kind: ConsentKind, *, actor: Actor, now: datetime) -> None:
    """Let every room do what follows when a learner takes back a consent."""
    for answers in _rooms():
        if answers.let_go:
            answers.let_go(learner_id, kind, actor=actor, now=now)


def scope_of(actor: Actor) -> Select[Any] | None:
    """The ids of the learners whom the actor may see; None when that is everybody.

    Reception and administrators see all; coordinators those of their districts; the rooms add the learners of the
    actor's own meetings, desks and matches.
    """
    if actor.account_id is None or actor.roles & {Role.RECEPTION, Role.ADMIN}:
        return None
    scopes = [answers.scope(actor) for answers in _rooms() if answers.scope]
    if Role.COORDINATOR in actor.roles:
        scopes.append(_of_own_districts(actor.account_id))
    granted = [scope for scope in scopes if scope is not None]
    nobody = select(Learner.id).where(Learner.id.is_(None))
    return nobody.union(*granted).subquery().select() if granted else nobody


class Erased(NotFound):
    """There is nobody any more. Rosters and lists still lead here by the figure that they keep."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_l("この方の記録は消去しました。名前も連絡先も残っていません。人数や回数だけを残しています。"))


def check_scope(actor: Actor, learner_id: int) -> None:
    """Raises NotFound when there is no such learner or the actor may not see them: the two are not told apart. Erased
    for somebody who was erased, to whoever might see them.
    """
    wanted = select(Learner.erased_at.is_not(None)).where(Learner.id == learner_id, Learner.merged_into.is_(None))
    scope = scope_of(actor)
    if scope is not None:
        wanted = wanted.where(Learner.id.in_(scope))
    erased = db.session.scalar(wanted)
    if erased is None:
        raise NotFound
    if erased:
        raise Erased


def _of_own_districts(account_id: int) -> Select[Any]:
    own = select(AccountDistrict.district_code).where(
        AccountDistrict.account_id == account_id, in_force(AccountDistrict)
    )
    return select(Learner.id).where(Learner.district_code.in_(own))


def _rooms() -> list[RoomAnswers]:
    return list(current_app.extensions.get("learner_rooms", {}).values())
