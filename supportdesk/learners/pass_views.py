"""The pass at the counter: printing, revoking and reissuing the card, admitting and cutting off phones."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.fields import DeskForm
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.qr import qr_svg
from supportdesk.core.signposts import way_to
from supportdesk.learners import admission, passes, queries
from supportdesk.learners.rooms import check_scope
from supportdesk.learners.views import blueprint


@blueprint.get("/<int:learner_id>/pass")
@requires(Permission.ISSUE_PASS)
def pass_card(learner_id: int) -> str:
    """The card to print, with the name only where the holder wants it; or the button that makes one."""
    check_scope(current_actor(), learner_id)
    note_look(Action.VIEW_PASS, learner_id)
    return render_template(
        "learners/pass.html",
        learner_id=learner_id,
        name=queries.name_of(learner_id),
        with_name="with_name" in request.args,
        held=passes.live_pass(learner_id),
        back=way_to("learner", learner_id=learner_id),
    )


@blueprint.get("/<int:learner_id>/pass.svg")
@requires(Permission.ISSUE_PASS)
def pass_svg(learner_id: int) -> Response:
    """The card's QR code: whoever has it holds the pass, so that fetching it alone is noted too."""
    check_scope(current_actor(), learner_id)
    held = passes.live_pass(learner_id)
    if held is None:
        raise NotFound
    note_look(Action.VIEW_PASS, learner_id)
    return Response(qr_svg(pass_address(held.token)), mimetype="image/svg+xml")


def pass_address(token: str) -> str:
    """What the QR code of a pass says."""
    return f"{current_app.config['SETTINGS'].base_url}{way_to('pass', token=token)}"


@blueprint.post("/<int:learner_id>/pass/issue")
@requires(Permission.ISSUE_PASS)
def issue(learner_id: int) -> BaseResponse:
    """Make the card. Pressed twice, there is one, and the page shows it."""
    actor = current_actor()
    check_scope(actor, learner_id)
    try:
        with transaction():
            passes.issue_pass(learner_id, actor=actor, now=clock.now())
    except passes.PassInHand:
        return redirect(url_for("learners.pass_card", learner_id=learner_id), 303)
    except passes.NotWithUs as refused:
        flash(str(refused.message), "warn")
        return redirect(url_for("learners.pass_card", learner_id=learner_id), 303)
    flash(_("カードを作りました。印刷してわたしてください。"), "good")
    return redirect(url_for("learners.pass_card", learner_id=learner_id), 303)


@blueprint.route("/<int:learner_id>/pass/revoke", methods=["GET", "POST"])
@requires(Permission.ISSUE_PASS)
def revoke(learner_id: int) -> Answer:
    """Say what ends with the card; then end it."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    form = DeskForm()

    def act() -> str:
        passes.revoke_pass(learner_id, actor=actor, now=now)
        return url_for("learners.pass_card", learner_id=learner_id)

    return answer_form(form, lambda: _end_page(form, learner_id, "revoke"), act, _("カードを使えなくしました。"))


@blueprint.route("/<int:learner_id>/pass/reissue", methods=["GET", "POST"])
@requires(Permission.ISSUE_PASS)
def reissue(learner_id: int) -> Answer:
    """Say what becomes of the lost card; then make a new one. Pressed twice, the new card is not replaced again."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    form = DeskForm()

    def act() -> str:
        passes.reissue_pass(learner_id, actor=actor, now=now)
        return url_for("learners.pass_card", learner_id=learner_id)

    said = _("カードを作り直しました。前のカードはもう使えません。")
    return answer_form(form, lambda: _end_page(form, learner_id, "reissue"), act, said)


def _end_page(form: DeskForm, learner_id: int, way: str) -> str:
    note_look(Action.VIEW_PASS, learner_id)
    return render_template(
        "learners/pass_end.html",
        form=form,
        way=way,
        learner_id=learner_id,
        name=queries.name_of(learner_id),
        held=passes.live_pass(learner_id),
        phones=admission.phones_of(learner_id),
    )


@blueprint.post("/<int:learner_id>/admit")
@requires(Permission.ADMIT_PHONE, surface="field")
def admit_phone(learner_id: int) -> BaseResponse:
    """Let the next phone that scans the pass within ten minutes become the learner's own."""
    actor = current_actor()
    check_scope(actor, learner_id)
    try:
        with transaction():
            ends_at = admission.open_window(learner_id, actor=actor, now=clock.now())
    except passes.NoPass as error:
        flash(str(error.message), "warn")
        return redirect(way_to("learner", learner_id=learner_id), 303)
    flash(
        _(
            "%(time)s まで登録できます。ご本人のスマホで、受講者カードのQRコードを読み取ってください。",
            time=f"{clock.local(ends_at):%H:%M}",
        ),
        "good",
    )
    return redirect(way_to("learner", learner_id=learner_id), 303)


@blueprint.post("/<int:learner_id>/phones/cut-off")
@requires(Permission.ADMIT_PHONE, surface="field")
def cut_off(learner_id: int) -> BaseResponse:
    """End the admission of every phone of the learner."""
    actor = current_actor()
    check_scope(actor, learner_id)
    with transaction():
        phones = admission.cut_off_phones(learner_id, actor=actor, now=clock.now())
    flash(_("登録されていたスマホ%(number)s台を使えなくしました。", number=phones), "good")
    return redirect(way_to("learner", learner_id=learner_id), 303)
