"""The forms of requests and of erasing somebody."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import AreaField, ChoiceField, DateField, DeskForm, TextField
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.learners.rights.models import Asker, RequestKind, RequestState
from supportdesk.learners.rights.words import ASKERS, REQUEST_KINDS, REQUEST_STATES


class RequestForm(DeskForm):
    """What is asked for, by whom, and when it was."""

    kind = ChoiceField(_l("申し出"), choices=REQUEST_KINDS, coerce=RequestKind)
    received_on = DateField(_l("受け付けた日"))
    asker = ChoiceField(_l("申し出た人"), choices=ASKERS, coerce=Asker, default=Asker.SELF)
    asker_name = TextField(
        _l("申し出た人の名前"), required=False, max_length=100, hint=_l("本人のときは、空のままにします。")
    )
    note = AreaField(
        _l("申し出の内容"), required=False, max_length=1000, rows=3, validators=[refuse_what_must_not_be_kept]
    )


class SettleForm(DeskForm):
    """What became of a request."""

    state = ChoiceField(
        _l("結果"),
        choices={state: words for state, words in REQUEST_STATES.items() if state is not RequestState.OPEN},
        coerce=RequestState,
    )
    answer = AreaField(
        _l("答えたこと"),
        required=False,
        max_length=1000,
        rows=3,
        hint=_l("応じないときは、その理由を書きます。"),
        validators=[refuse_what_must_not_be_kept],
    )


class EraseForm(DeskForm):
    """The learner's name once more."""

    typed = TextField(_l("消去する方の名前かフリガナ"), max_length=100)
