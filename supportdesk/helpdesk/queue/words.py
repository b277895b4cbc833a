"""What pages call the states of a number. Called by views and by the learner's record."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.helpdesk.queue.models import NumberState

NUMBER_STATES: Final = {
    NumberState.WAITING: _l("待っている"),
    NumberState.CALLED: _l("呼んでいる"),
    NumberState.ABSENT: _l("呼んだがいない"),
    NumberState.BEGUN: _l("窓口で相談"),
    NumberState.DONE: _l("相談ずみ"),
    NumberState.LEFT: _l("待たずに帰った"),
    NumberState.UNSERVED: _l("呼べずに終わった"),
}
