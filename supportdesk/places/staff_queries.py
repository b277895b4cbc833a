"""What the administrator's pages show of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import to_hiragana, to_katakana
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.places.models import AccountDistrict, District


class StaffRow(NamedTuple):
    """One account."""

    id: int
    username: str
    name: str
    kana: str
    phone: str | None
    mail: str | None
    active: bool
    last_login_at: datetime | None


class Duties(NamedTuple):
    """What one account's holder does, and the codes and names of their districts."""

    roles: list[Role]
    districts: dict[str, str]


_STAFF = select(
    Account.id,
    Account.username,
    Account.name,
    Account.kana,
    Account.phone,
    Account.mail,
    Account.active,
    Account.last_login_at,
)


def staff_page(text: str, number: int) -> Page[Any]:
    """Accounts in the order of their user names, those in use first; with `text` whose names or user names hold it."""
    statement = _STAFF.order_by(Account.active.desc(), Account.username, Account.id)
    return fetch_page(_holding(statement, text) if text else statement, number)


def _holding(statement: Select[*tuple[Any, ...]], text: str) -> Select[*tuple[Any, ...]]:
    spellings = {text, to_hiragana(text), to_katakana(text)}
    columns = (Account.username, Account.name, Account.kana)
    return statement.where(
        or_(*(column.icontains(spelling, autoescape=True) for column in columns for spelling in sorted(spellings)))
    )


def staff_row(account_id: int) -> StaffRow:
    """One account. Raises NotFound."""
    row = db.session.execute(_STAFF.where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound
    return StaffRow(*row)


def duties_of(account_ids: Iterable[int]) -> dict[int, Duties]:
    """Roles and districts of many accounts: two statements."""
    duties = {account_id: Duties([], {}) for account_id in account_ids}
    roles = select(AccountRole.account_id, AccountRole.role).where(AccountRole.account_id.in_(duties))
    for account_id, role in db.session.execute(roles.order_by(AccountRole.role)):
        duties[account_id].roles.append(role)
    districts = (
        select(AccountDistrict.account_id, District.code, District.name)
        .join(District, District.code == AccountDistrict.district_code)
        .where(AccountDistrict.account_id.in_(duties))
        .order_by(District.position)
    )
    for account_id, code, name in db.session.execute(districts):
        duties[account_id].districts[code] = name
    return duties
