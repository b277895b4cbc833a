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

SETTINGS: Final = (POST_DAYS,)
