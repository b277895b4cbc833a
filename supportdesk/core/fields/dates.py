"""Days as three numbers 年 月 日, with the era for birth dates, and times of day. Nothing typed is ever guessed at."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core import clock
from supportdesk.core.fields.base import DeskField
from supportdesk.core.japanese import half_width, tidy
from supportdesk.core.wareki import DateError, format_time, parse_date, parse_year

_ERAS = (
    ("", _l("西暦")),
    ("令和", _l("令和")),
    ("平成", _l("平成")),
    ("昭和", _l("昭和")),
    ("大正", _l("大正")),
    ("明治", _l("明治")),
)
_NUMBER = re.compile(r"[0-9]{1,4}|元")


class Part(NamedTuple):
    """One of the number fields of a day."""

    name: str
    id: str
    label: str
    value: str
    digits: int


class DayField(DeskField):
    """A day near today as 年 月 日; `data` is a date or None."""

    kind = "day"
    with_era = False

    def __init__(self, label: object, **options: Any) -> None:
        super().__init__(label, **options)
        self._typed: dict[str, str] = {}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the parts; WTForms itself knows only fields of one name."""
        super().process(None, **({} if data is None else {"data": data}), extra_filters=extra_filters)
        names = ("era", "year", "month", "day")
        if formdata is None or not any(f"{self.name}-{part}" in formdata for part in names):
            return
        self._typed = {part: _plain(formdata.get(f"{self.name}-{part}", "")) for part in names}
        self.data = None
        try:
            self.data = self._read()
        except ValueError as error:
            self.process_errors = [str(error)]

    def _read(self) -> date | None:
        era, year, month, day = (self._typed[part] for part in ("era", "year", "month", "day"))
        if not (year or month or day):
            return None
        if not (year and month and day):
            return self._in_part(era, year, month, day)
        if not all(_NUMBER.fullmatch(number) for number in (year, month, day)):
            raise ValueError(_("年・月・日は数字で入力してください。"))
        if not era and (len(year) < 4 or year == "元"):
            raise ValueError(self._era_missing())
        if era and len(year) > 2:
            raise ValueError(_("西暦の年を入力したときは、「西暦」をえらんでください。"))
        return self._day(f"{era}{year}年{month}月{day}日")

    def _in_part(self, era: str, year: str, month: str, day: str) -> date | None:
        """What is made of a day of which something is missing."""
        raise ValueError(_("年・月・日をすべて入力してください。"))

    def _era_missing(self) -> str:
        return _("年は西暦4けたで入力してください（例：2026）。")

    def _day(self, written: str) -> date:
        try:
            day = parse_date(written)
        except DateError as error:
            raise ValueError(str(error.message)) from None
        if not clock.reckons_with(day):
            first, last = clock.FIRST_DAY.year, clock.LAST_DAY.year
            raise ValueError(_("年は%(first)s年から%(last)s年までで入力してください。", first=first, last=last))
        return day

    @property
    def eras(self) -> list[tuple[str, str, bool]]:
        """(value, label, chosen) of each era; empty where years are western."""
        if not self.with_era:
            return []
        return [(value, str(label), value == self._typed.get("era", "")) for value, label in _ERAS]

    @property
    def parts(self) -> list[Part]:
        stored = self.data if isinstance(self.data, date) else None
        shown = self._typed or (
            {"year": str(stored.year), "month": str(stored.month), "day": str(stored.day)} if stored else {}
        )
        wanted = (("year", _("年"), 4), ("month", _("月"), 2), ("day", _("日"), 2))
        return [
            Part(f"{self.name}-{part}", f"{self.id}-{part}", label, shown.get(part, ""), digits)
            for part, label, digits in wanted
        ]

    @property
    def focus_id(self) -> str:
        return f"{self.id}-year"


class DateField(DayField):
    """A birth date, typed as 和暦 or western; days to come are refused. `data` is a date or None."""

    with_era = True

    def _era_missing(self) -> str:
        return _("年号をえらぶか、西暦4けたで入力してください（例：昭和15、1940）。")

    def _day(self, written: str) -> date:
        try:
            return parse_date(written, today=clock.today())
        except DateError as error:
            raise ValueError(str(error.message)) from None


class BirthField(DateField):
    """A birth date of which the year alone may be known: then `data` is None and `year_alone` holds it."""

    year_alone: int | None = None

    def _in_part(self, era: str, year: str, month: str, day: str) -> date | None:
        if not year or month or day:
            raise ValueError(_("年・月・日をすべて入力してください。年だけわかるときは、月と日を空けておきます。"))
        if not era and (len(year) < 4 or year == "元"):
            raise ValueError(self._era_missing())
        try:
            self.year_alone = parse_year(f"{era}{year}", today=clock.today())
        except DateError as error:
            raise ValueError(str(error.message)) from None
        return None


class TimeField(DeskField):
    """A time of day, typed 13:30, 1330 or 13時30分; `data` is a time or None."""

    kind = "text"
    width = "s"

    def __init__(self, label: object, **options: Any) -> None:
        options["render_kw"] = {"inputmode": "numeric", "maxlength": 8, **(options.get("render_kw") or {})}
        super().__init__(label, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        written = _plain(valuelist[0]) if valuelist else ""
        if not written:
            return
        match = re.fullmatch(r"([0-9]{1,2})(?::|時|\.)?([0-9]{2})?分?", written)
        hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
        if hour > 23 or minute > 59:
            raise ValueError(_("時刻は 13:30 のように入力してください。"))
        self.data = time(hour, minute)

    @property
    def value(self) -> str:
        return self.typed or (format_time(self.data) if isinstance(self.data, time) else "")


def _plain(written: object) -> str:
    return half_width(tidy(str(written)))
