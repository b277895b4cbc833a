"""What the office decides about the line."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting

WALK_IN_MINUTES: Final = NumberSetting(
    name="helpdesk.walk_in_minutes",
    label=_l("予約のない相談1回の時間の目安"),
    default=20,
    least=5,
    most=120,
    unit=_l("分"),
    meaning=_l("番号の紙に出す「およその待ち時間」を、この時間と相談員の人数から計算します。"),
)
DISPLAY_SECONDS: Final = NumberSetting(
    name="helpdesk.display_seconds",
    label=_l("待合室の画面を新しくする間隔"),
    default=4,
    least=2,
    most=60,
    unit=_l("秒"),
    meaning=_l("短くすると、呼んだ番号が早く画面に出ます。"),
)
BOARD_SECONDS: Final = NumberSetting(
    name="helpdesk.board_seconds",
    label=_l("「きょうの相談」に動きがあったかを見る間隔"),
    default=10,
    least=5,
    most=300,
    unit=_l("秒"),
    meaning=_l("ほかの人が番号を出したり呼んだりすると、この間隔で画面が新しくなります。"),
)

SETTINGS: Final = (WALK_IN_MINUTES, DISPLAY_SECONDS, BOARD_SECONDS)
