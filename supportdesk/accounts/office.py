"""What the office decides about log-ins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting

IDLE_MINUTES: Final = NumberSetting(
    name="accounts.idle_minutes",
    label=_l("操作がないときにログインを切るまで"),
    default=60,
    least=5,
    most=480,
    unit=_l("分"),
    meaning=_l("この時間、画面を使わないと、もう一度パスワードを聞きます。共用のパソコンでは短くします。"),
)
LONGEST_HOURS: Final = NumberSetting(
    name="accounts.longest_hours",
    label=_l("1回のログインの長さ"),
    default=12,
    least=1,
    most=24,
    unit=_l("時間"),
    meaning=_l("使いつづけていても、この時間がたつと、もう一度パスワードを聞きます。"),
)
FRESH_MINUTES: Final = NumberSetting(
    name="accounts.fresh_minutes",
    label=_l("大事な操作の前にパスワードを聞きなおすまで"),
    default=10,
    least=1,
    most=60,
    unit=_l("分"),
    meaning=_l("名簿の取りこみなどの前に、パスワードを入れてからこの時間がたっていれば、もう一度聞きます。"),
)
INVITATION_HOURS: Final = NumberSetting(
    name="accounts.invitation_hours",
    label=_l("パスワードを決めるリンクの期限"),
    default=72,
    least=1,
    most=336,
    unit=_l("時間"),
    meaning=_l("新しいアカウントの人にわたすリンクは、この時間だけ使えます。"),
)
MANY_PEOPLE: Final = NumberSetting(
    name="accounts.many_people",
    label=_l("1時間に何人より多く見たら、目立たせるか"),
    default=40,
    least=5,
    most=500,
    unit=_l("人"),
    meaning=_l("1時間にこれより多くの人の記録を見ると、「気になる見方」に出ます。忙しい窓口では20人ほどです。"),
)

SETTINGS: Final = (MANY_PEOPLE, IDLE_MINUTES, LONGEST_HOURS, FRESH_MINUTES, INVITATION_HOURS)
