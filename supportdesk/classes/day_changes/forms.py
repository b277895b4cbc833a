"""The form of a day: what is to become of each meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field

from supportdesk.classes.day_changes.errors import AskedOnceMore
from supportdesk.classes.day_changes.operations import Wanted
from supportdesk.classes.day_changes.queries import DayMeeting
from supportdesk.classes.forms import AlthoughField
from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import ChoiceField, DayField, DeskForm, HiddenField, TextField, TickField, TimeField

LONGEST_REASON: Final = 60
#: Notices speak Japanese, whatever language the screen has.
USUAL_REASON: Final = "大雪のため"


class Fate(StrEnum):
    """What becomes of a meeting."""

    KEEP = "keep"
    OFF = "off"
    MOVE = "move"


FATES: Final[Mapping[Fate, object]] = {
    Fate.KEEP: _l("そのまま"),
    Fate.OFF: _l("中止にする"),
    Fate.MOVE: _l("別の日に移す"),
}


class MeetingFields(NamedTuple):
    """A meeting of the day and its fields; the last where its run has meetings that follow."""

    meeting: DayMeeting
    what: Field
    day: Field
    start: Field
    later: Field | None


class DayForm(DeskForm):
    """The reason that everybody is told. `day_form` adds the fields of the meetings."""

    reason = TextField(_l("理由（受講者に伝えることば）"), max_length=LONGEST_REASON)
    although = AlthoughField()
    asked = HiddenField(max_length=40)
    meetings: Sequence[DayMeeting] = ()

    @property
    def rows(self) -> list[MeetingFields]:
        """The meetings with their fields, for the page."""
        return [
            MeetingFields(
                one, *(self._fields.get(f"{part}_{one.row.id}") for part in ("what", "day", "start", "later"))
            )
            for one in self.meetings
        ]

    @property
    def agreed(self) -> str:
        """What the sender was asked about and said yes to."""
        return str(self.asked.data or "") if self.although.data else ""

    def refuse(self, error: DeskError) -> None:
        """A yes to something else is no yes: what is asked now is answered anew."""
        super().refuse(error)
        if isinstance(error, AskedOnceMore):
            self.asked.data, self.although.data = error.digest, False

    def validate(self, extra_validators: Any = None) -> bool:
        """A meeting that is moved needs a day and a time."""
        valid = bool(super().validate(extra_validators))
        for one in self.rows:
            if one.what.data is Fate.MOVE and not (one.day.data and one.start.data) and not one.day.errors:
                one.day.errors = [_("移す先の日と始まりの時刻を入力してください。")]
                valid = False
        return valid

    def wanted(self) -> list[Wanted]:
        """What was chosen. A meeting lasts as long as it would have."""
        return [
            Wanted(one.meeting.row.id, _times(one), later_too=bool(one.later and one.later.data))
            if one.what.data is Fate.MOVE
            else Wanted(one.meeting.row.id)
            for one in self.rows
            if one.what.data in (Fate.OFF, Fate.MOVE)
        ]


def _times(one: MeetingFields) -> tuple[datetime, datetime]:
    starts_at = clock.at(one.day.data, one.start.data)
    return starts_at, starts_at + (one.meeting.row.ends_at - one.meeting.row.starts_at)


def day_form(meetings: Sequence[DayMeeting], *, fate: Fate = Fate.KEEP, day: date | None = None) -> DayForm:
    """The form of these meetings; what all of them start with may be chosen by a link: then those that follow move too
    where a meeting would come after the next of its run.
    """
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"reason": USUAL_REASON}
    for one in meetings:
        number = one.row.id
        fields[f"what_{number}"] = ChoiceField(_l("どうしますか"), choices=FATES, coerce=Fate)
        fields[f"day_{number}"] = DayField(_l("移す先の日"), required=False)
        fields[f"start_{number}"] = TimeField(_l("始まり"), required=False)
        starts = clock.local(one.row.starts_at).time()
        data |= {f"what_{number}": fate, f"day_{number}": day, f"start_{number}": starts}
        if one.next_at is not None:
            fields[f"later_{number}"] = TickField(_l("あとの回も、同じ日数だけ移す"))
            ends_at = day and clock.at(day, starts) + (one.row.ends_at - one.row.starts_at)
            data[f"later_{number}"] = bool(ends_at and ends_at > one.next_at)
    made: DayForm = type("FullDayForm", (DayForm,), {"meetings": tuple(meetings), **fields})(data=data)
    return made
