"""What this room's tables and columns are called on a learner's whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.record_words import TableWords

_FROM: Final = _l("どこから")
WORDS: Final[Mapping[str, TableWords]] = {
    "video_view": TableWords(_l("見た動画"), {"activity": _FROM, "viewed_at": _l("見た日時")}),
    "video_given": TableWords(
        _l("わたした動画"),
        {
            "activity": _FROM,
            "on_paper": _l("紙でわたした"),
            "given_at": _l("わたした日時"),
            "given_by": _l("わたした人"),
        },
    ),
    "video_answer": TableWords(
        _l("動画のあとの答え"), {"activity": _FROM, "can_do": _l("できた"), "answered_at": _l("答えた日時")}
    ),
}
