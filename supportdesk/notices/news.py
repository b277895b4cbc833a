"""How far learners have been told of what happened to their bookings. Called by the rooms that queue notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, select

from supportdesk.accounts.models import Account
from supportdesk.core.database import table_of
from supportdesk.core.moments import clock_time, short_day
from supportdesk.extensions import db
from supportdesk.learners.models import Channel, Learner
from supportdesk.notices.models import UNSETTLED, Notice, NoticeState
from supportdesk.notices.queries import fallback_now
from supportdesk.notices.ways import way_to_tell

_NOTICE = table_of(Notice)
_LEARNER = table_of(Learner)


class News(NamedTuple):
    """One thing that a learner was to be told. `way` is by which channel they are, if they are still to hear of it."""

    kind: str
    state: NoticeState
    way: Channel
    attempts: int
    settled_at: datetime | None
    by: str

    @property
    def to_tell(self) -> bool:
        """Whether somebody still has to call, or to write."""
        return self.state in UNSETTLED

    @property
    def words(self) -> str:
        """出なかった（2回）。もう一度電話します: how it stands, in the reader's language."""
        return _in_words(self)


def news_about(activities: Collection[str], now: datetime) -> dict[str, list[News]]:
    """What was to be told about each activity, the oldest first: one statement. What has begun is not told any more."""
    found: dict[str, list[News]] = defaultdict(list)
    for row in db.session.execute(_news(now).where(_NOTICE.c.activity.in_(activities)).order_by(_NOTICE.c.id)):
        found[row.activity].append(_read(row, now))
    return found


def news_of_notices(notice_ids: Collection[int], now: datetime) -> dict[int, News]:
    """How far each of these was told: one statement."""
    rows = db.session.execute(_news(now).where(_NOTICE.c.id.in_(notice_ids)))
    return {row.id: _read(row, now) for row in rows}


def _news(now: datetime) -> Select[Any]:
    way = way_to_tell(_NOTICE.c.channel, fallback_now(now)).label("way")
    return (
        select(
            *(_NOTICE.c.id, _NOTICE.c.activity, _NOTICE.c.kind, _NOTICE.c.state, way, _NOTICE.c.attempts),
            *(_NOTICE.c.settled_at, _NOTICE.c.tell_until, Account.name.label("by")),
        )
        .join(_LEARNER, _LEARNER.c.id == _NOTICE.c.learner_id)
        .outerjoin(Account, Account.id == _NOTICE.c.settled_by)
    )


def _read(row: Any, now: datetime) -> News:
    begun = row.tell_until is not None and row.tell_until <= now
    state = NoticeState.LAPSED if begun and row.state in UNSETTLED else row.state
    return News(row.kind, state, row.way, row.attempts, row.settled_at, row.by or "")


def _in_words(news: News) -> str:
    match news.state:
        case NoticeState.TOLD:
            return _("受付のときに伝えた")
        case NoticeState.WAITING if news.way is Channel.POST:
            return _("まだ。はがきを送ります")
        case NoticeState.WAITING:
            return _("まだ。電話します")
        case NoticeState.NO_ANSWER:
            return _("出なかった（%(count)s回）。もう一度電話します", count=news.attempts)
        case NoticeState.DONE if news.settled_at:
            return _("伝えた（%(when)s）", when=f"{_when(news.settled_at)} {news.by}".strip())
        case NoticeState.NOT_NEEDED:
            return _("連絡不要")
        case NoticeState.LAPSED:
            return _("間に合わず、連絡できなかった")
        case _:
            return _("連絡はとりやめた")


def _when(moment: datetime) -> str:
    return f"{short_day(moment)} {clock_time(moment)}"
