"""One learner's page: next step, bookings, timeline, skills, particulars. Whoever opens it is noted."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.lottery.queries import draws_among, entered_among
from supportdesk.core import clock
from supportdesk.core.answers import Answer
from supportdesk.core.permissions import Permission, requires
from supportdesk.journey.record import record_of
from supportdesk.journey.words import AHEAD
from supportdesk.learners.links import family_of
from supportdesk.learners.queries import stands_for
from supportdesk.learners.rooms import check_scope
from supportdesk.learners.words import AGE_BANDS, CHANNELS, DEVICES, LINKS, NEEDS, SEXES
from supportdesk.skills.words import SOURCES

blueprint = Blueprint("journey", __name__, template_folder="templates")


@blueprint.get("/learners/<int:learner_id>")
@requires(Permission.SEE_LEARNERS, surface="field")
def learner(learner_id: int) -> Answer:
    """Everything on one page; `?before=` goes back in a long story. Addresses are for those who book and call."""
    actor, now = current_actor(), clock.now()
    if kept := stands_for(learner_id):
        return redirect(url_for("journey.learner", learner_id=kept), 303)
    check_scope(actor, learner_id)
    before = _instant(request.args.get("before", ""))
    record = record_of(learner_id, now, before)
    family = family_of(record.learner, actor)
    note_look(Action.VIEW_LEARNER, learner_id, beside=family.ids)
    draws = draws_among([record.step.run.id] if record.step and record.step.run else [])
    entered = entered_among(draws, [learner_id])
    return render_template(
        "journey/learner.html",
        record=record,
        learner=record.learner,
        family=family,
        links=LINKS,
        draws=draws,
        booked={run: url_for("classes.lottery_entry", entry_id=entry_id) for (run, _who), entry_id in entered.items()},
        now=now,
        is_earlier=before is not None,
        reachable=actor.may(Permission.EDIT_LEARNERS) or actor.may(Permission.WORK_CALL_LIST),
        programmes=AHEAD,
        sources=SOURCES,
        words={
            "age_bands": AGE_BANDS,
            "channels": CHANNELS,
            "devices": DEVICES,
            "needs": NEEDS,
            "sexes": SEXES,
        },
    )


def _instant(written: str) -> datetime | None:
    """The instant that an address names; nonsense is none."""
    try:
        instant = datetime.fromisoformat(written)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None
