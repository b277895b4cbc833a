"""Who works where: an account with the districts that its holder answers for. Called by the administrator's pages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, delete, insert, select

from supportdesk.accounts import audit, upkeep
from supportdesk.accounts.actions import Action
from supportdesk.accounts.operations import create_account
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor, Role
from supportdesk.places.models import AccountDistrict, District

#: Whoever has one of these roles sees the learners of their districts; the others' work knows no district.
OF_A_DISTRICT = frozenset({Role.COORDINATOR, Role.TUTOR})
_SERVES = cast(Table, AccountDistrict.__table__)


class NoDistrictNeeded(DeskError):
    """Districts were given to somebody whose roles know none."""

    def __init__(self) -> None:
        super().__init__(_l("地区をえらぶのは、地区担当と地域サポーターだけです。"), field="districts")


class UnknownDistrict(DeskError):
    """There is no such district."""

    def __init__(self) -> None:
        super().__init__(_l("一覧の中からえらんでください。"), field="districts")


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
    _assign(account.id, roles, districts, actor=actor, now=now)
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
    _assign(account_id, roles, districts, actor=actor, now=now)


def _assign(
    account_id: int, roles: Collection[Role], districts: Collection[str], *, actor: Actor, now: datetime
) -> None:
    if districts and OF_A_DISTRICT.isdisjoint(roles):
        raise NoDistrictNeeded
    known = connection().execute(select(District.code).where(District.code.in_(districts))).scalars()
    if set(districts) - set(known):
        raise UnknownDistrict
    held = set(
        connection().execute(select(_SERVES.c.district_code).where(_SERVES.c.account_id == account_id)).scalars()
    )
    if held == set(districts):
        return
    connection().execute(delete(_SERVES).where(_SERVES.c.account_id == account_id))
    if districts:
        rows = [{"account_id": account_id, "district_code": code} for code in sorted(districts)]
        connection().execute(insert(_SERVES), rows)
    audit.record(
        actor=actor,
        action=Action.ASSIGN_DISTRICTS,
        subject=f"account:{account_id}",
        now=now,
        detail={"districts": sorted(districts)},
    )
