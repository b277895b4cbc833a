"""The pass: a card with one QR code for each learner. Issued, revoked and reissued at the desk; found by whoever scans.

A revoked pass stays in its table, so that its code is never issued again, but it leads to nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, or_, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.codes import new_code, new_token, tidy_code
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.keys import code_key
from supportdesk.learners.models import FOR_GOOD, AdmissionWindow, Learner, LearnerKey, Pass, Status

PREFIX = "P"


class LivePass(NamedTuple):
    """The pass a learner holds now. `token` stands in the QR code, `code` is for typing."""

    token: str
    code: str
    issued_at: datetime


class PassInHand(DeskError):
    """The learner has a live pass already."""

    def __init__(self) -> None:
        super().__init__(_l("もうカードがあります。なくしたときは「作り直す」を押してください。"))


class NoPass(DeskError):
    """The learner has no live pass."""

    def __init__(self) -> None:
        super().__init__(_l("使えるカードがありません。"))


class NotWithUs(DeskError):
    """The learner has left or died: a card would lead to nobody whom we serve."""

    def __init__(self) -> None:
        super().__init__(_l("利用を終えた方のカードは作れません。利用の状態を「利用中」にもどしてから作ってください。"))


def issue_pass(learner_id: int, *, actor: Actor, now: datetime) -> LivePass:
    """Give the learner a pass; from now on its code finds them. Raises PassInHand; NotWithUs for whoever has left
    or died.
    """
    if _lock(learner_id) in FOR_GOOD:
        raise NotWithUs
    if live_pass(learner_id) is not None:
        raise PassInHand
    issued = LivePass(new_token(), _unused_code(), now)
    db.session.execute(
        insert(Pass),
        {**issued._asdict(), "learner_id": learner_id, "issued_by": actor.account_id},
    )
    db.session.execute(insert(LearnerKey), {"key": code_key(issued.code), "learner_id": learner_id})
    audit.record(actor=actor, action=Action.ISSUE_PASS, subject=f"learner:{learner_id}", now=now)
    return issued


def revoke_pass(learner_id: int, *, actor: Actor, now: datetime) -> None:
    """End the learner's pass at once, for every scan and for its code; an open admission window ends with it.

    So does the card of a record that was merged into theirs. Raises NoPass. Phones admitted before stay admitted
    (admission.cut_off_phones).
    """
    _lock(learner_id)
    records = select(Learner.id).where(or_(Learner.id == learner_id, Learner.merged_into == learner_id))
    ended = db.session.scalars(
        update(Pass)
        .where(Pass.learner_id.in_(records), Pass.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor.account_id)
        .returning(Pass.code)
        .execution_options(synchronize_session=False)
    ).all()
    if not ended:
        raise NoPass
    db.session.execute(
        delete(LearnerKey).where(LearnerKey.learner_id == learner_id, LearnerKey.key.in_(map(code_key, ended)))
    )
    close_windows(learner_id, now)
    audit.record(actor=actor, action=Action.REVOKE_PASS, subject=f"learner:{learner_id}", now=now)


def reissue_pass(learner_id: int, *, actor: Actor, now: datetime) -> LivePass:
    """A new pass in place of a lost one, which ends. Raises NoPass."""
    revoke_pass(learner_id, actor=actor, now=now)
    return issue_pass(learner_id, actor=actor, now=now)


def close_windows(learner_id: int, now: datetime) -> None:
    """No phone is admitted any more by a window that was opened for the learner."""
    db.session.execute(
        update(AdmissionWindow)
        .where(AdmissionWindow.learner_id == learner_id, AdmissionWindow.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def live_pass(learner_id: int) -> LivePass | None:
    """The pass the learner holds now."""
    row = db.session.execute(
        select(Pass.token, Pass.code, Pass.issued_at).where(Pass.learner_id == learner_id, Pass.revoked_at.is_(None))
    ).one_or_none()
    return LivePass(row.token, row.code, row.issued_at) if row is not None else None


def live_passes(learner_ids: Collection[int]) -> dict[int, LivePass]:
    """The pass that each of them holds now: one statement."""
    rows = db.session.execute(
        select(Pass.learner_id, Pass.token, Pass.code, Pass.issued_at).where(
            Pass.learner_id.in_(learner_ids), Pass.revoked_at.is_(None)
        )
    )
    return {row.learner_id: LivePass(row.token, row.code, row.issued_at) for row in rows}


def pass_by_token(token: str) -> int | None:
    """The learner whose live pass has this token. A revoked one is like one that never was."""
    if not token.isprintable():
        return None  # PostgreSQL takes no NUL
    return db.session.scalar(_HOLDER.where(Pass.token == token))


def pass_by_code(code: str) -> int | None:
    """The learner whose live pass has this code, however it was typed."""
    return db.session.scalar(_HOLDER.where(Pass.code == tidy_code(code)))


#: A card issued to a record that was merged into another is that one's, too.
_HOLDER = (
    select(func.coalesce(Learner.merged_into, Learner.id))
    .join(Pass, Pass.learner_id == Learner.id)
    .where(Pass.revoked_at.is_(None))
)


def _lock(learner_id: int) -> Status:
    """One at a time for one learner, so that a double press on two nodes makes one pass; what the learner is now."""
    status = db.session.scalar(select(Learner.status).where(Learner.id == learner_id).with_for_update(key_share=True))
    if status is None:
        raise NotFound
    return status


def _unused_code() -> str:
    while True:
        code = new_code(PREFIX)
        if db.session.scalar(select(Pass.id).where(Pass.code == code)) is None:
            return code
