"""How a phone becomes a learner's own: staff open a window of ten minutes for it, or its owner answers two questions.

The phone keeps a secret in a cookie (own_phone.py); here only its hash is kept, so that the table admits nobody.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import throttle
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.core.phones import digits_of, last_four
from supportdesk.extensions import db
from supportdesk.learners.models import AdmissionWindow, Learner, LearnerPhone, LearnerPhoneAdmission
from supportdesk.learners.office import ADMISSION_MINUTES
from supportdesk.learners.passes import NoPass, close_windows, live_pass, pass_by_token

_DOOR = "admit_phone"


class NoWindow(DeskError):
    """Nobody has opened a window for this pass, or another phone has used it."""

    def __init__(self) -> None:
        super().__init__(_l("いまは、このスマホを登録できません。職員に声をかけてください。"))


class WrongAnswers(DeskError):
    """The birth day or the digits are not the learner's; which of the two is not said."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("生年月日か電話番号の下4けたがちがいます。"))


class TooManyAnswers(DeskError):
    """Five wrong answers closed this pass's door for a while."""

    status = 429

    def __init__(self, until: datetime) -> None:
        super().__init__(
            _l("まちがいが続いたため、15分のあいだ登録できません。お急ぎのときは職員に声をかけてください。"),
            details={"until": until},
        )


def open_window(learner_id: int, *, actor: Actor, now: datetime) -> datetime:
    """Let the next phone that scans the pass within a few minutes become the learner's own; returns when that ends.

    Opened twice it still admits one phone. Wrong answers of before are forgotten. Raises NoPass.
    """
    held = live_pass(learner_id)
    if held is None:
        raise NoPass
    until = now + timedelta(minutes=ADMISSION_MINUTES.get())
    db.session.execute(
        insert(AdmissionWindow),
        {"learner_id": learner_id, "opened_at": now, "opened_by": actor.account_id, "expires_at": until},
    )
    throttle.clear(_bucket(held.token))
    audit.record(actor=actor, action=Action.OPEN_ADMISSION_WINDOW, subject=f"learner:{learner_id}", now=now)
    return until


def window_is_open(learner_id: int, *, now: datetime) -> bool:
    """Whether the next phone that scans this learner's pass would be admitted."""
    return db.session.scalar(_open_windows(learner_id, now).limit(1)) is not None


def admit_phone(token: str, *, now: datetime) -> str:
    """Admit the phone that scanned this pass, through the window that staff opened; returns the secret for its cookie.

    All open windows are used up by it: of two phones at once, one is admitted. Raises NotFound when no live pass has
    the token, NoWindow.
    """
    learner_id = pass_by_token(token)
    if learner_id is None:
        raise NotFound
    window = db.session.execute(
        update(AdmissionWindow)
        .where(AdmissionWindow.id.in_(_open_windows(learner_id, now)), AdmissionWindow.used_at.is_(None))
        .values(used_at=now)
        .returning(AdmissionWindow.opened_by)
        .execution_options(synchronize_session=False)
    ).first()
    if window is None:
        raise NoWindow
    return _admit(learner_id, admitted_by=window.opened_by, now=now)


def admit_phone_by_answers(token: str, birth_date: date, digits: str, *, now: datetime) -> str | DeskError:
    """Admit the phone whose holder knows the learner's birth date and the last four digits of one of their phones.

    A refusal is returned, not raised, because the failure it counts must be kept: WrongAnswers, or TooManyAnswers after
    five within 15 minutes. Raises NotFound when no live pass has the token.
    """
    learner_id = pass_by_token(token)
    if learner_id is None:
        raise NotFound
    throttle.wait_in_turn(_bucket(token), now)
    until = throttle.blocked_until(_bucket(token), now)
    if until is not None:
        return TooManyAnswers(until)
    if not _answers_are_right(learner_id, birth_date, digits_of(digits)):
        throttle.count_failure(_bucket(token), now)
        return WrongAnswers()
    throttle.clear(_bucket(token))
    return _admit(learner_id, admitted_by=None, now=now)


def phones_of(learner_id: int) -> int:
    """How many phones are the learner's own now."""
    held = select(func.count()).where(
        LearnerPhoneAdmission.learner_id == learner_id, LearnerPhoneAdmission.revoked_at.is_(None)
    )
    return db.session.scalar(held) or 0


def cut_off_phones(learner_id: int, *, actor: Actor, now: datetime) -> int:
    """End every phone's admission, and a window still open; returns how many phones that were."""
    close_windows(learner_id, now)
    cut_off = db.session.execute(
        update(LearnerPhoneAdmission)
        .where(LearnerPhoneAdmission.learner_id == learner_id, LearnerPhoneAdmission.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(LearnerPhoneAdmission.id)
        .execution_options(synchronize_session=False)
    ).all()
    audit.record(
        actor=actor,
        action=Action.CUT_OFF_PHONES,
        subject=f"learner:{learner_id}",
        now=now,
        detail={"phones": len(cut_off)},
    )
    return len(cut_off)


_ADMITTED = select(LearnerPhoneAdmission.token_hash, LearnerPhoneAdmission.learner_id).where(
    LearnerPhoneAdmission.token_hash.in_(bindparam("hashes", expanding=True)),
    LearnerPhoneAdmission.revoked_at.is_(None),
)


def learners_by_secret(secrets_held: list[str]) -> dict[str, int]:
    """Which learner each of a phone's secrets stands for; cut off and made up ones stand for nobody."""
    hashes = {_hash(secret): secret for secret in secrets_held}
    if not hashes:
        return {}
    rows = db.session.execute(_ADMITTED, {"hashes": list(hashes)})
    found = {hashes[row.token_hash]: int(row.learner_id) for row in rows}
    return {secret: found[secret] for secret in secrets_held if secret in found}


def _admit(learner_id: int, *, admitted_by: int | None, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    db.session.execute(
        insert(LearnerPhoneAdmission),
        {"learner_id": learner_id, "token_hash": _hash(secret), "admitted_at": now, "admitted_by": admitted_by},
    )
    audit.record(
        actor=SYSTEM,
        action=Action.ADMIT_PHONE,
        subject=f"learner:{learner_id}",
        now=now,
        detail={"by": "answers" if admitted_by is None else "window"},
    )
    return secret


def _answers_are_right(learner_id: int, birth_date: date, digits: str) -> bool:
    born = db.session.scalar(select(Learner.birth_date).where(Learner.id == learner_id))
    numbers = db.session.scalars(
        select(LearnerPhone.number).where(LearnerPhone.learner_id == learner_id, LearnerPhone.number.is_not(None))
    )
    return born == birth_date and digits in {last_four(str(number)) for number in numbers}


def _open_windows(learner_id: int, now: datetime) -> Any:
    return select(AdmissionWindow.id).where(
        AdmissionWindow.learner_id == learner_id, AdmissionWindow.expires_at > now, AdmissionWindow.used_at.is_(None)
    )


def _bucket(token: str) -> str:
    return throttle.bucket_name(_DOOR, token)


def _hash(secret: str) -> str:
    """Enough without salt: the secret is 256 random bits."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
