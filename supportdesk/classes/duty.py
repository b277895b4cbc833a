"""Whose meeting it is: who may take its attendance, confirm its levels, print its roster; and who may plan a class and
call it off. Called by the views.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from supportdesk.accounts.terms import in_force
from supportdesk.classes.models import RunKind
from supportdesk.classes.queries import MEETING, MEETING_ROWS, RUN, MeetingRow, on_duty
from supportdesk.classes.run_queries import RunDetails, run_details
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Permission, Role
from supportdesk.extensions import db
from supportdesk.places.models import AccountDistrict


def meeting_of(actor: Actor, meeting_id: int) -> MeetingRow:
    """A meeting that the actor holds or answers for. Raises NotFound, also when it is somebody else's.

    Those are the instructors on duty and administrators; of a lecture also whoever recorded it, and the coordinators of
    its district: a lecture's attendance is often handed in at the office.
    """
    return _meeting(meeting_id, _is_theirs(actor))


def meeting_to_print(actor: Actor, meeting_id: int) -> MeetingRow:
    """A meeting whose roster the actor may print: theirs; any at the counter, and for those who manage classes.

    Raises NotFound.
    """
    if may_print_any(actor):
        return _meeting(meeting_id, true())
    return meeting_of(actor, meeting_id)


def may_print_any(actor: Actor) -> bool:
    """Whether the actor may print every roster: who answers the counter does, and who manages classes.

    Whoever books for the learners they meet, as advisers do, sees no others on paper either.
    """
    return actor.may(Permission.USE_DESK) or actor.may(Permission.MANAGE_CLASSES)


def held_by(actor: Actor, run_id: int) -> set[int]:
    """Those of a run's meetings whose attendance the actor may take."""
    return set(db.session.scalars(select(MEETING.c.id).join(RUN).where(RUN.c.id == run_id, _is_theirs(actor))))


def held_among(actor: Actor, meeting_ids: Iterable[int]) -> set[int]:
    """Those of these meetings whose attendance the actor may take."""
    wanted = select(MEETING.c.id).join(RUN).where(MEETING.c.id.in_(list(meeting_ids)), _is_theirs(actor))
    return set(db.session.scalars(wanted))


def demand_answer_for(actor: Actor, meeting_id: int) -> None:
    """Raises NotFound unless the actor holds the meeting, or could call its class off."""
    if db.session.scalar(meetings_answered_for(actor).where(MEETING.c.id == meeting_id)) is None:
        raise NotFound


def meetings_answered_for(actor: Actor) -> Select[Any]:
    """The ids of the meetings that the actor holds, or whose class they could call off."""
    theirs = _is_theirs(actor)
    if actor.may(Permission.MANAGE_CLASSES) and actor.account_id is not None:
        theirs = or_(theirs, RUN.c.district_code.in_(_own_districts(actor.account_id)))
    return select(MEETING.c.id).join(RUN).where(theirs)


def districts_managed(actor: Actor) -> frozenset[str] | None:
    """The districts in which the actor plans classes and calls them off: a coordinator's own; None for all of them."""
    if actor.account_id is None or Role.ADMIN in actor.roles:
        return None
    return frozenset(db.session.scalars(_own_districts(actor.account_id)))


def run_to_manage(actor: Actor, run_id: int) -> RunDetails:
    """A run that the actor may call off. Raises NotFound, also when it is held in somebody else's district."""
    found, districts = run_details(run_id), districts_managed(actor)
    if districts is not None and found.district_code not in districts:
        raise NotFound
    return found


def districts_decided(actor: Actor) -> frozenset[str] | None:
    """The districts in which the actor decides whether a class is held though few applied; reception does in all."""
    return None if actor.may(Permission.USE_DESK) else districts_managed(actor)


def run_to_decide(actor: Actor, run_id: int) -> RunDetails:
    """A run about which the actor may decide so. Raises NotFound, also when it is held in somebody else's district."""
    found, districts = run_details(run_id), districts_decided(actor)
    if districts is not None and found.district_code not in districts:
        raise NotFound
    return found


def may_manage(actor: Actor, run: RunDetails) -> bool:
    """Whether the actor may call this run off."""
    if not actor.may(Permission.MANAGE_CLASSES):
        return False
    districts = districts_managed(actor)
    return districts is None or run.district_code in districts


def _own_districts(account_id: int) -> Select[Any]:
    return select(AccountDistrict.district_code).where(
        AccountDistrict.account_id == account_id, in_force(AccountDistrict)
    )


def _meeting(meeting_id: int, allowed: ColumnElement[bool]) -> MeetingRow:
    row = db.session.execute(MEETING_ROWS.where(MEETING.c.id == meeting_id, allowed)).one_or_none()
    if row is None:
        raise NotFound
    return MeetingRow._make(row)


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    if actor.account_id is None or Role.ADMIN in actor.roles:
        return true()
    theirs: list[ColumnElement[Any]] = [on_duty(actor.account_id)]
    if actor.may(Permission.RECORD_LECTURE):
        answers_for = [RUN.c.created_by == actor.account_id]
        if Role.COORDINATOR in actor.roles:
            answers_for.append(RUN.c.district_code.in_(_own_districts(actor.account_id)))
        theirs.append(and_(RUN.c.kind == RunKind.LECTURE, or_(*answers_for)))
    return or_(*theirs)
