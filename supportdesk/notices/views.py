"""The call list: whom to call, with which words, and one press for how it went. Beside it, whom to send a postcard."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import answer_press
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.learners.models import Channel
from supportdesk.learners.rooms import check_scope
from supportdesk.learners.words import CHANNELS
from supportdesk.notices import queries
from supportdesk.notices.calling import reopen_call, settle_call
from supportdesk.notices.forms import AnswerForm, CallForm
from supportdesk.notices.offer_queries import asked_by, words_of
from supportdesk.notices.offers import answer_offer
from supportdesk.notices.words import ANSWERS, FALLBACKS, SETTLED, answered

blueprint = Blueprint("notices", __name__, template_folder="templates")
LATEST = 5


@blueprint.get("/calls")
@requires(Permission.WORK_CALL_LIST)
def calls() -> str:
    """Who is to be called now, the most urgent first."""
    actor, now, channel = current_actor(), clock.now(), _channel()
    page = queries.calls_page(page_number(), now, actor, channel)
    latest = queries.settled_page(1, now, actor, per_page=LATEST)
    elsewhere = queries.asked_elsewhere(now, actor) if channel is Channel.PHONE else []
    shown = [group[0].learner_id for group in page.rows] + [row.learner_id for row in latest.rows]
    shown += [call.learner_id for call in elsewhere]
    note_list(Action.VIEW_CALL_LIST, shown)
    asked = [call.offer_id for call in (*elsewhere, *(call for group in page.rows for call in group)) if call.offer_id]
    return render_template(
        "notices/calls.html",
        page=page,
        by_post=channel is Channel.POST,
        latest=latest,
        channels=CHANNELS,
        settled=SETTLED,
        fallbacks=FALLBACKS,
        answers=ANSWERS,
        elsewhere=elsewhere,
        words=words_of(asked) if asked else {},
    )


@blueprint.get("/calls/today")
@requires(Permission.WORK_CALL_LIST)
def today() -> str:
    """All that was noted of calls today."""
    page = queries.settled_page(page_number(), clock.now(), current_actor())
    note_list(Action.VIEW_CALLS_MADE, [row.learner_id for row in page.rows])
    return render_template("notices/today.html", page=page, settled=SETTLED)


@blueprint.post("/calls/<int:notice_id>")
@requires(Permission.WORK_CALL_LIST)
def settle(notice_id: int) -> Response:
    """Note how the call went, and go on with the list."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, queries.learner_of(notice_id))
    form = CallForm()
    outcome = form.outcome.data
    if not form.validate_on_submit() or outcome is None:
        flash(_("結果をえらんでください。"), "warn")
        return redirect(_list(), 303)
    return _carry_out(
        lambda: settle_call(notice_id, outcome=outcome, actor=actor, now=now),
        _("記録しました。まちがえたときは、「きょうの記録」から取り消せます。"),
    )


@blueprint.post("/calls/offers/<int:offer_id>")
@requires(Permission.WORK_CALL_LIST)
def answer(offer_id: int) -> Response:
    """Note what they answered to an offer, and go on with the list."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, asked_by(offer_id))
    form = AnswerForm()
    given = form.answer.data
    if not form.validate_on_submit() or given is None:
        flash(_("返事をえらんでください。"), "warn")
        return redirect(_list(), 303)
    return _carry_out(
        lambda: answer_offer(offer_id, given, actor=actor, now=now),
        _("返事を記録しました：%(answer)s", answer=answered(given, words_of([offer_id]).get(offer_id))),
    )


@blueprint.post("/calls/<int:notice_id>/undo")
@requires(Permission.WORK_CALL_LIST)
def undo(notice_id: int) -> Response:
    """Take back what was noted: the call is on the list again."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, queries.learner_of(notice_id))
    return _carry_out(lambda: reopen_call(notice_id, actor=actor, now=now), _("取り消しました。一覧にもどしました。"))


def _carry_out(operation: Callable[[], None], done: str) -> Response:
    def act() -> str:
        operation()
        return _list()

    return answer_press(act, done, back=_list())


def _channel() -> Channel:
    """Calls, unless postcards are asked for."""
    return Channel.POST if request.values.get("by") == Channel.POST.value else Channel.PHONE


def _list() -> str:
    """The list as it was on the screen; where that is not known, its first page."""
    by = Channel.POST.value if _channel() is Channel.POST else None
    return url_for("notices.calls", by=by, page=request.form.get("page", type=int))
