"""The forms of applying for a class in public, and that with which reception says what it asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.classes.applying.placing import Asked
from supportdesk.classes.together import Together, whose_seat
from supportdesk.core.fields import ChoiceField, DeskForm, KanaField, PhoneField, TextField
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.learners.applying.fields import YEAR_HINT, ApplicantForm
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.booking_fields import ReasonField
from supportdesk.learners.forms import YearField
from supportdesk.learners.models import Channel
from supportdesk.learners.particulars import LONGEST

_CHANNELS: Final = {Channel.PHONE: _l("電話"), Channel.POST: _l("はがき")}


class ApplyForm(ApplicantForm):
    """One person, or two who come together, as they write themselves down."""

    channel = ChoiceField(_l("結果のお知らせ"), choices=_CHANNELS, coerce=Channel, default=Channel.PHONE)
    other_kana = KanaField(_l("もうひとりの方のフリガナ"), required=False, max_length=LONGEST["kana"])
    other_name = TextField(
        _l("もうひとりの方のお名前（漢字）"),
        required=False,
        max_length=LONGEST["name"],
        validators=[refuse_what_must_not_be_kept],
    )
    other_phone = PhoneField(
        _l("もうひとりの方の電話番号"), required=False, hint=_l("同じ番号のときは、空けておいてください。")
    )
    other_birth_year = YearField(_l("もうひとりの方の生まれた年"), required=False, hint=YEAR_HINT)

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; whoever comes along has a name, and is somebody else."""
        valid = bool(super().validate(extra_validators))
        other = (self.other_name.data, self.other_phone.data, self.other_birth_year.data)
        if any(other) and not self.other_kana.data and not self.other_kana.errors:
            self.other_kana.errors = [_("もうひとりの方のフリガナを入力してください。")]
            valid = False
        if valid and len({one.key for one in self.wishes()}) < len(self.wishes()):
            self.other_kana.errors = [_("お名前が、はじめの方と同じです。もうひとりの方のフリガナを入力してください。")]
            valid = False
        return valid

    def wishes(self) -> list[Wish]:
        """What was typed: one person or two."""
        first = replace(self.wish(), channel=self.channel.data or Channel.PHONE)
        if not self.other_kana.data:
            return [first]
        other = Wish(
            kana=self.other_kana.data,
            name=self.other_name.data,
            phone=self.other_phone.data or first.phone,
            residence=first.residence,
            birth_year=self.other_birth_year.data,
            channel=first.channel,
        )
        return [first, other]


class PlaceForm(DeskForm):
    """What reception has asked those who apply, where there was something to ask."""

    clash_reason = ReasonField()
    together = ChoiceField(_l("空いている1つの席"), coerce=Together, required=False)

    def __init__(self, people: Sequence[str], **options: Any) -> None:
        two = len(people) == 2
        super().__init__(choices={"together": whose_seat(*people) if two else {}}, **options)

    @property
    def asked(self) -> Asked:
        """What was typed and chosen."""
        return Asked(self.clash_reason.data or "", self.together.data or None)
