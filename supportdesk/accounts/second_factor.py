"""The second factor: six digits from an app on one's own phone (TOTP, RFC 6238), or one of ten recovery codes on paper.

Asked for after the password, on every device and every time. A code counts once. Secrets are kept sealed, recovery
codes as hashes.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Final

import pyotp
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, RecoveryCode, SecondFactor
from supportdesk.accounts.operations import TooManyTries, note_log_in
from supportdesk.accounts.sealing import keyed_hash, seal, unseal
from supportdesk.accounts.upkeep import locked
from supportdesk.core import throttle
from supportdesk.core.codes import new_code, new_token, tidy_code
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.japanese import half_width
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db

#: Seconds that a code is shown for.
STEP: Final = 30
#: Phones' clocks are right to half a minute: the code before and the one after count too.
_NEAR: Final = (0, -1, 1)
RECOVERY_CODES: Final = 10
#: Forty bits: with five tries in a quarter of an hour nobody guesses one.
_RECOVERY_LENGTH: Final = 10
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")
_FACTOR, _RECOVERY = table_of(SecondFactor), table_of(RecoveryCode)


class WrongCode(DeskError):
    """The digits are not those of now or were used already, or no such recovery code is left."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            _l("番号がちがうか、もう使われています。アプリに出ている、今の6けたの番号を入力してください。"),
            field="code",
        )


def new_secret() -> str:
    """160 random bits for a phone, in the letters that such apps read."""
    return pyotp.random_base32()


def address_of(secret: str, username: str, issuer: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def looks_like_code(typed: str) -> bool:
    """Whether it is six digits, which no password is."""
    return _SIX_DIGITS.fullmatch(_plain(typed)) is not None


def has_factor(account_id: int) -> bool:
    """Whether codes are asked of this account."""
    return db.session.scalar(select(SecondFactor.account_id).where(SecondFactor.account_id == account_id)) is not None


def codes_left(account_id: int) -> int:
    """How many of its recovery codes are not used yet."""
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def set_up(secret: str, code: str, *, actor: Actor, now: datetime) -> list[str]:
    """The actor's phone makes codes from this secret, as the code proves; another phone's count no longer.

    Returns the new recovery codes, which are shown this once. Raises WrongCode.
    """
    account_id = _own(actor)
    locked(account_id)
    step = _step_of(secret, code, now)
    if step is None:
        raise WrongCode
    connection().execute(delete(_FACTOR).where(_FACTOR.c.account_id == account_id))
    connection().execute(
        insert(_FACTOR),
        {"account_id": account_id, "sealed_secret": seal(secret), "set_up_at": now, "last_step": step},
    )
    audit.record(actor=actor, action=Action.SET_UP_FACTOR, subject=f"account:{account_id}", now=now)
    return _new_codes(account_id)


def renew_codes(*, actor: Actor, now: datetime) -> list[str]:
    """Ten new recovery codes instead of the old ones, shown this once. Raises NotFound without a second factor."""
    account_id = _own(actor)
    locked(account_id)
    if not has_factor(account_id):
        raise NotFound
    audit.record(actor=actor, action=Action.RENEW_RECOVERY_CODES, subject=f"account:{account_id}", now=now)
    return _new_codes(account_id)


def reset_factor(account_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody lost their phone and their codes: both are forgotten, and their sessions end.

    Raises NotFound, also when there is nothing to forget.
    """
    account = locked(account_id)
    gone = connection().execute(delete(_FACTOR).where(_FACTOR.c.account_id == account_id)).rowcount
    if not gone:
        raise NotFound
    connection().execute(delete(_RECOVERY).where(_RECOVERY.c.account_id == account_id))
    account.session_stamp = new_token()
    throttle.clear(_bucket(account_id))
    audit.record(actor=actor, action=Action.RESET_FACTOR, subject=f"account:{account_id}", now=now)


def log_in_with_code(account_id: int, typed: str, *, now: datetime) -> Account | DeskError:
    """Let in whoever knew the password, and has the phone or the paper.

    A refusal is returned, not raised, because the failure it counts must be kept: WrongCode, or TooManyTries after five
    within 15 minutes.
    """
    account = locked(account_id)
    refusal = check_code(account_id, typed, now=now)
    if refusal is not None:
        if isinstance(refusal, WrongCode):
            audit.record(actor=SYSTEM, action=Action.LOG_IN_CODE_REFUSED, subject=f"account:{account_id}", now=now)
        return refusal
    note_log_in(account, now)
    return account


def check_code(account_id: int, typed: str, *, now: datetime) -> DeskError | None:
    """Whether the code is right, under the account's lock; it is used up. A refusal is returned, and counted."""
    bucket = _bucket(account_id)
    throttle.wait_in_turn(bucket, now)
    until = throttle.blocked_until(bucket, now)
    if until is not None:
        return TooManyTries(until)
    if not _use_digits(account_id, typed, now) and not _use_recovery_code(account_id, typed, now):
        throttle.count_failure(bucket, now)
        return WrongCode()
    throttle.clear(bucket)
    return None


def _use_digits(account_id: int, typed: str, now: datetime) -> bool:
    kept = connection().execute(select(_FACTOR).where(_FACTOR.c.account_id == account_id)).one_or_none()
    secret = unseal(kept.sealed_secret) if kept else None
    if kept is None or secret is None:
        return False
    step = _step_of(secret, typed, now)
    if step is None or step <= kept.last_step:
        return False
    connection().execute(update(_FACTOR).where(_FACTOR.c.account_id == account_id).values(last_step=step))
    return True


def _use_recovery_code(account_id: int, typed: str, now: datetime) -> bool:
    used = (
        update(_RECOVERY)
        .where(
            _RECOVERY.c.account_id == account_id,
            _RECOVERY.c.code_hash == keyed_hash(f"{account_id} {tidy_code(typed)}"),
            _RECOVERY.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return connection().execute(used).rowcount == 1


def _step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The half-minute whose code this is, if it is near now."""
    code, current = _plain(typed), int(now.timestamp()) // STEP
    if not _SIX_DIGITS.fullmatch(code):
        return None
    made = pyotp.TOTP(secret)
    return next((current + n for n in _NEAR if hmac.compare_digest(made.at((current + n) * STEP), code)), None)


def _new_codes(account_id: int) -> list[str]:
    codes = [new_code(length=_RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
    connection().execute(delete(_RECOVERY).where(_RECOVERY.c.account_id == account_id))
    rows = [{"account_id": account_id, "code_hash": keyed_hash(f"{account_id} {code}")} for code in codes]
    connection().execute(insert(_RECOVERY), rows)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _own(actor: Actor) -> int:
    assert actor.account_id is not None
    return actor.account_id


def _plain(typed: str) -> str:
    return half_width(typed).replace(" ", "").replace("-", "")


def _bucket(account_id: int) -> str:
    return throttle.bucket_name("code", str(account_id))
