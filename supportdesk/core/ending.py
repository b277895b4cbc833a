"""What a transaction has still to do before it ends: rows that nobody waits for, and acts that come after all else.

A row whose outcome nobody asks for needs no way to the server of its own. It is written before the next statement, so
that no reader can miss it; what is left at the end goes together, on PostgreSQL in one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Insert, Select, Update, literal, select
from sqlalchemy.orm import Session, SessionTransaction

#: Where a session keeps the ending of its transaction, and under which option its connection does.
ENDING: Final = "ending"
_NOTHING_ELSE: Final = select(literal(1))


class _Row(NamedTuple):
    statement: Insert | Update
    values: Mapping[str, Any]


class Ending:
    """Of one transaction."""

    def __init__(self) -> None:
        self._acts: dict[Callable[[list[Any]], None], list[tuple[Any, SessionTransaction | None]]] = {}
        self._rows: list[_Row] = []

    def add_row(self, statement: Insert | Update, values: Mapping[str, Any]) -> None:
        """A row to be written before the next statement, or with the last one."""
        self._rows.append(_Row(statement, values))

    def add_act(self, act: Callable[[list[Any]], None], item: object, savepoint: SessionTransaction | None) -> None:
        """An item for an act of the end, dropped when the savepoint under which it was given is rolled back."""
        self._acts.setdefault(act, []).append((item, savepoint))

    def drop(self, ended: SessionTransaction) -> None:
        """The savepoint was rolled back, and what was given under it tells of nothing. (Its rows stand in it.)"""
        for given in self._acts.values():
            given[:] = [(item, savepoint) for item, savepoint in given if not _is_within(savepoint, ended)]

    def act(self) -> None:
        """Hand each act its items, if it has any left."""
        for act, given in self._acts.items():
            if given:
                act([item for item, _savepoint in given])

    def write(self, connection: Connection) -> None:
        """Write the rows that wait."""
        if len(self._rows) > 1 and self._can_go_with({}) and connection.dialect.name == "postgresql":
            connection.execute(*self.along(_NOTHING_ELSE, {}))
        rows, self._rows = self._rows, []
        for row in rows:
            connection.execute(*row)

    def along(self, statement: Select[Any], values: Mapping[str, Any]) -> tuple[Select[Any], Mapping[str, Any]]:
        """A statement of PostgreSQL and its values, with the rows that wait: they are written by it.

        Where two call their values by the same names they cannot be told apart in one statement, and all wait on.
        """
        if not self._rows or not self._can_go_with(values):
            return statement, values
        rows, self._rows = self._rows, []
        together = {name: value for row in rows for name, value in row.values.items()}
        return _together(statement, tuple(row.statement for row in rows)), {**values, **together}

    def _can_go_with(self, values: Mapping[str, Any]) -> bool:
        names = [*values, *(name for row in self._rows for name in row.values)]
        return len(set(names)) == len(names)


@cache
def _together(statement: Select[Any], writes: Sequence[Insert | Update]) -> Select[Any]:
    return statement.add_cte(*(one.cte(f"along_{number}") for number, one in enumerate(writes)))


def ending_of(session: Session) -> Ending:
    """Of the transaction under way. Raises RuntimeError where there is none."""
    ending: Ending | None = session.info.get(ENDING)
    if ending is None:
        raise RuntimeError("a write outside transaction()")
    return ending


def _is_within(savepoint: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while savepoint is not None and savepoint is not outer:
        savepoint = savepoint.parent
    return savepoint is outer
