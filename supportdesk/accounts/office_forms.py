"""The form of one setting: its field is of the setting's kind, and refuses what the setting cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from supportdesk.core.fields import (
    AreaField,
    ChoiceField,
    DeskForm,
    HiddenField,
    IntegerField,
    PhoneField,
    TextField,
)
from supportdesk.core.office import AnySetting, ChoiceSetting, NumberSetting, PhoneSetting, TextSetting


class SettingForm(DeskForm):
    """`value` is added by `form_of`. `seen_at`: when the setting had been changed last as the form was opened."""

    seen_at = HiddenField(max_length=40)

    @property
    def seen(self) -> datetime | None:
        """None: never, as far as the form knows."""
        try:
            instant = datetime.fromisoformat(self.seen_at.data or "")
        except ValueError:
            return None
        return instant.astimezone(UTC) if instant.tzinfo else None

    @property
    def stored(self) -> str:
        """What was typed, as it is kept."""
        data = self._fields["value"].data
        return "" if data is None else str(data)


def form_of(setting: AnySetting, **options: Any) -> SettingForm:
    """The form for this setting, of a class of its own."""
    form: SettingForm = type("OneSettingForm", (SettingForm,), {"value": _field(setting)})(**options)
    return form


def _field(setting: AnySetting) -> Any:
    said = {"hint": setting.meaning}
    if isinstance(setting, NumberSetting):
        return IntegerField(setting.label, least=setting.least, most=setting.most, unit=setting.unit, **said)
    if isinstance(setting, ChoiceSetting):
        return ChoiceField(setting.label, choices=setting.choices, coerce=int, **said)
    if isinstance(setting, PhoneSetting):
        return PhoneField(setting.label, **said)
    return _text_field(setting, {**said, "max_length": setting.longest, "required": not setting.may_be_empty})


def _text_field(setting: TextSetting, options: dict[str, Any]) -> Any:
    if setting.lines > 1:
        return AreaField(setting.label, rows=setting.lines, **options)
    return TextField(setting.label, **options)
