"""What the worker does for lotteries: every draw whose deadline has come."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import exists, select

from supportdesk.classes.applying.models import Application
from supportdesk.classes.lottery.drawing import draw_run, waits_until
from supportdesk.classes.models import Filling, Run, RunState
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.applying.models import ApplicationState

_LOG = logging.getLogger(__name__)


def draw_due(now: datetime) -> int:
    """Draw the runs whose deadline has come, each in a transaction of its own; how many that were.

    Where somebody's application in public is still held the draw waits for them, though not for ever. One that fails
    keeps no other waiting.
    """
    held = exists().where(Application.run_id == Run.id, Application.state == ApplicationState.HELD)
    due = select(Run.id, Run.apply_until, Run.starts_at, held.label("held")).where(
        Run.filling == Filling.LOTTERY,
        Run.drawn_at.is_(None),
        Run.apply_until <= now,
        Run.state == RunState.OPEN,
        Run.starts_at > now,
    )
    rows = db.session.execute(due.order_by(Run.apply_until, Run.id)).all()
    return sum(
        _drawn(row.id, now)
        for row in rows
        if not row.held or now >= waits_until(row.apply_until or row.starts_at, row.starts_at)
    )


def _drawn(run_id: int, now: datetime) -> bool:
    try:
        with transaction():
            draw_run(run_id, actor=SYSTEM, now=now)
    except DeskError as refused:  # somebody was quicker, or called it off meanwhile
        _LOG.warning("run %s is not drawn: %s", run_id, type(refused).__name__)
        return False
    except Exception:  # noqa: BLE001  # whatever it is, the others are still to be drawn
        _LOG.exception("run %s is not drawn", run_id)
        return False
    return True
