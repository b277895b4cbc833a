"""What the office decides about notices."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting

POST_DAYS: Final = NumberSetting(
    name="notices.post_days",
    label=_l("はがきが届くまでの日数"),
    default=4,
    least=1,
    most=14,
    unit=_l("日"),
    meaning=_l("郵便の方でも、これより日がないお知らせは、電話の連絡リストに出します。"),
)

OFFER_HOURS: Final = NumberSetting(
    name="notices.offer_hours",
    label=_l("あきの案内に返事を待つ時間"),
    default=4,
    least=1,
    most=72,
    unit=_l("時間"),
    meaning=_l(
        "席や枠があくと、待っている次の方に案内します。この時間がたってから、最初に窓口が閉まるときまで待ちます。"
    ),
)
OFFER_OPENING_HOUR: Final = NumberSetting(
    name="notices.offer_opening_hour",
    label=_l("電話の窓口が開く時刻"),
    default=9,
    least=6,
    most=11,
    unit=_l("時"),
    meaning=_l("あきの案内の期限が夜や休みの日になるときは、次に窓口が開いてからの時間で数えます。"),
)
OFFER_CLOSING_HOUR: Final = NumberSetting(
    name="notices.offer_closing_hour",
    label=_l("電話の窓口が閉まる時刻"),
    default=17,
    least=12,
    most=22,
    unit=_l("時"),
    meaning=_l(
        "あきの案内への返事は、平日のこの時刻までに受け付けます。教室や相談が先に始まるときは、その時刻までです。"
    ),
)

SETTINGS: Final = (POST_DAYS, OFFER_HOURS, OFFER_OPENING_HOUR, OFFER_CLOSING_HOUR)
