"""The pages of the register: the list, the search, entering and amending a learner, consents.

The learner's own page stands in journey, where what all rooms know of them comes together.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.signposts import way_to
from supportdesk.learners import queries
from supportdesk.learners.consents import COVERS, WORDINGS, consents_of, record_consent
from supportdesk.learners.forms import ConsentForm, LearnerForm, form_for, values_from_search
from supportdesk.learners.models import ConsentKind
from supportdesk.learners.operations import amend_learner, enter_learner
from supportdesk.learners.provisional import complete, count_provisional, provisional_page
from supportdesk.learners.rooms import ahead_of, check_scope, scope_of
from supportdesk.learners.search import find_learners
from supportdesk.learners.words import CONSENTS
from supportdesk.places.choices import district_choices

blueprint = Blueprint("learners", __name__, url_prefix="/learners", template_folder="templates")


@blueprint.get("/")
@requires(Permission.SEE_LEARNERS)
def index() -> str:
    """The register in the order of the kana, a page at a time; each may see their own learners."""
    actor = current_actor()
    page = queries.learners_page(actor, page_number())
    note_list(Action.LIST_LEARNERS, [one.id for one in page.rows])
    ahead = ahead_of([one.id for one in page.rows], clock.now())
    waiting = count_provisional() if actor.may(Permission.EDIT_LEARNERS) else 0
    return render_template("learners/index.html", page=page, ahead=ahead, provisional=waiting)


@blueprint.get("/provisional")
@requires(Permission.EDIT_LEARNERS)
def provisional() -> str:
    """Who was entered in class by a given name alone: to be completed, or found to be somebody known."""
    page = provisional_page(page_number())
    note_list(Action.LIST_LEARNERS, [one.id for one in page.rows])
    return render_template("learners/provisional.html", page=page)


@blueprint.route("/search", methods=["GET", "POST"])
@requires(Permission.SEE_LEARNERS)
def search() -> str:
    """What was typed comes by POST, so that no name stands in an address. Scripts ask for the results alone."""
    text = tidy(request.form.get("q", ""))[:100]
    found = find_learners(text, scope=scope_of(current_actor()))
    note_list(Action.SEARCH_LEARNERS, [one.id for one in found])
    template = "learners/_results.html" if "X-Fragment" in request.headers else "learners/search.html"
    ahead = ahead_of([one.id for one in found], clock.now())
    return render_template(template, found=found, text=text, ahead=ahead)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def new() -> Answer:
    """Enter a learner. A search that found nobody hands over what was typed as `from_search`."""
    districts = district_choices()
    if request.method == "GET" or "from_search" in request.form:
        values = values_from_search(request.form.get("from_search", ""))
        return _new_page(LearnerForm(districts, formdata=None, data=values))
    form = LearnerForm(districts)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        entered = enter_learner(form.particulars(), others=form.other_ids, actor=actor, now=now)
        return way_to("learner", learner_id=entered.id)

    return answer_form(form, lambda: _new_page(form), act, _("登録しました。"))


def _new_page(form: LearnerForm) -> str:
    note_list(Action.VIEW_DUPLICATES, [one.id for one in form.known])
    return render_template(
        "learners/form.html",
        form=form,
        title=_("新しい受講者"),
        action=url_for("learners.new"),
        cancel=url_for("learners.index"),
        submit=_("別の人として登録する") if form.known else _("登録する"),
    )


@blueprint.route("/<int:learner_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def edit(learner_id: int) -> Answer:
    """Amend what is known of a learner."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    learner = queries.learner_to_edit(learner_id)
    form = form_for(learner, district_choices())

    def act() -> str:
        amend_learner(learner_id, form.particulars(), others=form.other_ids, seen=form.seen, actor=actor, now=now)
        complete(learner_id)
        return way_to("learner", learner_id=learner_id)

    return answer_form(form, lambda: _edit_page(form, learner_id), act, _("変更を保存しました。"))


def _edit_page(form: LearnerForm, learner_id: int) -> str:
    note_look(Action.VIEW_LEARNER, learner_id)
    note_list(Action.VIEW_DUPLICATES, [one.id for one in form.known])
    return render_template(
        "learners/form.html",
        form=form,
        title=_("受講者の内容をなおす"),
        action=url_for("learners.edit", learner_id=learner_id),
        cancel=way_to("learner", learner_id=learner_id),
        submit=_("別の人として保存する") if form.known else _("保存する"),
    )


@blueprint.route("/<int:learner_id>/consents", methods=["GET", "POST"])
@requires(Permission.RECORD_CONSENT, surface="field")
def consents(learner_id: int) -> Answer:
    """What to read out, and the answers so far. One form for each question."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    forms = {kind: ConsentForm(prefix=kind.value, formdata=None) for kind in ConsentKind}
    kind = _kind_asked()
    form = forms[kind] = ConsentForm(prefix=kind.value)

    def act() -> str:
        given = form.answer.data == "yes"
        record_consent(learner_id, kind, given, str(WORDINGS[kind]), actor=actor, now=now)
        return url_for("learners.consents", learner_id=learner_id)

    return answer_form(form, lambda: _consents_page(learner_id, forms), act, _("お返事を記録しました。"))


def _kind_asked() -> ConsentKind:
    """Which of the forms was sent; nonsense is the first, which then says that its answer is missing."""
    sent = request.form.get("kind", "")
    return next((kind for kind in ConsentKind if kind.value == sent), ConsentKind.KEEP_RECORD)


def _consents_page(learner_id: int, forms: dict[ConsentKind, ConsentForm]) -> str:
    note_look(Action.VIEW_CONSENTS, learner_id)
    return render_template(
        "learners/consents.html",
        learner_id=learner_id,
        name=queries.name_of(learner_id),
        forms=forms,
        wordings=WORDINGS,
        titles=CONSENTS,
        answers=consents_of(learner_id),
        covers=COVERS,
        back=way_to("learner", learner_id=learner_id),
    )


@blueprint.get("/<int:learner_id>/consents/sheet")
@requires(Permission.RECORD_CONSENT, surface="field")
def consent_sheet(learner_id: int) -> str:
    """What each consent covers, in plain words and large print, with lines to sign."""
    check_scope(current_actor(), learner_id)
    note_look(Action.VIEW_CONSENTS, learner_id)
    return render_template(
        "learners/consent_sheet.html",
        learner_id=learner_id,
        name=queries.name_of(learner_id),
        titles=CONSENTS,
        wordings=WORDINGS,
        covers=COVERS,
    )
