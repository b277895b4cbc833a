"""What the five programmes are called on pages and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.rooms import EntryKind

PROGRAMMES: Final[Mapping[EntryKind, object]] = {
    "class": _l("教室"),
    "lecture": _l("出前講座"),
    "consultation": _l("相談"),
    "video": _l("動画"),
    "peer_session": _l("教え合い"),
}
#: What stands on a learner's list of what is ahead: beside bookings, a draw to come, and where a missed meeting is made
#: up for.
AHEAD: Final[Mapping[str, object]] = {
    **{str(kind): words for kind, words in PROGRAMMES.items()},
    "lottery": _l("抽選待ち"),
    "making_up": _l("補講"),
}
