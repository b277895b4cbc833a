"""What can become of a day's meetings: the rules of planning and changing, each refusal beside its meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from supportdesk.classes.conditions import Conditions
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.models import Meeting, Run, RunState
from supportdesk.classes.office import PLANNED_AHEAD_DAYS
from supportdesk.classes.planning import check_deadline, check_open
from supportdesk.core import clock

Times = tuple[datetime, datetime]


def check_plans(
    meetings: Mapping[int, Meeting],
    plans: Mapping[int, Times | None],
    runs: Mapping[int, Run],
    day: date,
    now: datetime,
) -> None:
    """Raises PlanRefused, with the meeting as its field, for a plan that cannot be carried out."""
    for meeting in meetings.values():
        field, run = f"what_{meeting.id}", runs[meeting.run_id]
        stands = meeting.called_off_at is None and run.state is RunState.OPEN
        if not stands or clock.local(meeting.starts_at).date() != day:
            raise PlanRefused(_l("この教室は、ほかの人が変えました。もう一度開いてください。"), field=field)
        if meeting.starts_at <= now:
            raise PlanRefused(_l("もう始まっているため、変えられません。"), field=field)
        times = plans[meeting.id]
        if times == (meeting.starts_at, meeting.ends_at):
            raise PlanRefused(_l("いまと同じ日時です。移す先の日を入力してください。"), field=f"day_{meeting.id}")
        if times is not None:
            _check_times(run, meeting, times, plans, now)


def _check_times(run: Run, meeting: Meeting, times: Times, plans: Mapping[int, Times | None], now: datetime) -> None:
    """As `changing` has it, with the meeting as its field."""
    field, (starts_at, ends_at) = f"day_{meeting.id}", times
    if starts_at >= ends_at:
        raise PlanRefused(_l("終わりの時刻は、始まりより後にしてください。"), field=field)
    if starts_at <= now:
        raise PlanRefused(_l("これからの日時を入力してください。"), field=field)
    if starts_at - now > timedelta(days=PLANNED_AHEAD_DAYS.get()):
        raise PlanRefused(
            _l("日にちをたしかめてください。%(days)s日より離れた日は登録できません。", days=PLANNED_AHEAD_DAYS.get()),
            field=field,
        )
    in_order = times_of(run, plans)
    if any(earlier[1] > later[0] for earlier, later in pairwise(in_order)):
        raise PlanRefused(_l("ほかの回との順番が変わってしまいます。日をえらびなおしてください。"), field=field)
    try:
        check_open(run.venue_id, [starts_at])
        check_deadline(run.filling, run.apply_until, in_order[0][0], None)
        Conditions(run.publish_at, run.least, run.decide_on).check(in_order[0][0], run.capacity)
    except PlanRefused as refused:
        raise PlanRefused(refused.message, field=field) from refused


def times_of(run: Run, plans: Mapping[int, Times | None]) -> list[Times]:
    """When the run's meetings are held, by their numbers, once the plans are carried out."""
    times = [plans.get(one.id, (one.starts_at, one.ends_at)) for one in run.meetings if one.called_off_at is None]
    return [one for one in times if one is not None]
