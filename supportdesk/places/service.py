"""From when until when somebody serves, set by the administrator: each role and district, leave, the end of service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.upkeep import demand_another_administrator, locked
from supportdesk.core import clock
from supportdesk.core.activities import Description
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.places.models import AccountDistrict
from supportdesk.places.plans import planned_for
from supportdesk.places.staff import WorkAhead


class Days(NamedTuple):
    """The first and the last day, both included; None is open."""

    first: date | None = None
    last: date | None = None


OPEN: Final = Days()


@dataclass(frozen=True, kw_only=True)
class Service:
    """All that is set: for each role and district that the account has, leave of absence, and the last day."""

    roles: Mapping[Role, Days] = field(default_factory=dict)
    districts: Mapping[str, Days] = field(default_factory=dict)
    leave: Days = OPEN
    ends_on: date | None = None


class DaysReversed(DeskError):
    """The last day comes before the first, or a leave of absence has no first."""

    def __init__(self, name: str) -> None:
        super().__init__(_l("始めの日と終わりの日をたしかめてください。"), field=name)


def service_of(account_id: int) -> Service:
    """What is set now. The account is known to exist."""
    account = db.session.execute(
        select(Account.leave_from, Account.leave_until, Account.service_ends_on).where(Account.id == account_id)
    ).one()
    return Service(
        roles=_days_of(AccountRole, AccountRole.role, account_id),
        districts=_days_of(AccountDistrict, AccountDistrict.district_code, account_id),
        leave=Days(account.leave_from, account.leave_until),
        ends_on=account.service_ends_on,
    )


def set_service(account_id: int, service: Service, *, although: bool = False, actor: Actor, now: datetime) -> None:
    """From when until when the account's holder serves. What they have to do in a time without them stays theirs.

    From the day after a role's last day its rights are gone, in a session that goes on too; after the last day of
    service and on leave there is no session. Raises NotFound, DaysReversed, LastAdministrator, and WorkAhead unless
    `although` says that it is known.
    """
    account = locked(account_id)
    _check(service)
    if service.ends_on or service.leave.first or service.roles.get(Role.ADMIN, OPEN) != OPEN:
        demand_another_administrator(account)
    planned = _in_absence(account_id, service, now)
    if planned and not although:
        raise WorkAhead(planned)
    for given in account.roles:
        given.starts_on, given.ends_on = service.roles.get(given.role, Days(given.starts_on, given.ends_on))
    for row in db.session.scalars(select(AccountDistrict).where(AccountDistrict.account_id == account_id)):
        row.starts_on, row.ends_on = service.districts.get(row.district_code, Days(row.starts_on, row.ends_on))
    account.leave_from, account.leave_until = service.leave
    account.service_ends_on = service.ends_on
    audit.record(actor=actor, action=Action.SET_SERVICE, subject=f"account:{account_id}", now=now)


def _check(service: Service) -> None:
    named = [(f"role_{role}_last", days) for role, days in service.roles.items()]
    named += [(f"district_{code}_last", days) for code, days in service.districts.items()]
    for name, days in [*named, ("leave_last", service.leave)]:
        if days.first and days.last and days.last < days.first:
            raise DaysReversed(name)
    if service.leave.last and not service.leave.first:
        raise DaysReversed("leave_first")


def _in_absence(account_id: int, service: Service, now: datetime) -> list[Description]:
    """What is planned for days on which they will not be there, in the role that it is planned in."""
    found: dict[Description, None] = {}
    for role, days in service.roles.items():
        if days == OPEN and service.leave == OPEN and service.ends_on is None:
            continue
        for one in planned_for(account_id, {role}, now):
            if one.starts_at is None or not _there(clock.local(one.starts_at).date(), days, service):
                found[one] = None
    return list(found)


def _there(day: date, days: Days, service: Service) -> bool:
    ended = service.ends_on is not None and day > service.ends_on
    away = service.leave.first is not None and _within(day, service.leave)
    return _within(day, days) and not ended and not away


def _within(day: date, days: Days) -> bool:
    return (days.first is None or days.first <= day) and (days.last is None or day <= days.last)


def _days_of(
    given: type[AccountRole] | type[AccountDistrict], key: InstrumentedAttribute[Any], account_id: int
) -> dict[Any, Days]:
    rows = db.session.execute(select(key, given.starts_on, given.ends_on).where(given.account_id == account_id))
    return {row[0]: Days(row[1], row[2]) for row in rows}
