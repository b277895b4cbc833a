"""`make bench`: measure the desk beside the bare application on SQLite and on PostgreSQL, and print one table of each.

`python -m bench --learners 20000 --database sqlite` takes less time. The exit status is 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg

from bench import desks, parts, searching
from bench.filling import LISTED
from bench.load import CALLERS, calling
from bench.stage import empty_databases, set_up
from tests.postgres import postgres_server

LEARNERS = 300_000
RUNS = 250
_PACKAGES = ("Flask", "SQLAlchemy", "gunicorn", "psycopg", "Flask-Login", "Flask-WTF", "Jinja2")


def main() -> int:
    """Measure what is asked for; returns the exit status."""
    asked = _arguments()
    begun = time.monotonic()
    print(_circumstances())
    kept = True
    for name in asked.database or ("sqlite", "postgresql"):
        kept = _measure(name, asked.learners) and kept
    print(f"\n{time.monotonic() - begun:.0f} seconds in all.", "" if kept else "A promise is not kept: see !! above.")
    return 0 if kept else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"), help="this one alone")
    parser.add_argument("--learners", type=int, default=LEARNERS, help="how many are in the register")
    return parser.parse_args()


def _circumstances() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{os.cpu_count()} cores (load before: {load}), {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}\n{versions}\n"
        f"gunicorn with 2 sync workers for each; {CALLERS} callers; {parts.ROUNDS} rounds in turn of about "
        f"{parts.SECONDS_A_BATCH} s; {LISTED} classes on the schedule."
    )


def _measure(name: str, learners: int) -> bool:
    """Print one database's table; returns whether every promise is kept."""
    with (
        tempfile.TemporaryDirectory(prefix="desk-bench-") as folder,
        _server(name) as server,
        empty_databases(server, Path(folder)) as (url, bare_url, small_url),
    ):
        print(f"\n== {_title(server)}", flush=True)
        with (
            set_up(url, bare_url, Path(folder), learners=learners, runs=RUNS) as stage,
            searching.small_town(small_url, Path(folder)) as town,
            calling() as callers,
        ):
            found = [
                *parts.schedule(stage, callers),
                *parts.enrolment(stage, callers),
                *desks.consultation(stage, callers),
            ]
            searched = searching.searches(stage, town)
            waited = [*parts.waiting(stage), *desks.slots(stage)]
    _print_ratios(found)
    _print_searches(searched, learners)
    _print_waiting(waited)
    fast = all(ratio.wanted is None or ratio.value >= ratio.wanted for ratio in found)
    return fast and all(one.kept for one in searched)


@contextmanager
def _server(name: str) -> Iterator[str | None]:
    if name == "sqlite":
        yield None
        return
    with postgres_server(durable=True) as address:
        yield address


def _title(server: str | None) -> str:
    if server is None:
        return "SQLite (WAL, synchronous=NORMAL)"
    with psycopg.connect(server) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000} (fsync and synchronous_commit on)"


def _print_ratios(found: list[parts.Ratio]) -> None:
    print(f"{'ratio':52} {'desk/s':>7} {'bare/s':>7} {'ratio':>6} {'rounds':>12} {'wanted':>7}")
    for one in found:
        spread = f"{min(one.each):.2f} – {max(one.each):.2f}"
        wanted = "" if one.wanted is None else f"{one.wanted:.2f}"
        mark = " !!" if one.wanted is not None and one.value < one.wanted else ""
        print(
            f"{one.what:52} {one.desk.rate:7.0f} {one.bare.rate:7.0f} {one.value:6.2f} {spread:>12} {wanted:>7}{mark}"
        )


def _print_searches(searched: list[searching.Waited], learners: int) -> None:
    print(f"{learners:,} learners; growth: their time where {searching.SMALL:,} take 1, of as long an answer")
    print(searching.HEAD, *(one.row for one in searched), sep="\n")
    wanted = f"{searching.IN_OPERATION:9.1f} {searching.GROWTH:7.2f} {searching.OVER_HTTP:7.1f}"
    print(f"{'wanted':36} {wanted}")


def _print_waiting(waited: list[parts.Waiting]) -> None:
    print(f"{'milliseconds, one at a time':52} {'median':>7} {'95 %':>7} {'worst':>6}")
    for one in waited:
        print(f"{one.what:52} {one.median:7.1f} {one.nearly_all:7.1f} {max(one.each):6.1f}")


if __name__ == "__main__":
    sys.exit(main())
