"""The tutors who helped a learner that leaves us: who they are, and ending the matches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Status
from supportdesk.learners.rooms import Binding
from supportdesk.tutors.operations import end_match
from supportdesk.tutors.queries import tutors_of


def bindings(learner_id: int, _status: Status, _now: datetime) -> Iterable[Binding]:
    """Matches that last. One statement."""
    return [
        Binding(
            _(
                "地域サポーター%(tutor)sさんの担当を終わりにします。%(tutor)sさんの画面から、この方の名前が消えます。",
                tutor=one.name,
            )
        )
        for one in tutors_of(learner_id)
    ]


def release(learner_id: int, _status: Status, *, actor: Actor, now: datetime) -> None:
    """End them. The learner is told with the rest."""
    for match_id in sorted(one.match_id for one in tutors_of(learner_id)):
        end_match(match_id, told=True, actor=actor, now=now)
