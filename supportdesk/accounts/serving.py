"""Who can be put on duty on a day: at work, and in the role. Asked at every door that plans ahead."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple, Protocol

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import holds_on, not_over
from supportdesk.core.permissions import Role
from supportdesk.extensions import db


class Served(Protocol):
    """The days of somebody's service, as far as the rule looks at them."""

    @property
    def leave_from(self) -> date | None: ...
    @property
    def leave_until(self) -> date | None: ...
    @property
    def service_ends_on(self) -> date | None: ...


class Serving(NamedTuple):
    """Somebody who works here, with the days of their service and of their roles."""

    account_id: int
    person_id: int
    name: str
    active: bool
    leave_from: date | None
    leave_until: date | None
    service_ends_on: date | None
    roles: frozenset[tuple[Role, date | None, date | None]]

    def is_ever(self, roles: Collection[Role]) -> bool:
        """Whether one of these roles is or will be theirs."""
        return any(role in roles for role, _first, _last in self.roles)


def away_on(one: Served, day: date) -> str:
    """Why somebody is not at work that day, in words; empty when they are."""
    if one.leave_from is not None and holds_on(day, one.leave_from, one.leave_until):
        return _("休職中")
    if not holds_on(day, None, one.service_ends_on):
        return _("この日より前に退職")
    return ""


def why_not_on(one: Serving, day: date, roles: Collection[Role] | None = None) -> str:
    """Why somebody cannot be on duty that day, in words; with `roles`, also when none of these is theirs then."""
    away = away_on(one, day)
    if away or roles is None or any(role in roles and holds_on(day, *term) for role, *term in one.roles):
        return away
    return _("担当する期間ではありません")


def serving(roles: Collection[Role] = (), *, besides: Collection[int] = ()) -> list[Serving]:
    """Whoever works here in one of these roles, now or later, and these accounts; by their reading. One statement."""
    fitting = select(AccountRole.account_id).where(AccountRole.role.in_(roles), not_over(AccountRole))
    rows = db.session.execute(
        select(
            *(Account.id, Account.person_id, Account.name, Account.active),
            *(Account.leave_from, Account.leave_until, Account.service_ends_on),
            *(AccountRole.role, AccountRole.starts_on, AccountRole.ends_on),
        )
        .outerjoin(AccountRole, and_(AccountRole.account_id == Account.id, not_over(AccountRole)))
        .where(or_(Account.active & Account.id.in_(fitting), Account.id.in_(besides)))
        .order_by(Account.kana, Account.name, Account.id)
    ).all()
    given: dict[int, set[tuple[Role, date | None, date | None]]] = {}
    for row in rows:
        given.setdefault(row.id, set()).update({(row.role, row.starts_on, row.ends_on)} if row.role else ())
    return [Serving(*row[:7], frozenset(given[row.id])) for row in {row.id: row for row in rows}.values()]
