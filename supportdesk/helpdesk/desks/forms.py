"""The forms of desks, of the hours that advisers keep at them, of what is off, and of what advisers help with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Any, Final, NamedTuple, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from supportdesk.core import clock
from supportdesk.core.addresses import row_id
from supportdesk.core.fields import (
    ChoiceField,
    DayField,
    DeskForm,
    GroupedField,
    HiddenField,
    SelectField,
    TextField,
    TickField,
    TicksField,
    TimeField,
)
from supportdesk.core.moments import WEEKDAYS
from supportdesk.helpdesk.desks.operations import Kept
from supportdesk.helpdesk.desks.time_off import Days
from supportdesk.helpdesk.forms import read_slot
from supportdesk.helpdesk.office import SLOT_MINUTES, USUAL_SLOT
from supportdesk.helpdesk.patterns import EVERY_SECOND_WEEK, EVERY_WEEK
from supportdesk.helpdesk.slots import Wanted
from supportdesk.learners.models import Device
from supportdesk.learners.words import DEVICES

#: What somebody may need help with: everything but having none.
PHONES: Final = {device: words for device, words in DEVICES.items() if device is not Device.NONE}


class DeskDetailsForm(DeskForm):
    """A desk's name, place and habits."""

    name = TextField(_l("窓口の名前"), max_length=60, hint=_l("例：スマホ相談（中央）"))
    venue_id = SelectField(_l("会場"), coerce=int)
    room_id = GroupedField(
        _l("部屋"),
        required=False,
        coerce=int,
        empty=_l("決まっていない"),
        hint=_l("えらぶと、予約の時間にこの部屋をとります。教室が使う時間には、枠が出ません。"),
    )
    slot_minutes = SelectField(
        _l("1つの枠の長さ"),
        choices=[(minutes, _l("%(minutes)s分", minutes=minutes)) for minutes in SLOT_MINUTES],
        coerce=int,
        default=USUAL_SLOT.get,
    )
    buffer_minutes = SelectField(
        _l("枠と枠のあいだに空ける時間"),
        choices=[(0, _l("空けない")), *((minutes, _l("%(minutes)s分", minutes=minutes)) for minutes in (15, 30))],
        coerce=int,
        default=0,
    )
    on_holidays = TickField(_l("祝日も開く"))
    to_bring = TextField(
        _l("持ち物"), required=False, max_length=200, hint=_l("予約票に印刷します。例：お使いのスマートフォン、めがね")
    )

    seen = HiddenField(max_length=40)

    def __init__(
        self, venues: list[tuple[int, str]], rooms: Mapping[str, list[tuple[int, str]]], **options: Any
    ) -> None:
        super().__init__(choices={"venue_id": venues, "room_id": rooms}, **options)


class SwitchForm(DeskForm):
    """Whether the desk is to be booked from now on ("on") or no more ("off")."""

    wanted = HiddenField(max_length=3)


class Rhythm(StrEnum):
    """On which days hours are kept, as the form asks it."""

    WEEKLY = "weekly"
    SECOND = "second"
    MONTHLY = "monthly"


class HoursForm(DeskForm):
    """Which adviser keeps a desk when."""

    adviser_id = SelectField(_l("相談員"), coerce=int)
    weekday = SelectField(_l("曜日"), choices=WEEKDAYS, coerce=int)
    rhythm = ChoiceField(
        _l("くり返し方"),
        choices={
            Rhythm.WEEKLY: _l("毎週"),
            Rhythm.SECOND: _l("1週おき（「最初の日」の週から数えます）"),
            Rhythm.MONTHLY: _l("月の何週目か（下でえらびます）"),
        },
        default=Rhythm.WEEKLY,
        coerce=Rhythm,
    )
    month_weeks = TicksField(
        _l("月の何週目"), choices={str(number): _l("第%(number)s", number=number) for number in range(1, 6)}
    )
    first_day = DayField(_l("最初の日"), required=False, hint=_l("空けておくと、今から始まります。"))
    last_day = DayField(
        _l("最後の日"), required=False, hint=_l("空けておくと、ずっと続きます。1日だけのときは、同じ日を入力します。")
    )
    opens = TimeField(_l("始まり"), hint=_l("例：10:00"))
    closes = TimeField(_l("終わり"), hint=_l("例：15:00"))

    def __init__(self, advisers: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(choices={"adviser_id": advisers}, **options)

    def validate_month_weeks(self, field: TicksField) -> None:
        """Some week of the month, where it is to be kept in some alone."""
        if self.rhythm.data == Rhythm.MONTHLY and not field.data:
            raise ValidationError(_("何週目に開くかをえらんでください。"))

    @property
    def kept(self) -> Kept:
        """The hours as desks know them."""
        return Kept(
            weekday=cast(int, self.weekday.data),
            opens=cast(time, self.opens.data),
            closes=cast(time, self.closes.data),
            every=EVERY_SECOND_WEEK if self.rhythm.data == Rhythm.SECOND else EVERY_WEEK,
            month_weeks="".join(sorted(self.month_weeks.data or ())) if self.rhythm.data == Rhythm.MONTHLY else "",
            first_day=self.first_day.data,
            last_day=self.last_day.data,
        )


class TimeOffForm(DeskForm):
    """Which desk is shut, or which adviser away, when and why. `who` is "desk:3" or "adviser:7"."""

    who = SelectField(_l("休む窓口か相談員"))
    first_day = DayField(_l("最初の日"), default=clock.today)
    last_day = DayField(_l("最後の日"), required=False, hint=_l("1日だけのときは、空けておきます。"))
    opens = TimeField(_l("何時から"), required=False, hint=_l("一日中のときは、空けておきます。例：13:00"))
    closes = TimeField(_l("何時まで"), required=False)
    reason = TextField(
        _l("理由"), max_length=60, hint=_l("受付の画面に出ます。例：研修、機器の点検。病気などの事情は書きません。")
    )

    def __init__(self, who: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(choices={"who": who}, **options)

    @property
    def days(self) -> Days:
        """The days as the desk knows them."""
        first = cast(date, self.first_day.data)
        return Days(first, self.last_day.data or first, self.reason.data or "", self.opens.data, self.closes.data)


class Going(NamedTuple):
    """A booking and the slot to which it is to move."""

    booking_id: int
    slot: Wanted

    @property
    def key(self) -> str:
        """Both as one text."""
        return f"{self.booking_id}/{self.slot.key}"


class GoingField(TicksField):
    """Which bookings move where; `data` holds each as `Going`."""

    def _read(self, sent: str) -> Going:
        booking, _slash, slot = sent.partition("/")
        booking_id, wanted = row_id(booking), read_slot(*slot.split("/")) if slot.count("/") == 2 else None
        if booking_id is None or wanted is None:
            raise ValueError(_("一覧の中からえらんでください。"))
        return Going(booking_id, wanted)

    def _chosen(self, value: Any) -> bool:
        return any(going.key == value for going in self.data or ())


class LostForm(DeskForm):
    """Which of the bookings without a slot move to what is proposed."""

    going = GoingField(_l("移す予約"))


class StrengthsForm(DeskForm):
    """What an adviser helps with."""

    areas = TicksField(_l("分野"), hint=_l("えらばないと、すべての分野を受け持ちます。"))
    devices = TicksField(
        _l("機種"), choices=PHONES, coerce=Device, hint=_l("えらばないと、すべての機種を受け持ちます。")
    )
