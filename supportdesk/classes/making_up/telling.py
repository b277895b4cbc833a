"""Telling whoever was to make up at a meeting that it is not held as they know it. Called where that happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from supportdesk.classes.making_up.queries import making_up_at
from supportdesk.core import clock
from supportdesk.core.wareki import format_short, format_time
from supportdesk.learners.standing import standings_of
from supportdesk.notices.operations import queue_notice
from supportdesk.places.occupancy import Claim

KIND: Final = "making_up_changed"


def tell_who_make_up(title: str, meetings: Iterable[Claim], *, about: str = "", now: datetime) -> int:
    """These meetings, named as they were, are called off or moved; how many learners are told of it. `about` names the
    change that the notices go with; without one they go with the meeting.
    """
    known = {int(one.activity.partition(":")[2]): one for one in meetings}
    expected = making_up_at(known)
    standings = standings_of([learner_id for _meeting, learner_id in expected], clock.local(now).date())
    for meeting_id, learner_id in expected:
        begins = clock.local(known[meeting_id].starts_at)
        queue_notice(
            standing=standings[learner_id],
            kind=KIND,
            activity=about or known[meeting_id].activity,
            text=f"{format_short(begins.date())}{format_time(begins)}からの「{title}」に、お休みした回のかわりに"
            "来ていただく予定でしたが、予定が変わりました。別の日をご案内します。",
            tell_until=known[meeting_id].starts_at,
            now=now,
        )
    return len(expected)
