"""The form that every room's forms are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm

from supportdesk.core import kept_form
from supportdesk.core.codes import new_token
from supportdesk.core.errors import DeskError
from supportdesk.core.fields.base import DeskField
from supportdesk.core.fields.text import HiddenField
from supportdesk.core.once import AlreadySent

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class DeskForm(FlaskForm):
    """A form with a one-time token: pressed twice, it is carried out once (core/once.py).

    Its CSRF token is asked for before any view (core/security.py), and drawn by the pages' own macro.
    """

    class Meta(FlaskForm.Meta):
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What the form reads: what was posted to it, or what was typed before its sender had to log in again."""
            kept = kept_form.fields_for(form._fields)
            return super().wrap_formdata(form, formdata) if kept is None else kept

    one_time_token = HiddenField()
    #: Why the operation refused, for a page that shows more of it than the message.
    refusal: DeskError | None = None

    def __init__(self, *arguments: Any, choices: Any = None, **options: Any) -> None:
        """`choices`: what can be chosen, by field's name; it has to be known before what was chosen is read."""
        self._given: Mapping[str, Any] = choices or {}
        super().__init__(*arguments, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the form. A token that is none of ours is replaced, so that it never reaches the database."""
        for name, choices in self._given.items():
            self._fields[name].choices = choices
        super().process(*arguments, **options)
        if not _TOKEN.fullmatch(self.one_time_token.data or ""):
            self.one_time_token.data = new_token()

    def refuse(self, error: DeskError) -> None:
        """Show why the operation refused: beside the field it names, else on top of the form.

        A form whose token was used before gets a fresh one: what is typed now may be sent with it.
        """
        self.refusal = error
        if isinstance(error, AlreadySent):
            self.one_time_token.data = new_token()
        field = self._fields.get(error.field or "")
        target = field if field is not None and getattr(field, "kind", "hidden") != "hidden" else None
        if target is None:
            self.form_errors.append(str(error.message))
        else:
            target.errors = [*target.errors, str(error.message)]

    @property
    def token(self) -> str:
        """The one-time token."""
        return str(self.one_time_token.data)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(id of the control, message) of everything that is wrong; an empty id for the form as a whole."""
        fields = [
            (field.focus_id, str(field.errors[0])) for field in self if isinstance(field, DeskField) and field.errors
        ]
        return [("", str(message)) for message in self.form_errors] + fields
