"""The desk's calendar for those who book."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from flask import Blueprint, render_template, request

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.addresses import day_of, row_id
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk import board
from supportdesk.helpdesk.applying.queries import how_many_held
from supportdesk.helpdesk.words import BOOKING_STATES
from supportdesk.learners.found import Found, described
from supportdesk.learners.rooms import check_scope, scope_of
from supportdesk.places.calendar import holiday_name
from supportdesk.places.choices import district_choices

blueprint = Blueprint("helpdesk", __name__, url_prefix="/helpdesk", template_folder="templates")
#: A row's id in an address. None that a table could hold is a page that there is not.
BOOKING = "/bookings/<int(max=2147483647):booking_id>"
DESK = "/desks/<int(max=2147483647):desk_id>"
LONGEST_WORD: Final = 100
TWO_WEEKS: Final = timedelta(weeks=2)
_A_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=366)


@blueprint.get("/")
@requires(Permission.SEE_HELPDESK)
def index() -> str:
    """Two weeks of every desk: what is free to book, and who has the rest."""
    actor, today = current_actor(), clock.today()
    first = max(day_near(request.args.get("from", "")) or today, today)
    day = day_near(request.args.get("day", ""))
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    last = first + TWO_WEEKS - _A_DAY
    learner = _learner_in_hand()
    days = board.board(
        day or first,
        day or last,
        after=clock.now(),
        district_code=district or None,
        scope=scope_of(actor),
    )
    in_hand = [learner.id] if learner else []
    note_list(Action.VIEW_BOOKINGS, [*in_hand, *board.learners_shown(days)])
    return render_template(
        "helpdesk/index.html",
        days=days,
        first=first,
        last=last,
        earlier=first - TWO_WEEKS if first > today else None,
        later=first + TWO_WEEKS,
        choices=[first + timedelta(days=number) for number in range(TWO_WEEKS.days)],
        day=day,
        today=today,
        district=district,
        districts=district_choices(),
        holiday=holiday_name(day) if day else None,
        learner=learner,
        to_confirm=how_many_held(),
        states=BOOKING_STATES,
    )


def day_near(written: str) -> date | None:
    """The day that an address wrote, near enough to mean something."""
    day = day_of(written)
    return day if day and abs(day - clock.today()) <= _YEAR else None


def permitted_id(written: str) -> int:
    """The id that was written, when the actor may see its learner. Whoever sees all asks nobody. Raises NotFound."""
    actor, learner_id = current_actor(), row_id(written)
    if learner_id is None:
        raise NotFound
    if scope_of(actor) is not None:
        check_scope(actor, learner_id)
    return learner_id


def permitted(written: str) -> Found:
    """The learner whose id was written, when the actor may see them. Raises NotFound."""
    learner_id = row_id(written)
    if learner_id is None:
        raise NotFound
    check_scope(current_actor(), learner_id)
    for learner in described([learner_id]):
        return learner
    raise NotFound


def _learner_in_hand() -> Found | None:
    """The learner for whom a slot is looked for, when somebody came here with one."""
    written = request.args.get("learner", "")
    return permitted(written) if written else None
