"""Records that are not kept for ever: each room answers which of its columns grow old, and after how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Table


@dataclass(frozen=True)
class Ageing:
    """Rows of a table whose `emptied` columns say nothing any more once `since` lies so many `years` back; without such
    columns the rows themselves go. `column` names the learner; of a table that knows none, what tells its people apart.
    """

    title: object
    table: Table
    since: str
    years: Callable[[], int]
    emptied: tuple[str, ...] = ()
    column: str = "learner_id"
