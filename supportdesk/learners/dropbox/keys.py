"""A phone's key: given to whoever is signed in, and good for handing in alone. It outlives the log-in on purpose.

What a key hands in is recorded in its owner's name while the account is as it was; after a new password, or when the
account is closed, it is still taken in, and held for somebody to look at.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.accounts.operations import actor_of
from supportdesk.accounts.terms import is_present
from supportdesk.core.database import connection
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.dropbox.models import PhoneKey
from supportdesk.learners.office import RECEIPT_DAYS

#: A key in use is changed for a new one so long before it is forgotten.
_RENEWED_BEFORE: Final = timedelta(days=30)


class Sender(NamedTuple):
    """Whose key it is; `trusted` while nothing about the account has changed since. `correction` is its clock's."""

    actor: Actor
    trusted: bool
    key: str
    correction: timedelta | None


def give_key(device: str, *, actor: Actor, now: datetime) -> str:
    """A new key for the phone at which the actor is signed in."""
    stamp = db.session.scalar(select(Account.session_stamp).where(Account.id == actor.account_id))
    if stamp is None or actor.account_id is None:
        raise NotFound
    token = secrets.token_urlsafe(32)
    db.session.add(
        PhoneKey(token_hash=_hash(token), account_id=actor.account_id, stamp=stamp, device=device, given_at=now)
    )
    audit.record(actor=actor, action=Action.GIVE_PHONE_KEY, subject=f"account:{actor.account_id}", now=now)
    return token


def sender_of(token: str) -> Sender | None:
    """Who hands in with this key; None for one that we never gave."""
    row = db.session.execute(
        select(Account, PhoneKey)
        .join(PhoneKey, PhoneKey.account_id == Account.id)
        .where(PhoneKey.token_hash == _hash(token))
        .options(selectinload(Account.roles))
    ).one_or_none()
    if row is None:
        return None
    account, key = row
    return Sender(
        actor_of(account),
        trusted=key.stamp == account.session_stamp and is_present(account),
        key=key.token_hash,
        correction=None if key.correction is None else timedelta(milliseconds=key.correction),
    )


def note_correction(sender: Sender, found: timedelta) -> None:
    """What is to be added to what this phone's clock says, from now on."""
    changed = update(PhoneKey).where(PhoneKey.token_hash == sender.key)
    db.session.execute(changed.values(correction=found // timedelta(milliseconds=1)))


def forget_keys(now: datetime) -> int:
    """Forget the keys of phones that nobody used for so long; whoever comes back gets a new one when they log in."""
    given_up = PhoneKey.given_at < now - timedelta(days=RECEIPT_DAYS.get())
    return connection().execute(delete(PhoneKey).where(given_up)).rowcount


def is_good(token: str, account_id: int | None, now: datetime) -> bool:
    """Whether what this account hands in with the key is trusted, and will be for some time."""
    lasts = PhoneKey.given_at > now - timedelta(days=RECEIPT_DAYS.get()) + _RENEWED_BEFORE
    held = and_(PhoneKey.account_id == Account.id, PhoneKey.stamp == Account.session_stamp)
    wanted = select(PhoneKey.token_hash).join(Account, held).where(Account.id == account_id)
    return db.session.scalar(wanted.where(PhoneKey.token_hash == _hash(token), lasts)) is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
