"""The pages of sessions that are logged: a tutor's own list, one session, correcting it, withdrawing it."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock, wareki
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.fields import DeskForm
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.learners.rooms import check_scope
from supportdesk.places.choices import district_choices
from supportdesk.tutors import queries
from supportdesk.tutors import session_queries as reads
from supportdesk.tutors.figures import fiscal_year, month_of
from supportdesk.tutors.forms import LogForm, as_written, place_of
from supportdesk.tutors.office import CORRECTABLE_DAYS
from supportdesk.tutors.session_queries import SessionRow
from supportdesk.tutors.sessions import changeable_until, correct_session, withdraw_session
from supportdesk.tutors.views import blueprint, own_account


@blueprint.get("/sessions")
@requires(Permission.LOG_PEER_SESSION, surface="field")
def sessions() -> str:
    """What one has logged oneself, with the hours of this month and this fiscal year."""
    actor, today = current_actor(), clock.today()
    account_id = own_account(actor)
    page = reads.sessions_page(actor, page_number())
    note_list(Action.VIEW_SESSIONS, [row.learner_id for row in page.rows if row.name])
    return render_template(
        "tutors/sessions.html",
        page=page,
        month=reads.hours_since(account_id, month_of(today).first),
        year=reads.hours_since(account_id, fiscal_year(wareki.fiscal_year(today)).first),
    )


@blueprint.get("/sessions/<int:session_id>")
@requires(Permission.LOG_PEER_SESSION, Permission.MATCH_TUTORS, surface="field")
def session(session_id: int) -> str:
    """One session of one's own or of one's districts, and who wrote it when; after it was logged, that it is done."""
    actor, now = current_actor(), clock.now()
    row = reads.session_of(session_id, actor)
    _note_view(row)
    return render_template(
        "tutors/session.html",
        session=row,
        levels=reads.levels_in_words(session_id) if row.name else [],
        versions=reads.versions_of(session_id),
        until=changeable_until(row, actor),
        open=_is_open(row, actor, now),
        days=CORRECTABLE_DAYS.get(),
        done="done" in request.args,
    )


@blueprint.route("/sessions/<int:session_id>/correct", methods=["GET", "POST"])
@requires(Permission.LOG_PEER_SESSION, Permission.MATCH_TUTORS, surface="field")
def correct(session_id: int) -> Answer:
    """The form of the session once more, as it was written. Only for who may see the learner."""
    actor, now = current_actor(), clock.now()
    row = reads.session_of(session_id, actor)
    check_scope(actor, row.learner_id)
    if request.method == "GET" and not _is_open(row, actor, now):
        return redirect(url_for("tutors.session", session_id=session_id), 303)
    seen, here = reads.levels_seen(session_id), place_of(row)
    form = LogForm(
        places=[here, *(other for other in queries.places_for(row.tutor_id) if other.label != here.label)],
        districts=district_choices(),
        skills=queries.skills_to_see(row.tutor_id, row.learner_id, seen),
        data=as_written(row, seen),
    )

    def act() -> str:
        new_id = correct_session(form.logged_as, session_id, form.held, actor=actor, now=now)
        return url_for("tutors.session", session_id=new_id)

    return answer_form(form, lambda: _page("tutors/correct.html", form, row), act, _("記録をなおしました。"))


@blueprint.route("/sessions/<int:session_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.LOG_PEER_SESSION, Permission.MATCH_TUTORS, surface="field")
def withdraw(session_id: int) -> Answer:
    """Say what withdrawing the session will do; then do it."""
    actor, now = current_actor(), clock.now()
    row = reads.session_of(session_id, actor)
    if request.method == "GET" and not _is_open(row, actor, now):
        return redirect(url_for("tutors.session", session_id=session_id), 303)
    form = DeskForm()

    def act() -> str:
        withdraw_session(session_id, actor=actor, now=now)
        return url_for("tutors.session", session_id=session_id)

    return answer_form(form, lambda: _page("tutors/withdraw.html", form, row), act, _("記録を取り消しました。"))


def _page(template: str, form: DeskForm, row: SessionRow) -> str:
    _note_view(row)
    return render_template(template, form=form, session=row)


def _is_open(row: SessionRow, actor: Actor, now: datetime) -> bool:
    """Whether there is still something to correct, and time for it."""
    until = changeable_until(row, actor)
    return row.withdrawn_at is None and (until is None or now < until)


def _note_view(row: SessionRow) -> None:
    """Somebody with whom the tutor is matched no more has no name here: they are not seen."""
    if row.name:
        note_look(Action.VIEW_SESSION, row.learner_id)
