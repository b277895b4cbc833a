"""The form with which a resident applies for a consultation, and those with which reception books or moves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core.addresses import row_id
from supportdesk.core.fields import ChoiceField, DeskForm, NoteField, PhoneField, TextField, TicksField
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.core.moments import WEEKDAYS
from supportdesk.helpdesk.applying.free import FreeTime, read_time
from supportdesk.helpdesk.forms import SlotField
from supportdesk.helpdesk.waiting.models import HalfDay
from supportdesk.helpdesk.waiting.words import HALF_DAYS
from supportdesk.learners.applying.fields import ApplicantForm
from supportdesk.learners.booking_fields import ReasonField
from supportdesk.learners.caller import THE_LEARNER, Caller

HERE: Final = "here"
ANYWHERE: Final = "anywhere"


class Instead(NamedTuple):
    """Another time, at this or another desk."""

    desk_id: int
    starts_at: datetime

    @classmethod
    def of(cls, one: FreeTime) -> str:
        """As the form sends it."""
        return f"{one.desk_id}/{one.written}"


class InsteadField(ChoiceField):
    """One of the times that were free when the page was drawn: the desk says whether it still is."""

    def _read(self, sent: str) -> Instead:
        desk, _slash, written = sent.partition("/")
        desk_id, starts_at = row_id(desk), read_time(written)
        if desk_id is None or starts_at is None:
            raise ValueError(_("一覧の中からえらんでください。"))
        return Instead(desk_id, starts_at)

    def _chosen(self, value: Any) -> bool:
        return False  # what was chosen is gone: the page offers others


class WhoComesForm(ApplicantForm):
    """One person who comes, what they want to ask, and who applies for them."""

    question = NoteField(
        _l("相談したいこと"),
        max_length=300,
        rows=3,
        hint=_l("例：LINEで写真を送りたい。わかるときだけ、書いてください。"),
    )
    caller_name = TextField(
        _l("代わりに申し込む方のお名前"), required=False, max_length=100, validators=[refuse_what_must_not_be_kept]
    )
    caller_relation = TextField(
        _l("ご本人との関係"),
        required=False,
        max_length=50,
        hint=_l("例：長女、夫、ケアマネジャー"),
        validators=[refuse_what_must_not_be_kept],
    )
    caller_phone = PhoneField(_l("代わりに申し込む方の電話番号"), required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; whoever applies for somebody else has a name."""
        valid = bool(super().validate(extra_validators))
        said = self.caller_relation.data or self.caller_phone.data
        if said and not self.caller_name.data and not self.caller_name.errors:
            self.caller_name.errors = [_("代わりに申し込む方のお名前を入力してください。")]
            valid = False
        return valid

    @property
    def for_somebody(self) -> bool:
        """Whether anything of that part of the form is filled in, or wrong."""
        parts = (self.caller_name, self.caller_relation, self.caller_phone)
        return any(one.data or one.errors for one in parts)

    def caller(self) -> Caller:
        """Who applies, where it is not whoever comes."""
        if not self.caller_name.data:
            return THE_LEARNER
        return Caller(self.caller_name.data, self.caller_relation.data or "", self.caller_phone.data or "")


class ConsultationForm(WhoComesForm):
    """Who comes at one time, or instead at another."""

    instead = InsteadField(_l("ほかの時間"), required=False)


class WaitForm(WhoComesForm):
    """Who waits where until something falls free, and when it suits them."""

    where = ChoiceField(
        _l("どの窓口"),
        choices={HERE: _l("この窓口だけ"), ANYWHERE: _l("どの窓口でもよい（早くあくことがあります）")},
        default=HERE,
    )
    weekdays = TicksField(
        _l("来られる曜日"), choices=WEEKDAYS, coerce=int, hint=_l("どれもえらばなければ、どの曜日でもご案内します。")
    )
    half_day = ChoiceField(_l("午前か午後か"), choices=HALF_DAYS, coerce=HalfDay, default=HalfDay.ANY)


class MoveApplicationForm(DeskForm):
    """Which slot is kept for them instead."""

    slot = SlotField(_l("移る先の枠"))


class PlaceForm(DeskForm):
    """What reception has asked whoever applied, where there was something to ask."""

    clash_reason = ReasonField()
