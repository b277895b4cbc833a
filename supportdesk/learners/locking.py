"""The door of the register: whoever looks for somebody's likeness and then writes goes through it one by one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from supportdesk.core.database import connection

#: Any number that stands for nothing else in the city's database.
_DOOR: Final = select(func.pg_advisory_xact_lock(7_269_001))


def lock_register() -> None:
    """Until the transaction ends nobody else is entered or amended: two clerks who enter the same person at the same
    moment would both find nobody. Taken before any row is read or locked. SQLite lets one transaction write anyway.
    """
    if connection().dialect.name == "postgresql":
        connection().execute(_DOOR)
