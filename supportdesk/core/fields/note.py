"""Free text about a person: kept as typed, except for what must never be kept."""

from __future__ import annotations

from typing import Any

from wtforms import Form
from wtforms.validators import ValidationError

from supportdesk.core.fields.text import AreaField
from supportdesk.core.unkept import reason_not_to_keep


class NoteField(AreaField):
    """Several lines about somebody. My Number, card numbers and passwords are refused."""

    def __init__(self, label: object, **options: Any) -> None:
        options.setdefault("required", False)
        options["validators"] = [refuse_what_must_not_be_kept, *options.get("validators", ())]
        super().__init__(label, **options)


def refuse_what_must_not_be_kept(_form: Form, field: AreaField) -> None:
    """For any text field in which somebody might write such things."""
    reason = reason_not_to_keep(field.data or "")
    if reason is not None:
        raise ValidationError(str(reason))
