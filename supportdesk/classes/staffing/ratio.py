"""How many assistants a class needs: a rule alone."""

from __future__ import annotations

from supportdesk.classes.office import LEARNERS_PER_ASSISTANT


def assistants_needed(learners: int) -> int:
    """One for every so many learners that were begun; with the setting at zero none at all."""
    each = LEARNERS_PER_ASSISTANT.get()
    return -(-learners // each) if each else 0


def assistants_missing(learners: int, assistants: int) -> int:
    """How many more are needed."""
    return max(0, assistants_needed(learners) - assistants)
