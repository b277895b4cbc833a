"""The forms behind the buttons of the call list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import ChoiceField, DeskForm
from supportdesk.notices.calling import CallOutcome
from supportdesk.notices.offers import Answer
from supportdesk.notices.words import ANSWERS, OUTCOMES


class CallForm(DeskForm):
    """How a call went."""

    outcome = ChoiceField(_l("結果"), choices=OUTCOMES, coerce=CallOutcome)


class AnswerForm(DeskForm):
    """What somebody answered to an offer."""

    answer = ChoiceField(_l("返事"), choices=ANSWERS, coerce=Answer)
