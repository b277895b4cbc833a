"""Why a learner's record is opened, by those whose role must say so: once for each learner and session.

The reason stands in the audit trail, where it is looked up again and written beside every look that follows.
"""

from __future__ import annotations

from datetime import datetime

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import AuditEntry, SignedInSession
from supportdesk.accounts.sign_in import this_session
from supportdesk.core.activities import activity
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import ChoiceField, DeskForm, NoteField
from supportdesk.core.labelled import Labelled
from supportdesk.core.permissions import Actor, Permission
from supportdesk.extensions import db


class Reason(Labelled):
    """The usual ones, with their words."""

    INQUIRY = "inquiry", _l("本人や家族から問い合わせがあった")
    CORRECTION = "correction", _l("記録のまちがいをなおす")
    COLLEAGUE = "colleague", _l("職員やサポーターから相談を受けた")
    COMPLAINT = "complaint", _l("苦情や事故を調べる")
    DISCLOSURE = "disclosure", _l("開示の請求にこたえる")
    OTHER = "other", _l("そのほか（下に書く）")


class ReasonWanted(Exception):  # no error: the way to what was asked for
    """Answered, by whichever view it is raised in, with the question why."""

    def __init__(self, learner_id: int) -> None:
        self.learner_id = learner_id


class NoReason(DeskError):
    """ "Another one" alone tells nobody anything."""

    def __init__(self) -> None:
        super().__init__(_l("理由を書いてください。"), field="words")


class ReasonForm(DeskForm):
    """One of the usual reasons, with words beside it where they are wanted."""

    reason = ChoiceField(_l("理由"), choices={one.value: one.label for one in Reason})
    words = NoteField(
        _l("くわしく"),
        hint=_l("この記録は長く残ります。お名前や電話番号は書かないでください。"),
        max_length=200,
        rows=2,
    )


def reason_to_look(actor: Actor, learner_id: int) -> str:
    """Why the actor opens this learner's record; nothing where nobody asks. Raises ReasonWanted before a page is shown.

    What is answered to a form shows no more than the page with the form did.
    """
    if not actor.must_say_why(Permission.SEE_LEARNERS):
        return ""
    began = select(SignedInSession.started_at).where(SignedInSession.token_hash == this_session()).scalar_subquery()
    given = db.session.scalar(
        select(AuditEntry.reason)
        .where(
            AuditEntry.subject == activity("learner", learner_id),
            AuditEntry.action == Action.SAY_WHY.value,
            AuditEntry.account_id == actor.account_id,
            AuditEntry.at >= began,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if given is None and request.method == "GET":
        raise ReasonWanted(learner_id)
    return given or ""


def say_why(learner_id: int, usual: str, words: str, *, actor: Actor, now: datetime) -> None:
    """Note why the actor is going to open this learner's record: a usual reason, words after it. Raises NoReason."""
    if usual == Reason.OTHER and not words:
        raise NoReason
    reason = ": ".join(filter(None, [usual, words]))
    audit.record(actor=actor, action=Action.SAY_WHY, subject=activity("learner", learner_id), reason=reason, now=now)


def in_words(reason: str) -> str:
    """A kept reason for people to read."""
    usual, colon, words = reason.partition(": ")
    labels = {one.value: str(one.label) for one in Reason}
    said = words or (_("（消去済み）") if colon else "")
    return "：".join(filter(None, [labels.get(usual, usual), said]))
