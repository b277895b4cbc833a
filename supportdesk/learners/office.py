"""What the office decides about the register."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting

ADMISSION_MINUTES: Final = NumberSetting(
    name="learners.admission_minutes",
    label=_l("ご本人のスマホを登録できる時間"),
    default=10,
    least=1,
    most=60,
    unit=_l("分"),
    meaning=_l("「ご本人のスマホを登録する」を押してから、この時間のうちにカードを読み取ったスマホを登録します。"),
)
UNDO_DAYS: Final = NumberSetting(
    name="learners.undo_days",
    label=_l("まとめた・分けた記録を元にもどせる日数"),
    default=30,
    least=1,
    most=365,
    unit=_l("日"),
    meaning=_l("この日数をすぎると、2つの記録をまとめたことを取り消せなくなります。"),
)

SETTINGS: Final = (ADMISSION_MINUTES, UNDO_DAYS)
