"""The fields for a run's conditions, taken into the forms that plan and change one."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.classes.conditions import Conditions
from supportdesk.classes.models import Run
from supportdesk.classes.office import PUBLISH_HOUR
from supportdesk.core import clock
from supportdesk.core.fields import DayField, IntegerField


class ShownFromFields:
    """From when residents see it. Taken into forms beside DeskForm."""

    publish_on = DayField(_l("市民向けの予定に出す日"), required=False, hint=_l("空のときは、すぐに出します。"))

    @property
    def publish_at(self) -> datetime | None:
        """The hour of that day, None for at once."""
        day = self.publish_on.data
        return clock.at(day, time(PUBLISH_HOUR.get())) if day else None


class LeastFields:
    """With how few it is held. Taken into forms beside DeskForm."""

    least = IntegerField(
        _l("開く人数"),
        required=False,
        least=1,
        unit=_l("人"),
        hint=_l("申し込みがこれより少ないときは、開くかどうかを決めます。空のときは、何人でも開きます。"),
    )


class ConditionFields(ShownFromFields, LeastFields):
    """Both, for one run, with the day on which it is decided."""

    decide_on = DayField(_l("開くかどうかを決める日"), required=False)

    def conditions(self) -> Conditions:
        """What was typed."""
        return Conditions(
            publish_at=self.publish_at,
            least=self.least.data,
            decide_on=self.decide_on.data,
        )


def stored_conditions(run: Run) -> dict[str, Any]:
    """The fields' data for a run as it stands."""
    return {
        "publish_on": clock.local(run.publish_at).date() if run.publish_at else None,
        "least": run.least,
        "decide_on": run.decide_on,
    }
