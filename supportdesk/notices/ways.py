"""By telephone or by postcard: which of the two can still reach a learner. The rule alone, as the database reads it.

Called by the call list's reads. What cannot deliver falls to the other way, and says why: no notice vanishes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, not_, null

from supportdesk.core.database import table_of
from supportdesk.learners.models import Channel
from supportdesk.notices.models import Fallback, Notice

_NOTICE = table_of(Notice)
_PHONE = literal(Channel.PHONE, _NOTICE.c.channel.type)
_POST = literal(Channel.POST, _NOTICE.c.channel.type)


def fallback_of(
    channel: ColumnElement[Any],
    *,
    number: ColumnElement[bool],
    call_back: ColumnElement[bool],
    address: ColumnElement[bool],
    in_time: ColumnElement[bool],
) -> ColumnElement[Any]:
    """Why a learner is not told through `channel`, as a `Fallback`; NULL when they are.

    `number`: somebody can be called; `call_back`: a caller asked for it; `in_time`: a card would arrive.
    """
    by_post = channel == _POST
    return case(
        (and_(by_post, call_back), _reason(Fallback.CALL_BACK)),
        (and_(by_post, number, not_(address)), _reason(Fallback.NO_ADDRESS)),
        (and_(by_post, number, not_(in_time)), _reason(Fallback.TOO_LATE)),
        (and_(channel == _PHONE, not_(number), address, in_time), _reason(Fallback.NO_NUMBER)),
        else_=null(),
    )


def way_to_tell(channel: ColumnElement[Any], fallback: ColumnElement[Any]) -> ColumnElement[Any]:
    """The channel that is left: without a number the post, for any other reason the telephone."""
    return case(
        (fallback == _reason(Fallback.NO_NUMBER), _POST),
        (fallback.is_not(None), _PHONE),
        else_=channel,
    )


def _reason(fallback: Fallback) -> ColumnElement[Any]:
    return literal(fallback, _NOTICE.c.fallback.type)
