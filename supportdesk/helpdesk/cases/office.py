"""What the office decides about cases."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting, TextSetting

POLICE_NUMBER: Final = TextSetting(
    name="helpdesk.police_number",
    label=_l("詐欺かもしれないときの警察の電話番号"),
    words="#9110",
    longest=20,
    meaning=_l("相談の記録の「詐欺かもしれないとき」に出ます。はじめの値は警察相談専用電話です。"),
)
CONSUMER_NUMBER: Final = TextSetting(
    name="helpdesk.consumer_number",
    label=_l("詐欺かもしれないときの消費者の窓口の電話番号"),
    words="188",
    longest=20,
    meaning=_l("相談の記録の「詐欺かもしれないとき」に出ます。はじめの値は消費者ホットラインです。"),
)
DRAFT_DAYS: Final = NumberSetting(
    name="helpdesk.draft_days",
    label=_l("保存できなかった入力を相談員の端末に残す日数"),
    default=7,
    least=1,
    most=31,
    unit=_l("日"),
    meaning=_l("通信やログインが切れて保存できなかった入力は、鍵をかけて端末に残し、この日数で消します。"),
)

SETTINGS: Final = (POLICE_NUMBER, CONSUMER_NUMBER, DRAFT_DAYS)
