"""The words that pages have for what phones handed in."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.dropbox.models import DropState

DROP_STATES: Final = {
    DropState.RECORDED: _l("記録した"),
    DropState.HELD: _l("保留"),
    DropState.DISMISSED: _l("記録しないことにした"),
}
