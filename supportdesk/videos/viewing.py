"""Who is watching: nobody in particular, or a learner on their own phone who agreed that views are kept.

Called by the pages of one video. A phone of two people asks どなたですか, and remembers the answer for a while.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from flask import session

from supportdesk.learners.own_phone import learners_of_this_phone, may_tie_views
from supportdesk.learners.queries import name_of

#: How long one of two keeps the phone in hand; each video opened begins it anew.
REMEMBERED: Final = timedelta(hours=2)
_KEY: Final = "viewer"
_NOBODY: Final = 0


class Viewer(NamedTuple):
    """`learner_id` is None where a view is not tied to anybody; `asks` are the people to choose from, if we must ask.

    `chosen`: it was asked before, and the answer can be taken back.
    """

    learner_id: int | None = None
    asks: tuple[int, ...] = ()
    chosen: bool = False


def who_watches(now: datetime) -> Viewer:
    """Whose view this is. On a stranger's phone no question is asked and no name is read."""
    people = learners_of_this_phone()
    agreed = [learner_id for learner_id in people if may_tie_views(learner_id)]
    if not agreed:
        return Viewer()
    if len(people) == 1:
        return Viewer(agreed[0])
    chosen = _chosen(now)
    if chosen is None or chosen not in (*people, _NOBODY):
        return Viewer(asks=tuple(people))
    _remember(chosen, now)
    return Viewer(chosen if chosen in agreed else None, chosen=True)


def choose_viewer(answer: str, now: datetime) -> None:
    """Remember who has the phone in hand: one of its people. Anything else is 答えない."""
    people = {str(learner_id): learner_id for learner_id in learners_of_this_phone()}
    _remember(people.get(answer, _NOBODY), now)


def ask_again() -> None:
    """Forget who had the phone in hand."""
    session.pop(_KEY, None)


def first_names(learner_ids: tuple[int, ...]) -> list[tuple[int, str]]:
    """What the people of one phone call each other; the whole names where the first names are alike."""
    whole = {learner_id: name_of(learner_id) for learner_id in learner_ids}
    first = {learner_id: name.split()[-1] for learner_id, name in whole.items()}
    return list((first if len(set(first.values())) == len(first) else whole).items())


def _remember(chosen: int, now: datetime) -> None:
    session[_KEY] = [chosen, now.timestamp()]


def _chosen(now: datetime) -> int | None:
    kept = session.get(_KEY)
    if not kept or now.timestamp() - kept[1] > REMEMBERED.total_seconds():
        return None
    return int(kept[0])
