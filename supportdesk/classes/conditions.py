"""Under what conditions a run is held: from when residents see it, and with how few people, decided on which day.

Rules alone, asked by planning and changing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from supportdesk.classes.errors import PlanRefused
from supportdesk.core import clock


@dataclass(frozen=True)
class Conditions:
    """Each None: seen at once; held with however few. `least` and `decide_on` go together."""

    publish_at: datetime | None = None
    least: int | None = None
    decide_on: date | None = None

    def check(self, starts_at: datetime, capacity: int) -> None:
        """Whether a run with this first meeting and so many seats can have them. Raises PlanRefused."""
        if self.publish_at is not None and self.publish_at >= starts_at:
            raise PlanRefused(
                _l("市民向けの予定に出す日は、1回目が始まるより前の日にしてください。"), field="publish_on"
            )
        if (self.least is None) != (self.decide_on is None):
            missing = "least" if self.least is None else "decide_on"
            raise PlanRefused(_l("開く人数と決める日は、両方入力してください。"), field=missing)
        if self.least is not None and not 1 <= self.least <= capacity:
            raise PlanRefused(_l("開く人数は、1から定員までにしてください。"), field="least")
        if self.decide_on is not None and self.decide_on > clock.local(starts_at).date():
            raise PlanRefused(_l("決める日は、1回目の日までにしてください。"), field="decide_on")


UNCONDITIONED = Conditions()
