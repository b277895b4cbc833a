"""One press prints the day: rosters, consultations, calls."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.addresses import day_of
from supportdesk.core.permissions import Permission, requires
from supportdesk.journey.pack import pack_of
from supportdesk.learners.words import NEEDS

blueprint = Blueprint("pack", __name__, url_prefix="/desk", template_folder="templates")
_A_DAY = timedelta(days=1)


@blueprint.get("/pack")
@requires(Permission.USE_DESK)
def pack() -> str:
    """Today's pack, or that of the day in the address. That somebody printed all these names is noted."""
    actor, now, day = current_actor(), clock.now(), day_of(request.args.get("day", "")) or clock.today()
    found = pack_of(day, actor, now)
    note_list(Action.PRINT_PACK, found.learner_ids)
    return render_template(
        "journey/pack.html", pack=found, day=day, before=day - _A_DAY, after=day + _A_DAY, needs=NEEDS
    )
