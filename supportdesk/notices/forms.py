"""The form behind each button of the call list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import ChoiceField, DeskForm
from supportdesk.notices.calling import CallOutcome
from supportdesk.notices.words import OUTCOMES


class CallForm(DeskForm):
    """How a call went."""

    outcome = ChoiceField(_l("結果"), choices=OUTCOMES, coerce=CallOutcome)
