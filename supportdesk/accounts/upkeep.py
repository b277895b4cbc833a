"""What becomes of an account after it was made: new particulars, an own password, switched off and on. Never deleted.

A new password and switching off give the account a new session stamp: whoever is signed in with the old one is not.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit, passwords
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.operations import TooManyTries, kept_mail
from supportdesk.accounts.terms import PRESENT, in_force
from supportdesk.core import throttle
from supportdesk.core.codes import new_token
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db


class OldPasswordWrong(DeskError):
    """Whoever sits at the screen does not know the account's password."""

    def __init__(self) -> None:
        super().__init__(_l("今のパスワードがちがいます。"), field="old_password")


class LastAdministrator(DeskError):
    """Without this account nobody could manage accounts any more."""

    def __init__(self) -> None:
        super().__init__(_l("使える管理者がほかにいないので、できません。先に、ほかの人を管理者にしてください。"))


def edit_account(
    account_id: int,
    *,
    name: str,
    kana: str,
    phone: str,
    mail: str,
    roles: Collection[Role],
    actor: Actor,
    now: datetime,
) -> None:
    """Give an account another name, telephone (E.164), mail address or other roles.

    Raises NotFound, LastAdministrator, BadMailAddress.
    """
    account = locked(account_id)
    if Role.ADMIN not in roles:
        demand_another_administrator(account)
    account.name, account.kana, account.phone = tidy(name), tidy(kana), phone or None
    account.mail = kept_mail(mail)
    held = {given.role for given in account.roles}
    account.roles = [
        *(given for given in account.roles if given.role in roles),
        *(AccountRole(role=role) for role in sorted(set(roles) - held)),
    ]
    audit.record(
        actor=actor,
        action=Action.EDIT_ACCOUNT,
        subject=f"account:{account_id}",
        now=now,
        detail={"roles": sorted(roles)},
    )


def switch_account(account_id: int, *, active: bool, actor: Actor, now: datetime) -> None:
    """Switch an account off, which ends its sessions, or on again. Nothing happens to what stands so already.

    Raises NotFound, LastAdministrator.
    """
    account = locked(account_id)
    if account.active == active:
        return
    if not active:
        demand_another_administrator(account)
        account.session_stamp = new_token()
    account.active = active
    action = Action.SWITCH_ACCOUNT_ON if active else Action.SWITCH_ACCOUNT_OFF
    audit.record(actor=actor, action=action, subject=f"account:{account_id}", now=now)


class OwnPassword(NamedTuple):
    """What is to be kept of a new password, and the kept hash that the old one fits; None where it fits no longer."""

    kept: str
    fits: str | None


def try_own_password(old: str, new: str, *, actor: Actor) -> OwnPassword:
    """Look at both passwords, for `change_own_password`: before the transaction, because it takes a fifth of a second.

    Raises what `demand_good_password` raises, whether the old one is right or not.
    """
    account = db.session.execute(
        select(Account.password_hash, Account.username, Account.name, Account.kana).where(
            Account.id == actor.account_id
        )
    ).one()
    passwords.demand_good_password(new, names=(account.username, account.name, account.kana))
    current: str = account.password_hash
    return OwnPassword(passwords.kept_hash(new), current if passwords.fits(current, old) else None)


def change_own_password(tried: OwnPassword, *, actor: Actor, now: datetime) -> Account | DeskError:
    """Somebody changes their own password: all of their sessions end. The account is returned, to begin a new one.

    A wrong old password is returned, not raised, because the failure it counts must be kept: it is counted like a
    failed log-in.
    """
    assert actor.account_id is not None
    account = locked(actor.account_id)
    bucket = throttle.bucket_name("login", account.username)
    until = throttle.blocked_until(bucket, now)
    if until is not None:
        return TooManyTries(until)
    if account.password_hash != tried.fits:
        throttle.count_failure(bucket, now)
        return OldPasswordWrong()
    _give_password(account, tried.kept)
    throttle.clear(bucket)
    audit.record(actor=actor, action=Action.CHANGE_OWN_PASSWORD, subject=f"account:{account.id}", now=now)
    return account


def _give_password(account: Account, kept: str) -> None:
    account.password_hash = kept
    account.session_stamp = new_token()


def locked(account_id: int) -> Account:
    """The account, for as long as the transaction lasts."""
    account = db.session.scalar(
        select(Account)
        .where(Account.id == account_id)
        .options(selectinload(Account.roles))
        .execution_options(populate_existing=True)
        .with_for_update(key_share=True)
    )
    if account is None:
        raise NotFound
    return account


#: Condition: an administrator without an end in sight.
STAYS = and_(
    PRESENT,
    in_force(AccountRole),
    AccountRole.ends_on.is_(None),
    Account.service_ends_on.is_(None),
    Account.leave_from.is_(None),
)


def demand_another_administrator(account: Account) -> None:
    """One who can log in and will stay: whoever has not accepted their invitation yet, or leaves, is none.

    Administrators' rows are locked in the order of their ids: two who switch each other off come one by one.
    """
    if not account.active or Role.ADMIN not in {given.role for given in account.roles}:
        return
    administrators = db.session.scalars(
        select(Account.id)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role == Role.ADMIN, STAYS, Account.password_hash != passwords.NONE_CHOSEN)
        .order_by(Account.id)
        .with_for_update(key_share=True, of=Account)
    ).all()
    if set(administrators) <= {account.id}:
        raise LastAdministrator
