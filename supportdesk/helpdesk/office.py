"""What the office decides about consultations."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import ChoiceSetting, NumberSetting

#: How long a slot may be.
SLOT_MINUTES: Final = (15, 30, 45, 60, 90, 120)
USUAL_SLOT: Final = ChoiceSetting(
    name="helpdesk.usual_slot",
    label=_l("新しい窓口の枠の長さ"),
    default=60,
    choices={minutes: _l("%(minutes)s分", minutes=minutes) for minutes in SLOT_MINUTES},
    meaning=_l("相談窓口を登録するときに、はじめに選ばれている長さです。今ある窓口は変わりません。"),
)
OFFERED_DAYS: Final = NumberSetting(
    name="helpdesk.offered_days",
    label=_l("相談の枠を何日先まで出すか"),
    default=28,
    least=7,
    most=90,
    unit=_l("日"),
    meaning=_l("受付の画面に出す枠の範囲です。長くすると、表示に時間がかかります。"),
)
BOOKED_AHEAD_DAYS: Final = NumberSetting(
    name="helpdesk.booked_ahead_days",
    label=_l("相談を何日先まで予約できるか"),
    default=366,
    least=28,
    most=731,
    unit=_l("日"),
    meaning=_l("日を指定すれば、ここまで予約できます。"),
)

HOLD_MINUTES: Final = NumberSetting(
    name="helpdesk.hold_minutes",
    label=_l("話しているあいだ、枠をおさえる時間"),
    default=5,
    least=1,
    most=30,
    unit=_l("分"),
    meaning=_l("受付が「おさえる」をおした枠を、ほかの人が予約できない時間です。すぎると、自動であきます。"),
)

MOST_OPEN: Final = NumberSetting(
    name="helpdesk.most_open",
    label=_l("1人が同時にもてる相談の予約"),
    default=4,
    least=1,
    most=20,
    unit=_l("件"),
    meaning=_l("これからの予約がこの数だけある方は、どれかがすむか取り消すまで、新しく予約できません。"),
)
SET_ASIDE_SHARE: Final = NumberSetting(
    name="helpdesk.set_aside_share",
    label=_l("優先枠の割合"),
    default=20,
    least=0,
    most=50,
    unit="%",
    meaning=_l("はじめての方のためにとっておく枠の割合です。0にすると、とっておきません。"),
)
SET_ASIDE_DAYS: Final = NumberSetting(
    name="helpdesk.set_aside_days",
    label=_l("優先枠をとっておく期間"),
    default=3,
    least=0,
    most=14,
    unit=_l("日前まで"),
    meaning=_l("優先枠は、その日の何日前になったら、だれでも予約できるようにするかです。"),
)
LONG_WAIT_DAYS: Final = NumberSetting(
    name="helpdesk.long_wait_days",
    label=_l("長く待っていると数える日数"),
    default=14,
    least=1,
    most=180,
    unit=_l("日"),
    meaning=_l("あき待ちに入ってからこの日数がたった方は、はじめての方と同じように、優先枠を予約できます。"),
)
OFFER_AHEAD_HOURS: Final = NumberSetting(
    name="helpdesk.offer_ahead_hours",
    label=_l("あいた枠を案内するのは、始まる何時間前までか"),
    default=3,
    least=0,
    most=72,
    unit=_l("時間"),
    meaning=_l("これより近い枠は、あきを待つ方に案内せず、つぎに電話してきた方が予約できます。"),
)
SETTINGS: Final = (
    *(USUAL_SLOT, OFFERED_DAYS, BOOKED_AHEAD_DAYS, HOLD_MINUTES),
    *(MOST_OPEN, SET_ASIDE_SHARE, SET_ASIDE_DAYS, LONG_WAIT_DAYS, OFFER_AHEAD_HOURS),
)
