"""The verbs: one record of two, two of one, and either taken back. Called by the pages of merging.

Locks are taken in one order: the register's door, the rooms' own, the rows, the learners, the cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, null, or_, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.keys import rewrite_keys
from supportdesk.learners.locking import lock_register
from supportdesk.learners.merging.models import HandOver, HandOverKind, LikelyPair
from supportdesk.learners.merging.rows import Held, give, give_back, hanging_on, lock_rows, rows_of
from supportdesk.learners.models import FormerName, FormerResidence, Learner, LearnerKey
from supportdesk.learners.office import UNDO_DAYS
from supportdesk.learners.operations import keep_former_name, keep_former_residence, put_particulars, register_learner
from supportdesk.learners.particulars import Particulars, as_json, checked, from_json
from supportdesk.learners.queries import particulars_of
from supportdesk.learners.rooms import Part, derive_anew, lock_work_of, obstacles_to_one
from supportdesk.places.occupancy import hand_over_cells, person


class CannotBeOne(DeskError):
    """Something has to be settled before the two can be one; `reasons` say what."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(_l("このままでは1つにできません。%(reasons)s", reasons=" ".join(reasons)))
        self.reasons = reasons


class CannotBeUndone(DeskError):
    """It was taken back already, or too long ago, or what came after it stands in the way."""


@dataclass(frozen=True)
class Pair:
    """Two live learners, locked: the one that goes and the one that is kept."""

    gone: Learner
    kept: Learner


def merge_learners(gone_id: int, kept_id: int, chosen: Particulars, *, actor: Actor, now: datetime) -> int:
    """Let everything of `gone` be of `kept`, who gets the chosen particulars. Returns the id by which it is undone.

    The record that goes is found no more, but its names, phones and passes lead to the one that is kept. Raises
    NotFound, CannotBeOne, BadParticulars.
    """
    chosen = checked(chosen)
    pair = _lock_pair(gone_id, kept_id)
    _demand_no_obstacle(pair, now)
    before = particulars_of(kept_id)
    hand_over_id = _note(HandOverKind.MERGE, gone_id, kept_id, before, chosen, actor, now)
    give(hand_over_id, rows_of(gone_id, kept_id), kept_id)
    _give_cells(hand_over_id, pair.gone, pair.kept)
    # Whoever was merged into the one that goes now follows; its own record of the merge says whose they are.
    into_gone = update(Learner).where(Learner.merged_into == gone_id).values(merged_into=kept_id)
    db.session.execute(into_gone, execution_options={"synchronize_session": False})
    pair.gone.merged_into = kept_id
    keep_former_name(pair.kept, chosen, actor=actor, now=now)
    keep_former_residence(pair.kept, chosen, actor=actor, now=now)
    put_particulars(pair.kept, chosen, now=now)
    _settle([gone_id, kept_id])
    _decide_pairs(gone_id, kept_id, actor, now)
    _record(Action.MERGE_LEARNERS, gone_id, kept_id, hand_over_id, actor, now)
    return hand_over_id


def split_learner(
    learner_id: int, other: Particulars, parts: Iterable[Part], *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Somebody else was held as this learner: enter them, and give them what they took part in, with all that hangs on
    it.

    Returns the new learner's id and the id by which it is undone. Raises NotFound, BadParticulars.
    """
    lock_register()
    lock_work_of([learner_id])
    lock_rows([learner_id])
    (learner,) = _lock_learners([learner_id])
    made = register_learner(other, actor=actor, now=now)
    hand_over_id = _note(HandOverKind.SPLIT, learner_id, made.id, None, None, actor, now)
    parts = list(parts)
    activities = {name for part in parts for name in part.activities}
    rows = {row for part in parts for row in part.rows} | hanging_on(learner_id, activities)
    give(hand_over_id, _chosen(rows_of(learner_id, made.id), rows), made.id)
    _give_cells(hand_over_id, learner, made, activities)
    _settle([learner_id, made.id])
    _record(Action.SPLIT_LEARNER, learner_id, made.id, hand_over_id, actor, now)
    return made.id, hand_over_id


def undo_hand_over(hand_over_id: int, *, actor: Actor, now: datetime) -> HandOver:
    """Take back a merge: everything that changed hands is whose it was; what was added since stays with the one who was
    kept, and a particular that was changed since stays changed. Take back a split: the two are one again.

    Raises NotFound, CannotBeUndone, CannotBeOne.
    """
    lock_register()
    done = db.session.scalar(select(HandOver).where(HandOver.id == hand_over_id).with_for_update())
    if done is None:
        raise NotFound
    if why := why_not_undone(done, now):
        raise CannotBeUndone(why)
    done.undone_at, done.undone_by = now, actor.account_id
    db.session.flush()
    if done.kind is HandOverKind.SPLIT:
        merge_learners(done.taker_id, done.giver_id, particulars_of(done.giver_id), actor=actor, now=now)
    else:
        _take_back_merge(done, now)
        done.before = done.after = null()  # it is needed no more, and may tell of somebody else now
    _record(Action.UNDO_HAND_OVER, done.giver_id, done.taker_id, done.id, actor, now)
    return done


def _take_back_merge(done: HandOver, now: datetime) -> None:
    ids = sorted([done.giver_id, done.taker_id])
    lock_work_of(ids)
    lock_rows(ids)
    learners = {one.id: one for one in _lock_learners(ids, merged=True)}
    giver, taker = learners[done.giver_id], learners[done.taker_id]
    give_back(done.id, giver.id, taker.id)
    hand_over_cells(person(taker.person_id), person(giver.person_id), done.activities)
    giver.merged_into = None
    earlier = select(HandOver.giver_id).where(
        HandOver.taker_id == giver.id, HandOver.kind == HandOverKind.MERGE, HandOver.undone_at.is_(None)
    )
    followed = update(Learner).where(Learner.id.in_(earlier), Learner.merged_into == taker.id)
    db.session.execute(followed.values(merged_into=giver.id), execution_options={"synchronize_session": False})
    as_before = _as_before(done)
    for former in (FormerName, FormerResidence):
        written_then = delete(former).where(former.learner_id == taker.id, former.ended_at == done.done_at)
        db.session.execute(written_then)
    put_particulars(taker, as_before, now=now)
    _settle(ids)


def forget_particulars(now: datetime) -> int:
    """Forget the particulars of merges that are too old to be taken back. Returns of how many."""
    over = HandOver.done_at < now - timedelta(days=UNDO_DAYS.get())
    some = update(HandOver).where(over, HandOver.kind == HandOverKind.MERGE, HandOver.before.is_not(None))
    return connection().execute(some.values(before=null(), after=null())).rowcount


def why_not_undone(done: HandOver, now: datetime) -> object | None:
    """Why this can be taken back no more; None while it can."""
    if done.undone_at is not None:
        return _l("もう元にもどしてあります。")
    if now > done.done_at + timedelta(days=UNDO_DAYS.get()):
        return _l("%(days)s日をすぎたので、元にもどせません。", days=UNDO_DAYS.get())
    erased = select(Learner.id).where(Learner.id == done.taker_id, Learner.erased_at.is_not(None))
    if db.session.scalar(erased) is not None:
        return _l("この方の記録は消去されたので、元にもどせません。")
    later = select(HandOver.id).where(
        HandOver.id > done.id,
        HandOver.undone_at.is_(None),
        or_(HandOver.giver_id.in_([done.giver_id, done.taker_id]), HandOver.taker_id == done.giver_id),
    )
    if db.session.scalar(later.limit(1)) is not None:
        return _l("このあとで、同じ方の記録をまとめたか分けています。先にそちらを元にもどしてください。")
    return None


def _lock_pair(gone_id: int, kept_id: int) -> Pair:
    ids = sorted({gone_id, kept_id})
    if len(ids) != 2:
        raise NotFound
    lock_register()
    lock_work_of(ids)
    lock_rows(ids)
    learners = {one.id: one for one in _lock_learners(ids)}
    return Pair(learners[gone_id], learners[kept_id])


def _lock_learners(ids: Sequence[int], *, merged: bool = False) -> list[Learner]:
    """The learners, whom nobody else can book, mark or amend until the transaction ends. Raises NotFound."""
    live = Learner.id.in_(ids), Learner.erased_at.is_(None)
    wanted = select(Learner).where(*live).order_by(Learner.id).with_for_update()
    if not merged:
        wanted = wanted.where(Learner.merged_into.is_(None))
    found = list(db.session.scalars(wanted.execution_options(populate_existing=True)))
    if len(found) != len(ids):
        raise NotFound
    return found


def _demand_no_obstacle(pair: Pair, now: datetime) -> None:
    reasons = obstacles(pair.gone, pair.kept, now)
    if reasons:
        raise CannotBeOne(reasons)


def obstacles(gone: Learner, kept: Learner, now: datetime) -> list[str]:
    """What has to be settled before the two can be one, in words."""
    reasons = obstacles_to_one(gone.id, kept.id, now)
    if gone.status is not kept.status:
        reasons.append(
            str(_l("2つの記録の状態（利用中、お休み中など）がちがいます。先に、どちらかの状態を変えてください。"))
        )
    if db.session.scalar(select(Account.id).where(Account.person_id == gone.person_id)) is not None:
        reasons.append(
            str(_l("消えるほうの記録が、職員やサポーターのアカウントとつながっています。そちらを残してください。"))
        )
    return reasons


def _chosen(every: Sequence[Held], rows: Collection[tuple[str, int]]) -> list[Held]:
    return [
        Held(held.answer, [row for row in held.free if (held.answer.place, row) in rows], held.stay) for held in every
    ]


def _note(
    kind: HandOverKind,
    giver_id: int,
    taker_id: int,
    before: Particulars | None,
    after: Particulars | None,
    actor: Actor,
    now: datetime,
) -> int:
    noted = {
        "kind": kind,
        "giver_id": giver_id,
        "taker_id": taker_id,
        "done_at": now,
        "done_by": actor.account_id,
        "before": before and as_json(before),
        "after": after and as_json(after),
        "activities": [],
    }
    return int(connection().execute(insert(HandOver).returning(HandOver.id), noted).scalar_one())


def _give_cells(hand_over_id: int, giver: Learner, taker: Learner, activities: Collection[str] | None = None) -> None:
    handed = hand_over_cells(person(giver.person_id), person(taker.person_id), activities)
    connection().execute(update(HandOver).where(HandOver.id == hand_over_id).values(activities=handed))


def _as_before(done: HandOver) -> Particulars:
    """The taker's particulars as they were, but for those that somebody changed after the merge."""
    now_known = as_json(particulars_of(done.taker_id))
    before, after = done.before or {}, done.after or {}
    kept: dict[str, Any] = {
        name: before.get(name) if value == after.get(name) else value for name, value in now_known.items()
    }
    return from_json(kept)


def _settle(learner_ids: Sequence[int]) -> None:
    """Make anew what follows from rows that changed hands."""
    db.session.flush()
    derive_anew(learner_ids)
    standing = select(Learner.id).where(Learner.id.in_(learner_ids), Learner.merged_into.is_(None))
    live = list(db.session.scalars(standing))
    db.session.execute(delete(LearnerKey).where(LearnerKey.learner_id.in_(learner_ids)))
    rewrite_keys(live)


def _decide_pairs(gone_id: int, kept_id: int, actor: Actor, now: datetime) -> None:
    """The question whether they are one is answered, and none about the one that is gone stands open."""
    db.session.execute(
        update(LikelyPair)
        .where(or_(LikelyPair.one_id == gone_id, LikelyPair.other_id == gone_id), LikelyPair.decided_at.is_(None))
        .values(decided_at=now, decided_by=actor.account_id)
    )


def _record(action: Action, giver_id: int, taker_id: int, hand_over_id: int, actor: Actor, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=f"learner:{taker_id}",
        learners=[giver_id],
        now=now,
        detail={"hand_over": hand_over_id},
    )
