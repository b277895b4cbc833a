"""What the tables and columns that speak of a learner are called, for whoever asks to see all that is held of them.

Each room answers for its own tables (`RoomAnswers.words`); what many tables have in common is called here once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.words import AGE_BANDS, CHANNELS, DEVICES

Choices = Mapping[Any, object]

COMMON: Final[Mapping[str, object]] = {
    "id": _l("番号"),
    "learner_id": _l("受講者の番号"),
    "state": _l("状態"),
    "kind": _l("種類"),
    "code": _l("予約番号"),
    "note": _l("備考"),
    "activity": _l("何について"),
    "district_code": _l("地区"),
    "outside_city": _l("市外"),
    "postal_code": _l("郵便番号"),
    "address": _l("住所"),
    "device": _l("機種"),
    "channel": _l("連絡の方法"),
    "residence": _l("その日の住まい"),
    "age_band": _l("年代"),
    "skill_code": _l("スキル"),
    "venue_id": _l("会場"),
    "tutor_id": _l("地域サポーター"),
    "adviser_id": _l("相談員"),
    "video_id": _l("動画"),
    "starts_at": _l("始まり"),
    "ends_at": _l("終わり"),
    "caller_name": _l("お電話の方の名前"),
    "caller_relation": _l("ご本人との関係"),
    "caller_phone": _l("折り返しの電話番号"),
    "clash_reason": _l("同じ時間に予約する理由"),
    "recorded_at": _l("記録した日時"),
    "recorded_by": _l("記録した人"),
    "cancelled_at": _l("取り消した日時"),
    "cancelled_by": _l("取り消した人"),
    "ended_at": _l("終わった日時"),
    "ended_by": _l("終わりにした人"),
    "withdrawn_at": _l("取り下げた日時"),
    "withdrawn_by": _l("取り下げた人"),
}
COMMON_CHOICES: Final[Mapping[str, Choices]] = {
    "age_band": AGE_BANDS,
    "channel": CHANNELS,
    "wanted_channel": CHANNELS,
    "device": DEVICES,
}


@dataclass(frozen=True)
class TableWords:
    """A table's title, its columns' labels and, of those that hold one of a few things, what those are called."""

    title: object
    columns: Mapping[str, object] = field(default_factory=dict)
    choices: Mapping[str, Choices] = field(default_factory=dict)

    def label(self, column: str) -> object | None:
        """What the column is called; None when nobody said so."""
        return self.columns.get(column, COMMON.get(column))

    def choice(self, column: str) -> Choices:
        """What the values of the column are called."""
        return self.choices.get(column, COMMON_CHOICES.get(column, {}))
