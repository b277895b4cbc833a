"""What is asked once more before a day is changed: what will happen to whom, and what about it is unusual.

A yes holds for exactly that: whoever chooses something else afterwards, or finds more people affected, is asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

from flask_babel import gettext as _

from supportdesk.classes.day_changes.errors import AskedOnceMore
from supportdesk.classes.day_changes.models import DayChange
from supportdesk.classes.doubts import doubts_about
from supportdesk.classes.models import Meeting, Run


def demand_agreed(
    agreed: str, change: DayChange, ended: Sequence[Run], chosen: Mapping[int, Meeting], learners: Collection[int]
) -> None:
    """Raises AskedOnceMore unless `agreed` stands for this very change. `ended` are the runs that are called off with
    it, `chosen` the meetings that somebody chose, `learners` those who will be told.
    """
    plan = sorted((one.meeting_id, one.starts_at, one.ends_at) for one in change.meetings if one.starts_at)
    off = sorted(one.meeting_id for one in change.meetings if one.starts_at is None)
    stands_for = repr((change.day, plan, off, sorted(learners)))
    digest = blake2b(stands_for.encode(), digest_size=12).hexdigest()
    if agreed != digest:
        raise AskedOnceMore(list(_in_words(change, ended, chosen, learners)), digest)


def _in_words(
    change: DayChange, ended: Iterable[Run], chosen: Collection[int], learners: Collection[int]
) -> Iterable[str]:
    moved = [one for one in change.meetings if one.starts_at]
    off, later = len(change.meetings) - len(moved), sum(one.meeting_id not in chosen for one in moved)
    yield _("%(people)s人に、電話かはがきで連絡することになります。", people=len(learners))
    if off:
        yield _("%(count)s件を中止にします。", count=off)
    if moved:
        yield _("%(count)s件を別の日に移します。部屋・講師・席もいっしょに移ります。", count=len(moved) - later)
    if later:
        yield _("あとの回も%(count)s件、同じ日数だけ移します。", count=later)
    for run in ended:
        yield _("「%(title)s」は、ほかの回がないので、申し込みもすべて取り消しになります。", title=run.title)
    yield from doubts_about((one.starts_at, one.ends_at) for one in moved if one.starts_at and one.ends_at)
