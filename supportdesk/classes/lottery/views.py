"""The staff's pages of a draw: who is in it, entering and withdrawing, two put together, trying it and holding it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.applying.queries import how_many_held
from supportdesk.classes.enrolment_views import all_dates, permitted
from supportdesk.classes.lottery import drawing, entering, queries
from supportdesk.classes.lottery.forms import EnterForm, PairForm
from supportdesk.classes.lottery.queries import EntryRow
from supportdesk.classes.lottery.redrawing import redraw
from supportdesk.classes.together import Comer
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.errors import NotFound
from supportdesk.core.fields import DeskForm
from supportdesk.core.paging import page_number, page_of
from supportdesk.core.permissions import Permission, requires
from supportdesk.learners.booking_fields import CancelForm
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.found import Found, described
from supportdesk.learners.known_callers import callers_of
from supportdesk.learners.links import linked_to
from supportdesk.learners.rooms import check_scope


@blueprint.get("/<int:run_id>/lottery")
@requires(Permission.SEE_CLASSES)
def lottery(run_id: int) -> Answer:
    """The draw of a run: its entries, and once it was held what came of it. That somebody looked is noted."""
    actor, now = current_actor(), clock.now()
    run, found = run_queries.run_details(run_id), queries.lottery_of(run_id)
    if found is None:
        return redirect(url_for("classes.run", run_id=run_id), 303)
    page = page_of(queries.entries_of(run_id, actor), page_number())
    _note_names(page.rows, run_id)
    return render_template(
        "classes/lottery/lottery.html",
        run=run,
        lottery=found,
        when=all_dates(run_id),
        page=page,
        draw=queries.draw_of(run_id),
        redrawn=redraw(run_id) if found.drawn_at else None,
        open=found.takes_entries(now),
        due=found.can_be_drawn(now),
        waits_until=drawing.waits_until(found.apply_until, found.starts_at),
        to_confirm=how_many_held(run_id) if found.drawn_at is None else 0,
    )


def _note_names(entries: Iterable[EntryRow], run_id: int) -> None:
    named = [one.learner_id for entry in entries for one in entry.people if one.learner_id is not None]
    if named and request.method == "GET":
        note_list(Action.VIEW_RUN, named, subject=activity("run", run_id))


@blueprint.get("/<int:run_id>/lottery/try")
@requires(Permission.DRAW_LOTS)
def try_draw(run_id: int) -> Answer:
    """A draw that counts for nothing: with another seed each time, and nothing written."""
    run, found = run_queries.run_details(run_id), queries.lottery_of(run_id)
    if found is None:
        return redirect(url_for("classes.run", run_id=run_id), 303)
    given = drawing.tickets_of(run_id)
    placed = drawing.try_draw(given) if found.drawn_at is None else []
    tickets = {one.number: one for one in given.tickets}
    return render_template(
        "classes/lottery/try.html",
        run=run,
        lottery=found,
        rows=[(one, tickets[one.number]) for one in placed],  # on one page: the next would be of another draw
        weighing=given.weighing,
        due=found.can_be_drawn(clock.now()),
    )


@blueprint.route("/<int:run_id>/lottery/draw", methods=["GET", "POST"])
@requires(Permission.DRAW_LOTS)
@with_fresh_password
def draw_lots(run_id: int) -> Answer:
    """Say what the draw will do; then hold it, once."""
    run, found = run_queries.run_details(run_id), queries.lottery_of(run_id)
    if found is None:
        return redirect(url_for("classes.run", run_id=run_id), 303)
    form, actor, now = DeskForm(), current_actor(), clock.now()

    def act() -> str:
        drawn = drawing.draw_run(run_id, actor=actor, now=now)
        flash(
            _(
                "抽選をしました。席のある人は%(seated)s人、キャンセル待ちは%(waiting)s人です。",
                seated=drawn.seated,
                waiting=drawn.waiting,
            ),
            "good",
        )
        return url_for("classes.lottery", run_id=run_id)

    def page() -> str:
        due = found.can_be_drawn(now) and form.refusal is None
        held = how_many_held(run_id)
        return render_template("classes/lottery/draw.html", form=form, run=run, lottery=found, due=due, to_confirm=held)

    return answer_form(form, page, act)


@blueprint.route("/<int:run_id>/lottery/enter", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def enter_lottery(run_id: int) -> Answer:
    """Confirm who enters the draw, alone or with somebody who belongs to them; then enter them."""
    form = EnterForm(**{name: request.args.get(name, "") for name in ("learner", "companion")})
    run_queries.run_details(run_id)  # or there is no such page
    if not form.learner.data or queries.lottery_of(run_id) is None:
        return redirect(url_for("classes.enrol", run_id=run_id, learner=form.learner.data or None), 303)
    actor, now = current_actor(), clock.now()
    people = _people(form)

    def act() -> str:
        caller = form.caller_for(people[0].id, actor)
        second = Caller(people[0].name) if caller == THE_LEARNER else caller
        applicants = [Comer(one.id, second if number else caller) for number, one in enumerate(people)]
        entered = entering.enter_lottery(run_id, applicants, told=form.tell.told, actor=actor, now=now)
        return url_for("classes.lottery_entry", entry_id=entered.entry_id, done=1)

    return answer_form(form, lambda: _enter_page(form, run_id, people), act)


def _people(form: EnterForm) -> list[Found]:
    """The learner, and whoever comes along: one of those linked to them. Raises NotFound."""
    ids = [permitted(form.learner.data)]
    if form.companion.data:
        ids.append(permitted(form.companion.data))
        if ids[1] not in {one.who.id for one in linked_to(ids[0], current_actor())}:
            raise NotFound
    found = described(ids)
    if len(found) != len(ids):
        raise NotFound
    return found


def _enter_page(form: EnterForm, run_id: int, people: list[Found]) -> str:
    first, actor = people[0], current_actor()
    known, linked = callers_of(first.id, actor), linked_to(first.id, actor)
    form.offer_callers(known)
    beside = {one.learner_id for one in known if one.learner_id} | {one.who.id for one in linked}
    note_look(Action.VIEW_LEARNER, first.id, beside=sorted(beside))
    found = queries.lottery_to_see(run_id)
    return render_template(
        "classes/lottery/enter.html",
        form=form,
        run=run_queries.run_details(run_id),
        lottery=found,
        when=all_dates(run_id),
        people=people,
        companions=[one.who for one in linked if len(people) == 1],
        existing=queries.live_entry(run_id, [one.id for one in people]),
        active=all(one.status == "active" for one in people),
        open=found.takes_entries(clock.now()),
    )


@blueprint.get("/lottery/entries/<int:entry_id>")
@requires(Permission.BOOK_CLASS)
def lottery_entry(entry_id: int) -> str:
    """One entry; just after it was made, that it is done."""
    entry, run_id = _entry(entry_id)
    return render_template(
        "classes/lottery/entry.html",
        entry=entry,
        run=run_queries.run_details(run_id),
        lottery=queries.lottery_to_see(run_id),
        when=all_dates(run_id),
        done="done" in request.args,
    )


def _entry(entry_id: int) -> tuple[EntryRow, int]:
    """The entry of somebody whom the actor may see, and its run. Raises NotFound."""
    actor = current_actor()
    entry = queries.entry_of(entry_id, actor)
    named = [one.learner_id for one in entry.people if one.learner_id is not None]
    if not named:
        raise NotFound
    if request.method == "GET":
        note_look(Action.VIEW_ENROLMENT, named[0], beside=named[1:])
    return entry, queries.entrant_row(entry.people[0].id).run_id


@blueprint.route("/lottery/entrants/<int:entrant_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def withdraw_entrant(entrant_id: int) -> Answer:
    """Say what withdrawing will do; then do it."""
    row, form, actor, now = queries.entrant_row(entrant_id), CancelForm(), current_actor(), clock.now()
    check_scope(actor, row.learner_id)
    if request.method == "GET":
        note_look(Action.VIEW_ENROLMENT, row.learner_id)

    def act() -> str:
        entering.withdraw_entrant(entrant_id, told=form.tell.told, actor=actor, now=now)
        return url_for("classes.lottery", run_id=row.run_id)

    def page() -> str:
        (learner,) = described([row.learner_id])
        run = run_queries.run_details(row.run_id)
        return render_template("classes/lottery/withdraw.html", form=form, entrant=row, learner=learner, run=run)

    return answer_form(form, page, act, _("抽選の申し込みを取り消しました。"))


@blueprint.route("/lottery/entries/<int:entry_id>/pair", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def pair_entries(entry_id: int) -> Answer:
    """Choose who comes along of those who entered alone; from then on the two are one entry."""
    entry, run_id = _entry(entry_id)
    actor, now = current_actor(), clock.now()
    alone = [
        one
        for one in queries.entries_of(run_id, actor)
        if len(one.people) == 1 and one.people[0].learner_id is not None and one.id != entry_id
    ]
    form = PairForm([(one.id, f"{one.number} {one.people[0].name}（{one.people[0].kana}）") for one in alone])
    _note_names(alone, run_id)

    def act() -> str:
        other = int(form.other.data or 0)
        entering.pair_entries(entry_id, other, actor=actor, now=now)
        return url_for("classes.lottery_entry", entry_id=min(entry_id, other))

    def page() -> str:
        run = run_queries.run_details(run_id)
        return render_template("classes/lottery/pair.html", form=form, entry=entry, run=run, alone=alone)

    return answer_form(form, page, act, _("ふたりの申し込みにしました。"))
