"""The link by which somebody chooses their password: for a new account, and for whoever forgot theirs.

Whoever makes the link never knows the password. Of the link only a hash is kept, so it is shown once; it opens the
account once, within three days, and a newer one or the administrator ends it before.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from supportdesk.accounts import audit, passwords
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, Invitation
from supportdesk.accounts.office import INVITATION_HOURS
from supportdesk.accounts.operations import actor_of
from supportdesk.accounts.terms import PRESENT, is_present
from supportdesk.accounts.upkeep import locked
from supportdesk.core import throttle
from supportdesk.core.activities import path_of
from supportdesk.core.codes import new_token
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db

_INVITATION = table_of(Invitation)


class InvitationOver(DeskError):
    """The link was used, has run out or was taken back, or never was one: the four are not told apart."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            _l(
                "この招待は使えません。一度使われたか、期限が切れたか、新しい招待が作られています。"
                "管理者に、新しい招待をたのんでください。"
            )
        )


class Invited(NamedTuple):
    """Whose link it is, and until when it opens."""

    account_id: int
    name: str
    username: str
    kana: str
    expires_at: datetime


class MadeInvitation(NamedTuple):
    """A link that was made just now, to be shown this once."""

    token: str
    expires_at: datetime

    @property
    def address(self) -> str:
        """What the letter and its QR code say."""
        return f"{current_app.config['SETTINGS'].base_url}{path_of('invited.accept', token=self.token)}"


class Standing(NamedTuple):
    """The newest invitation of an account that has not been used."""

    account_id: int
    made_at: datetime
    expires_at: datetime


def invite(account_id: int, *, actor: Actor, now: datetime) -> MadeInvitation:
    """Make the account's link. What opened it before opens it no more: its password, its sessions, an older link.

    Raises NotFound.
    """
    account = locked(account_id)
    account.password_hash = passwords.NONE_CHOSEN
    account.session_stamp = new_token()
    _end(account_id, now)
    token, expires_at = new_token(), now + timedelta(hours=INVITATION_HOURS.get())
    row = Invitation(
        account_id=account_id, token_hash=_hash(token), made_by=actor.account_id, made_at=now, expires_at=expires_at
    )
    db.session.add(row)
    throttle.clear(throttle.bucket_name("login", account.username))
    audit.record(actor=actor, action=Action.INVITE, subject=f"account:{account_id}", now=now)
    return MadeInvitation(token, expires_at)


def revoke_invitation(account_id: int, *, actor: Actor, now: datetime) -> None:
    """The account's link opens nothing any more. Raises NotFound when it has none that was not used."""
    locked(account_id)
    if not _end(account_id, now):
        raise NotFound
    audit.record(actor=actor, action=Action.REVOKE_INVITATION, subject=f"account:{account_id}", now=now)


def invited(token: str, now: datetime) -> Invited:
    """Whom the link is for. Raises InvitationOver."""
    row = db.session.execute(
        select(Account.id, Account.name, Account.username, Account.kana, Invitation.expires_at)
        .join(Invitation, Invitation.account_id == Account.id)
        .where(Invitation.token_hash == _hash(token), PRESENT, *_live(now))
    ).one_or_none()
    if row is None:
        raise InvitationOver
    return Invited(*row)


def accept_invitation(token: str, kept: str, *, now: datetime) -> Account:
    """The account has the password of which this hash is `kept`; the link is used up. Returned to begin a session.

    Of two who send the same link at once one is let in. Raises InvitationOver.
    """
    account = locked(invited(token, now).account_id)
    used = update(_INVITATION).where(_INVITATION.c.token_hash == _hash(token), *_live(now)).values(used_at=now)
    if not is_present(account) or connection().execute(used).rowcount != 1:
        raise InvitationOver
    account.password_hash = kept
    account.session_stamp = new_token()
    account.last_login_at = now
    audit.record(actor=actor_of(account), action=Action.ACCEPT_INVITATION, subject=f"account:{account.id}", now=now)
    return account


def standing_invitation(account_id: int) -> Standing | None:
    """The account's link that was neither used nor taken back, whether it has run out or not."""
    row = db.session.execute(_STANDING.where(Invitation.account_id == account_id)).one_or_none()
    return Standing(row.account_id, row.made_at, row.expires_at) if row else None


def standing_invitations(number: int) -> Page[object]:
    """All of those, the one that runs out first before the others: account, name, user name, made, runs out."""
    return fetch_page(_STANDING.order_by(Invitation.expires_at, Invitation.id), number)


def awaited(account_ids: list[int]) -> dict[int, datetime]:
    """When the links of these accounts run out, as far as they have one that was not used."""
    rows = db.session.execute(_STANDING.where(Invitation.account_id.in_(account_ids)))
    return {row.account_id: row.expires_at for row in rows}


#: At most one for an account: making one ends those before.
_STANDING = (
    select(Invitation.account_id, Account.name, Account.username, Invitation.made_at, Invitation.expires_at)
    .join(Account, Account.id == Invitation.account_id)
    .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Account.active)
)


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _INVITATION.c.used_at.is_(None),
        _INVITATION.c.revoked_at.is_(None),
        _INVITATION.c.expires_at > now,
    )


def _end(account_id: int, now: datetime) -> bool:
    ended = (
        update(_INVITATION)
        .where(
            _INVITATION.c.account_id == account_id, _INVITATION.c.used_at.is_(None), _INVITATION.c.revoked_at.is_(None)
        )
        .values(revoked_at=now)
    )
    return connection().execute(ended).rowcount > 0


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
