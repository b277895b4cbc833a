"""What this room's tables and columns are called on a learner's whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.classes.sheets.words import SATISFACTION, UNDERSTANDING, WAYS
from supportdesk.classes.words import ATTENDANCE, ENROLMENT_STATES
from supportdesk.learners.applying.words import APPLICANT
from supportdesk.learners.record_words import TableWords

WORDS: Final[Mapping[str, TableWords]] = {
    "enrolment": TableWords(
        _l("教室の申し込み"),
        {
            "run_id": _l("教室"),
            "seat": _l("席の番号"),
            "enrolled_at": _l("申し込んだ日時"),
            "enrolled_by": _l("受け付けた人"),
            "given_up_late": _l("直前の取り消し"),
            "had_seat": _l("取り消す前に席があった"),
        },
        {"state": ENROLMENT_STATES},
    ),
    "applicant": TableWords(
        _l("市民が申し込みに書いたこと"),
        {
            "application_id": _l("申し込みの番号"),
            "position": _l("ふたりのうちの何人目か"),
            **APPLICANT,
            "applied_at": _l("申し込んだ日時"),
        },
    ),
    "lottery_entrant": TableWords(
        _l("抽選の申し込み"),
        {
            "entry_id": _l("抽選の申し込みの番号"),
            "run_id": _l("教室"),
            "position": _l("ふたりのうちの何人目か"),
            "entered_at": _l("申し込んだ日時"),
            "entered_by": _l("受け付けた人"),
            "enrolment_id": _l("抽選のあとの申し込み"),
            "withdrawn_at": _l("取り消した日時"),
            "withdrawn_by": _l("取り消した人"),
        },
    ),
    "feedback_sheet": TableWords(
        _l("受講アンケート"),
        {
            "meeting_id": _l("開催日"),
            "understanding": _l("わかったか"),
            "satisfaction": _l("教室はどうだったか"),
            "areas": _l("つぎに習いたいこと"),
            "wish": _l("自分の言葉で書いたこと"),
            "way": _l("答えた方法"),
            "answered_at": _l("答えた日時"),
        },
        {"understanding": UNDERSTANDING, "satisfaction": SATISFACTION, "way": WAYS},
    ),
    "attendance_mark": TableWords(
        _l("出欠"),
        {"meeting_id": _l("開催日"), "current": _l("いまの記録"), "observed_at": _l("見た日時")},
        {"state": ATTENDANCE},
    ),
    "outreach_request": TableWords(
        _l("出前講座の申し込み"),
        {
            "contact_name": _l("連絡する方の名前"),
            "contact_kana": _l("連絡する方の名前のふりがな"),
            "contact_phone": _l("連絡する方の電話番号"),
            "contact_address": _l("決定のお知らせの送り先の住所"),
            "note": _l("そのほか、伝えたいこと"),
        },
    ),
    "outreach_step": TableWords(_l("出前講座の申し込みの、これまで"), {"reason": _l("理由")}),
    "outreach_picture": TableWords(_l("出前講座の写真"), {"caption": _l("写真の説明")}),
}
