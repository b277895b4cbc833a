"""Making accounts and letting people in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit, passwords
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AccountRole, Person, SecondFactor
from supportdesk.accounts.terms import is_present, roles_in_force
from supportdesk.core import throttle
from supportdesk.core.errors import DeskError
from supportdesk.core.japanese import tidy
from supportdesk.core.mail_addresses import is_mail_address, tidy_mail
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db

#: Checked when there is no such account, so that the answer takes as long either way.
_NOBODY = passwords.kept_hash("nobody has this password")


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


class NotInService(DeskError):
    """Their password is right, but they are on leave, have left, or have no role today."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_l("今は、このアカウントを使えない期間です。管理者に相談してください。"))


class UsernameTaken(DeskError):
    """Another account has this user name."""

    def __init__(self) -> None:
        super().__init__(_l("このユーザー名はもう使われています。"), field="username")


class BadMailAddress(DeskError):
    """No mail can be sent there."""

    def __init__(self) -> None:
        super().__init__(_l("メールアドレスの形がちがうようです（例：hanako@example.jp）。"), field="mail")


class NoUsername(DeskError):
    """Nobody could log in to an account without a user name."""

    def __init__(self) -> None:
        super().__init__(_l("ユーザー名を入力してください。"), field="username")


def create_account(
    *,
    username: str,
    name: str,
    roles: Iterable[Role],
    actor: Actor,
    now: datetime,
    kept: str = passwords.NONE_CHOSEN,
    kana: str = "",
    phone: str = "",
    mail: str = "",
    person_id: int | None = None,
) -> Account:
    """Make an account for a new person, or for one we know already. Without a password it waits for its invitation.

    A password given here is the demo's: people choose theirs by invitation, where it is looked at. Its hash is what is
    `kept` of it, made before the transaction: it takes a tenth of a second, in which on SQLite nobody else could write.
    Raises NoUsername, UsernameTaken, BadMailAddress.
    """
    if not tidy(username):
        raise NoUsername
    account = Account(
        username=tidy(username),
        name=tidy(name),
        kana=tidy(kana),
        phone=phone or None,
        mail=kept_mail(mail),
        password_hash=kept,
        created_at=now,
        roles=[AccountRole(role=role) for role in sorted(set(roles))],
    )
    try:
        with db.session.begin_nested():
            account.person_id = person_id or _new_person(now)
            db.session.add(account)
    except IntegrityError as error:
        if db.session.scalar(select(Account.id).where(Account.username == account.username)) is None:
            raise
        raise UsernameTaken from error
    audit.record(actor=actor, action=Action.CREATE_ACCOUNT, subject=f"account:{account.id}", now=now)
    return account


def kept_mail(written: str) -> str | None:
    """What is kept of a mail address, None of none. Raises BadMailAddress."""
    mail = tidy_mail(written)
    if mail and not is_mail_address(mail):
        raise BadMailAddress
    return mail or None


class Tried(NamedTuple):
    """A user name and the kept hash that the password fits; None where it fits no account's.

    `renewed` is the hash to be kept instead, where one made today would take more work to guess.
    """

    username: str
    fits: str | None = None
    renewed: str | None = None


def try_password(username: str, password: str) -> Tried:
    """Look at a password, for `log_in`: before the transaction, because it takes a tenth of a second.

    On SQLite nobody else could write meanwhile. It takes as long when there is no such account.
    """
    username = tidy(username)
    kept = db.session.scalar(select(Account.password_hash).where(Account.username == username, Account.active))
    if kept == passwords.NONE_CHOSEN:
        kept = None
    if not passwords.fits(kept or _NOBODY, password):
        return Tried(username)
    return Tried(username, kept, passwords.renewed(kept, password) if kept else None)


class CodeWanted(NamedTuple):
    """The password was right; the account's second factor is still to be given."""

    account: Account


def log_in(tried: Tried, *, now: datetime) -> Account | CodeWanted | DeskError:
    """Let in whoever knew the password, and note it; or ask for the second factor, where they have one.

    Of guesses made at once, each is counted before the next is heard.

    A refusal is returned, not raised, because the failure it counts must be kept: WrongPassword, or TooManyTries after
    five within 15 minutes, whether this password was right or not.
    """
    account, bucket = _held(tried.username), throttle.bucket_name("login", tried.username)
    throttle.wait_in_turn(bucket, now)
    until = throttle.blocked_until(bucket, now)
    if until is not None:
        return TooManyTries(until)
    if account is None or tried.fits is None or account.password_hash != tried.fits:
        throttle.count_failure(bucket, now)
        if account is not None:  # what was typed for a name that nobody has may be somebody's password
            audit.record(actor=SYSTEM, action=Action.LOG_IN_REFUSED, subject=f"account:{account.id}", now=now)
        return WrongPassword()
    throttle.clear(bucket)
    if not is_present(account) or not roles_in_force(account):
        return NotInService()
    account.password_hash = tried.renewed or account.password_hash
    if db.session.get(SecondFactor, account.id) is not None:
        return CodeWanted(account)
    note_log_in(account, now)
    return account


def note_log_in(account: Account, now: datetime) -> None:
    """Somebody is in: with the last thing that was asked of them."""
    account.last_login_at = now
    audit.record(actor=actor_of(account), action=Action.LOG_IN, subject=f"account:{account.id}", now=now)


def actor_of(account: Account) -> Actor:
    """The account as the one who acts."""
    return Actor(
        account_id=account.id,
        person_id=account.person_id,
        name=account.name,
        roles=roles_in_force(account),
    )


def _new_person(now: datetime) -> int:
    person = Person(created_at=now)
    db.session.add(person)
    db.session.flush()
    return person.id


def _held(username: str) -> Account | None:
    """The account, until the transaction ends: before its bucket, as in `upkeep`, so that nobody waits in a circle."""
    return db.session.scalar(
        select(Account)
        .where(Account.username == username)
        .options(selectinload(Account.roles))
        .execution_options(populate_existing=True)
        .with_for_update(key_share=True)
    )
