"""The form with which a booking is repeated."""

from __future__ import annotations

from supportdesk.core.fields import DeskForm, HiddenField


class RepeatForm(DeskForm):
    """How often; both come from what the address says."""

    weeks = HiddenField(max_length=1)
    times = HiddenField(max_length=1)
