"""The rule from evidence to level, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.skills.levels import Derived, Seen, derive_level, is_able, shown_level
from supportdesk.skills.models import EvidenceSource as Source

EVIDENCE = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(list(Source))), max_size=8)


def derived(*seen: tuple[int, Source]) -> Derived:
    return derive_level(Seen(number, level, source) for number, (level, source) in enumerate(seen, start=1))


def test_without_evidence_there_is_no_level() -> None:
    assert derived() == Derived(None, None, None, None, False)


def test_the_newest_observation_stands_and_levels_go_down() -> None:
    assert derived((2, Source.CLASS), (1, Source.CONSULTATION)) == Derived(1, 2, None, None, False)


def test_a_tutors_three_counts_as_two_until_staff_saw_it() -> None:
    assert derived((3, Source.PEER_SESSION))[0::4] == (2, True)
    assert derived((3, Source.PEER_SESSION), (3, Source.CLASS))[0::4] == (3, False)


def test_a_tutors_three_stands_where_staff_had_seen_it_before() -> None:
    assert derived((3, Source.CONSULTATION), (3, Source.PEER_SESSION))[0::4] == (3, False)


def test_a_tutors_three_waits_again_after_staff_saw_less() -> None:
    assert derived((3, Source.CLASS), (1, Source.CLASS), (3, Source.PEER_SESSION))[0::4] == (2, True)


def test_a_self_check_stands_beside_what_was_observed_and_asks_staff_where_it_is_higher() -> None:
    assert derived((1, Source.CLASS), (2, Source.SELF_CHECK)) == Derived(1, 1, 2, 2, True)
    assert derived((2, Source.CLASS), (0, Source.SELF_CHECK)) == Derived(2, 1, 0, 2, False)


def test_a_later_observation_settles_what_a_self_check_asked() -> None:
    assert derived((2, Source.SELF_CHECK), (1, Source.CLASS)) == Derived(1, 2, 2, 1, False)


def test_a_claimed_three_waits_where_nobody_has_looked() -> None:
    assert derived((3, Source.SELF_CHECK)) == Derived(None, None, 3, 1, True)
    assert derived((2, Source.SELF_CHECK)) == Derived(None, None, 2, 1, False)


@pytest.mark.parametrize(
    ("level", "own", "shown"), [(None, None, None), (None, 3, 2), (None, 1, 1), (0, 3, 0), (3, 0, 3), (1, None, 1)]
)
def test_a_self_check_counts_up_to_two_where_nobody_has_observed(
    level: int | None, own: int | None, shown: int | None
) -> None:
    assert shown_level(level, own) == shown


@given(EVIDENCE)
def test_only_staff_lead_to_three(evidence: list[tuple[int, Source]]) -> None:
    result = derived(*evidence)
    staff = [level for level, source in evidence if source not in (Source.SELF_CHECK, Source.PEER_SESSION)]
    assert shown_level(result.level, result.self_level) != 3 or staff[-1] == 3


@given(EVIDENCE)
def test_self_checks_never_change_what_was_observed(evidence: list[tuple[int, Source]]) -> None:
    observed = [one for one in evidence if one[1] is not Source.SELF_CHECK]
    assert derived(*evidence).level == derived(*observed).level


def test_done_alone_or_taught_is_able_and_nothing_less_is() -> None:
    assert [is_able(level) for level in (None, 0, 1, 2, 3)] == [False, False, False, True, True]
