"""The city's districts: which there are, and the refusal of any other. Called by the operations of every room."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError
from supportdesk.places.models import District


class UnknownDistrict(DeskError):
    """There is no such district, or it is not the actor's to give."""

    status = 422

    def __init__(self, field: str) -> None:
        super().__init__(_l("一覧の中からえらんでください。"), field=field)


def demand_districts(codes: Collection[str], *, field: str) -> None:
    """Raises UnknownDistrict, beside that field, unless the city has all of these districts."""
    known = connection().execute(select(District.code).where(District.code.in_(codes))).scalars()
    if set(codes) - set(known):
        raise UnknownDistrict(field)
