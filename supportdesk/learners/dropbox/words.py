"""The words that pages have for what phones handed in."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.dropbox.models import EntryState

ENTRY_STATES: Final = {
    EntryState.RECORDED: _l("記録した"),
    EntryState.HELD: _l("保留"),
    EntryState.DISMISSED: _l("記録しないことにした"),
}
