"""How the seats of a class are given, and until when one may apply: taken into the forms of planning and changing."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from supportdesk.classes.models import Filling, Run
from supportdesk.classes.words import FILLINGS
from supportdesk.core import clock
from supportdesk.core.fields import ChoiceField, DayField, TimeField

CLOSING: Final = time(17)


class FillingField:
    """How seats are given. Beside DeskForm."""

    filling = ChoiceField(_l("申し込みの受け方"), choices=FILLINGS, coerce=Filling, default=Filling.FIRST_COME)

    @property
    def way_to_fill(self) -> Filling:
        """What was picked."""
        return Filling(self.filling.data or Filling.FIRST_COME)


class FillingFields(FillingField):
    """And until when one may apply."""

    until_day = DayField(_l("申し込みの締め切りの日"), required=False, hint=_l("空のときは、教室が始まるまでです。"))
    until_time = TimeField(_l("申し込みの締め切りの時刻"), required=False, hint=_l("空のときは、17:00です。"))

    @property
    def apply_until(self) -> datetime | None:
        """The deadline that was typed."""
        day = self.until_day.data
        return clock.at(day, self.until_time.data or CLOSING) if day else None


def stored_filling(run: Run) -> dict[str, Any]:
    """What the fields show of a run as it stands."""
    until = clock.local(run.apply_until) if run.apply_until else None
    return {
        "filling": run.filling,
        "until_day": until.date() if until else None,
        "until_time": until.time() if until else None,
    }
