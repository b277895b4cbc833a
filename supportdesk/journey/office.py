"""What the office says on the first page."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import TextSetting

FRONT_LEAD: Final = TextSetting(
    name="journey.front_lead",
    label=_l("はじめのページの案内"),
    longest=200,
    lines=3,
    words=_l("スマートフォンの使い方を、だれでも習えます。お金はかかりません。"),
    meaning=_l("市民向けのはじめのページで、見出しの下に出ます。やさしい日本語で書きます。"),
)
FRONT_NOTICE: Final = TextSetting(
    name="journey.front_notice",
    label=_l("はじめのページのお知らせ"),
    longest=300,
    lines=4,
    may_be_empty=True,
    words="",
    meaning=_l("大雪で教室を休むときなど、いちばん上に目立つように出します。空にすると、何も出ません。"),
)

SETTINGS: Final = (FRONT_LEAD, FRONT_NOTICE)
