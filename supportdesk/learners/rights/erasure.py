"""Erasing a learner: the person becomes nobody, and every figure stays what it was. It cannot be taken back.

The stated exception to append-only. What the rooms hold is emptied or deleted as each of them answers (rooms.py);
what was counted, with the age band and residence of its day, stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, delete, func, or_, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.rewording import clear_words, entries_with_words
from supportdesk.core import clock
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.export import LEARNER, records_of
from supportdesk.learners.keys import findable, key_range, readings
from supportdesk.learners.life import BoundMeanwhile
from supportdesk.learners.locking import lock_register
from supportdesk.learners.models import Channel, Learner, LearnerKey, Status
from supportdesk.learners.rights.mentions import clear_mentions, empty_value, mentioned, telling_of
from supportdesk.learners.rights.models import RequestState, RightsRequest
from supportdesk.learners.rooms import (
    LearnerTable,
    bindings_of,
    release_learner,
    tables_with_learners,
    words_of_tables,
)
from supportdesk.learners.slips import forget

_REQUEST = table_of(RightsRequest)
_AT_ONCE: Final = 200
#: What of the learner's own row says nothing about a person.
_STAYS: Final = frozenset({"id", "person_id", "merged_into", "provisional", "created_at", "created_by"})


class NotTheName(DeskError):
    """Whoever erases types the name, so that nobody is erased for another."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            _l("この方の名前とちがいます。名前かフリガナを、画面のとおりに入力してください。"), field="typed"
        )


class Fate(NamedTuple):
    """What becomes of the rows of one table. `others`: they are other people's, and name the learner."""

    title: str
    rows: int
    deleted: bool
    emptied: Sequence[str]
    others: bool = False


def fates_of(learner_id: int) -> list[Fate]:
    """What erasing will do to each table that says something of the learner. Raises NotFound."""
    ids, words = records_of(learner_id), words_of_tables()
    found = []
    for table, answers in _by_table():
        rows = db.session.scalar(select(func.count()).select_from(table).where(_speaks_of(table, answers, ids))) or 0
        if rows:
            named = words[table.name]
            emptied = [str(named.label(name)) for answer in answers[:1] for name in answer.personal]
            found.append(Fate(str(named.title), rows, answers[0].erased == "deleted", emptied))
    for mention, others, _learners in mentioned(ids):
        named = words[mention.table.name]
        emptied = [str(named.label(name)) for name in mention.emptied]
        found.append(Fate(str(named.title), len(others), deleted=False, emptied=emptied, others=True))
    return found


def reasons_of(learner_id: int) -> int:
    """In how many rows of the audit trail administrators' own words tell of the learner. Raises NotFound."""
    return len(_reasons(records_of(learner_id)))


def _reasons(ids: Sequence[int]) -> list[int]:
    return entries_with_words(ids, telling_of(ids))


def erase_learner(learner_id: int, typed: str | None = None, *, actor: Actor, now: datetime) -> None:
    """Everything that binds the learner is released, everything personal is gone; their row is nobody's.
    Rows of other people that named them do so no more (mentions.py), nor do administrators' reasons in the audit trail.

    `typed`: the name once more, where a person erases. Records merged into this one go too. Raises NotFound,
    NotTheName, BoundMeanwhile.
    """
    lock_register()
    ids = _live(learner_id)
    if typed is not None:
        _demand_name(learner_id, typed)
    for one in ids:
        release_learner(one, Status.LEFT, actor=actor, now=now)
    connection().execute(select(Learner.id).where(Learner.id.in_(ids)).order_by(Learner.id).with_for_update()).all()
    if any(bindings_of(one, Status.LEFT, now) for one in ids):
        raise BoundMeanwhile
    names = _readings(ids)
    detail = clear_words(_reasons(ids))
    others = clear_mentions(ids)
    for table, answers in _by_table():
        _erase_rows(table, answers, ids)
    _answer_requests(ids, actor, now)
    _become_nobody(ids, now)
    forget(sorted(name for name in names if not _borne(name)))
    db.session.expire_all()
    subject = f"learner:{learner_id}"
    audit.record(actor=actor, action=Action.ERASE_LEARNER, subject=subject, learners=others, now=now, detail=detail)


def _live(learner_id: int) -> list[int]:
    """The learner's records, unless they stand for another or are erased. Raises NotFound."""
    live = select(Learner.id).where(
        Learner.id == learner_id, Learner.merged_into.is_(None), Learner.erased_at.is_(None)
    )
    if db.session.scalar(live) is None:
        raise NotFound
    return records_of(learner_id)


def _demand_name(learner_id: int, typed: str) -> None:
    row = db.session.execute(select(Learner.name, Learner.kana).where(Learner.id == learner_id)).one()
    if search_key(typed) not in {search_key(name) for name in row if name}:
        raise NotTheName


def _by_table() -> Iterator[tuple[Table, list[LearnerTable]]]:
    """Every table but the learners' own, with all the columns in which it names one."""
    answers: dict[str, list[LearnerTable]] = {}
    for answer in tables_with_learners():
        if answer.table is not LEARNER:
            answers.setdefault(answer.table.name, []).append(answer)
    yield from ((held[0].table, held) for _name, held in sorted(answers.items()))


def _speaks_of(table: Table, answers: Sequence[LearnerTable], ids: Sequence[int]) -> Any:
    return or_(*(table.c[answer.column].in_(ids) for answer in answers))


def _erase_rows(table: Table, answers: Sequence[LearnerTable], ids: Sequence[int]) -> None:
    speaks_of = _speaks_of(table, answers, ids)
    if answers[0].erased == "deleted":
        connection().execute(delete(table).where(speaks_of))
    elif answers[0].personal:
        empty = {name: empty_value(table.c[name]) for name in answers[0].personal}
        connection().execute(update(table).where(speaks_of).values(empty))


def _answer_requests(ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """What they asked for is done with."""
    connection().execute(
        update(_REQUEST)
        .where(_REQUEST.c.learner_id.in_(ids), _REQUEST.c.state == RequestState.OPEN)
        .values(state=RequestState.DONE, done_on=clock.local(now).date(), settled_by=actor.account_id)
    )


def _become_nobody(ids: Sequence[int], now: datetime) -> None:
    nobody: dict[str, Any] = {
        column.name: empty_value(column) for column in LEARNER.columns if column.name not in _STAYS
    }
    nobody |= {
        "outside_city": False,
        "channel": Channel.PHONE,
        "status": Status.LEFT,
        "status_since": now,
        "updated_at": now,
        "erased_at": now,
    }
    connection().execute(update(LEARNER).where(LEARNER.c.id.in_(ids)).values(nobody))


def _readings(ids: Sequence[int]) -> set[str]:
    """The family and given names in kana by which these learners are found, former ones too."""
    return {name for one in findable(ids).values() for name in readings(one.names)}


def _borne(name: str) -> bool:
    """Whether anybody is, or was, called so. Who bears it has a key that begins with it."""
    last = 0
    while True:
        found = list(
            db.session.scalars(
                select(LearnerKey.learner_id)
                .where(*key_range(name), LearnerKey.learner_id > last)
                .order_by(LearnerKey.learner_id)
                .distinct()
                .limit(_AT_ONCE)
            )
        )
        if name in _readings(found):
            return True
        if len(found) < _AT_ONCE:
            return False
        last = found[-1]
