"""What the form of every booking asks beside what is booked: who calls, why in spite of a clash, who tells the learner.

Used by the rooms that book: classes and the help desk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError
from supportdesk.core.fields import AreaField, ChoiceField, DeskForm, PhoneField, TextField
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.core.permissions import Actor
from supportdesk.learners.caller import Caller
from supportdesk.learners.known_callers import KnownCaller, callers_of

_TELL: Final = {"now": _l("いま、電話や窓口で伝えた"), "later": _l("あとで連絡する")}
_TELL_OF_CANCELLING: Final = {"now": _l("本人や家族からの申し出で、もう知っている"), "later": _l("あとで連絡する")}


class CallerUnknown(DeskError):
    """Whoever was picked is no helper of the learner and not linked to them any more."""

    def __init__(self) -> None:
        super().__init__(_l("お電話の方を、もう一度えらんでください。"), field="caller_is")


class KnownCallerField(ChoiceField):
    """The learner, or one who may call for them; whoever was sent is looked up when the form is carried out."""

    def _read(self, sent: str) -> str:
        return sent[:40]

    def _chosen(self, value: Any) -> bool:
        return str(value) == (self.data or "")


class CallerFields:
    """Who is on the telephone when it is not the learner. Taken into booking forms beside DeskForm."""

    caller_is = KnownCallerField(_l("お電話の方"), required=False)
    caller_name = TextField(
        _l("お電話の方の名前"), required=False, max_length=100, hint=_l("ご本人のときは、空のままにします。")
    )
    caller_relation = TextField(
        _l("ご本人との関係"), required=False, max_length=50, hint=_l("例：長女、夫、ケアマネジャー")
    )
    caller_phone = PhoneField(_l("折り返しの電話番号"), required=False)

    def offer_callers(self, known: list[KnownCaller]) -> None:
        """Let the page offer them; of a learner of whom nobody is known it asks no more than before."""
        people = [(one.key, one.label) for one in known]
        self.caller_is.choices = [("", _l("ご本人")), *people] if people else []

    def caller_for(self, learner_id: int, actor: Actor) -> Caller:
        """The caller as bookings hold one. Who is known is read where one of them was picked. Raises CallerUnknown."""
        return self.caller(callers_of(learner_id, actor) if self.caller_is.data else [])

    def caller(self, known: list[KnownCaller]) -> Caller:
        """Whoever was typed; else whoever was picked, to be called back at another number where one was typed."""
        typed = Caller(
            name=str(self.caller_name.data or ""),
            relation=str(self.caller_relation.data or ""),
            phone=str(self.caller_phone.data or ""),
        )
        if typed.name or not self.caller_is.data:
            return typed
        for one in known:
            if one.key == self.caller_is.data:
                return replace(one.caller, phone=typed.phone or one.caller.phone)
        raise CallerUnknown


class ReasonField(AreaField):
    """Why a learner is booked in spite of a clash."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            _l("同じ時間に予約する理由"),
            required=False,
            max_length=300,
            rows=2,
            validators=[refuse_what_must_not_be_kept],
            **options,
        )


class TellField(ChoiceField):
    """Whether the learner has just heard of it, or is still to be told."""

    def __init__(self, label: object, **options: Any) -> None:
        super().__init__(label, **{"choices": _TELL, "default": "now", **options})

    @property
    def told(self) -> bool:
        """Nobody need tell them later."""
        return self.data == "now"


class CancelForm(DeskForm):
    """Whether the learner knows that what they had booked is cancelled."""

    tell = TellField(_l("取り消しのお知らせ"), choices=_TELL_OF_CANCELLING)
