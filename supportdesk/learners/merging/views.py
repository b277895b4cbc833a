"""The pages of merging: who may be one person, two records side by side, one taken apart, and taking back."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.learners.forms import LearnerForm
from supportdesk.learners.found import described
from supportdesk.learners.merging import operations, pairs, queries
from supportdesk.learners.merging.forms import merge_form
from supportdesk.learners.office import UNDO_DAYS
from supportdesk.learners.queries import name_of, particulars_of
from supportdesk.learners.rooms import Part, ahead_of, check_scope, parts_of, scope_of, timeline_of
from supportdesk.learners.search import find_learners
from supportdesk.learners.views import blueprint
from supportdesk.places.choices import district_choices

STORY_SHOWN = 20


@blueprint.get("/duplicates")
@requires(Permission.MERGE_LEARNERS)
def duplicates() -> str:
    """The work list of pairs that may be one person."""
    page = pairs.pairs_page(page_number())
    note_list(Action.VIEW_DUPLICATES, {one.id for pair in page.rows for one in pair[:2]})
    return render_template("learners/duplicates.html", page=page)


@blueprint.post("/<int:learner_id>/apart/<int:other_id>")
@requires(Permission.MERGE_LEARNERS)
def apart(learner_id: int, other_id: int) -> Answer:
    """They are two people: the question is not asked again."""
    _check_both(learner_id, other_id)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        pairs.decide_apart(learner_id, [other_id], actor=actor, now=now)
        return url_for("learners.duplicates")

    return answer_press(act, _("別の人として記録しました。"))


@blueprint.route("/<int:learner_id>/same", methods=["GET", "POST"])
@requires(Permission.MERGE_LEARNERS)
def same(learner_id: int) -> str:
    """Look for the other record of this learner. What was typed comes by POST."""
    actor = current_actor()
    check_scope(actor, learner_id)
    text = tidy(request.form.get("q", ""))[:100]
    found = find_learners(text, scope=scope_of(actor))
    found[:] = [one for one in found if one.id != learner_id]
    ids = [learner_id, *(one.id for one in found)]
    note_list(Action.SEARCH_LEARNERS, ids)
    ahead = ahead_of(ids, clock.now())
    name = name_of(learner_id)
    return render_template("learners/same.html", learner_id=learner_id, name=name, text=text, found=found, ahead=ahead)


@blueprint.route("/<int:learner_id>/merge/<int:gone_id>", methods=["GET", "POST"])
@requires(Permission.MERGE_LEARNERS)
@with_fresh_password
def merge(learner_id: int, gone_id: int) -> Answer:
    """Two records side by side: choose what stands; then the first is kept, with everything of both."""
    _check_both(learner_id, gone_id)
    actor, now = current_actor(), clock.now()
    form = merge_form(particulars_of(learner_id), particulars_of(gone_id))

    def page() -> str:
        note_list(Action.VIEW_DUPLICATES, [learner_id, gone_id])
        return render_template(
            "learners/merge.html",
            form=form,
            kept=described([learner_id])[0],
            gone=described([gone_id])[0],
            obstacles=queries.obstacles_of(gone_id, learner_id, now),
            story=timeline_of(gone_id, limit=STORY_SHOWN),
            moving=queries.rows_to_move(gone_id, learner_id),
            days=UNDO_DAYS.get(),
        )

    def act() -> str:
        done = operations.merge_learners(gone_id, learner_id, form.chosen(), actor=actor, now=now)
        return url_for("learners.hand_over", hand_over_id=done)

    return answer_form(form, page, act, _("1つの記録にまとめました。"))


@blueprint.route("/<int:learner_id>/split", methods=["GET", "POST"])
@requires(Permission.MERGE_LEARNERS)
@with_fresh_password
def split(learner_id: int) -> Answer:
    """Somebody else was held as this learner: say who, and tick what is theirs."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    form = LearnerForm(district_choices())
    parts = {part_key(part): part for part in parts_of(learner_id)}
    ticked = request.form.getlist("theirs")

    def page() -> str:
        note_list(Action.VIEW_DUPLICATES, [learner_id])
        return render_template(
            "learners/split.html",
            form=form,
            learner_id=learner_id,
            name=name_of(learner_id),
            parts=parts,
            ticked=ticked,
            days=UNDO_DAYS.get(),
        )

    def act() -> str:
        theirs = [part for key, part in parts.items() if key in ticked]
        _made, done = operations.split_learner(learner_id, form.particulars(), theirs, actor=actor, now=now)
        return url_for("learners.hand_over", hand_over_id=done)

    return answer_form(form, page, act, _("2人の記録に分けました。"))


@blueprint.get("/hand-overs")
@requires(Permission.MERGE_LEARNERS)
def hand_overs() -> str:
    """What was merged and split, the latest first."""
    page = queries.hand_overs_page(page_number(), clock.now())
    note_list(Action.VIEW_DUPLICATES, {one.id for row in page.rows for one in (row.giver, row.taker)})
    return render_template("learners/hand_overs.html", page=page, days=UNDO_DAYS.get())


@blueprint.get("/hand-overs/<int:hand_over_id>")
@requires(Permission.MERGE_LEARNERS)
def hand_over(hand_over_id: int) -> str:
    """One of them, with the button that takes it back."""
    row = queries.hand_over(hand_over_id, clock.now())
    if row is None:
        abort(404)
    note_list(Action.VIEW_DUPLICATES, [row.giver.id, row.taker.id])
    return render_template("learners/hand_over.html", row=row, days=UNDO_DAYS.get())


@blueprint.post("/hand-overs/<int:hand_over_id>/undo")
@requires(Permission.MERGE_LEARNERS)
@with_fresh_password
def undo(hand_over_id: int) -> Answer:
    """Let everything be as it was."""
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operations.undo_hand_over(hand_over_id, actor=actor, now=now)
        return url_for("learners.hand_over", hand_over_id=hand_over_id)

    return answer_press(act, _("元にもどしました。"), back=url_for("learners.hand_over", hand_over_id=hand_over_id))


def _check_both(learner_id: int, other_id: int) -> None:
    for one in (learner_id, other_id):
        check_scope(current_actor(), one)
    if learner_id == other_id:
        abort(404)


def part_key(part: Part) -> str:
    """What a tick sends for a part: its first row."""
    place, row_id = part.rows[0]
    return f"{place}:{row_id}"
