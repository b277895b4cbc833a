"""Fields in which one types: texts, readings, telephones, addresses, numbers, files."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import Form
from wtforms.validators import StopValidation, ValidationError

from supportdesk.core.fields.base import DeskField
from supportdesk.core.japanese import half_width, is_kana, tidy
from supportdesk.core.phones import PhoneError, format_phone, parse_phone


class TextField(DeskField):
    """One line of text, tidied; `data` is a str, empty when nothing was typed."""

    def __init__(self, label: object, *, max_length: int = 200, width: str = "", **options: Any) -> None:
        options["render_kw"] = {"maxlength": max_length, **(options.get("render_kw") or {})}
        options["validators"] = [_not_too_long, *options.get("validators", ())]
        options.setdefault("default", "")
        super().__init__(label, **options)
        self.max_length = max_length
        self.width = width

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = self.tidy(str(valuelist[0])) if valuelist else ""

    def tidy(self, text: str) -> str:
        """On one line."""
        return tidy(text).replace("\n", " ")


class AreaField(TextField):
    """Several lines of text."""

    kind = "area"

    def __init__(self, label: object, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("max_length", 2000)
        options["render_kw"] = {"rows": rows, **(options.get("render_kw") or {})}
        super().__init__(label, **options)

    def tidy(self, text: str) -> str:
        return tidy(text)


class HiddenField(TextField):
    """A value that travels with the form."""

    kind = "hidden"

    def __init__(self, label: object = "", **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(label, **options)


class PasswordField(TextField):
    """A password: taken as it was typed, and never shown again."""

    input_type = "password"

    def __init__(self, label: object, **options: Any) -> None:
        options.setdefault("max_length", 1000)
        super().__init__(label, **options)

    def tidy(self, text: str) -> str:
        return text

    @property
    def value(self) -> str:
        return ""


class KanaField(TextField):
    """A reading in kana of any kind, kept as typed."""

    def __init__(self, label: object, **options: Any) -> None:
        options["validators"] = [_in_kana, *options.get("validators", ())]
        super().__init__(label, **options)


class PhoneField(TextField):
    """A telephone: `data` is E.164 or empty; the control keeps showing what was typed."""

    input_type = "tel"

    def __init__(self, label: object, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options.setdefault("width", "m")
        super().__init__(label, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = ""
        written = tidy(str(valuelist[0])) if valuelist else ""
        if not written:
            return
        try:
            self.data = parse_phone(written)
        except PhoneError as error:
            raise ValueError(str(error.message)) from None

    @property
    def value(self) -> str:
        return self.typed or (format_phone(self.data) if self.data else "")


class MailField(TextField):
    """A mail address, for phones to show the right keys; whoever keeps it says what it has to look like."""

    input_type = "email"


class IntegerField(DeskField):
    """A whole number, full-width digits too; `data` is an int or None."""

    width = "s"

    def __init__(
        self, label: object, *, least: int = 0, most: int = 1_000_000, unit: object = "", **options: Any
    ) -> None:
        options["render_kw"] = {"inputmode": "numeric", "maxlength": 12, **(options.get("render_kw") or {})}
        super().__init__(label, **options)
        self.least, self.most, self.unit = least, most, unit

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        written = half_width(tidy(str(valuelist[0]))) if valuelist else ""
        if not written:
            return
        if not (written.removeprefix("-").isdecimal() and len(written) <= 12):
            raise ValueError(_("数字で入力してください。"))
        number = int(written)
        if not self.least <= number <= self.most:
            raise ValueError(_("%(least)sから%(most)sまでの数で入力してください。", least=self.least, most=self.most))
        self.data = number

    @property
    def value(self) -> str:
        return self.typed or ("" if self.data is None else str(self.data))


class FileField(DeskField):
    """A file to hand in; `data` is werkzeug's FileStorage, or None."""

    kind = "file"

    def __init__(self, label: object, *, accept: str = "", **options: Any) -> None:
        options["render_kw"] = {"accept": accept, **(options.get("render_kw") or {})}
        super().__init__(label, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        files = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        self.data = files[0] if files else None

    def missing_message(self) -> str:
        return _("ファイルをえらんでください。")


def _not_too_long(_form: Form, field: TextField) -> None:
    """Stops: what is far too long is not looked into any further."""
    if isinstance(field.data, str) and len(field.data) > field.max_length:
        raise StopValidation(_("%(most)s文字までで入力してください。", most=field.max_length))


def _in_kana(_form: Form, field: TextField) -> None:
    if not is_kana(field.data):
        raise ValidationError(_("ひらがなかカタカナで入力してください。"))
