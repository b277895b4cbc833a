"""What a learner was told and answered, in the words used. Append-only: the latest answer of a kind stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Consent, ConsentKind

#: What staff read out. What was read is stored with the answer, so that these texts may change.
WORDINGS: Final[Mapping[ConsentKind, object]] = {
    ConsentKind.KEEP_RECORD: _l(
        "教室や相談で、どこまでできるようになったかを記録します。次の教室や相談で、講師と相談員が見ます。"
        "ほかの目的には使いません。いつでもやめることができます。"
    ),
    ConsentKind.TIE_VIDEO_VIEWS: _l(
        "ごらんになった動画と「できた」「まだ」の答えを、あなたの記録にのせます。"
        "次に何を練習するとよいかを、いっしょに考えるためです。いつでもやめることができます。"
    ),
}


def record_consent(
    learner_id: int, kind: ConsentKind, given: bool, wording: str, *, actor: Actor, now: datetime
) -> int:
    """Keep one answer; the earlier ones stay. Returns its id."""
    consent = Consent(
        learner_id=learner_id, kind=kind, given=given, wording=wording, recorded_at=now, recorded_by=actor.account_id
    )
    db.session.add(consent)
    db.session.flush()
    audit.record(
        actor=actor,
        action=Action.RECORD_CONSENT,
        subject=f"learner:{learner_id}",
        now=now,
        detail={"kind": str(kind), "given": given},
    )
    return consent.id


def consents_of(learner_id: int) -> list[Any]:
    """All answers, newest first: rows of kind, given, wording, recorded_at, recorded_by (a name)."""
    return list(
        db.session.execute(
            select(Consent.kind, Consent.given, Consent.wording, Consent.recorded_at, Account.name.label("recorded_by"))
            .outerjoin(Account, Account.id == Consent.recorded_by)
            .where(Consent.learner_id == learner_id)
            .order_by(Consent.recorded_at.desc(), Consent.id.desc())
        )
    )


def has_consented(learner_id: int, kind: ConsentKind) -> bool:
    """Whether the latest answer of that kind is a yes. Never asked is no."""
    latest = (
        select(Consent.given)
        .where(Consent.learner_id == learner_id, Consent.kind == kind)
        .order_by(Consent.recorded_at.desc(), Consent.id.desc())
        .limit(1)
    )
    return db.session.scalar(latest) is True
