"""What the office decides about peer tutoring."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import ChoiceSetting, NumberSetting

#: The lengths of a session that are picked with one press.
QUICK: Final = {30: _l("30分"), 60: _l("60分"), 90: _l("90分")}
USUAL_MINUTES: Final = ChoiceSetting(
    name="tutors.usual_minutes",
    label=_l("教え合いのふつうの長さ"),
    default=60,
    choices=QUICK,
    meaning=_l("記録の画面で、はじめに選ばれている長さです。"),
)
CORRECTABLE_DAYS: Final = NumberSetting(
    name="tutors.correctable_days",
    label=_l("サポーターが記録をなおせる日数"),
    default=14,
    least=1,
    most=90,
    unit=_l("日"),
    meaning=_l("地域サポーターは、記録した日からこの日数のあいだ、自分の記録をなおしたり取り消したりできます。"),
)
OLDEST_DAYS: Final = NumberSetting(
    name="tutors.oldest_days",
    label=_l("何日前の教え合いまで記録できるか"),
    default=366,
    least=7,
    most=731,
    unit=_l("日"),
    meaning=_l("これより前の日は、日付のまちがいとみて断ります。"),
)
WAITING_WEEKS: Final = NumberSetting(
    name="tutors.waiting_weeks",
    label=_l("担当のいない方を何週間さかのぼって出すか"),
    default=8,
    least=1,
    most=52,
    unit=_l("週間"),
    meaning=_l("この間に、ひとりではできないことがあった方を、組み合わせの候補に出します。"),
)

SETTINGS: Final = (USUAL_MINUTES, CORRECTABLE_DAYS, OLDEST_DAYS, WAITING_WEEKS)
