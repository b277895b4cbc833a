"""What is put in order every night: jobs of the rooms, one after the other. Called by `supportdesk nightly`.

A room adds a line to JOBS with a function of its `jobs.py`, which takes the time and answers how many rows it put in
order. A job is idempotent and has a transaction of its own: run twice it finds nothing, and one that fails stops no
other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from supportdesk.accounts import jobs as accounts
from supportdesk.learners import jobs as learners
from supportdesk.notices import jobs as notices

Job = Callable[[datetime], int]
JOBS: Final[Sequence[tuple[str, Job]]] = (
    ("accounts whose service is over", accounts.end_service),
    ("notices lapsed", notices.lapse),
    ("pairs that may be one person", learners.search_pairs),
    ("merges that stand", learners.forget_undone),
)
_LOG = logging.getLogger(__name__)


class Done(NamedTuple):
    """What became of one job: how many rows it put in order; None when it failed."""

    name: str
    rows: int | None


def put_in_order(now: datetime, jobs: Sequence[tuple[str, Job]] = JOBS) -> Iterator[Done]:
    """Run the jobs in their order. Why one failed is logged."""
    for name, job in jobs:
        yield Done(name, _rows(name, job, now))


def _rows(name: str, job: Job, now: datetime) -> int | None:
    try:
        return job(now)
    except Exception:  # noqa: BLE001  # whatever it is, the other jobs are still to be run
        _LOG.exception("nightly: %s", name)
        return None
