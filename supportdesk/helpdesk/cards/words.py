"""The words that pages have for answer cards. Called by views and forms."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.helpdesk.cards.models import CardDevice, CardVerb
from supportdesk.helpdesk.cards.queries import CardState

CARD_DEVICES: Final = {
    CardDevice.BOTH: _l("iPhoneもAndroidも"),
    CardDevice.IPHONE: _l("iPhone"),
    CardDevice.ANDROID: _l("Android"),
    CardDevice.NONE: _l("機種に関係ない"),
}
#: By which one narrows a list: the phone one has.
PHONES: Final = {CardDevice.IPHONE: _l("iPhone"), CardDevice.ANDROID: _l("Android")}
CARD_VERBS: Final = {
    CardVerb.WRITTEN: _l("書いた"),
    CardVerb.CHANGED: _l("なおした"),
    CardVerb.CHECKED: _l("たしかめた"),
    CardVerb.RETIRED: _l("使うのをやめた"),
    CardVerb.SHOWN_AGAIN: _l("また使うことにした"),
}
CARD_STATES: Final = {
    CardState.OUTDATED: _l("見直しの日をすぎたもの"),
    CardState.UNCHECKED: _l("まだだれもたしかめていないもの"),
    CardState.RETIRED: _l("使うのをやめたもの"),
}
