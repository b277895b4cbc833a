"""Counts the statements a piece of code sends to its database, so that a page's number of queries can be asserted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

#: The last is asked anew every few seconds, by whichever request comes first (core/office.py).
_HOUSEKEEPING = (
    *("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"),
    "SELECT OFFICE_SETTING.NAME, OFFICE_SETTING.VALUE \nFROM OFFICE_SETTING",
)


class Statements(list[str]):
    """The SQL of each statement, in order. Prints one a line: a failing count is always followed by 'which?'."""

    def __repr__(self) -> str:
        return f"{len(self)} statements:\n" + "\n".join(" ".join(statement.split())[:200] for statement in self)

    def writing(self) -> Statements:
        """Only those that change something."""
        return Statements(one for one in self if one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")))


@contextmanager
def queries() -> Iterator[Statements]:
    """Collect what any engine of this process is sent: `with queries() as seen: …; assert len(seen) <= 8`."""
    seen = Statements()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(_HOUSEKEEPING):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
