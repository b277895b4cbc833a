"""The forms of the register, and the caller's fields that the booking forms of other rooms take in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import (
    AreaField,
    BirthField,
    ChoiceField,
    DeskForm,
    FileField,
    HiddenField,
    MailField,
    PhoneField,
    SelectField,
    TextField,
    TicksField,
)
from supportdesk.core.japanese import is_kana, search_key, tidy
from supportdesk.core.phones import PhoneError, digits_of, parse_phone, shown_phone
from supportdesk.core.security import LARGEST_UPLOAD, MEGABYTE
from supportdesk.core.wareki import DateError, parse_year
from supportdesk.learners.found import Found
from supportdesk.learners.models import AgeBand, Channel, Device, Learner, Need, Sex
from supportdesk.learners.operations import ProbablyKnown
from supportdesk.learners.particulars import LONGEST, Particulars, Telephone, checked, faults
from supportdesk.learners.standing import OUTSIDE
from supportdesk.learners.words import AGE_BANDS, CHANNELS, DEVICES, NEEDS, SEXES

_IDS = re.compile(r"[0-9]{1,12}(?:,[0-9]{1,12})*")


class HeldPhoneField(PhoneField):
    """A telephone of a learner; `data` is a Telephone or None. One that is no valid number is let through when it was
    stored like that: paper holds such numbers, and an edit of something else must not be stopped by them.
    """

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        stored, self.data = self.object_data, None
        written = tidy(str(valuelist[0])) if valuelist else ""
        if isinstance(stored, Telephone) and written and written in (stored.typed, _shown(stored)):
            self.data = stored
            return
        if written:
            try:
                self.data = Telephone(written, parse_phone(written))
            except PhoneError as error:
                raise ValueError(str(error.message)) from None

    @property
    def value(self) -> str:
        return self.typed or (_shown(self.data) if isinstance(self.data, Telephone) else "")


def _shown(phone: Telephone) -> str:
    return shown_phone(phone.number, phone.typed)


class YearField(TextField):
    """The year of birth alone, western or of an era; `data` is an int or None."""

    data: Any

    def __init__(self, label: object, **options: Any) -> None:
        super().__init__(label, max_length=20, width="s", default=None, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        written = tidy(str(valuelist[0])) if valuelist else ""
        if written:
            try:
                self.data = parse_year(written, today=clock.today())
            except DateError as error:
                raise ValueError(str(error.message)) from None

    @property
    def value(self) -> str:
        return self.typed or ("" if self.data is None else str(self.data))


class LearnerForm(DeskForm):
    """All that paper says of a learner. Name or kana is enough. `form_for` adds telephones beyond the third."""

    name = TextField(
        _l("氏名（漢字）"),
        required=False,
        max_length=LONGEST["name"],
        hint=_l("わからないときは、フリガナだけで登録できます。"),
    )
    kana = TextField(_l("フリガナ"), required=False, max_length=LONGEST["kana"])
    phone_1 = HeldPhoneField(_l("電話番号"), required=False)
    phone_2 = HeldPhoneField(_l("電話番号（2つ目）"), required=False)
    phone_3 = HeldPhoneField(_l("電話番号（3つ目）"), required=False)
    residence = SelectField(_l("地区"), required=False, empty=_l("わからない"))
    birth_date = BirthField(_l("生年月日"), required=False, hint=_l("年だけわかるときは、月と日を空けておきます。"))
    birth_year = YearField(
        _l("生まれた年"), required=False, hint=_l("年だけわかるときに入力します（例：昭和15、1940）。")
    )
    age_band = SelectField(
        _l("年代"), choices=AGE_BANDS, coerce=AgeBand, required=False, empty=_l("わからない"),
        hint=_l("生まれた年もわからないときにえらびます。"),
    )  # fmt: skip
    sex = SelectField(_l("性別"), choices=SEXES, coerce=Sex, required=False, empty=_l("聞いていない"))
    device = SelectField(_l("お使いの機種"), choices=DEVICES, coerce=Device, required=False, empty=_l("わからない"))
    channel = ChoiceField(_l("連絡の方法"), choices=CHANNELS, coerce=Channel, default=Channel.PHONE)
    mail = MailField(_l("メールアドレス"), required=False, max_length=LONGEST["mail"])
    postal_code = TextField(_l("郵便番号"), required=False, max_length=12, width="s")
    address = TextField(_l("住所"), required=False, max_length=LONGEST["address"])
    needs = TicksField(_l("配慮すること"), choices=NEEDS, coerce=Need)
    helper_name = TextField(
        _l("手伝う人の名前"),
        required=False,
        max_length=LONGEST["helper_name"],
        hint=_l("家族や近所の人など、代わりに連絡できる人です。"),
    )
    helper_relation = TextField(_l("手伝う人との関係"), required=False, max_length=LONGEST["helper_relation"])
    helper_phone = HeldPhoneField(_l("手伝う人の電話番号"), required=False)
    note = AreaField(
        _l("メモ"),
        required=False,
        max_length=LONGEST["note"],
        hint=_l("マイナンバー、カード番号、パスワードは書かないでください。"),
    )
    seen_at = HiddenField(max_length=40)
    others = HiddenField(max_length=200)

    def __init__(self, districts: list[tuple[str, str]], **options: Any) -> None:
        self._districts = districts
        super().__init__(**options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """The city's districts have to be known before what was chosen is read."""
        self.residence.choices = [*self._districts, (OUTSIDE, _l("市外"))]
        super().process(*arguments, **options)

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; and what the register says of the particulars, beside the fields that can be read."""
        valid = bool(super().validate(extra_validators))
        for fault in faults(self._as_typed()):
            if not self._fields[fault.field].errors:
                self.refuse(fault)
                valid = False
        return valid

    def particulars(self) -> Particulars:
        """What was typed, as the register takes it."""
        return checked(self._as_typed())

    def _as_typed(self) -> Particulars:
        residence, helper = self.residence.data, self.helper_phone.data
        return Particulars(
            name=self.name.data,
            kana=self.kana.data,
            birth_date=self.birth_date.data,
            birth_year=self.birth_year.data or self.birth_date.year_alone,
            age_band=self.age_band.data,
            sex=self.sex.data,
            district_code=None if residence == OUTSIDE else residence,
            outside_city=residence == OUTSIDE,
            postal_code=self.postal_code.data,
            address=self.address.data,
            mail=self.mail.data,
            phones=tuple(field.data for field in self.phone_fields if field.data),
            device=self.device.data,
            channel=self.channel.data or Channel.PHONE,
            needs=self.needs.data or frozenset(),
            helper_name=self.helper_name.data,
            helper_relation=self.helper_relation.data,
            helper_phone=(helper.number or helper.typed) if helper else "",
            note=self.note.data,
        )

    @property
    def phone_fields(self) -> list[HeldPhoneField]:
        """The learner's own telephones, the first one first."""
        return [field for name, field in self._fields.items() if name.startswith("phone_")]

    @property
    def says_more(self) -> bool:
        """Whether anything beyond what reception asks every caller is filled in, or wrong."""
        first = {"name", "kana", "phone_1", "residence", "birth_date", "device"}
        rest = [
            field for field in self if field.name not in first and field.type not in ("HiddenField", "CSRFTokenField")
        ]
        return any(field.errors or field.data not in (None, "", frozenset(), Channel.PHONE) for field in rest)

    def refuse(self, error: DeskError) -> None:
        """Those who are much like this one are shown by the page; sent again, the form says that they are others."""
        if isinstance(error, ProbablyKnown):
            self.refusal = error
            self.others.data = ",".join(str(one.id) for one in error.found)
        else:
            super().refuse(error)

    @property
    def known(self) -> list[Found]:
        """The probable duplicates to be told apart."""
        return self.refusal.found if isinstance(self.refusal, ProbablyKnown) else []

    @property
    def other_ids(self) -> frozenset[int]:
        """Whom the probable duplicates page showed, when "another person" was pressed on it."""
        written = self.others.data or ""
        return frozenset(map(int, written.split(","))) if _IDS.fullmatch(written) else frozenset()

    @property
    def seen(self) -> datetime | None:
        """When the learner had last been changed as the form was opened."""
        try:
            instant = datetime.fromisoformat(self.seen_at.data or "")
        except ValueError:
            return None
        return instant.astimezone(UTC) if instant.tzinfo else None


def form_for(learner: Learner, districts: list[tuple[str, str]]) -> LearnerForm:
    """The form of a learner in the register, with a field for each telephone, so that none is lost, and an empty one.
    The learner comes with phones and needs loaded.
    """
    more = {
        _phone_field(position): HeldPhoneField(_l("電話番号（%(number)sつ目）", number=position), required=False)
        for position in range(4, len(learner.phones) + 2)
    }
    form = type("FullLearnerForm", (LearnerForm,), more)
    made: LearnerForm = form(districts, data=_stored_values(learner))
    return made


def _phone_field(position: int) -> str:
    return f"phone_{position}"


def _stored_values(learner: Learner) -> dict[str, Any]:
    phones = {
        _phone_field(position): Telephone(phone.typed, phone.number)
        for position, phone in enumerate(learner.phones, start=1)
    }
    own = ("name", "kana", "birth_date", "birth_year", "age_band", "sex", "device", "channel", "mail", "postal_code",
           "address", "helper_name", "helper_relation", "note")  # fmt: skip
    helper = learner.helper_phone
    return {
        **{name: getattr(learner, name) for name in own},
        **phones,
        "residence": OUTSIDE if learner.outside_city else learner.district_code,
        "needs": frozenset(need.need for need in learner.needs),
        "helper_phone": Telephone(helper, helper if helper.startswith("+") else None) if helper else None,
        "seen_at": learner.updated_at.isoformat(),
    }


def values_from_search(text: str) -> dict[str, Any]:
    """What a new learner's form starts with when a search for this text found nobody."""
    typed = tidy(text).replace("\n", " ")[:100]
    if digits_of(typed) and search_key(typed) == digits_of(typed):
        return {"phone_1": Telephone(typed, None)} if len(digits_of(typed)) > 4 else {}
    return {"kana": typed} if is_kana(typed) else {"name": typed}


class ConsentForm(DeskForm):
    """One answer to one question, read out in the words beside it."""

    answer = ChoiceField(_l("お返事"), choices={"yes": _l("はい（同意する）"), "no": _l("いいえ（同意しない）")})


class UploadForm(DeskForm):
    """A ledger to look at before anything is written."""

    ledger = FileField(
        _l("名簿のファイル"),
        accept=".csv,.txt,.tsv,.xlsx",
        hint=_l("CSVかExcel（.xlsx）。%(most)sMBまで。", most=LARGEST_UPLOAD // MEGABYTE),
    )


class ConfirmImportForm(DeskForm):
    """The ledger that was looked at, coming back to be written."""

    held = HiddenField(max_length=2_000_000)
