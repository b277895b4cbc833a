"""Form fields made accessible and Japanese once, for every room's forms; `components/ui.html` draws them."""

from supportdesk.core.fields.choices import ChoiceField, GroupedField, SelectField, TickField, TicksField
from supportdesk.core.fields.dates import BirthField, DateField, DayField, TimeField
from supportdesk.core.fields.form import DeskForm
from supportdesk.core.fields.note import NoteField
from supportdesk.core.fields.text import (
    AreaField,
    FileField,
    HiddenField,
    IntegerField,
    KanaField,
    MailField,
    PasswordField,
    PhoneField,
    TextField,
)

__all__ = [
    "AreaField",
    "BirthField",
    "ChoiceField",
    "DateField",
    "DayField",
    "DeskForm",
    "FileField",
    "GroupedField",
    "HiddenField",
    "IntegerField",
    "KanaField",
    "MailField",
    "NoteField",
    "PasswordField",
    "PhoneField",
    "SelectField",
    "TextField",
    "TickField",
    "TicksField",
    "TimeField",
]
