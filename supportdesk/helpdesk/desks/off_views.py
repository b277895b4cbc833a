"""Days on which a desk is shut or an adviser away, and whatever has lost its slot by that or by something else."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.paging import page_number, page_of
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.desks import lost, queries, time_off
from supportdesk.helpdesk.desks.forms import Going, LostForm, TimeOffForm
from supportdesk.helpdesk.views import blueprint
from supportdesk.learners.found import described

LOST_SHOWN = 20


@blueprint.route("/off", methods=["GET", "POST"])
@requires(Permission.CLOSE_DESK)
def off() -> Answer:
    """What is off from today on; the form adds to it, and leads to whoever has lost their slot."""
    form = TimeOffForm(queries.who_can_be_off())
    actor, now = current_actor(), clock.now()

    def page() -> str:
        return render_template(
            "helpdesk/off.html",
            form=form,
            rows=queries.time_off_to_come(clock.today()),
            lost=len(lost.lost_slots(now)),
        )

    def act() -> str:
        kind, _colon, written = str(form.who.data).partition(":")
        note = time_off.shut_desk if kind == "desk" else time_off.let_adviser_off
        note(int(written), form.days, actor=actor, now=now)
        return url_for("helpdesk.lost_slots")

    return answer_form(form, page, act, _("休みを入れました。"))


@blueprint.post("/off/<int(max=2147483647):time_off_id>/end")
@requires(Permission.CLOSE_DESK)
def end_off(time_off_id: int) -> Answer:
    """Take it back: there are slots again as the hours say."""
    actor, now = current_actor(), clock.now()

    def act() -> str:
        time_off.end_time_off(time_off_id, actor=actor, now=now)
        return url_for("helpdesk.off")

    return answer_press(act, _("休みをけしました。枠がもどりました。"))


@blueprint.route("/lost", methods=["GET", "POST"])
@requires(Permission.CLOSE_DESK)
def lost_slots() -> Answer:
    """Bookings and applications without a slot, each with where it could go; one press moves the bookings that are
    ticked. Whoever applied is telephoned first.
    """
    form = LostForm()
    actor, now = current_actor(), clock.now()
    results: list[lost.Moved] = []

    def page() -> str:
        shown = page_of(lost.lost_slots(now), page_number(), per_page=LOST_SHOWN)
        rows = lost.with_somewhere_to_go(shown.rows, now)
        goings = [Going(one.what.id, one.instead.wanted) if one.instead and not one.applied else None for one in rows]
        if not form.is_submitted():
            form.going.data = frozenset(going for going in goings if going)
        known = [one.what.learner_id for one in rows if one.what.learner_id]
        people = {found.id: found for found in described(known)}
        note_list(Action.VIEW_BOOKINGS, people)
        return render_template(
            "helpdesk/lost.html", form=form, shown=shown, rows=list(zip(rows, goings, strict=True)), people=people
        )

    def act() -> str:
        results.append(lost.move_lost(form.going.data or (), actor=actor, now=now))
        return url_for("helpdesk.lost_slots")

    answer = answer_form(form, page, act)
    for result in results:
        if result.moved:
            flash(
                _("%(count)s件を移しました。お知らせは連絡リストなどに入りました。", count=result.moved),
                "good",
            )
        for _booking, why in result.refused:
            flash(_("移せなかった予約があります。%(why)s", why=why), "warn")
    return answer
