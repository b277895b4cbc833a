"""The pages about who belongs together: one learner's family, linking two with one press, and taking that back."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.signposts import way_to
from supportdesk.learners.links import family_of, link_learners, unlink_learners
from supportdesk.learners.models import LinkKind
from supportdesk.learners.queries import learner_to_edit
from supportdesk.learners.rooms import check_scope, scope_of
from supportdesk.learners.search import Results, find_learners
from supportdesk.learners.views import blueprint
from supportdesk.learners.words import LINKS

#: Pages on which a button stands, beside that of the family: where to go back to, by the names of their signposts.
_PAGES = {"learner": "learner", "desk": "desk_learner"}


@blueprint.route("/<int:learner_id>/family", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def family(learner_id: int) -> str:
    """Who belongs to the learner. Whom else they know is looked for by POST: no name stands in an address."""
    actor = current_actor()
    check_scope(actor, learner_id)
    learner = learner_to_edit(learner_id)
    known = family_of(learner, actor)
    text = tidy(request.form.get("q", ""))[:100]
    found = find_learners(text, scope=scope_of(actor)) if text else Results()
    note_look(Action.VIEW_LEARNER, learner_id, beside=known.ids)
    note_list(Action.SEARCH_LEARNERS, [one.id for one in found])
    return render_template(
        "learners/family.html",
        learner=learner,
        family=known,
        text=text,
        found=found,
        others=[one for one in found if one.id not in {learner_id, *known.ids}],
        links=LINKS,
    )


@blueprint.post("/<int:learner_id>/links")
@requires(Permission.EDIT_LEARNERS)
def link(learner_id: int) -> Response:
    """Say what two are to each other: a press for each kind."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    other_id = row_id(request.form.get("other", ""))
    kind = next((kind for kind in LinkKind if kind.value == request.form.get("kind", "")), None)
    if other_id is None or kind is None:
        raise NotFound
    check_scope(actor, other_id)

    def act() -> str:
        link_learners(learner_id, other_id, kind, actor=actor, now=now)
        return _back(learner_id)

    said = _("関係がないと記録しました。もう聞きません。") if kind is LinkKind.STRANGERS else _("つなぎました。")
    return answer_press(act, said, back=_back(learner_id))


@blueprint.post("/<int:learner_id>/links/<int:other_id>/remove")
@requires(Permission.EDIT_LEARNERS)
def unlink(learner_id: int, other_id: int) -> Response:
    """They are nothing to each other after all. Their records stay as they are."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    check_scope(actor, other_id)

    def act() -> str:
        unlink_learners(learner_id, other_id, actor=actor, now=now)
        return _back(learner_id)

    return answer_press(act, _("つながりをけしました。記録はそのままです。"))


def _back(learner_id: int) -> str:
    """The page on which the button stood."""
    page = _PAGES.get(request.form.get("page", ""))
    return way_to(page, learner_id=learner_id) if page else url_for("learners.family", learner_id=learner_id)
