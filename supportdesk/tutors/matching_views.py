"""The coordinators' pages for matches: the list, looking for a learner, choosing a tutor, ending a match."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.fields import DeskForm
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import Page, page_number
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.learners.found import described
from supportdesk.learners.rooms import check_scope, scope_of
from supportdesk.learners.search import find_learners
from supportdesk.learners.tutor_wishes import Wish, open_wishes, wish_of
from supportdesk.skills.queries import skill_names
from supportdesk.tutors import matching, queries
from supportdesk.tutors.forms import MatchForm
from supportdesk.tutors.matching import TutorRow
from supportdesk.tutors.office import WAITING_WEEKS
from supportdesk.tutors.operations import end_match, match_learner
from supportdesk.tutors.views import blueprint, id_asked
from supportdesk.tutors.waiting import WaitingRow, waiting_page

LONGEST_WORD = 100


@blueprint.get("/matches")
@requires(Permission.MATCH_TUTORS)
def matches() -> str:
    """Who is helped by whom now."""
    actor = current_actor()
    page = matching.matches_page(actor, page_number())
    note_list(Action.LIST_MATCHES, [row.learner_id for row in page.rows])
    return render_template("tutors/matches.html", page=page)


@blueprint.route("/matches/who", methods=["GET", "POST"])
@requires(Permission.MATCH_TUTORS)
def who() -> str:
    """Look for the learner who is to be helped, or pick one of those whom nobody helps yet.

    What was typed comes by POST: no name stands in an address.
    """
    actor = current_actor()
    text = tidy(request.form.get("q", ""))[:LONGEST_WORD]
    found = find_learners(text, scope=scope_of(actor))
    note_list(Action.SEARCH_LEARNERS, [one.id for one in found])
    return render_template(
        "tutors/who.html",
        text=text,
        found=found,
        wishes=[] if text else _wishes(actor),
        waiting=None if text else _waiting(actor),
        weeks=WAITING_WEEKS.get(),
    )


def _wishes(actor: Actor) -> list[Wish]:
    wishes = open_wishes(scope_of(actor))
    note_list(Action.LIST_WAITING, [one.learner_id for one in wishes])
    return wishes


def _waiting(actor: Actor) -> Page[WaitingRow]:
    page = waiting_page(actor, clock.now(), page_number())
    note_list(Action.LIST_WAITING, [row.learner_id for row in page.rows])
    return page


@blueprint.route("/matches/new", methods=["GET", "POST"])
@requires(Permission.MATCH_TUTORS)
def match() -> Answer:
    """Choose the tutor for a learner; those of the learner's own district stand first."""
    if "learner" not in request.args:
        return redirect(url_for("tutors.who"), 303)
    actor, now, learner_id = current_actor(), clock.now(), id_asked(request.args["learner"])
    check_scope(actor, learner_id)
    tutors = matching.tutors_for(learner_id)
    form = MatchForm([(tutor.account_id, _in_short(tutor)) for tutor in tutors], data={"wish": wish_of(learner_id)})

    def act() -> str:
        match_learner(int(form.tutor_id.data or 0), learner_id, wish=form.wish.data or "", actor=actor, now=now)
        return url_for("tutors.matches")

    said = _("担当を決めました。受講者への電話が、連絡リストに入りました。")
    return answer_form(form, lambda: _match_page(form, learner_id, tutors), act, said)


def _in_short(tutor: TutorRow) -> str:
    """A tutor as one of the choices; another district is said there."""
    districts = "・".join(tutor.districts) or _("地区なし")
    if tutor.near:
        return _(
            "%(name)s（%(districts)s）いまの担当 %(learners)s人",
            name=tutor.name,
            districts=districts,
            learners=tutor.learners,
        )
    return _(
        "%(name)s（%(districts)s・この方とは地区がちがいます）いまの担当 %(learners)s人",
        name=tutor.name,
        districts=districts,
        learners=tutor.learners,
    )


def _match_page(form: MatchForm, learner_id: int, tutors: list[TutorRow]) -> str:
    note_look(Action.VIEW_LEARNER, learner_id)
    return render_template(
        "tutors/match.html",
        form=form,
        learner=described([learner_id])[0],
        now_helped_by=queries.tutors_of(learner_id),
        tutors=tutors,
        taught=_taught(tutors),
        unfinished=queries.unfinished_skills(learner_id),
    )


def _taught(tutors: list[TutorRow]) -> list[tuple[str, str]]:
    """(name, skills) of each."""
    names = skill_names({code for tutor in tutors for code in tutor.skills})
    return [(tutor.name, "、".join(names[code] for code in tutor.skills)) for tutor in tutors]


@blueprint.route("/matches/<int:match_id>/end", methods=["GET", "POST"])
@requires(Permission.MATCH_TUTORS)
def end(match_id: int) -> Answer:
    """Say what ending the match will do to whom; then do it."""
    actor, now = current_actor(), clock.now()
    matching.match_row(match_id, actor)  # or there is no such page
    form = DeskForm()

    def page() -> str:
        row = matching.match_row(match_id, actor)
        note_look(Action.VIEW_MATCH, row.learner_id)
        return render_template("tutors/end.html", form=form, match=row)

    def act() -> str:
        end_match(match_id, actor=actor, now=now)
        return url_for("tutors.matches")

    said = _("担当を終わりにしました。受講者への電話が、連絡リストに入りました。")
    return answer_form(form, page, act, said)
