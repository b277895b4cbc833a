"""How the answers of a feedback sheet are called, the best first, as they stand on the phone and on paper."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.classes.sheets.models import SheetWay

UNDERSTANDING: Final = {
    4: _l("よくわかった"),
    3: _l("だいたいわかった"),
    2: _l("少しむずかしかった"),
    1: _l("わからなかった"),
}
SATISFACTION: Final = {
    4: _l("とてもよかった"),
    3: _l("よかった"),
    2: _l("あまりよくなかった"),
    1: _l("よくなかった"),
}
WAYS: Final = {SheetWay.PHONE: _l("スマホで"), SheetWay.PAPER: _l("用紙で")}
