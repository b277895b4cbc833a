"""What a learner was told and answered, in the words used. Append-only: the latest answer of a kind stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Consent, ConsentKind
from supportdesk.learners.rooms import let_go

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


class Covers(NamedTuple):
    """What a consent covers, in plain words for the sheet that a learner takes home and signs."""

    kept: object
    seen_by: object
    until: object
    taken_back: object


COVERS: Final[Mapping[ConsentKind, Covers]] = {
    ConsentKind.KEEP_RECORD: Covers(
        kept=_l("教室に出た日、相談の内容、できるようになったことを書きます。"),
        seen_by=_l(
            "市の職員、担当の講師と相談員が見ます。担当の地域サポーターには、できるようになったことだけを見せます。"
        ),
        until=_l("あなたが「やめる」と言うまでです。消してほしいときは、いつでも申し出てください。"),
        taken_back=_l(
            "これからは書きません。教室や相談には、これまでどおり来られます。前に書いたものは、申し出があれば消します。"
        ),
    ),
    ConsentKind.TIE_VIDEO_VIEWS: Covers(
        kept=_l("あなたのスマホで見た動画の名前と日にち、「できた」「まだ」の答えを書きます。"),
        seen_by=_l("市の職員、担当の講師と相談員が見ます。"),
        until=_l("あなたが「やめる」と言うまでです。"),
        taken_back=_l("前に見た動画と答えを、あなたの記録からはずします。動画は、これまでどおり見られます。"),
    ),
}


def record_consent(
    learner_id: int, kind: ConsentKind, given: bool, wording: str, *, actor: Actor, now: datetime
) -> int:
    """Keep one answer; the earlier ones stay. A yes taken back has what follows in each room done. Returns its id."""
    taken_back = not given and has_consented(learner_id, kind)
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
    if taken_back:
        let_go(learner_id, kind, actor=actor, now=now)
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


_NEWEST_FIRST = (Consent.recorded_at.desc(), Consent.id.desc())
_ANSWERS = (
    select(
        Consent.learner_id,
        Consent.given,
        func.row_number().over(partition_by=Consent.learner_id, order_by=_NEWEST_FIRST).label("nth"),
    )
    .where(Consent.learner_id.in_(bindparam("learner_ids", expanding=True)), Consent.kind == ConsentKind.KEEP_RECORD)
    .subquery()
)
#: Written once: whoever awards a level asks, and SQLAlchemy thinks long over a subquery.
_DECLINED: Final = select(_ANSWERS.c.learner_id).where(_ANSWERS.c.nth == 1, _ANSWERS.c.given.is_(False))


def declined(learner_ids: Collection[int]) -> frozenset[int]:
    """Those of them whose latest answer is that they want no record. Who was never asked has not declined."""
    return frozenset(db.session.scalars(_DECLINED, {"learner_ids": list(learner_ids)}))
