"""A page of a long list: which rows, how many there are, and the addresses of the other pages.

A list without an end is read in stretches instead, the newest first: nobody counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from supportdesk.extensions import db

Item = TypeVar("Item")
Other = TypeVar("Other")
PER_PAGE = 50
#: No list has so many pages, and a database can still reckon with it.
_FURTHEST = 1_000_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Rows of one page. `number` counts from 1; `pages` is at least 1. `key` is what the address calls the number."""

    rows: Sequence[Item]
    number: int
    pages: int
    total: int
    key: str = "page"

    def showing(self, rows: Sequence[Other]) -> Page[Other]:
        """The same page, with what is made of its rows."""
        return Page(rows, self.number, self.pages, self.total, self.key)

    def url_for(self, number: int) -> str:
        """This same list's address at another page, filters kept."""
        return _address(**{self.key: number})


@dataclass(frozen=True)
class Stretch(Generic[Item]):
    """Some rows of a list without an end. `older_than` is the key of the last when older ones follow."""

    rows: Sequence[Item]
    newest: bool
    older_than: int | None

    @property
    def older_url(self) -> str:
        """This same list's address at the rows that follow, filters kept."""
        return _address(before=self.older_than)

    @property
    def newest_url(self) -> str:
        """This same list's address at its newest rows, filters kept."""
        return _address(before=None)


def _address(**changed: int | None) -> str:
    assert request.endpoint is not None
    arguments: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), **changed}
    return url_for(request.endpoint, **arguments)


def page_number(key: str = "page") -> int:
    """The page asked for in the address; nonsense is page 1, and a number that no list reaches the last it could."""
    return min(max(1, request.args.get(key, 1, type=int) or 1), _FURTHEST)


def fetch_page(statement: Select[*tuple[Any, ...]], number: int, *, per_page: int = PER_PAGE) -> Page[Any]:
    """The rows of one page; a page past the end is the last one. A last page tells by itself how many rows there are,
    and only a full one, or none, has them counted.
    """
    rows = _rows(statement, number, per_page)
    if len(rows) < per_page and (rows or number == 1):
        total = (number - 1) * per_page + len(rows)
        return Page(rows, number, number, total)
    total = db.session.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    pages = max(1, -(-total // per_page))
    if number > pages:
        number, rows = pages, _rows(statement, pages, per_page)
    return Page(rows, number, pages, total)


def _rows(statement: Select[*tuple[Any, ...]], number: int, per_page: int) -> Sequence[Any]:
    return db.session.execute(statement.limit(per_page).offset((number - 1) * per_page)).all()


def page_of(rows: Sequence[Item], number: int, *, per_page: int = PER_PAGE, key: str = "page") -> Page[Item]:
    """One page of rows that are at hand. A page past the end is the last one."""
    pages = max(1, -(-len(rows) // per_page))
    number = min(number, pages)
    return Page(rows[(number - 1) * per_page : number * per_page], number, pages, len(rows), key)


def fetch_stretch(
    statement: Select[*tuple[Any, ...]],
    key: InstrumentedAttribute[int],
    before: int | None,
    *,
    per_page: int = PER_PAGE,
) -> Stretch[Any]:
    """One query: the rows with the greatest keys, or the greatest under `before`. The rows hold the key by its name."""
    if before is not None:
        statement = statement.where(key < before)
    rows = db.session.execute(statement.order_by(key.desc()).limit(per_page + 1)).all()
    shown = rows[:per_page]
    return Stretch(shown, before is None, getattr(shown[-1], key.key) if len(rows) > per_page else None)
