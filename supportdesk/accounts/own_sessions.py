"""Where somebody is signed in, for themselves to see and to end."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, SignedInSession
from supportdesk.accounts.sign_in import LIVES, limits
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db

_ACCOUNT, _SESSION = table_of(Account), table_of(SignedInSession)
_NAME = re.compile(r"[0-9a-f]{64}")
_LIVING = (
    select(_SESSION.c.token_hash, _SESSION.c.device, _SESSION.c.started_at, _SESSION.c.last_seen_at)
    .join(_ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account_id)
    .where(_ACCOUNT.c.id == bindparam("wanted"), LIVES)
    .order_by(_SESSION.c.last_seen_at.desc(), _SESSION.c.started_at.desc(), _SESSION.c.token_hash)
)


class OwnSession(NamedTuple):
    """One log-in that still lives. `name` stands for it in a form; no cookie can be made of it."""

    name: str
    device: str
    started_at: datetime
    last_seen_at: datetime


def living_sessions(account_id: int) -> list[OwnSession]:
    """Where the account is signed in now, the one used last first."""
    rows = db.session.execute(_LIVING, {"wanted": account_id, **limits()})
    return [OwnSession(*row) for row in rows]


def end_own_session(name: str, *, actor: Actor, now: datetime) -> None:
    """This log-in of the actor's is over. Raises NotFound when they have none of that name that still lives."""
    mine = _SESSION.c.account_id == actor.account_id
    if not _NAME.fullmatch(name) or _end(now, mine, _SESSION.c.token_hash == name) == 0:
        raise NotFound
    _note(actor, now)


def end_other_sessions(but: str, *, actor: Actor, now: datetime) -> int:
    """All log-ins of the actor's are over but this one; returns how many were."""
    ended = _end(now, _SESSION.c.account_id == actor.account_id, _SESSION.c.token_hash != but)
    if ended:
        _note(actor, now)
    return ended


def _end(now: datetime, *which: ColumnElement[bool]) -> int:
    statement = update(_SESSION).where(*which, _SESSION.c.ended_at.is_(None)).values(ended_at=now)
    return connection().execute(statement).rowcount


def _note(actor: Actor, now: datetime) -> None:
    audit.record(actor=actor, action=Action.END_OWN_SESSIONS, subject=f"account:{actor.account_id}", now=now)
