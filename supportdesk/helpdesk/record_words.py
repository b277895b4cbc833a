"""What this room's tables and columns are called on a learner's whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.helpdesk.cases.scams import SCAM_STEPS
from supportdesk.helpdesk.cases.words import CASE_RESULTS, REFERRED_TO
from supportdesk.helpdesk.waiting.words import HALF_DAYS, WISH_STATES
from supportdesk.helpdesk.words import BOOKING_STATES
from supportdesk.learners.applying.words import APPLICANT, REASONS, REFUSALS, STATES
from supportdesk.learners.record_words import TableWords

WORDS: Final[Mapping[str, TableWords]] = {
    "booking": TableWords(
        _l("相談の予約"),
        {
            "desk_id": _l("窓口"),
            "topic": _l("相談したいこと"),
            "walk_in": _l("予約のない相談"),
            "booked_at": _l("予約した日時"),
            "booked_by": _l("受け付けた人"),
        },
        {"state": BOOKING_STATES},
    ),
    "consultation_application": TableWords(
        _l("市民が相談の申し込みに書いたこと"),
        {
            "desk_id": _l("窓口"),
            "booking_id": _l("どの相談"),
            "receipt": _l("受付番号"),
            "because": _l("確認を待つ理由"),
            "refused_because": _l("断った理由"),
            "sender": _l("送った場所の目印"),
            "settled_at": _l("決めた日時"),
            "settled_by": _l("決めた人"),
            **APPLICANT,
            "applied_at": _l("申し込んだ日時"),
            "question": _l("相談したいこと"),
            "anywhere": _l("どの窓口でもよいか"),
            "weekdays": _l("都合のよい曜日（月曜は0）"),
            "half_day": _l("午前か午後か"),
            "wish_id": _l("どのあき待ち"),
        },
        {"state": STATES, "because": REASONS, "refused_because": REFUSALS, "half_day": HALF_DAYS},
    ),
    "slot_wish": TableWords(
        _l("相談のあき待ち"),
        {
            "desk_id": _l("窓口"),
            "weekdays": _l("都合のよい曜日（月曜は0）"),
            "half_day": _l("午前か午後か"),
            "topic": _l("相談したいこと"),
            "since": _l("いつから待っているか"),
            "passed_up": _l("待ちはじめたときに空いていた最初の枠"),
            "noted_by": _l("受け付けた人"),
            "booking_id": _l("どの予約になったか"),
            "offered_desk_id": _l("案内している窓口"),
            "offered_adviser_id": _l("案内している枠の相談員"),
            "offered_at": _l("案内している枠の始まり"),
        },
        {"half_day": HALF_DAYS, "state": WISH_STATES},
    ),
    "consultation_case": TableWords(
        _l("相談の記録"),
        {
            "booking_id": _l("どの相談"),
            "asked": _l("聞かれたこと"),
            "done": _l("したこと"),
            "os": _l("OSのバージョン"),
            "result": _l("結果"),
            "referred_to": _l("どこにつないだか"),
            "referral": _l("つないだ先"),
            "minutes": _l("かかった時間（分）"),
            "scam_steps": _l("詐欺かもしれないときにしたこと"),
            "opened_at": _l("始めた日時"),
            "saved_at": _l("保存した日時"),
            "closed_at": _l("終えた日時"),
            "levels": _l("できる度合い"),
            "saved_form": _l("保存した画面の番号"),
            "asides": _l("控えてある入力"),
        },
        {"result": CASE_RESULTS, "referred_to": REFERRED_TO, "scam_steps": SCAM_STEPS},
    ),
    "case_hand_over": TableWords(
        _l("相談の引きつぎ"),
        {
            "case_id": _l("どの相談"),
            "from_id": _l("引きついだ人"),
            "to_id": _l("引きつぐ人"),
            "why": _l("理由"),
            "handed_at": _l("引きつぎを頼んだ日時"),
            "taken_at": _l("引き受けた日時"),
            "taken_by": _l("引き受けた人"),
        },
        {},
    ),
}
