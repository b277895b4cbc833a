"""What to do at once when somebody may have been cheated: the checklist beside the case, ticked and kept with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

#: What is ticked, in the order in which it is done. The names stand in the table.
SCAM_STEPS: Final[Mapping[str, object]] = {
    "stop": _l("操作と電話をやめた。画面の番号には電話しない"),
    "no_pay": _l("払わない、教えない（お金・電子マネー・カード・パスワード）と決めた"),
    "cut_off": _l("入れさせられたアプリ（遠隔操作など）を消した"),
    "proof": _l("画面・番号・メール・振込のひかえを残した"),
    "bank": _l("払った、教えたときは、銀行やカード会社に止めてもらった"),
    "passwords": _l("教えたパスワードを、本人が変えた"),
    "police": _l("警察に相談した"),
    "consumer": _l("消費者の窓口に相談した"),
    "family": _l("ご家族にも伝えた"),
}
#: The field of skills that safety belongs to, and the skill of seeing through fakes.
SAFETY: Final = "H"
_WORDS: Final = re.compile(
    r"詐欺|サギ|さぎ|だまさ|騙|架空請求|不正請求|フィッシング|ウイルス|当選|還付金|遠隔操作|振り込|振込"
)


def may_be_scam(asked: str, areas: frozenset[str], ticked: frozenset[str]) -> bool:
    """Whether the checklist stands open by itself: something was ticked, or what was asked sounds like it."""
    return bool(ticked) or SAFETY in areas or _WORDS.search(asked) is not None
