"""From evidence to level: the rule alone, without a database.

Source of the rule: the city plan's four steps, and the desk's decision that only staff confirm 人に教えられる.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from supportdesk.skills.models import EvidenceSource

#: 人に教えられる: what a learner must reach to become a tutor.
TEACHES: Final = 3
#: What a level counts as until staff have confirmed more.
ALONE: Final = 2


class Seen(NamedTuple):
    """One piece of evidence, as far as the rule looks at it."""

    id: int
    level: int
    source: EvidenceSource


class Derived(NamedTuple):
    """What follows from all evidence of one learner and one skill. The ids say which evidence it follows from."""

    level: int | None
    evidence_id: int | None
    self_level: int | None
    self_evidence_id: int | None
    awaits_staff: bool


def derive_level(evidence: Iterable[Seen]) -> Derived:
    """The level that evidence, oldest first, leads to.

    The newest observation by somebody else stands, whether it went up or down. A tutor's 3 counts as 2 until staff have
    seen 3 themselves. A self-check stands beside it, and awaits staff where it is newer and higher than what was
    observed, or where it says 3 and nobody has looked.
    """
    observed = by_staff = own = None
    asks = False
    for seen in evidence:
        if seen.source is EvidenceSource.SELF_CHECK:
            own, asks = seen, True
            continue
        observed, asks = seen, False
        if seen.source is not EvidenceSource.PEER_SESSION:
            by_staff = seen
    level = observed.level if observed else None
    awaits = False
    if observed is not None and observed.level == TEACHES and (by_staff is None or by_staff.level < TEACHES):
        level, awaits = ALONE, True
    if own is not None and asks and _is_more(own, level):
        awaits = True
    return Derived(
        level,
        observed.id if observed else None,
        own.level if own else None,
        own.id if own else None,
        awaits,
    )


def shown_level(level: int | None, self_level: int | None) -> int | None:
    """What counts: the observed level, else the self-check up to 2."""
    if level is not None or self_level is None:
        return level
    return min(self_level, ALONE)


def is_able(shown: int | None) -> bool:
    """Whether that level means done alone or better: nothing left to practise."""
    return shown is not None and shown >= ALONE


def _is_more(own: Seen, level: int | None) -> bool:
    return own.level == TEACHES if level is None else own.level > level
