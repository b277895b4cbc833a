"""The door of the register: whoever looks for somebody's likeness and then writes goes through it one by one. And a
learner's own row, locked last of all, by whoever looks whether something is there before writing it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from supportdesk.core.database import connection, table_of, wait_at_door
from supportdesk.core.errors import NotFound
from supportdesk.learners.models import Learner

_REGISTER: Final = 7_269_001
_LEARNER: Final = table_of(Learner)
_OWN_ROW: Final = select(_LEARNER.c.id).where(_LEARNER.c.id == bindparam("wanted")).with_for_update(key_share=True)


def lock_register() -> None:
    """Until the transaction ends nobody else is entered or amended: two clerks who enter the same person at the same
    moment would both find nobody. Taken before any row is read or locked.
    """
    wait_at_door(_REGISTER)


def lock_learner(learner_id: int) -> None:
    """Wait for the learner's own row and keep it until the transaction ends. Raises NotFound."""
    if connection().scalar(_OWN_ROW, {"wanted": learner_id}) is None:
        raise NotFound
