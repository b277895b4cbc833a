"""The forms of the pages of a draw."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import DeskForm, HiddenField, SelectField
from supportdesk.learners.booking_fields import CallerFields, TellField


class EnterForm(CallerFields, DeskForm):
    """One learner's entry in a draw, or that of two who come together."""

    learner = HiddenField(max_length=12)
    companion = HiddenField(max_length=12)
    tell = TellField(_l("受付の結果のお知らせ"))


class PairForm(DeskForm):
    """With which other entry this one becomes one of two."""

    other = SelectField(_l("いっしょに来る方の申し込み"), coerce=int)

    def __init__(self, others: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(choices={"other": others}, **options)
