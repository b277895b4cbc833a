"""What outcomes of calls are called on pages and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.notices.calling import CallOutcome
from supportdesk.notices.models import Fallback, NoticeState

OUTCOMES: Final[Mapping[CallOutcome, object]] = {
    CallOutcome.REACHED: _l("つながった"),
    CallOutcome.NO_ANSWER: _l("出なかった"),
    CallOutcome.NOT_NEEDED: _l("連絡不要"),
}
FALLBACKS: Final[Mapping[Fallback, object]] = {
    Fallback.NOT_SENT_YET: _l("メールとLINEはまだ送れません。"),
    Fallback.CALL_BACK: _l("電話をかけてきた人に、折り返します。"),
    Fallback.NO_ADDRESS: _l("住所の登録がありません。"),
    Fallback.TOO_LATE: _l("はがきでは間に合いません。"),
    Fallback.NO_NUMBER: _l("電話番号の登録がありません。"),
}
#: The ways in which a notice leaves the list, or stays on it once more.
SETTLED: Final[Mapping[NoticeState, object]] = {
    NoticeState.DONE: _l("伝えた"),
    NoticeState.NO_ANSWER: _l("出なかった"),
    NoticeState.NOT_NEEDED: _l("連絡不要"),
    NoticeState.LAPSED: _l("始まったため、連絡できなかった"),
}
