"""The form that says who is on duty at a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.classes.models import Duty
from supportdesk.classes.staffing.queries import Candidate
from supportdesk.core.fields import DeskForm, HiddenField, TickField, TicksField


class DutyForm(DeskForm):
    """Instructors and assistants, from among those who are free."""

    instructors = TicksField(_l("講師"), coerce=int)
    assistants = TicksField(_l("補助"), coerce=int)
    later_too = TickField(_l("この先の回も、すべて同じ人にする"))
    seen = HiddenField(max_length=400)

    def __init__(self, found: Sequence[Candidate]) -> None:
        free = [one for one in found if not one.why_not]
        super().__init__(
            choices={
                "instructors": [(one.account_id, one.name) for one in free if one.instructs],
                "assistants": [(one.account_id, one.name) for one in free],
            },
            data={
                "instructors": frozenset(one.account_id for one in found if one.duty is Duty.INSTRUCTOR),
                "assistants": frozenset(one.account_id for one in found if one.duty is Duty.ASSISTANT),
                "seen": _written({one.account_id: one.duty for one in found if one.duty is not None}),
            },
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Nobody is both."""
        valid = bool(super().validate(extra_validators))
        if (self.instructors.data or frozenset()) & (self.assistants.data or frozenset()):
            self.assistants.errors = [_("講師と補助の両方にえらばれている人がいます。どちらか一方にしてください。")]
            return False
        return valid

    @property
    def duties(self) -> dict[int, Duty]:
        """Who is to be what."""
        assistants = dict.fromkeys(self.assistants.data or (), Duty.ASSISTANT)
        return assistants | dict.fromkeys(self.instructors.data or (), Duty.INSTRUCTOR)

    @property
    def duties_seen(self) -> dict[int, Duty]:
        """Who was on duty when the page was opened; nonsense is nobody."""
        found = {}
        for one in filter(None, (self.seen.data or "").split(" ")):
            account_id, _apart, duty = one.partition(":")
            if account_id.isdecimal() and duty in set(Duty):
                found[int(account_id[:12])] = Duty(duty)
        return found


def _written(duties: dict[int, Duty]) -> str:
    return " ".join(f"{account_id}:{duty}" for account_id, duty in sorted(duties.items()))
