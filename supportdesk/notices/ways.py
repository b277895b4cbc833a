"""By telephone or by postcard: which of the two can still reach a learner. The rule alone, without a database.

Called by the call list's reads. What cannot deliver falls to the other way, and says why: no notice vanishes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from flask_babel import lazy_gettext as _l

from supportdesk.learners.models import Channel

#: Written, posted, and read: a card that must arrive sooner is a call.
POST_TAKES: Final = timedelta(days=4)

_TOO_LATE: Final = _l("はがきでは間に合いません。")
_NO_ADDRESS: Final = _l("住所の登録がありません。")
_NO_NUMBER: Final = _l("電話番号の登録がありません。")
_CALL_BACK: Final = _l("電話をかけてきた人に、折り返します。")


class Way(NamedTuple):
    """How a learner is told, and why not as the notice says; empty when it is as it says."""

    channel: Channel
    reason: object = ""


def way_to_tell(
    channel: Channel, *, number: bool, call_back: bool, address: bool, starts_at: datetime | None, now: datetime
) -> Way:
    """`number`: somebody can be called; `call_back`: a caller asked for it; `starts_at`: when it is too late."""
    in_time = starts_at is None or starts_at - now >= POST_TAKES
    if channel is Channel.POST and call_back:
        return Way(Channel.PHONE, _CALL_BACK)
    if channel is Channel.POST and number and not address:
        return Way(Channel.PHONE, _NO_ADDRESS)
    if channel is Channel.POST and number and not in_time:
        return Way(Channel.PHONE, _TOO_LATE)
    if channel is Channel.PHONE and not number and address and in_time:
        return Way(Channel.POST, _NO_NUMBER)
    return Way(channel)
