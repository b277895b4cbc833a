"""A page of a long list: which rows, how many there are, and the addresses of the other pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select

from supportdesk.extensions import db

Item = TypeVar("Item")
PER_PAGE = 50


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Rows of one page. `number` counts from 1; `pages` is at least 1."""

    rows: Sequence[Item]
    number: int
    pages: int
    total: int

    def url_for(self, number: int) -> str:
        """This same list's address at another page, filters kept."""
        assert request.endpoint is not None
        arguments: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), "page": number}
        return url_for(request.endpoint, **arguments)


def page_number() -> int:
    """The page asked for in the address; nonsense is page 1."""
    return max(1, request.args.get("page", 1, type=int) or 1)


def fetch_page(statement: Select[*tuple[Any, ...]], number: int, *, per_page: int = PER_PAGE) -> Page[Any]:
    """Two queries: how many rows, and the rows of one page. A page past the end is the last one."""
    total = db.session.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    pages = max(1, -(-total // per_page))
    number = min(number, pages)
    rows = db.session.execute(statement.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows, number, pages, total)
