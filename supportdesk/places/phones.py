"""Loan phones: which are free when. Classes and consultations take them in the occupancy cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.models import Equipment, EquipmentKind
from supportdesk.places.occupancy import Claim

Span = tuple[datetime, datetime]


def free_phones(times: Sequence[Span], *, besides: Collection[str] = ()) -> list[list[int]]:
    """The loan phones that are free at each of the times, in their order: two statements."""
    phones = db.session.scalars(
        select(Equipment.id).where(Equipment.kind == EquipmentKind.LOAN_PHONE).order_by(Equipment.id)
    ).all()
    resources = {occupancy.equipment(phone): phone for phone in phones}
    found = occupancy.in_the_way_of_each([Claim("", tuple(resources), *time) for time in times])
    taken = [{resource for resource, who in one.items() if who - set(besides)} for one in found]
    return [[phone for resource, phone in resources.items() if resource not in gone] for gone in taken]
