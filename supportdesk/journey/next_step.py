"""What would help this learner most now: the next class near them that teaches a skill they lack.

Called by the learner's page, the desk and the learner's own phone. The choice itself is a pure function.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.classes.models import Edition, Meeting, MeetingSkill
from supportdesk.classes.queries import RunRow, open_runs
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.learners.models import Device
from supportdesk.skills import queries as skills
from supportdesk.skills.levels import is_able

#: A learner's phone decides which edition of a class is theirs; whoever has none may come to any.
EDITION_OF: Final[Mapping[Device, Edition]] = {
    Device.IPHONE: Edition.IPHONE,
    Device.ANDROID: Edition.ANDROID,
    Device.EASY_PHONE: Edition.ANDROID,
}
_LOOKED_AT: Final = 60


class Learning(NamedTuple):
    """What a learner has yet to learn: skills begun (level 0 or 1) and those nobody has seen, in catalogue order."""

    begun: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """Everything that is not yet 「ひとりでできる」."""
        return self.begun + self.unseen


class NextStep(NamedTuple):
    """A class and the skill for which it is suggested. `run` is None when there is none to suggest.

    `finished`: the learner does everything alone already. `wished`: it is what they last said they want to learn.
    """

    run: RunRow | None
    skill: str
    skill_name: str
    near: bool
    finished: bool
    wished: bool = False


def learning_of(shown: Mapping[str, int | None], catalogue: Iterable[str]) -> Learning:
    """Split the catalogue by the levels that count."""
    codes = list(catalogue)
    levels = {code: shown.get(code) for code in codes}
    begun = tuple(code for code, level in levels.items() if level is not None and not is_able(level))
    return Learning(begun, tuple(code for code, level in levels.items() if level is None))


def choose_run(
    runs: Sequence[RunRow],
    taught: Mapping[int, frozenset[str]],
    learning: Learning,
    district_code: str | None,
    wished: frozenset[str] = frozenset(),
) -> tuple[RunRow, str] | None:
    """The run to suggest and the skill it is for, or None.

    Those with a free seat come first, then those in the learner's own district, then what they wished to learn, then
    those that go on with a skill begun, then the soonest.
    """
    offers = []
    lacking = sorted(learning.lacking, key=lambda code: code not in wished)
    for run in runs:
        skill = next((code for code in lacking if code in taught.get(run.id, frozenset())), None)
        if skill is not None:
            far = run.district_code != district_code
            apart = (skill not in wished, skill not in learning.begun)
            offers.append(((run.free <= 0, far, *apart, run.starts_at, run.id), run, skill))
    if not offers:
        return None
    _rank, run, skill = min(offers, key=lambda offer: offer[0])
    return run, skill


def next_step(
    levels: Mapping[str, skills.LevelRow],
    *,
    device: Device | None,
    district_code: str | None,
    booked_runs: Iterable[int],
    wished_areas: Collection[str] = (),
    now: datetime,
) -> NextStep:
    """The next step of a learner with these levels, who already has a place in `booked_runs` and said that they want to
    learn something of `wished_areas`. Four statements, or five.
    """
    names = skills.skill_names()
    learning = learning_of({code: row.shown for code, row in levels.items()}, names)
    nothing = NextStep(None, "", "", near=False, finished=not learning.lacking)
    if not learning.lacking:
        return nothing
    booked = set(booked_runs)
    runs = [
        run
        for run in open_runs(
            skill_codes=learning.lacking,
            edition=EDITION_OF.get(device) if device else None,
            after=now,
            limit=_LOOKED_AT,
        )
        if run.id not in booked
    ]
    wished = skills.skills_of_areas(wished_areas)
    chosen = choose_run(runs, _taught(run.id for run in runs), learning, district_code, wished)
    if chosen is None:
        return nothing
    run, skill = chosen
    return NextStep(
        run, skill, names[skill], near=run.district_code == district_code, finished=False, wished=skill in wished
    )


def _taught(run_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    meeting, skill = table_of(Meeting), table_of(MeetingSkill)
    rows = db.session.execute(
        select(meeting.c.run_id, skill.c.skill_code)
        .join(skill, skill.c.meeting_id == meeting.c.id)
        .where(meeting.c.run_id.in_(list(run_ids)))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for run_id, code in rows:
        found[run_id].add(code)
    return {run_id: frozenset(codes) for run_id, codes in found.items()}
