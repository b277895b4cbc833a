"""What other rooms may know of requests: what a held instructor's time is taken for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.classes.descriptions import meetings_to_hold
from supportdesk.classes.outreach.models import OutreachRequest, OutreachState
from supportdesk.classes.outreach.queries import coming_holds
from supportdesk.classes.outreach.travel import window
from supportdesk.core.activities import Description, page_of
from supportdesk.core.permissions import Role
from supportdesk.extensions import db


def describe_requests(ids: Iterable[int]) -> Mapping[int, Description]:
    """A request by its group: while a day is only held all of the time, from then on the way there and back."""
    rows = db.session.execute(
        select(
            OutreachRequest.id,
            OutreachRequest.state,
            OutreachRequest.group_name,
            OutreachRequest.starts_at,
            OutreachRequest.ends_at,
            OutreachRequest.travel_minutes,
        ).where(OutreachRequest.id.in_(list(ids)))
    )
    return {row.id: _describe(*row) for row in rows}


def _describe(
    request_id: int,
    state: OutreachState,
    group_name: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    travel_minutes: int | None,
) -> Description:
    url = page_of("outreach.request_page", request_id=request_id)
    if starts_at is None or ends_at is None or travel_minutes is None:
        return Description(_("出前講座の申し込み（%(group)s）", group=group_name), url=url)
    when = window(starts_at, ends_at, travel_minutes)
    if state is OutreachState.FOUND:
        title = _("出前講座の予定（%(group)s、移動をふくむ）", group=group_name)
    else:
        title = _("出前講座への移動（%(group)s）", group=group_name)
    return Description(title, when.leaves_at, when.back_at, url)


def planned_for(account_id: int, roles: Collection[Role], now: datetime) -> Iterable[Description]:
    """What somebody has to hold: meetings, and lectures for which their time is held."""
    held = coming_holds(account_id, now) if {Role.INSTRUCTOR, Role.COORDINATOR} & set(roles) else []
    return [*meetings_to_hold(account_id, roles, now), *describe_requests(held).values()]
