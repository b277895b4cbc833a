"""The forms of booking, moving and cancelling."""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core.addresses import row_id
from supportdesk.core.fields import (
    ChoiceField,
    DeskForm,
    HiddenField,
    NoteField,
    TickField,
)
from supportdesk.helpdesk.slots import Wanted
from supportdesk.learners.booking_fields import CallerFields, ReasonField, TellField

_LONGEST_ID = 12


def read_slot(desk: str, adviser: str, at: str) -> Wanted | None:
    """The slot that was written, whether it exists or not; None when that is no slot at all."""
    desk_id, adviser_id = row_id(desk), row_id(adviser)
    try:
        starts_at = datetime.fromisoformat(at.strip().replace(" ", "+"))
        usable = starts_at.tzinfo is not None and starts_at.astimezone(UTC).year < MAXYEAR
    except (ValueError, OverflowError):
        return None
    if desk_id is None or adviser_id is None or not usable:
        return None
    return Wanted(desk_id, adviser_id, starts_at.astimezone(UTC))


class SlotField(ChoiceField):
    """One of the free slots. One that was free when the page was drawn is read too: the desk says who has it."""

    def _read(self, sent: str) -> Wanted:
        wanted = read_slot(*parts) if len(parts := sent.split("/")) == 3 else None
        if wanted is None:
            raise ValueError(_("一覧の中からえらんでください。"))
        return wanted

    def _chosen(self, value: Any) -> bool:
        return isinstance(self.data, Wanted) and self.data.key == value


class BookForm(CallerFields, DeskForm):
    """A learner's consultation in one slot. A button alone may send it: only slot and learner are needed."""

    desk = HiddenField(max_length=_LONGEST_ID)
    adviser = HiddenField(max_length=_LONGEST_ID)
    at = HiddenField(max_length=40)
    learner = HiddenField(max_length=_LONGEST_ID)
    other = SlotField(_l("あいている枠"), required=False)
    topic = NoteField(
        _l("相談したいこと"), max_length=300, rows=2, hint=_l("例：LINEで写真を送りたい。わかるときだけ入力します。")
    )
    loan_phone = TickField(_l("貸出スマホを1台用意する"))
    clash_reason = ReasonField()
    tell = TellField(_l("予約のお知らせ"))

    @property
    def slot(self) -> Wanted | None:
        """The slot that is asked for: another one, where the first was gone."""
        return self.other.data or read_slot(self.desk.data or "", self.adviser.data or "", self.at.data or "")


class MoveForm(DeskForm):
    """To which slot a booking moves."""

    slot = SlotField(_l("移る先の枠"))
    clash_reason = ReasonField()
    tell = TellField(_l("変更のお知らせ"))
