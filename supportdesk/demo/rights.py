"""What the demo's people ask for of their own records: to see it, and to have it erased. Both wait to be settled."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.rights.models import Asker, RequestKind
from supportdesk.learners.rights.requests import take_request


def play(cast: Cast, now: datetime) -> None:
    """One came to the counter last week, the other's daughter called a month ago: that one is nearly due."""
    asked = ((RequestKind.DISCLOSURE, Asker.SELF, "", 6), (RequestKind.ERASURE, Asker.AGENT, "長女", 28))
    learner_ids = db.session.scalars(select(Learner.id).order_by(Learner.id.desc()).limit(len(asked)).offset(20))
    for learner_id, (kind, asker, name, days) in zip(learner_ids, asked, strict=True):
        then = now - timedelta(days=days)
        take_request(
            learner_id,
            kind,
            received_on=clock.local(then).date(),
            asker=asker,
            asker_name=name,
            note="",
            actor=cast.staff["reception"],
            now=then,
        )
