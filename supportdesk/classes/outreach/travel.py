"""The way to a lecture and back: how long instructors are away, and what is taken of their time for it."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.classes.outreach.locking import held_activity
from supportdesk.classes.outreach.models import OutreachRequest
from supportdesk.classes.outreach.office import OUTREACH_TRAVEL_BY_DISTRICT, OUTREACH_TRAVEL_MINUTES
from supportdesk.extensions import db
from supportdesk.places import occupancy


class Window(NamedTuple):
    """The time that instructors need: they leave, are there for all quarters of an hour that the lecture touches, and
    come back.
    """

    leaves_at: datetime
    there_at: datetime
    goes_at: datetime
    back_at: datetime


_OF_DISTRICT: Final = re.compile(r"(\S+?)\s*[：:]?\s*(\d{1,3})\s*分?")
LONGEST: Final = 240


def usual_travel(district: str) -> int:
    """The minutes to a district of this name, as the office reckons; what it wrote that is no number counts not."""
    for written in re.split(r"[、,，\r\n]+", unicodedata.normalize("NFKC", OUTREACH_TRAVEL_BY_DISTRICT.get())):
        found = _OF_DISTRICT.fullmatch(written.strip())
        if found and found[1] == district and int(found[2]) <= LONGEST:
            return int(found[2])
    return OUTREACH_TRAVEL_MINUTES.get()


class Travel(NamedTuple):
    """How far the place of a lecture that a group asked for is: the way there, and again the way back."""

    request_id: int
    minutes: int


def travel_to(run_id: int) -> Travel | None:
    """The way to a run; None unless a group asked for it."""
    row = db.session.execute(
        select(OutreachRequest.id, OutreachRequest.travel_minutes).where(
            OutreachRequest.run_id == run_id, OutreachRequest.travel_minutes.is_not(None)
        )
    ).one_or_none()
    return Travel(row.id, row.travel_minutes) if row else None


def window(starts_at: datetime, ends_at: datetime, travel_minutes: int) -> Window:
    """A lecture with the way there and back. No quarter of an hour is needed twice."""
    cells, travel = occupancy.cells_of(starts_at, ends_at), timedelta(minutes=travel_minutes)
    there_at = datetime.fromtimestamp(cells.start * occupancy.SECONDS_A_CELL, UTC)
    goes_at = datetime.fromtimestamp(cells.stop * occupancy.SECONDS_A_CELL, UTC)
    return Window(there_at - travel, there_at, goes_at, goes_at + travel)


def travel_claims(request_id: int, when: Window, resources: tuple[str, ...]) -> list[occupancy.Claim]:
    """The way there and the way back, for themselves; none where there is no way."""
    ways = ((when.leaves_at, when.there_at), (when.goes_at, when.back_at))
    return [occupancy.Claim(held_activity(request_id), resources, first, last) for first, last in ways if first < last]
