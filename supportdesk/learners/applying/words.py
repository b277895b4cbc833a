"""The words that pages have for why an application waits, or came to nothing."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.learners.applying.matching import particulars_of
from supportdesk.learners.applying.models import ApplicationState, HeldBecause, RefusedBecause, WrittenDown
from supportdesk.learners.words import NEEDS

STATES: Final = {
    ApplicationState.HELD: _l("確認待ち"),
    ApplicationState.PLACED: _l("受付ずみ"),
    ApplicationState.WITHDRAWN: _l("本人が取り消した"),
    ApplicationState.REFUSED: _l("断った"),
}
REASONS: Final = {
    HeldBecause.UNKNOWN: _l("登録されている方か、わからない"),
    HeldBecause.DIFFERS: _l("同じ方の、ちがう申し込みがある"),
    HeldBecause.NO_PLACE: _l("電話で聞くことがある"),
}
REFUSALS: Final = {
    RefusedBecause.NO_CONTACT: _l("連絡がとれない"),
    RefusedBecause.GAVE_UP: _l("本人がやめると言った"),
    RefusedBecause.TWICE: _l("同じ方の申し込みが、ほかにある"),
    RefusedBecause.NOT_SERVED: _l("対象の方ではない"),
    RefusedBecause.PRANK: _l("いたずら・まちがい"),
    RefusedBecause.OVER: _l("教室が中止になったか、もう始まった"),
}
#: What the columns about an applicant are called on a learner's whole record.
APPLICANT: Final = {
    "name": _l("氏名"),
    "kana": _l("フリガナ"),
    "kana_key": _l("さがすためのフリガナ"),
    "phone": _l("電話番号"),
    "residence": _l("地区"),
    "birth_year": _l("生まれた年"),
    "device": _l("使っている電話"),
    "needs": _l("手助けがいること"),
    "channel": _l("希望する方法"),
    "channel_differs": _l("連絡の方法が登録とちがう"),
}


def needs_in_words(person: WrittenDown) -> str:
    """What they wrote that they need, in one line."""
    wanted = particulars_of(person).needs
    return _("、").join(str(words) for need, words in NEEDS.items() if need in wanted)
