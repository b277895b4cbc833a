"""What all fields share: a label, whether something must be given, how it is drawn, where an error leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.validators import StopValidation


class DeskField(Field):
    """`kind` names the macro that draws it; `data` is None (or empty) when nothing was given."""

    kind = "text"
    input_type = "text"

    def __init__(
        self,
        label: object,
        *,
        required: bool = True,
        hint: object = "",
        validators: Sequence[Any] = (),
        render_kw: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            label=label, validators=[must_be_given, *validators], description=hint, render_kw=render_kw or {}, **options
        )
        self.required = required

    @property
    def focus_id(self) -> str:
        """The id of the control to which the error summary leads."""
        return str(self.id)

    @property
    def value(self) -> str:
        """The text the control shows: what was typed, or what is stored."""
        return str(self.data) if self.data is not None else ""

    @property
    def typed(self) -> str:
        """What was sent for this field, untouched; empty when nothing was."""
        return str(self.raw_data[0]) if self.raw_data else ""

    def missing_message(self) -> str:
        """What to say when nothing was given."""
        return _("%(label)sを入力してください。", label=self.label.text)


def must_be_given(_form: Form, field: DeskField) -> None:
    """Stops at what could not be read; asks for what is missing; lets an empty optional field pass unexamined."""
    if field.errors:
        raise StopValidation
    if field.data is False or field.data in (None, "", frozenset()):
        raise StopValidation(field.missing_message() if field.required else "")
