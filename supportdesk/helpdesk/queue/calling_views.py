"""The buttons of the line: calling, nobody came, back, gone, beginning; each once, and what became of it said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.cases.models import CaseResult
from supportdesk.helpdesk.queue import calling, day_board
from supportdesk.helpdesk.queue.day_board import DeskChoice
from supportdesk.helpdesk.queue.errors import StepGone
from supportdesk.helpdesk.queue.forms import CounterForm, ResultForm
from supportdesk.helpdesk.queue.models import NumberState
from supportdesk.helpdesk.queue.naming import may_be_named
from supportdesk.helpdesk.queue.queries import NumberRow
from supportdesk.helpdesk.queue.views import NUMBER, day_page, own_number
from supportdesk.helpdesk.queue.words import NUMBER_STATES
from supportdesk.helpdesk.views import DESK, blueprint
from supportdesk.skills.queries import areas

#: What a button of the line does, by its address' last part, and what it says then.
_STEPS: Final[dict[str, tuple[Callable[..., None], object]]] = {
    "absent": (calling.mark_absent, _l("「いない」にしました。もどられたら「もどった」をおしてください。")),
    "back": (calling.bring_back, _l("番号の順番にもどしました。")),
    "left": (calling.leave_line, _l("「帰った」にしました。")),
    "undo": (calling.undo, _l("取り消しました。")),
}


@blueprint.route(f"{DESK}/counter", methods=["GET", "POST"])
@requires(Permission.HOLD_CONSULTATION)
def counter(desk_id: int) -> Answer:
    """Where the adviser sits; kept until they say otherwise."""
    actor = current_actor()
    desk = day_board.desk_of(actor, desk_id)
    form = CounterForm()

    def act() -> str:
        calling.choose_counter(desk_id, form.name.data or "", actor=actor)
        return day_page(desk_id)

    return answer_form(form, lambda: render_template("helpdesk/queue/counter.html", form=form, desk=desk), act)


@blueprint.post(f"{DESK}/numbers/call")
@requires(Permission.HOLD_CONSULTATION)
def call_next(desk_id: int) -> Answer:
    """Call the next of the line to the adviser's counter."""
    actor, now = current_actor(), clock.now()
    day_board.desk_of(actor, desk_id)

    def act() -> str:
        calling.call_next(desk_id, actor=actor, now=now)
        return day_page(desk_id)

    return answer_press(act, back=day_page(desk_id))


@blueprint.post(f"{NUMBER}/call")
@requires(Permission.HOLD_CONSULTATION)
def call_number(number_id: int) -> Answer:
    """Call this number, before its turn or once more."""
    row, desk = own_number(number_id)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        calling.call_number(number_id, actor=actor, now=now)
        return day_page(desk.id)

    return answer_press(act, _("%(number)s番を呼びました。", number=row.number), back=day_page(desk.id))


@blueprint.post(f"{NUMBER}/<any(absent,back,left,undo):step>")
@requires(Permission.BOOK_CONSULTATION)
def step_number(number_id: int, step: str) -> Answer:
    """Nobody came, they are back, they left, or the last press was wrong."""
    row, desk = own_number(number_id)
    verb, said = _STEPS[step]
    actor, now = current_actor(), clock.now()

    def act() -> str:
        verb(number_id, actor=actor, now=now)
        return day_page(desk.id)

    return answer_press(act, _("%(number)s番：%(said)s", number=row.number, said=said), back=day_page(desk.id))


@blueprint.post(f"{NUMBER}/begin")
@requires(Permission.HOLD_CONSULTATION)
def begin(number_id: int) -> Answer:
    """They sit at the counter: on to the case, or to the few figures of somebody without a name."""
    _row, desk = own_number(number_id)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        booking_id = calling.begin(number_id, actor=actor, now=now)
        if booking_id is None:
            return url_for("helpdesk.number_result", number_id=number_id)
        return url_for("helpdesk.case", booking_id=booking_id)

    return answer_press(act, back=day_page(desk.id))


@blueprint.route(f"{NUMBER}/result", methods=["GET", "POST"])
@requires(Permission.HOLD_CONSULTATION)
def number_result(number_id: int) -> Answer:
    """What came of a consultation without a name, for the figures alone."""
    row, desk = own_number(number_id)
    if row.learner_id is not None or row.booking_id is not None:
        raise NotFound
    actor, now = current_actor(), clock.now()
    spent = int((now - row.begun_at).total_seconds() // 60) if row.begun_at else 0
    form = ResultForm(
        choices={"area_code": [(area.code, f"{area.code} {area.name}") for area in areas()]},
        data={"area_code": row.area_code, "result": row.result, "minutes": row.minutes or min(480, max(1, spent))},
    )
    if row.state not in (NumberState.BEGUN, NumberState.DONE) and not form.is_submitted():
        raise StepGone(row.number, NUMBER_STATES[row.state])

    def act() -> str:
        calling.note_result(
            number_id,
            area_code=form.area_code.data or None,
            result=cast(CaseResult, form.result.data),
            minutes=form.minutes.data or 1,
            actor=actor,
            now=now,
        )
        return day_page(desk.id)

    said = _("%(number)s番の相談を終えました。", number=row.number)
    return answer_form(form, lambda: _result_page(form, row, desk), act, said)


def _result_page(form: ResultForm, row: NumberRow, desk: DeskChoice) -> str:
    nameable = may_be_named(row, clock.today())
    return render_template("helpdesk/queue/result.html", form=form, number=row, desk=desk, nameable=nameable)
