"""What the office decides about answer cards."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting

REVIEW_DAYS: Final = NumberSetting(
    name="helpdesk.card_review_days",
    label=_l("答えのカードを何日ごとに見直すか"),
    default=180,
    least=30,
    most=731,
    unit=_l("日"),
    meaning=_l("たしかめた日から数えます。すぎたカードは、見直しの一覧に出て、市民のページにもそのことが出ます。"),
)
