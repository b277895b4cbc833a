"""Loan phones: which are free when, and giving a meeting as many as it needs. Called by planning and by a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, delete, insert, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.errors import NothingAhead, PlanRefused
from supportdesk.classes.lending.models import MeetingEquipment
from supportdesk.classes.locking import MEETING, lock_run
from supportdesk.classes.models import RunState
from supportdesk.classes.queries import NOT_CALLED_OFF, meeting_row
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.moments import span
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.occupancy import Claim
from supportdesk.places.phones import Span, free_phones
from supportdesk.places.shifting import shift_all

_LENT = table_of(MeetingEquipment)


class TooFewPhones(PlanRefused):
    """Not as many are free as are needed at one of the times."""

    def __init__(self, times: Span, free: int) -> None:
        super().__init__(
            _l("%(when)sに空いている貸出スマホは、%(free)s台です。", when=span(*times), free=free), field="phones"
        )


def pick_phones(wanted: Sequence[tuple[Span, int]]) -> list[list[int]]:
    """So many loan phones for each of the times, none of them twice at once. Raises TooFewPhones."""
    if not wanted:
        return []
    picked: list[list[int]] = []
    used: set[tuple[int, int]] = set()
    for (time, how_many), free in zip(wanted, free_phones([time for time, _many in wanted]), strict=True):
        cells = occupancy.cells_of(*time)
        left = [phone for phone in free if not any((phone, cell) in used for cell in cells)]
        if len(left) < how_many:
            raise TooFewPhones(time, len(left))
        picked.append(left[:how_many])
        used |= {(phone, cell) for phone in left[:how_many] for cell in cells}
    return picked


def phones_of(meeting_ids: Iterable[int]) -> dict[int, list[int]]:
    """What each of the meetings has taken: one statement."""
    rows = db.session.execute(
        select(_LENT.c.meeting_id, _LENT.c.equipment_id)
        .where(_LENT.c.meeting_id.in_(list(meeting_ids)))
        .order_by(_LENT.c.equipment_id)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.meeting_id, []).append(row.equipment_id)
    return found


def keep_phones(lent: Mapping[int, Iterable[int]]) -> None:
    """Write down which things these meetings have now, and no others."""
    if not lent:
        return
    db.session.execute(delete(_LENT).where(_LENT.c.meeting_id.in_(list(lent))))
    rows = [{"meeting_id": meeting, "equipment_id": one} for meeting, phones in lent.items() for one in phones]
    if rows:
        db.session.execute(insert(_LENT), rows)


def lend_phones(meeting_id: int, how_many: int, *, later_too: bool = False, actor: Actor, now: datetime) -> None:
    """Let the meeting have so many loan phones; `later_too`: and those of its run that follow. What it has stays.

    Raises NotFound, NothingAhead, TooFewPhones, and Occupied when somebody was quicker by a moment.
    """
    row = meeting_row(meeting_id)
    if row is None:
        raise NotFound
    lock_run(row.run_id)
    row = meeting_row(meeting_id)
    if row is None or row.state is RunState.CANCELLED or row.ends_at <= now:
        raise NothingAhead
    wanted = and_(MEETING.c.number >= row.number, NOT_CALLED_OFF) if later_too else MEETING.c.number == row.number
    meetings = db.session.execute(
        select(MEETING.c.id, MEETING.c.number, MEETING.c.starts_at, MEETING.c.ends_at)
        .where(MEETING.c.run_id == row.run_id, wanted)
        .order_by(MEETING.c.number)
    ).all()
    had = phones_of(one.id for one in meetings)
    own = {activity("meeting", one.id) for one in meetings}
    free = free_phones([(one.starts_at, one.ends_at) for one in meetings], besides=own)
    lent: dict[int, list[int]] = {}
    for one, left in zip(meetings, free, strict=True):
        if len(left) < how_many:
            raise TooFewPhones((one.starts_at, one.ends_at), len(left))
        kept = had.get(one.id, [])
        lent[one.id] = [*kept, *(phone for phone in left if phone not in kept)][:how_many]

    def claims(of: Mapping[int, list[int]]) -> list[Claim]:
        return [
            Claim(
                activity("meeting", one.id),
                tuple(occupancy.equipment(phone) for phone in of.get(one.id, ())),
                one.starts_at,
                one.ends_at,
            )
            for one in meetings
        ]

    shift_all(claims(had), claims(lent))
    keep_phones(lent)
    detail = {"changed": ["phones"], "meetings": [one.number for one in meetings]}
    audit.record(actor=actor, action=Action.CHANGE_RUN, subject=f"run:{row.run_id}", now=now, detail=detail)
