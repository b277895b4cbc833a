"""Who works where: an account with the districts that its holder answers for.

Called by the administrator's pages, and by whoever appoints tutors.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, bindparam, delete, insert, select

from supportdesk.accounts import audit, upkeep
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.operations import create_account
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.places.districts import demand_districts
from supportdesk.places.models import AccountDistrict, District

#: Whoever has one of these roles sees the learners of their districts; the others' work knows no district.
OF_A_DISTRICT = frozenset({Role.COORDINATOR, Role.TUTOR})
_SERVES = cast(Table, AccountDistrict.__table__)
_LOCK = select(Account.id).where(Account.id == bindparam("wanted")).with_for_update(key_share=True)


class NoDistrictNeeded(DeskError):
    """Districts were given to somebody whose roles know none."""

    def __init__(self) -> None:
        super().__init__(_l("地区をえらぶのは、地区担当と地域サポーターだけです。"), field="districts")


def add_staff(
    *,
    username: str,
    name: str,
    kana: str,
    phone: str,
    password: str,
    roles: Collection[Role],
    districts: Collection[str],
    actor: Actor,
    now: datetime,
) -> int:
    """Make an account with its districts; returns its id.

    Raises NoUsername, UsernameTaken, PasswordTooShort, NoDistrictNeeded, UnknownDistrict.
    """
    account = create_account(
        username=username, name=name, kana=kana, phone=phone, password=password, roles=roles, actor=actor, now=now
    )
    _assign(account.id, districts, actor=actor, now=now)
    return account.id


def edit_staff(
    account_id: int,
    *,
    name: str,
    kana: str,
    phone: str,
    roles: Collection[Role],
    districts: Collection[str],
    actor: Actor,
    now: datetime,
) -> None:
    """Change an account's particulars, roles and districts.

    Raises NotFound, LastAdministrator, NoDistrictNeeded, UnknownDistrict.
    """
    upkeep.edit_account(account_id, name=name, kana=kana, phone=phone, roles=roles, actor=actor, now=now)
    _assign(account_id, districts, actor=actor, now=now)


def change_districts(
    account_id: int, *, add: Collection[str], remove: Collection[str] = (), actor: Actor, now: datetime
) -> None:
    """The account's holder answers for these districts too, and for those no more; the others stay as they are.

    One change after the other, under the account's lock. Raises NotFound, NoDistrictNeeded, UnknownDistrict.
    """
    if connection().scalar(_LOCK, {"wanted": account_id}) is None:
        raise NotFound
    demand_districts(add, field="districts")
    roles = db.session.scalars(select(AccountRole.role).where(AccountRole.account_id == account_id))
    if add and OF_A_DISTRICT.isdisjoint(roles):
        raise NoDistrictNeeded
    held = set(
        connection().execute(select(_SERVES.c.district_code).where(_SERVES.c.account_id == account_id)).scalars()
    )
    gone, new = held & set(remove) - set(add), set(add) - held
    if not gone and not new:
        return
    connection().execute(delete(_SERVES).where(_SERVES.c.account_id == account_id, _SERVES.c.district_code.in_(gone)))
    if new:
        connection().execute(
            insert(_SERVES), [{"account_id": account_id, "district_code": code} for code in sorted(new)]
        )
    audit.record(
        actor=actor,
        action=Action.ASSIGN_DISTRICTS,
        subject=f"account:{account_id}",
        now=now,
        detail={"districts": sorted(held - gone | new)},
    )


def _assign(account_id: int, districts: Collection[str], *, actor: Actor, now: datetime) -> None:
    """These districts and no others."""
    others = set(connection().execute(select(District.code)).scalars()) - set(districts)
    change_districts(account_id, add=districts, remove=others, actor=actor, now=now)
