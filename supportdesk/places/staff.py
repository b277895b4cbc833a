"""Who works where: an account with the districts that its holder answers for.

Called by the administrator's pages, and by whoever appoints tutors.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from supportdesk.accounts import audit, upkeep
from supportdesk.accounts.actions import Action
from supportdesk.accounts.invitations import MadeInvitation, invite
from supportdesk.accounts.locking import lock_account
from supportdesk.accounts.models import AccountRole
from supportdesk.accounts.operations import create_account
from supportdesk.accounts.terms import not_over
from supportdesk.core.activities import Description
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.places.districts import demand_districts
from supportdesk.places.models import AccountDistrict, District
from supportdesk.places.plans import planned_for

#: Whoever has one of these roles sees the learners of their districts; the others' work knows no district.
OF_A_DISTRICT = frozenset({Role.COORDINATOR, Role.TUTOR})
_SERVES = table_of(AccountDistrict)


class NoDistrictNeeded(DeskError):
    """Districts were given to somebody whose roles know none."""

    def __init__(self) -> None:
        super().__init__(_l("地区をえらぶのは、地区担当と地域サポーターだけです。"), field="districts")


class WorkAhead(DeskError):
    """Somebody who is to stop still has work before them. `planned` says what; it is not ended by itself."""

    def __init__(self, planned: list[Description]) -> None:
        super().__init__(_l("この人には、これからの担当があります。それでも変えるときは、チェックを入れてください。"))
        self.planned = planned


class AddedStaff(NamedTuple):
    """A new account, and the link to be handed to its holder."""

    account_id: int
    invitation: MadeInvitation


def add_staff(
    *,
    username: str,
    name: str,
    kana: str,
    phone: str,
    mail: str,
    roles: Collection[Role],
    districts: Collection[str],
    actor: Actor,
    now: datetime,
) -> AddedStaff:
    """Make an account with its districts, and the link by which its holder chooses their password.

    Raises NoUsername, UsernameTaken, BadMailAddress, NoDistrictNeeded, UnknownDistrict.
    """
    account = create_account(
        username=username, name=name, kana=kana, phone=phone, mail=mail, roles=roles, actor=actor, now=now
    )
    _assign(account.id, districts, actor=actor, now=now)
    return AddedStaff(account.id, invite(account.id, actor=actor, now=now))


def edit_staff(
    account_id: int,
    *,
    name: str,
    kana: str,
    phone: str,
    mail: str,
    roles: Collection[Role],
    districts: Collection[str],
    although: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Change an account's particulars, roles and districts. Work that its holder has in a role that ends stays theirs.

    Raises NotFound, LastAdministrator, BadMailAddress, NoDistrictNeeded, UnknownDistrict, and WorkAhead unless
    `although` says that it is known.
    """
    _demand_no_work(account_id, keeps=roles, although=although, now=now)
    upkeep.edit_account(account_id, name=name, kana=kana, phone=phone, mail=mail, roles=roles, actor=actor, now=now)
    _assign(account_id, districts, actor=actor, now=now)


def switch_staff(account_id: int, *, active: bool, although: bool = False, actor: Actor, now: datetime) -> None:
    """Switch an account off, or on again. What its holder has to do stays theirs.

    Raises NotFound, LastAdministrator, and WorkAhead unless `although` says that it is known.
    """
    if not active:
        _demand_no_work(account_id, keeps=(), although=although, now=now)
    upkeep.switch_account(account_id, active=active, actor=actor, now=now)


def _demand_no_work(account_id: int, *, keeps: Collection[Role], although: bool, now: datetime) -> None:
    """Under the account's lock, so that nothing is given to its holder meanwhile."""
    lock_account(account_id)
    planned = planned_for(account_id, set(_roles_of(account_id)) - set(keeps), now)
    if planned and not although:
        raise WorkAhead(planned)


def _roles_of(account_id: int) -> Sequence[Role]:
    return db.session.scalars(
        select(AccountRole.role).where(AccountRole.account_id == account_id, not_over(AccountRole))
    ).all()


def change_districts(
    account_id: int, *, add: Collection[str], remove: Collection[str] = (), actor: Actor, now: datetime
) -> None:
    """The account's holder answers for these districts too, and for those no more; the others stay as they are.

    One change after the other, under the account's lock. Raises NotFound, NoDistrictNeeded, UnknownDistrict.
    """
    lock_account(account_id)
    demand_districts(add, field="districts")
    if add and OF_A_DISTRICT.isdisjoint(_roles_of(account_id)):
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
