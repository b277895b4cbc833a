"""What requests are called on pages and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.rights.models import Asker, RequestKind, RequestState

REQUEST_KINDS: Final[Mapping[RequestKind, object]] = {
    RequestKind.DISCLOSURE: _l("開示（記録を見る）"),
    RequestKind.CORRECTION: _l("訂正（記録をなおす）"),
    RequestKind.STOP_OF_USE: _l("利用停止（記録を使わない）"),
    RequestKind.ERASURE: _l("消去（記録を消す）"),
}
ASKERS: Final[Mapping[Asker, object]] = {
    Asker.SELF: _l("本人"),
    Asker.GUARDIAN: _l("法定代理人（成年後見人など）"),
    Asker.AGENT: _l("本人から頼まれた代理人"),
}
REQUEST_STATES: Final[Mapping[RequestState, object]] = {
    RequestState.OPEN: _l("受付ずみ、これから"),
    RequestState.DONE: _l("すんだ"),
    RequestState.REFUSED: _l("応じない"),
    RequestState.TAKEN_BACK: _l("取り下げ"),
}
