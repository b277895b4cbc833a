"""The form of whoever applies in public, how it is taken back and refused. Rooms add what is theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer

from supportdesk.core import clock
from supportdesk.core.fields import (
    ChoiceField,
    DeskForm,
    HiddenField,
    KanaField,
    PhoneField,
    SelectField,
    TextField,
    TicksField,
)
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.core.japanese import half_width
from supportdesk.learners.applying.errors import LooksLikeRobot
from supportdesk.learners.applying.models import RefusedBecause
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.applying.words import REFUSALS
from supportdesk.learners.forms import YearField
from supportdesk.learners.models import Device, Need
from supportdesk.learners.particulars import LONGEST
from supportdesk.learners.standing import OUTSIDE
from supportdesk.learners.words import DEVICES, NEEDS

#: Nobody reads and fills in the page in less.
_AT_LEAST: Final = timedelta(seconds=4)
YEAR_HINT: Final = _l("例：昭和15、1940。わからないときは、空けておいてください。")


class ApplicantForm(DeskForm):
    """One person, as they write themselves down; and what tells people from robots without a riddle."""

    kana = KanaField(_l("お名前のフリガナ"), max_length=LONGEST["kana"], hint=_l("例：アキタ ハナコ"))
    name = TextField(
        _l("お名前（漢字）"), required=False, max_length=LONGEST["name"], validators=[refuse_what_must_not_be_kept]
    )
    phone = PhoneField(_l("電話番号"), hint=_l("担当者が、この番号に電話します。例：018-888-1234"))
    residence = SelectField(_l("お住まいの地区"), required=False, empty=_l("わからない"))
    birth_year = YearField(_l("生まれた年"), required=False, hint=YEAR_HINT)
    device = ChoiceField(_l("お使いの電話"), choices=DEVICES, coerce=Device, required=False)
    needs = TicksField(_l("手助けがいること"), choices=NEEDS, coerce=Need)
    website = TextField(_l("ここには何も書かないでください"), required=False, max_length=200)
    opened = HiddenField(max_length=200)

    def __init__(self, districts: list[tuple[str, str]], *, choices: Any = None, **options: Any) -> None:
        here = {"residence": [*districts, (OUTSIDE, _l("市外"))]}
        super().__init__(choices={**here, **(choices or {})}, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """The form bears when it was opened."""
        super().process(*arguments, **options)
        if not self.opened.data:
            self.opened.data = _signer().dumps(clock.now().isoformat())

    def demand_a_person(self, now: datetime) -> None:
        """Raises LooksLikeRobot when the trap is filled in, or the page was sent faster than anybody types."""
        try:
            opened = datetime.fromisoformat(_signer().loads(self.opened.data or ""))
        except (BadSignature, ValueError):
            opened = now
        self.opened.data = _signer().dumps((now - _AT_LEAST).isoformat())  # pressed again, it is a person
        if self.website.data or now - opened < _AT_LEAST:
            raise LooksLikeRobot

    def wish(self) -> Wish:
        """What was typed."""
        return Wish(
            kana=self.kana.data,
            name=self.name.data,
            phone=self.phone.data,
            residence=self.residence.data or "",
            birth_year=self.birth_year.data,
            device=self.device.data,
            needs=frozenset(self.needs.data or ()),
        )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="apply")


class WithdrawForm(DeskForm):
    """With what somebody takes their application back."""

    receipt = TextField(_l("受付番号"), max_length=20, width="m", hint=_l("例：A3479CF"))
    last_four = TextField(_l("電話番号の下4けた"), max_length=4, width="s", render_kw={"inputmode": "numeric"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Four digits are four digits."""
        valid = bool(super().validate(extra_validators))
        digits = self.last_four.data = half_width(self.last_four.data or "")
        if valid and not (digits.isascii() and digits.isdigit() and len(digits) == 4):
            self.last_four.errors = [_("数字4けたで入力してください。")]
            valid = False
        return valid


class RefuseForm(DeskForm):
    """Why an application comes to nothing."""

    reason = ChoiceField(_l("断る理由"), choices=REFUSALS, coerce=RefusedBecause)
