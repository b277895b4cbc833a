"""What outcomes of calls are called on pages and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.models import Channel
from supportdesk.notices.calling import CallOutcome
from supportdesk.notices.models import Fallback, NoticeState, OfferState
from supportdesk.notices.offers import Answer, LineWords

OUTCOMES: Final[Mapping[CallOutcome, object]] = {
    CallOutcome.REACHED: _l("つながった"),
    CallOutcome.NO_ANSWER: _l("出なかった"),
    CallOutcome.NOT_NEEDED: _l("連絡不要"),
}
#: The lists on which somebody stands who is to be told.
LISTS: Final[Mapping[Channel, object]] = {Channel.PHONE: _l("電話"), Channel.POST: _l("はがき")}
ANSWERS: Final[Mapping[Answer, object]] = {
    Answer.ACCEPT: _l("参加する"),
    Answer.DECLINE: _l("今回は見送る"),
    Answer.LEAVE: _l("もう案内しない"),
    Answer.PASS_ON: _l("つながらず、次の方にまわす"),
}


def answered(answer: Answer, words: LineWords | None) -> object:
    """What they answered, in the words of the line in which they are."""
    return words.accept if words and answer is Answer.ACCEPT else ANSWERS[answer]


OFFER_STATES: Final[Mapping[OfferState, object]] = {
    OfferState.OPEN: _l("返事待ち"),
    OfferState.ACCEPTED: _l("受けた"),
    OfferState.DECLINED: _l("見送った"),
    OfferState.LEFT: _l("待つのをやめた"),
    OfferState.PASSED_ON: _l("つながらず、次の方にまわした"),
    OfferState.EXPIRED: _l("期限までに返事がなかった"),
    OfferState.WITHDRAWN: _l("案内をとりやめた"),
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
    NoticeState.LAPSED: _l("間に合わず、連絡できなかった"),
}
