"""The words that pages have for requests: their states, groups, doors and equipment. Called by views and forms."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.classes.outreach.models import Door, GroupKind, OutreachState

STATES: Final = {
    OutreachState.RECEIVED: _l("受け付けた"),
    OutreachState.CHECKED: _l("内容をたしかめた"),
    OutreachState.FOUND: _l("日と講師が決まった"),
    OutreachState.CONFIRMED: _l("決定した"),
    OutreachState.PREPARED: _l("準備ができた"),
    OutreachState.HELD: _l("行った"),
    OutreachState.REPORTED: _l("結果を書いた"),
    OutreachState.CLOSED: _l("終わった"),
    OutreachState.REFUSED: _l("断った"),
    OutreachState.WITHDRAWN: _l("取り下げられた"),
    OutreachState.NOT_HELD: _l("行われなかった"),
}
#: What is to be done next, by the state that a request is in.
NEXT_STEPS: Final = {
    OutreachState.RECEIVED: _l("内容をたしかめる"),
    OutreachState.CHECKED: _l("日と講師を決める"),
    OutreachState.FOUND: _l("決定にして、お知らせを出す"),
    OutreachState.CONFIRMED: _l("持ち物と移動を準備する"),
    OutreachState.PREPARED: _l("当日、講座を行う"),
    OutreachState.HELD: _l("結果を書く"),
    OutreachState.REPORTED: _l("これからのことを決めて、終わりにする"),
}
GROUPS: Final = {
    GroupKind.NEIGHBOURHOOD: _l("町内会・自治会"),
    GroupKind.SENIORS: _l("老人クラブ"),
    GroupKind.WELFARE: _l("地区社会福祉協議会・サロン"),
    GroupKind.COMPANY: _l("会社・事業所"),
    GroupKind.OTHER: _l("そのほか"),
}
DOORS: Final = {Door.FORM: _l("申し込みの画面"), Door.PHONE: _l("電話・窓口")}
EQUIPMENT: Final = {
    "has_screen": _l("スクリーン（または大きなテレビ）"),
    "has_wifi": _l("Wi-Fi"),
    "has_parking": _l("駐車場"),
}
#: What is taken along or seen to because the place has none.
INSTEAD: Final = {
    "has_screen": _l("プロジェクターとスクリーン（会場にありません）"),
    "has_wifi": _l("持ち運びできるWi-Fi（会場にありません）"),
    "has_parking": _l("車を止める場所（会場にありません）"),
}
CHOICES: Final = {1: _l("第1希望"), 2: _l("第2希望"), 3: _l("第3希望")}
