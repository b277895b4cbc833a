"""Making accounts and letting people in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AccountRole, Person
from supportdesk.core import throttle
from supportdesk.core.errors import DeskError
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db

#: argon2id; `upkeep` gives new passwords with it.
hasher = PasswordHasher()
#: Checked when there is no such account, so that the answer takes as long either way.
_NOBODY = hasher.hash("nobody has this password")


class WrongPassword(DeskError):
    """The user name or the password is wrong; which of the two is not said."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("ユーザー名かパスワードがちがいます。"))


class TooManyTries(DeskError):
    """Five failures closed the account's door for a while."""

    status = 429

    def __init__(self, until: datetime) -> None:
        super().__init__(_l("まちがいが続いたため、15分のあいだログインできません。"), details={"until": until})


class UsernameTaken(DeskError):
    """Another account has this user name."""

    def __init__(self) -> None:
        super().__init__(_l("このユーザー名はもう使われています。"), field="username")


def create_account(
    *,
    username: str,
    name: str,
    password: str,
    roles: Iterable[Role],
    actor: Actor,
    now: datetime,
    kana: str = "",
    phone: str = "",
    person_id: int | None = None,
) -> Account:
    """Make an account for a new person, or for one we know already. Raises UsernameTaken."""
    username = tidy(username)
    if db.session.scalar(select(Account.id).where(Account.username == username)) is not None:
        raise UsernameTaken
    if person_id is None:
        person = Person(created_at=now)
        db.session.add(person)
        db.session.flush()
        person_id = person.id
    account = Account(
        person_id=person_id,
        username=username,
        name=tidy(name),
        kana=tidy(kana),
        phone=phone or None,
        password_hash=hasher.hash(password),
        created_at=now,
        roles=[AccountRole(role=role) for role in sorted(set(roles))],
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor=actor, action=Action.CREATE_ACCOUNT, subject=f"account:{account.id}", now=now)
    return account


def find_account(username: str) -> Account | None:
    """The account of that user name with its roles, switched off or not."""
    return db.session.scalar(select(Account).where(Account.username == username).options(selectinload(Account.roles)))


def log_in(username: str, password: str, *, now: datetime) -> Account | DeskError:
    """Check the password and note the log-in.

    A refusal is returned, not raised, because the failure it counts must be kept: WrongPassword, or TooManyTries after
    five within 15 minutes.
    """
    username = tidy(username)
    bucket = throttle.bucket_name("login", username)
    until = throttle.blocked_until(bucket, now)
    if until is not None:
        return TooManyTries(until)
    account = find_account(username)
    if not _matches(account, password) or account is None:
        throttle.count_failure(bucket, now)
        return WrongPassword()
    throttle.clear(bucket)
    account.last_login_at = now
    if hasher.check_needs_rehash(account.password_hash):
        account.password_hash = hasher.hash(password)
    audit.record(actor=actor_of(account), action=Action.LOG_IN, subject=f"account:{account.id}", now=now)
    return account


def actor_of(account: Account) -> Actor:
    """The account as the one who acts."""
    return Actor(
        account_id=account.id,
        person_id=account.person_id,
        name=account.name,
        roles=frozenset(given.role for given in account.roles),
    )


def _matches(account: Account | None, password: str) -> bool:
    try:
        usable = account is not None and account.active
        hasher.verify(account.password_hash if account is not None and usable else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return usable
