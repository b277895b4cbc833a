"""Deciding that a class is held all the same. That it is not, is calling it off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.locking import RUN, lock_run
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db


def hold_run(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Hold the class though few applied; it is not asked about any more. Raises NotFound, RunNotOpen."""
    lock_run(run_id).demand_open(now)
    db.session.execute(update(RUN).where(RUN.c.id == run_id).values(held_at=now, held_by=actor.account_id))
    audit.record(actor=actor, action=Action.CHANGE_RUN, subject=f"run:{run_id}", now=now, detail={"changed": ["held"]})
