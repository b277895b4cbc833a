"""The fields for a run's conditions, taken into the forms that plan and change one."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.classes.conditions import Conditions
from supportdesk.classes.models import Run
from supportdesk.classes.office import PUBLISH_HOUR
from supportdesk.core import clock
from supportdesk.core.fields import DayField, IntegerField


class ConditionFields:
    """When it is shown, and with how few it is held. Taken into forms beside DeskForm."""

    publish_on = DayField(_l("市民向けの予定に出す日"), required=False, hint=_l("空のときは、すぐに出します。"))
    least = IntegerField(
        _l("開く人数"),
        required=False,
        least=1,
        unit=_l("人"),
        hint=_l("申し込みがこれより少ないときは、開くかどうかを決めます。空のときは、何人でも開きます。"),
    )
    decide_on = DayField(_l("開くかどうかを決める日"), required=False)

    def conditions(self) -> Conditions:
        """What was typed."""
        day = self.publish_on.data
        return Conditions(
            publish_at=clock.at(day, time(PUBLISH_HOUR.get())) if day else None,
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
