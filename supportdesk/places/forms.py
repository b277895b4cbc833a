"""The administrator's forms about venues, rooms, closures and equipment."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import (
    ChoiceField,
    DayField,
    DeskForm,
    IntegerField,
    KanaField,
    SelectField,
    TextField,
    TickField,
)
from supportdesk.places.models import EquipmentKind

EQUIPMENT_KINDS = {
    EquipmentKind.LOAN_PHONE: _l("貸出用スマホ"),
    EquipmentKind.PROJECTOR: _l("プロジェクター"),
    EquipmentKind.OTHER: _l("そのほか"),
}


class VenueForm(DeskForm):
    """What a venue is called, where it stands, and what one needs to know there."""

    name = TextField(_l("会場の名前"), max_length=100)
    kana = KanaField(_l("フリガナ"), required=False, max_length=100)
    nickname = TextField(_l("よび名"), required=False, max_length=100, hint=_l("電話で言われる短い名前。"))
    district_code = SelectField(_l("地区"))
    address = TextField(_l("住所"), required=False, max_length=300)
    phone = TextField(_l("電話番号"), required=False, max_length=40, width="m")
    wifi_ssid = TextField(_l("Wi-Fiの名前（SSID）"), required=False, max_length=32)

    def __init__(self, districts: list[tuple[str, str]], **options: Any) -> None:
        self._districts = districts
        super().__init__(**options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """The city's districts have to be known before what was chosen is read."""
        self.district_code.choices = self._districts
        super().process(*arguments, **options)


class RoomForm(DeskForm):
    """A room and how many fit in."""

    name = TextField(_l("部屋の名前"), max_length=100)
    seats = IntegerField(_l("定員"), required=False, least=1, most=1000, unit=_l("人"))


class ClosureForm(DeskForm):
    """From when to when a venue is shut, and why."""

    first_day = DayField(_l("始めの日"))
    last_day = DayField(_l("終わりの日"))
    reason = TextField(_l("理由"), max_length=100, hint=_l("予約のときに、この言葉が表示されます。"))
    although = TickField(_l("予定があっても休館にする（予定は自動では取り消されません）"))


class EquipmentForm(DeskForm):
    """A thing that is lent, and where it is kept."""

    kind = ChoiceField(_l("種類"), choices=EQUIPMENT_KINDS, coerce=EquipmentKind)
    name = TextField(_l("名前・番号"), max_length=100, hint=_l("例：貸出用スマホ 1号"))
    venue_id = SelectField(_l("置き場所"), required=False, empty=_l("決まっていない"), coerce=int)

    def __init__(self, venues: list[tuple[int, str]], **options: Any) -> None:
        self._venues = venues
        super().__init__(**options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """The venues have to be known before what was chosen is read."""
        self.venue_id.choices = self._venues
        super().process(*arguments, **options)
