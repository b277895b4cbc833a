"""What this room's tables and columns are called on a learner's whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.record_words import TableWords

WORDS: Final[Mapping[str, TableWords]] = {
    "match": TableWords(
        _l("地域サポーターとの組み合わせ"),
        {"wish": _l("練習したいこと"), "matched_at": _l("決めた日時"), "matched_by": _l("決めた人")},
    ),
    "peer_session": TableWords(
        _l("教え合い"),
        {
            "uuid": _l("書いた画面の番号"),
            "held_at": _l("会った日時"),
            "minutes": _l("時間（分）"),
            "tutor_minutes": _l("サポーターの時間（分）"),
            "in_group": _l("何人かで"),
            "district_code": _l("数える地区"),
            "place": _l("場所"),
            "note": _l("ようす"),
            "logged_at": _l("初めて書いた日時"),
            "written_at": _l("書いた日時"),
            "written_by": _l("書いた人"),
            "corrects_id": _l("なおした前の記録の番号"),
        },
    ),
}
