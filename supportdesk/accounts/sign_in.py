"""Who is signed in during a request: Flask-Login's user, and the `Actor` that operations are handed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Response, g, request, session
from flask_login import UserMixin, current_user, login_user
from sqlalchemy import and_, bindparam, delete, select, update

from supportdesk.accounts.devices import device_of
from supportdesk.accounts.models import Account, AccountRole, SecondFactor, SignedInSession
from supportdesk.accounts.office import IDLE_MINUTES, LONGEST_HOURS
from supportdesk.accounts.terms import PRESENT, in_force, roles_in_force
from supportdesk.core import clock, kept_form
from supportdesk.core.database import reading, table_of, transaction
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db, login_manager

#: Not every click is written down.
NOTED_EVERY = timedelta(minutes=1)
#: Where the session's cookie bears the secret that names its row in `signed_in`.
TOKEN = "signed_in"
#: Where it says, between the password and the second factor, whose password was right.
HALF, HALF_LASTS = "half_signed_in", timedelta(minutes=5)

_ACCOUNT, _ROLE = table_of(Account), table_of(AccountRole)
_SESSION, _FACTOR = table_of(SignedInSession), table_of(SecondFactor)
#: Whether a session of this account still lives: `limits()` says for how long it may.
LIVES = and_(
    _SESSION.c.account_id == _ACCOUNT.c.id,
    _SESSION.c.stamp == _ACCOUNT.c.session_stamp,  # a new password or switching off gives the account another
    _SESSION.c.started_at > bindparam("earliest_start"),
    _SESSION.c.last_seen_at > bindparam("earliest_seen"),
    _SESSION.c.ended_at.is_(None),
)
_SIGNED_IN = (
    select(
        _ACCOUNT.c.id,
        _ACCOUNT.c.person_id,
        _ACCOUNT.c.name,
        _ROLE.c.role,
        _SESSION.c.last_seen_at,
        _SESSION.c.proved_at,
        _FACTOR.c.account_id.label("factor"),
    )
    .join(_ROLE, _ROLE.c.account_id == _ACCOUNT.c.id)
    .join(_SESSION, _SESSION.c.account_id == _ACCOUNT.c.id)
    .outerjoin(_FACTOR, _FACTOR.c.account_id == _ACCOUNT.c.id)
    .where(
        _ACCOUNT.c.id == bindparam("wanted"),
        PRESENT,
        in_force(_ROLE.c),
        _SESSION.c.token_hash == bindparam("token_hash"),
        LIVES,
    )
)
_SEEN = (
    update(_SESSION)
    .where(
        _SESSION.c.token_hash == bindparam("wanted"),
        _SESSION.c.ended_at.is_(None),
        _SESSION.c.last_seen_at < bindparam("now"),
    )
    .values(last_seen_at=bindparam("now"))
)


@dataclass(frozen=True, kw_only=True)
class SignedIn(Actor, UserMixin):
    """The person at the screen."""

    has_factor: bool = False

    def get_id(self) -> str:
        return str(self.account_id)

    @property
    def role_labels(self) -> list[object]:
        """Their roles, in words."""
        return [role.label for role in Role if role in self.roles]


@login_manager.user_loader
def load(account_id: str) -> SignedIn | None:
    """The account of the session's cookie: one query; nobody when that session has ended."""
    if not account_id.isdigit():
        return None
    wanted = {"wanted": int(account_id), "token_hash": this_session(), **limits()}
    with reading() as connection:  # of its own: the session need not begin a transaction that a writing view would end
        rows = connection.execute(_SIGNED_IN, wanted).all()
    if not rows:
        return None
    first = rows[0]
    g.last_seen_at, g.proved_at = first.last_seen_at, first.proved_at
    return SignedIn(
        account_id=first.id,
        person_id=first.person_id,
        name=first.name,
        roles=frozenset(row.role for row in rows),
        has_factor=first.factor is not None,
    )


def half_sign_in(account: Account) -> None:
    """The password was right, and the second factor is asked for: nobody is signed in yet, and not as before either."""
    end_session()
    session[HALF] = [account.id, hashlib.sha256(account.session_stamp.encode()).hexdigest(), clock.now().isoformat()]
    g.pop(kept_form.CSRF, None)  # as in `start_session`


def half_signed_in() -> int | None:
    """Whose password was given here within five minutes, and has not been changed since."""
    account_id, stamp, at = session.get(HALF) or (None, "", "")
    if account_id is None or clock.now() - datetime.fromisoformat(at) >= HALF_LASTS:
        return None
    current = db.session.scalar(select(Account.session_stamp).where(Account.id == account_id, PRESENT))
    if current is None or hashlib.sha256(current.encode()).hexdigest() != stamp:
        return None
    return int(account_id)


def start_session(account: Account) -> None:
    """A new session for whoever logged in; nothing of the old one lives on. Rows of theirs that have outlived their
    longest life go.
    """
    end_session()
    roles = roles_in_force(account)
    login_user(SignedIn(account_id=account.id, person_id=account.person_id, name=account.name, roles=roles))
    now = clock.now()
    session[TOKEN] = secrets.token_urlsafe(32)
    begun = {
        "token_hash": this_session(),
        "account_id": account.id,
        "stamp": account.session_stamp,
        "started_at": now,
        "last_seen_at": now,
        "proved_at": now,
        "device": device_of(request.user_agent.string),
    }
    outlived = delete(_SESSION).where(
        _SESSION.c.account_id == account.id, _SESSION.c.started_at <= limits()["earliest_start"]
    )
    with transaction() as database:
        database.execute(outlived)
        database.execute(_SESSION.insert(), begun)
    g.proved_at = now
    session[kept_form.CSRF] = kept_form.csrf_secret(account.id, secrets.token_hex(20))
    g.pop(kept_form.CSRF, None)  # Flask-WTF keeps the old session's token for the rest of the request


def end_session() -> None:
    """End this session alone, here and for whoever kept its cookie, and forget everything in it."""
    if TOKEN in session:
        ended = update(_SESSION).where(_SESSION.c.token_hash == this_session(), _SESSION.c.ended_at.is_(None))
        with transaction() as database:
            database.execute(ended.values(ended_at=clock.now()))
    session.clear()


def note_activity(answer: Response) -> Response:
    """Move the idle time-out on, once a minute, for whoever was found to be signed in. What has run out stays so."""
    seen: datetime | None = g.get("last_seen_at")
    if seen is None or clock.now() - seen < NOTED_EVERY:
        return answer
    # A connection of its own: what the view has read is not to be ended by this.
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(_SEEN, {"wanted": this_session(), "now": clock.now()})
    return answer


def nobody_asked() -> None:
    """A page asked this by itself: it does not move the idle time-out of whoever left it open."""
    g.pop("last_seen_at", None)


def current_actor() -> Actor:
    """Whoever is signed in, for operations. Only for views that demand a permission."""
    return cast(Actor, current_user._get_current_object())


def this_session() -> str:
    """What is kept of the token in this request's cookie: the name of its row."""
    return hashlib.sha256(str(session.get(TOKEN, "")).encode()).hexdigest()


def limits() -> dict[str, datetime]:
    """How long ago a session that still lives may have begun and been used."""
    now = clock.now()
    return {
        "earliest_start": now - timedelta(hours=LONGEST_HOURS.get()),
        "earliest_seen": now - timedelta(minutes=IDLE_MINUTES.get()),
    }
