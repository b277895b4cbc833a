"""What advisers help with: read by whoever looks for a slot, written on the administrator's page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.locking import lock_account
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.desks.queries import adviser_choices
from supportdesk.helpdesk.models import AdviserStrength
from supportdesk.helpdesk.slots import SlotRow
from supportdesk.learners.models import Device

_STRENGTH = table_of(AdviserStrength)


class Strengths(NamedTuple):
    """The fields and the kinds of phone that an adviser helps with; none: all of them."""

    areas: frozenset[str] = frozenset()
    devices: frozenset[Device] = frozenset()

    def cover(self, area: str | None, device: Device | None) -> bool:
        """Whether they help with this field on such a phone, as far as either is asked for."""
        return (not area or not self.areas or area in self.areas) and (
            not device or not self.devices or device in self.devices
        )


def strengths(adviser_ids: Collection[int] | None = None) -> dict[int, Strengths]:
    """Of those of whom something is said: one statement."""
    statement = select(_STRENGTH.c.adviser_id, _STRENGTH.c.area_code, _STRENGTH.c.device)
    if adviser_ids is not None:
        statement = statement.where(_STRENGTH.c.adviser_id.in_(adviser_ids))
    found: dict[int, Strengths] = {}
    for adviser_id, area, device in connection().execute(statement):
        known = found.get(adviser_id, Strengths())
        found[adviser_id] = Strengths(known.areas | {area} - {None}, known.devices | {device} - {None})
    return found


def of_those_who_help(slots: Iterable[SlotRow], area: str | None, device: Device | None) -> list[SlotRow]:
    """The slots of advisers who help with this field on such a phone. One statement, or none where neither is asked."""
    if not area and not device:
        return list(slots)
    known = strengths()
    return [slot for slot in slots if known.get(slot.adviser_id, Strengths()).cover(area, device)]


def set_strengths(
    adviser_id: int, areas: Collection[str], devices: Collection[Device], *, actor: Actor, now: datetime
) -> None:
    """From now on they help with these. Raises NotFound for somebody who is no adviser."""
    if adviser_id not in dict(adviser_choices()):
        raise NotFound
    lock_account(adviser_id)  # of two who set them at once the later stands
    db.session.execute(delete(AdviserStrength).where(AdviserStrength.adviser_id == adviser_id))
    db.session.add_all(AdviserStrength(adviser_id=adviser_id, area_code=area) for area in sorted(areas))
    db.session.add_all(AdviserStrength(adviser_id=adviser_id, device=device) for device in sorted(devices))
    db.session.flush()
    audit.record(actor=actor, action=Action.SET_STRENGTHS, subject=f"account:{adviser_id}", now=now)
