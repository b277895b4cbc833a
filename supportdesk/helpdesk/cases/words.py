"""The words that pages have for how a case ended. Called by views and forms, and by the learner's record."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.helpdesk.cases.models import CaseResult, ReferredTo

CASE_RESULTS: Final = {
    CaseResult.SOLVED: _l("解決した"),
    CaseResult.PRACTISED: _l("練習した"),
    CaseResult.FOLLOW_UP: _l("つづきがある（もう一度相談する）"),
    CaseResult.REFERRED: _l("ほかの窓口につないだ"),
}
REFERRED_TO: Final = {
    ReferredTo.CARRIER: _l("携帯会社につないだ"),
    ReferredTo.BANK: _l("銀行・カード会社につないだ"),
    ReferredTo.POLICE: _l("警察につないだ"),
    ReferredTo.OFFICE: _l("ほかの窓口につないだ"),
}


def result_in_words(result: CaseResult | None, referred_to: ReferredTo | None) -> str:
    """How it ended, with where it was referred to; empty while it goes on."""
    if result is None:
        return ""
    return str(REFERRED_TO[referred_to] if referred_to else CASE_RESULTS[result])
