"""What this room's tables and columns are called on a learner's whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.record_words import TableWords
from supportdesk.skills.words import LEVELS, SOURCES

WORDS: Final[Mapping[str, TableWords]] = {
    "skill_evidence": TableWords(
        _l("できる度合いの確認"),
        {
            "level": _l("度合い"),
            "source": _l("どうやって"),
            "observer_id": _l("見た人"),
            "observed_at": _l("見た日時"),
            "bulk": _l("全員まとめて"),
        },
        {"level": LEVELS, "source": SOURCES},
    ),
    "skill_level": TableWords(
        _l("いまのできる度合い"),
        {
            "level": _l("ほかの人が見た度合い"),
            "evidence_id": _l("もとの確認の番号"),
            "self_level": _l("本人の申告"),
            "self_evidence_id": _l("申告の番号"),
            "awaits_staff": _l("職員の確認待ち"),
        },
        {"level": LEVELS, "self_level": LEVELS},
    ),
}
