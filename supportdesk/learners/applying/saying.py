"""Who it is that applied in public, as reception sends it: one of the register, or nobody whom the page showed."""

from __future__ import annotations

from typing import NamedTuple

from flask import request

from supportdesk.core.addresses import row_id
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.learners.rooms import check_scope


class Said(NamedTuple):
    """The learner, None for somebody new, and the others whom the page showed."""

    learner_id: int | None
    others: frozenset[int]


def read_said(actor: Actor) -> Said:
    """What was pressed. Raises NotFound for a learner whom the actor may not see."""
    written = request.form.get("learner", "")
    learner_id = row_id(written) if written else None
    if written and learner_id is None:
        raise NotFound
    if learner_id is not None:
        check_scope(actor, learner_id)
    shown = map(row_id, request.form.get("others", "").split(","))
    return Said(learner_id, frozenset(one for one in shown if one is not None))
