"""The audit trail: one row for everything done to or seen of a person. Operations of every room write here."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask import current_app, has_request_context, request
from sqlalchemy import ARRAY, BigInteger, bindparam, func, insert, select

from supportdesk.accounts import lanes
from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import Head, chain_key, row_hash
from supportdesk.accounts.models import AuditEntry, AuditSubject
from supportdesk.core.database import along, at_the_end, connection, one_or_many, table_of
from supportdesk.core.permissions import Actor, access_of

_ENTRY = table_of(AuditEntry)
#: Nobody asks for the rows' ids, unless learners are to be tied to them.
_RECORD = insert(_ENTRY).inline()
_RECORD_THEIR_IDS = insert(_ENTRY).returning(_ENTRY.c.id, _ENTRY.c.seq)
_TIE = insert(table_of(AuditSubject))
_MOVED = lanes.MOVE.returning(*(lanes.LANE.c[name] for name in ("id", "seq", "hash"))).cte("moved")
_SAID = [column for column in _ENTRY.c if column.name not in ("id", "lane", "seq", "hash")]
_ENTERED = (
    insert(_ENTRY)
    .from_select(
        ["lane", "seq", "hash", *(column.name for column in _SAID)],
        select(_MOVED, *(bindparam(f"its_{column.name}", type_=column.type) for column in _SAID)),
    )
    .returning(_ENTRY.c.id)
    .cte("entered")
)
_TIED = _TIE.from_select(
    ["entry_id", "learner_id"],
    select(_ENTERED.c.id, func.unnest(bindparam("learners", type_=ARRAY(BigInteger)))),
).cte("tied")
#: PostgreSQL moves the lane, writes the row and ties it in one statement, where the lane stands as it was known to.
_MOVE_AND_RECORD: Final = select(_ENTERED.c.id).add_cte(_TIED)
#: Of a resident's address only so many bits are kept: the provider's network, not the household.
_NETWORK = {4: 24, 6: 48}


class _Noted(NamedTuple):
    """A row to be written, and the learners to be tied to it, sorted."""

    row: dict[str, Any]
    learners: list[int]


def record(
    *,
    actor: Actor,
    action: Action,
    subject: str = "",
    learners: Iterable[int] = (),
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Note one row, in the transaction of what it tells: they are written at its end, in two or three statements.

    `action` is what was done or seen, `subject` a row's name (learner:12, meeting:5), `learners` whom it tells of
    besides: it is found under each of them. `reason` is why, where the role must say so. Never put a name, a number or
    free text about a learner into `detail`: rows outlive the learner's erasure.
    """
    row = {
        "at": now,
        "account_id": actor.account_id,
        "action": action.value,
        "subject": subject,
        "detail": json.loads(json.dumps(dict(detail))) if detail else {},  # as it will be read again
        "reason": reason,
    }
    at_the_end(_write, _Noted(row, sorted(set(learners))))


def _write(noted: list[_Noted]) -> None:
    """Append the rows to this thread's lane. Its lock is the last one taken, so nobody waits in a ring."""
    surface, address = _whence()
    for one in noted:
        one.row.update(surface=surface, address=address if one.row["account_id"] else network_of(address))
    if len(noted) == 1 and connection().dialect.name == "postgresql":
        lanes.append(lambda head: _chained(head, noted), _written_along(noted[0].learners))
        return
    rows = lanes.append(lambda head: _chained(head, noted))
    if not any(one.learners for one in noted):
        connection().execute(_RECORD, one_or_many(rows))
        return
    ids = {row.seq: row.id for row in connection().execute(_RECORD_THEIR_IDS, one_or_many(rows))}
    ties = [
        {"entry_id": ids[row["seq"]], "learner_id": learner_id}
        for row, one in zip(rows, noted, strict=True)
        for learner_id in one.learners
    ]
    connection().execute(_TIE, one_or_many(ties))


def _written_along(learners: list[int]) -> Callable[[Mapping[str, Any], list[dict[str, Any]]], bool]:
    """Moves the lane and writes the one row with it."""

    def move(steps: Mapping[str, Any], rows: list[dict[str, Any]]) -> bool:
        said = {f"its_{column.name}": rows[0][column.name] for column in _SAID}
        written = along(_MOVE_AND_RECORD, {**steps, **said, "learners": learners})
        return connection().scalar(*written) is not None

    return move


def _chained(head: Head, noted: list[_Noted]) -> tuple[Head, list[dict[str, Any]]]:
    """The rows with their places and hashes after this head, and the head after them."""
    key, rows, last = chain_key(), [], head.hash
    for seq, one in enumerate(noted, start=head.seq + 1):
        row = {**one.row, "lane": head.lane, "seq": seq}
        last = row["hash"] = row_hash(key, last, row, one.learners)
        rows.append(row)
    return head._replace(seq=head.seq + len(rows), hash=last), rows


def _whence() -> tuple[str, str]:
    """Which pages a request came through, and from which address. What is no request is a command."""
    if not has_request_context():
        return "command", ""
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view) if view else None
    return access.surface if access else "", request.remote_addr or ""


def network_of(address: str) -> str:
    """The network that an address is in; none of what is no address, such as a socket's name."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((known, _NETWORK[known.version]), strict=False))
