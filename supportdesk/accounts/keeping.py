"""How long the audit trail is kept, and how rows from before the chain are taken into it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, func, select, update

from supportdesk.accounts import audit, lanes
from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import HASHED, chain_key, row_hash
from supportdesk.accounts.models import AuditEntry, AuditLane, AuditSubject
from supportdesk.accounts.queries import learners_of
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db

_ENTRY = table_of(AuditEntry)
#: A year, whichever.
KEPT_AT_LEAST = timedelta(days=366)
#: Rows sealed at once.
_PIECE = 1000
_CHAIN = (
    update(_ENTRY)
    .where(_ENTRY.c.id == bindparam("row_id"))
    .values(lane=bindparam("new_lane"), seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)


class TooYoungToForget(DeskError):
    """The city keeps the trail for a year at least (秋田市の仕様: 少なくとも1年)."""

    def __init__(self) -> None:
        super().__init__(_l("操作の記録は、1年たつまで消せません。"))


class SealedAlready(DeskError):
    """Rows without a hash that turn up afterwards were not written by the desk."""

    def __init__(self) -> None:
        super().__init__(_l("前からの操作の記録は、もう封じてあります。"))


def is_chained() -> bool:
    """Whether any row of the trail bears a hash: what has none then is no longer sealed without being asked."""
    return db.session.scalar(select(AuditLane.id).limit(1)) is not None


def seal_old_rows(*, actor: Actor, now: datetime) -> int:
    """Chain the rows that bear no hash, in the order of their ids, in a lane of their own; returns how many.

    It is done once and noted: the note cannot be taken out of the trail unseen. Raises SealedAlready.
    """
    noted = select(AuditEntry.id).where(AuditEntry.action == Action.SEAL_AUDIT.value).limit(1)
    if db.session.get(AuditLane, lanes.OLD) or db.session.scalar(noted):
        raise SealedAlready
    begun = head = lanes.held(lanes.OLD)
    last_id = 0
    while rows := _unsealed(last_id):
        learners = learners_of(row["id"] for row in rows)
        chained = []
        for row in rows:
            place = {**row, "lane": head.lane, "seq": head.seq + 1}
            head = head._replace(
                seq=head.seq + 1, hash=row_hash(chain_key(), head.hash, place, learners.get(row["id"], []))
            )
            chained.append({"row_id": row["id"], "new_lane": head.lane, "new_seq": head.seq, "new_hash": head.hash})
        connection().execute(_CHAIN, chained)
        last_id = rows[-1]["id"]
    lanes.move(begun, head)
    audit.record(actor=actor, action=Action.SEAL_AUDIT, now=now, detail={"rows": head.seq})
    return head.seq


def _unsealed(after: int) -> list[dict[str, Any]]:
    wanted = select(_ENTRY.c.id, *(_ENTRY.c[name] for name in HASHED)).where(_ENTRY.c.lane.is_(None))
    rows = connection().execute(wanted.where(_ENTRY.c.id > after).order_by(_ENTRY.c.id).limit(_PIECE))
    return [dict(row) for row in rows.mappings()]


def forget_audit(before: datetime, *, actor: Actor, now: datetime) -> int:
    """Forget what is older than `before`, from the beginning of each lane; returns how many rows. It is noted.

    What the newest forgotten row's hash was stays with the lane, so that the rest still proves itself. Raises
    TooYoungToForget for a time less than a year ago.
    """
    if before > now - KEPT_AT_LEAST:
        raise TooYoungToForget
    written = db.session.scalars(select(AuditLane.id).order_by(AuditLane.id)).all()
    forgotten = sum(_forget_in(lane, before) for lane in written)
    audit.record(
        actor=actor, action=Action.FORGET_AUDIT, now=now, detail={"before": before.isoformat(), "rows": forgotten}
    )
    return forgotten


def _forget_in(lane: int, before: datetime) -> int:
    head = lanes.held(lane)
    in_lane = _ENTRY.c.lane == lane
    first_kept = db.session.scalar(select(func.min(_ENTRY.c.seq)).where(in_lane, _ENTRY.c.at >= before))
    last = head.seq if first_kept is None else first_kept - 1
    if last <= head.anchor_seq:
        return 0
    old = in_lane & (_ENTRY.c.seq <= last)
    anchor = db.session.scalar(select(_ENTRY.c.hash).where(in_lane, _ENTRY.c.seq == last))
    if anchor is None or not lanes.move(head, head._replace(anchor_seq=last, anchor_hash=anchor)):
        return 0  # a lane that was tampered with stays as it is, for verify-audit to name
    connection().execute(delete(AuditSubject).where(AuditSubject.entry_id.in_(select(_ENTRY.c.id).where(old))))
    return connection().execute(delete(_ENTRY).where(old)).rowcount
