"""The forms of the line: for whom a number is, where an adviser sits, what came of a consultation without a name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import (
    ChoiceField,
    DeskForm,
    HiddenField,
    IntegerField,
    NoteField,
    SelectField,
    TextField,
)
from supportdesk.helpdesk.cases.models import MOST_MINUTES, CaseResult
from supportdesk.helpdesk.cases.words import CASE_RESULTS


class NumberForm(DeskForm):
    """A number: for a learner, or for nobody by name. A button alone may send it."""

    learner = HiddenField(max_length=12)
    topic = NoteField(
        _l("相談したいこと"), max_length=300, rows=2, hint=_l("わかるときだけ入力します。名前は書かないでください。")
    )


class CounterForm(DeskForm):
    """Where the adviser sits."""

    name = TextField(_l("あなたの窓口の名前"), max_length=10, hint=_l("待合室の画面に大きく出ます。例：窓口1"))


class ResultForm(DeskForm):
    """What came of a consultation without a name."""

    area_code = SelectField(_l("分野"), required=False, empty=_l("えらばない"))
    result = ChoiceField(_l("相談の結果"), choices=CASE_RESULTS, coerce=CaseResult)
    minutes = IntegerField(_l("かかった時間"), least=1, most=MOST_MINUTES, unit=_l("分"))


class NameForm(DeskForm):
    """Whose number it is, and whose it was when the page was drawn: a button alone."""

    learner = HiddenField(max_length=12)
    before = HiddenField(max_length=12)
