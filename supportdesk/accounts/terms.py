"""From when until when somebody serves: roles and districts with their days, leave of absence, the end of service.

The one place that says what is in force today. Days are those of Japan, both ends included, None is open. Asked on each
request, so that what ended yesterday is gone today, in a session that goes on too.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, and_, bindparam, not_, or_

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.permissions import Role

#: Read anew each time that a statement is carried out, though the statement was written once.
TODAY: Final = bindparam("in_force_on", type_=Date(), callable_=clock.today, unique=True)


def in_force(given: Any) -> ColumnElement[bool]:
    """Condition: what was given to an account holds today. `given` has the columns `starts_on` and `ends_on`."""
    return and_(or_(given.starts_on.is_(None), given.starts_on <= TODAY), not_over(given))


def not_over(given: Any) -> ColumnElement[bool]:
    """Condition: it holds today or will hold; for planning ahead."""
    return or_(given.ends_on.is_(None), given.ends_on >= TODAY)


#: Condition: the account's holder works here today.
PRESENT: Final = and_(
    Account.active,
    or_(Account.service_ends_on.is_(None), Account.service_ends_on >= TODAY),
    or_(
        Account.leave_from.is_(None),
        not_(and_(Account.leave_from <= TODAY, or_(Account.leave_until.is_(None), Account.leave_until >= TODAY))),
    ),
)


def holds_on(day: date, starts_on: date | None, ends_on: date | None) -> bool:
    """The same as `in_force`, for a row that was read."""
    return (starts_on is None or starts_on <= day) and (ends_on is None or ends_on >= day)


def roles_in_force(account: Account) -> frozenset[Role]:
    """What the account's holder may act as today."""
    today = clock.today()
    return frozenset(given.role for given in account.roles if holds_on(today, given.starts_on, given.ends_on))


def is_present(account: Account) -> bool:
    """The same as PRESENT, for an account that was read."""
    today = clock.today()
    away = account.leave_from is not None and holds_on(today, account.leave_from, account.leave_until)
    return account.active and holds_on(today, None, account.service_ends_on) and not away
