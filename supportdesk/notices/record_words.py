"""What this room's table and columns are called on a learner's whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.record_words import TableWords
from supportdesk.notices.models import NoticeState
from supportdesk.notices.words import FALLBACKS, OFFER_STATES, SETTLED

WORDS: Final[Mapping[str, TableWords]] = {
    "notice": TableWords(
        _l("お知らせ"),
        {
            "wanted_channel": _l("希望する方法"),
            "fallback": _l("別の方法にした理由"),
            "call_to": _l("電話をかける番号"),
            "text": _l("伝えること"),
            "attempts": _l("かけた回数"),
            "created_at": _l("作った日時"),
            "due_at": _l("伝える日時"),
            "tell_until": _l("いつまで"),
            "tell_by": _l("できればいつまで"),
            "settled_at": _l("すんだ日時"),
            "settled_by": _l("伝えた人"),
        },
        {
            "fallback": FALLBACKS,
            "state": {
                **SETTLED,
                NoticeState.TOLD: _l("受付のときに伝えた"),
                NoticeState.WAITING: _l("これから伝える"),
                NoticeState.CANCELLED: _l("伝えるのをやめた"),
            },
        },
    ),
    "offer": TableWords(
        _l("あきの案内"),
        {
            "place_in_line": _l("何について"),
            "made_at": _l("案内した日時"),
            "deadline": _l("返事の期限"),
            "settled_at": _l("すんだ日時"),
            "settled_by": _l("返事を記録した人"),
        },
        {"state": OFFER_STATES},
    ),
}
