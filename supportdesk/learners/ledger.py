"""Reads one line of a paper ledger: which headings mean what, and what the words in the cells mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask_babel import lazy_gettext as _l

from supportdesk.core.japanese import search_key, tidy
from supportdesk.core.phones import PhoneError, parse_phone, split_phones
from supportdesk.core.tables import Heading, Row
from supportdesk.core.unkept import reason_not_to_keep
from supportdesk.core.wareki import DateError, parse_date
from supportdesk.learners.models import Channel, Device, Need, Sex
from supportdesk.learners.needs import needs_in
from supportdesk.learners.particulars import BadParticulars, Particulars, Telephone, checked

LONGEST = 2000
Meaning = TypeVar("Meaning")

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("氏名", "お名前", "名前", "受講者名", "利用者名", "参加者名", "受講者氏名"),
    "family": ("姓", "苗字", "名字"),
    "given": ("名",),
    "kana": ("フリガナ", "カナ", "よみ", "よみがな", "読み", "読み仮名", "氏名カナ", "カナ氏名", "名前カナ"),
    "birth": ("生年月日", "誕生日", "生まれ"),
    "sex": ("性別", "男女"),
    "phone": (
        "電話番号",
        "電話",
        "TEL",
        "携帯",
        "携帯電話",
        "携帯番号",
        "自宅電話",
        "固定電話",
        "連絡先",
        "連絡先電話番号",
    ),
    "district": ("地区", "地域", "お住まいの地区", "居住地区", "お住まい", "住まい"),
    "device": ("機種", "端末", "スマホ", "スマートフォン", "使用機種", "お使いの機種", "所有端末"),
    "channel": ("連絡方法", "連絡手段", "希望連絡方法"),
    "needs": ("配慮すること", "配慮", "配慮事項", "必要な配慮"),
    "note": ("備考", "メモ", "特記事項", "その他"),
    "postal_code": ("郵便番号", "〒"),
    "address": ("住所", "ご住所"),
    "mail": ("メール", "メールアドレス", "Eメール", "E-mail", "mail"),
    "number": ("受付番号", "番号", "No", "No.", "整理番号"),
}

_SEXES = {"女": Sex.FEMALE, "女性": Sex.FEMALE, "f": Sex.FEMALE, "男": Sex.MALE, "男性": Sex.MALE, "m": Sex.MALE}
_DEVICES = {
    "iphone": Device.IPHONE, "アイフォン": Device.IPHONE, "アイフォーン": Device.IPHONE,
    "android": Device.ANDROID, "アンドロイド": Device.ANDROID,
    "らくらくスマートフォン": Device.EASY_PHONE, "らくらくホン": Device.EASY_PHONE, "らくらくスマホ": Device.EASY_PHONE,
    "ガラケー": Device.FEATURE_PHONE, "ガラホ": Device.FEATURE_PHONE, "携帯電話": Device.FEATURE_PHONE,
    "まだ持っていない": Device.NONE, "持っていない": Device.NONE, "なし": Device.NONE, "無し": Device.NONE,
}  # fmt: skip
_CHANNELS = {
    "電話": Channel.PHONE, "tel": Channel.PHONE, "メール": Channel.MAIL, "mail": Channel.MAIL, "line": Channel.LINE,
    "ライン": Channel.LINE, "郵便": Channel.POST, "郵送": Channel.POST, "はがき": Channel.POST,
}  # fmt: skip
#: What people write into a cell that has to stay empty.
_NOTHING = frozenset(("なし", "無し", "無", "ない", "不明", "-", "ー", "－", "―", "×"))
_UNKNOWN = {
    "device": _l("「%(word)s」という機種はわからないので、空のまま入れます。"),
    "channel": _l("「%(word)s」という連絡方法はわからないので、電話として入れます。"),
}
_OUTSIDE = frozenset({"市外", "秋田市外"})
_TOTALS = ("合計", "総計", "計", "小計")


@dataclass(frozen=True)
class Problem:
    """Why a row is rejected, or what somebody should look at. `column` is the heading's usual wording."""

    row: int
    column: str
    reason: object


class Rejected(Exception):
    """The row cannot be taken in. `others` are what else is wrong with it."""

    others: tuple[Rejected, ...] = ()

    def __init__(self, field: str, reason: object) -> None:
        super().__init__(field)
        self.field = field
        self.reason = reason


class Faults:
    """Gathers what is wrong with a row, so that its writer hears of everything at once."""

    def __init__(self) -> None:
        self._found: list[Rejected] = []

    def read(self, cell: Callable[[Row], Meaning], row: Row) -> Meaning | None:
        """What `cell` reads in the row; None, and a fault noted, when it cannot be taken in."""
        try:
            return cell(row)
        except Rejected as fault:
            self._found.append(fault)
            return None

    def raise_them(self) -> None:
        """Raises Rejected if anything was found."""
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first


@dataclass
class LedgerReader:
    """Reads rows under one heading. `districts` gives codes by folded name; `today` bounds birth dates."""

    heading: Heading
    districts: Mapping[str, str]
    today: date

    def text(self, row: Row, field: str) -> str:
        """All cells of a field, tidy, joined by line breaks."""
        cells = (tidy(row.cell(index)) for index in self.heading.columns.get(field, ()))
        return "\n".join(cell for cell in cells if cell)

    def line(self, row: Row, field: str) -> str:
        """The same on one line; empty when it says that there is none."""
        text = self.text(row, field).replace("\n", " ")
        return "" if text in _NOTHING else text

    def is_nobody(self, row: Row) -> bool:
        """A closing line, a repeated heading, or a line that holds nothing but its number."""
        if self.heading.is_repeated_by(row):
            return True
        words = [tidy(cell) for cell in row.cells if tidy(cell)]
        if words and search_key(words[0]) in {search_key(total) for total in _TOTALS}:
            return True
        known = [field for field in self.heading.columns if field != "number"]
        return not any(self.text(row, field) for field in known)

    def read(self, row: Row) -> tuple[Particulars, list[Problem]]:
        """The person of a row, and what is doubtful about them. Raises Rejected, with everything that is wrong."""
        problems: list[Problem] = []
        for field in self.heading.columns:
            if len(self.text(row, field)) > LONGEST:
                raise Rejected(field, _l("長すぎます。"))
        faults = Faults()
        district, outside = faults.read(self._residence, row) or (None, False)
        needs, note = faults.read(self._needs_and_note, row) or (frozenset(), "")
        name, birth_date = faults.read(self._name, row), faults.read(self._birth_date, row)
        faults.raise_them()
        if any(tidy(cell).startswith(("=", "+", "@")) for cell in row.cells if not tidy(cell)[1:2].isdigit()):
            problems.append(Problem(row.number, _column("note"), _l("式のような文字を、文字のまま入れます。")))
        if "\n" in self.text(row, "note"):
            problems.append(Problem(row.number, _column("note"), _l("改行をそのまま入れます。")))
        person = _checked(
            Particulars(
                name=name or "",
                kana=self.line(row, "kana"),
                birth_date=birth_date,
                sex=_SEXES.get(self.text(row, "sex").lower()),
                district_code=district,
                outside_city=outside,
                postal_code=_with_its_zero(self.line(row, "postal_code")),
                address=self.line(row, "address"),
                mail=self.line(row, "mail"),
                phones=self._phones(row, problems),
                device=self._meaning(row, "device", _DEVICES, problems),
                channel=self._meaning(row, "channel", _CHANNELS, problems) or Channel.PHONE,
                needs=needs,
                note=note,
            )
        )
        return person, problems

    def _meaning(self, row: Row, field: str, table: Mapping[str, Meaning], problems: list[Problem]) -> Meaning | None:
        """What a word means; one that nobody knows is mentioned."""
        written = self.text(row, field)
        meaning = _meaning(table, written)
        if written and meaning is None:
            problems.append(Problem(row.number, _column(field), str(_UNKNOWN[field]) % {"word": written[:50]}))
        return meaning

    def written_name(self, row: Row) -> str:
        """The name as it stands there, in one column or two."""
        return self.line(row, "name") or " ".join(filter(None, (self.line(row, "family"), self.line(row, "given"))))

    def _name(self, row: Row) -> str:
        """A ledger with a column for the written name means it to be filled; one of kana alone is taken as it is."""
        columns = self.heading.columns
        written = self.written_name(row)
        if not written and ("name" in columns or "family" in columns):
            raise Rejected("name", _l("氏名がありません。"))
        if not written and not self.line(row, "kana"):
            raise Rejected("kana", _l("氏名がありません。"))
        return written

    def _birth_date(self, row: Row) -> date | None:
        written = self.text(row, "birth")
        if not written:
            return None
        try:
            return parse_date(written, today=self.today)
        except DateError as error:
            raise Rejected("birth", error.message) from error

    def _residence(self, row: Row) -> tuple[str | None, bool]:
        written = self.text(row, "district")
        if not written:
            return None, False
        if written in _OUTSIDE:
            return None, True
        code = self.districts.get(search_key(written)) or self.districts.get(search_key(written.removesuffix("地区")))
        if code is None:
            raise Rejected("district", _l("「%(name)s」という地区はありません。", name=written[:50]))
        return code, False

    def _phones(self, row: Row, problems: list[Problem]) -> tuple[Telephone, ...]:
        phones: list[Telephone] = []
        for written in split_phones(self.text(row, "phone")):
            try:
                phones.append(Telephone(written, parse_phone(written)))
            except PhoneError as error:
                phones.append(Telephone(written, None))
                problems.append(Problem(row.number, _column("phone"), error.message))
        if not phones:
            problems.append(Problem(row.number, _column("phone"), _l("電話番号がありません。")))
        return tuple(phones)

    def _needs_and_note(self, row: Row) -> tuple[frozenset[Need], str]:
        """Needs that the words name; the words themselves are kept in the note, so that nothing is lost."""
        needs, note = self.text(row, "needs"), self.text(row, "note")
        reason = reason_not_to_keep(needs)
        if reason is not None:
            raise Rejected("needs", reason)
        return needs_in(needs, note), "\n".join(filter(None, (needs, note)))


def _with_its_zero(postal_code: str) -> str:
    """010-8560 without its first 0, which spreadsheets take away."""
    return f"0{postal_code}" if len(postal_code) == 6 and postal_code.isdecimal() else postal_code


def _checked(person: Particulars) -> Particulars:
    """The person as the register would keep them; what it would refuse is a rejected row."""
    try:
        return checked(person)
    except BadParticulars as bad:
        field = str(bad.field)
        raise Rejected("phone" if field.startswith("phone_") else field, bad.message) from bad


def _meaning(table: Mapping[str, Meaning], written: str) -> Meaning | None:
    key = search_key(written)
    return next((value for word, value in table.items() if search_key(word) == key), None)


def _column(field: str) -> str:
    return HEADINGS[field][0]


def rejections(row: Row, refused: Rejected) -> list[Problem]:
    """A rejected row as the office reads of it: everything that is wrong with it, the first fault first."""
    return [Problem(row.number, _column(fault.field), fault.reason) for fault in (refused, *refused.others)]
