"""The residents' pages of consultations: which times are free, and applying for one. No adviser is named on them, and
whether somebody is known is never said.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from flask import Blueprint, abort, render_template, request, url_for

from supportdesk.core import clock
from supportdesk.core.addresses import day_of
from supportdesk.core.answers import Answer
from supportdesk.core.codes import tidy_code
from supportdesk.core.japanese import tidy
from supportdesk.core.moments import span
from supportdesk.core.permissions import public
from supportdesk.core.security import chosen_language, keep_no_copy
from supportdesk.helpdesk.applying import free, operations, queries
from supportdesk.helpdesk.applying.errors import TimeGone
from supportdesk.helpdesk.applying.forms import ANYWHERE, ConsultationForm, Instead, WaitForm
from supportdesk.helpdesk.applying.free import FreeTime, PublicDesk
from supportdesk.helpdesk.office import OFFERED_DAYS
from supportdesk.helpdesk.views import LONGEST_WORD
from supportdesk.helpdesk.waiting.models import HalfDay
from supportdesk.learners.applying.answering import answer_applicant, answer_withdrawal
from supportdesk.learners.applying.doors import keep_receipt, own_receipts, sender_of
from supportdesk.learners.applying.fields import WithdrawForm
from supportdesk.places.choices import district_choices

blueprint = Blueprint("consultations", __name__, url_prefix="/consultations", template_folder="../templates")
_A_WEEK: Final = timedelta(weeks=1)
_ONE_DAY: Final = timedelta(days=1)
#: Of each desk on the page of all.
_SHOWN: Final = 4
#: Of what is free next when a time is gone: at the same desk, and altogether.
_NEXT_HERE: Final = 4
_NEXT: Final = 6

# What somebody typed stays on nobody's telephone.
blueprint.after_request(keep_no_copy)


@blueprint.get("")
@public
def index() -> str:
    """Each desk with its next free times; of one district or week, if so wished."""
    now, week = clock.now(), _week_asked()
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    times = free.free_times(now, first=week, last=week + _A_WEEK - _ONE_DAY if week else None, district_code=district)
    return render_template(
        "helpdesk/applying/index.html",
        desks=[(desk, [one for one in times if one.desk_id == desk.id]) for desk in free.desks_in(district)],
        shown=_SHOWN,
        any_free=bool(times),
        district=district,
        districts=district_choices(),
        week=week,
        weeks=_weeks(),
        place_of=place_of,
        filtered=bool(district or week),
    )


@blueprint.get("/<int(max=2147483647):desk_id>")
@public
def desk(desk_id: int) -> str:
    """All free times of one desk, week by week."""
    found = free.desk_in_use(desk_id)
    if found is None:
        abort(404)
    times = free.free_times(clock.now(), desk_id=desk_id)
    weeks = sorted({_monday(clock.local(one.starts_at).date()) for one in times})
    asked = _week_asked()
    week = asked if asked in weeks else (weeks[0] if weeks else None)
    return render_template(
        "helpdesk/applying/desk.html",
        desk=found,
        place_of=place_of,
        week=week,
        weeks=weeks,
        days=_by_day([one for one in times if _monday(clock.local(one.starts_at).date()) == week]),
    )


@blueprint.route("/<int(max=2147483647):desk_id>/<at>", methods=["GET", "POST"])
@public
def apply(desk_id: int, at: str) -> Answer:
    """Apply for one time. Where it is gone, the next free ones are chosen in the same form: nothing is typed twice."""
    now, found, starts_at = clock.now(), free.desk_in_use(desk_id), free.read_time(at)
    if found is None or starts_at is None:
        abort(404)
    form = ConsultationForm(district_choices())

    def page() -> str:
        seen = None if isinstance(form.refusal, TimeGone) else _free_at(desk_id, starts_at, now)
        gone = seen is None
        others = _others(desk_id, starts_at, now) if gone else []
        form.instead.choices = [(Instead.of(one), words) for one, words in others]
        return render_template(
            "helpdesk/applying/apply.html",
            form=form,
            desk=found,
            place_of=place_of,
            at=at,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=found.slot_minutes),
            gone=gone,
            set_aside=seen is not None and seen.set_aside,
            others=others,
            typed=form.is_submitted(),
        )

    def act() -> str:
        wanted = form.instead.data or Instead(desk_id, starts_at)
        receipt = operations.apply(
            wanted.desk_id,
            wanted.starts_at,
            form.wish(),
            question=form.question.data or "",
            caller=form.caller(),
            sender=sender_of(request.remote_addr or "", now),
            own=own_receipts(),
            now=now,
        )
        keep_receipt(receipt)
        return url_for("consultations.receipt", code=receipt)

    return answer_applicant(form, page, act)


@blueprint.route("/<int(max=2147483647):desk_id>/wait", methods=["GET", "POST"])
@public
def wait(desk_id: int) -> Answer:
    """Nothing suits: wait for the desk, or for any, until something falls free."""
    now, found = clock.now(), free.desk_in_use(desk_id)
    if found is None:
        abort(404)
    form = WaitForm(district_choices())

    def act() -> str:
        receipt = operations.apply_to_wait(
            desk_id,
            form.wish(),
            anywhere=form.where.data == ANYWHERE,
            weekdays=form.weekdays.data or (),
            half_day=form.half_day.data or HalfDay.ANY,
            question=form.question.data or "",
            caller=form.caller(),
            sender=sender_of(request.remote_addr or "", now),
            own=own_receipts(),
            now=now,
        )
        keep_receipt(receipt)
        return url_for("consultations.receipt", code=receipt)

    def page() -> str:
        return render_template("helpdesk/applying/wait.html", form=form, desk=found, place_of=place_of)

    return answer_applicant(form, page, act)


def _free_at(desk_id: int, starts_at: datetime, now: datetime) -> FreeTime | None:
    day = clock.local(starts_at).date()
    times = free.free_times(now, first=day, last=day, desk_id=desk_id)
    return next((one for one in times if one.starts_at == starts_at), None)


def _others(desk_id: int, starts_at: datetime, now: datetime) -> list[tuple[FreeTime, str]]:
    """What is free next: at the same desk from that time on, then before it, then elsewhere. Of the week after that
    time; where that has nothing, of all that is offered.
    """
    names = {one.id: one.name for one in free.desks_in()}
    day = clock.local(starts_at).date()
    times = sorted(
        free.free_times(now, first=day, last=day + _A_WEEK) or free.free_times(now),
        key=lambda one: (one.desk_id != desk_id, one.desk_id == desk_id and one.starts_at < starts_at, one.starts_at),
    )
    here = [one for one in times if one.desk_id == desk_id][:_NEXT_HERE]
    elsewhere = [one for one in times if one.desk_id != desk_id][: _NEXT - len(here)]
    return [(one, f"{span(one.starts_at, one.ends_at)} {names[one.desk_id]}") for one in (*here, *elsewhere)]


@blueprint.get("/receipt/<code>")
@public
def receipt(code: str) -> str:
    """The number to keep, on paper too: nothing on it is anybody's name."""
    found = queries.receipt_of(tidy_code(code)[:20])
    if found is None:
        abort(404)
    return render_template(
        "helpdesk/applying/receipt.html",
        receipt=found,
        desk=free.any_desk(found.desk_id),
        over=found.starts_at is not None and found.starts_at <= clock.now(),
    )


@blueprint.route("/withdraw", methods=["GET", "POST"])
@public
def withdraw() -> Answer:
    """Take an application back, with its number and the end of the telephone's. Wrong guesses are counted."""
    form = WithdrawForm(receipt=request.args.get("receipt", "")[:20])
    return answer_withdrawal(
        form,
        lambda: render_template("helpdesk/applying/withdraw.html", form=form),
        lambda receipt, last_four: operations.withdraw_application(receipt, last_four, now=clock.now()),
        lambda code: url_for("consultations.receipt", code=code),
    )


def place_of(desk: PublicDesk) -> str:
    """The desk's district, in the page's language."""
    return desk.district_en if chosen_language() == "en" else desk.district


def _week_asked() -> date | None:
    """The Monday of the week that the address asks for; nonsense asks for nothing."""
    day = day_of(request.args.get("week", ""))
    return _monday(day) if day and day.year > 1 else None


def _weeks() -> list[date]:
    """The Mondays of the weeks that are offered."""
    first = _monday(clock.today())
    return [first + number * _A_WEEK for number in range(OFFERED_DAYS.get() // 7 + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _by_day(times: list[FreeTime]) -> list[tuple[date, list[FreeTime]]]:
    days: dict[date, list[FreeTime]] = {}
    for one in times:
        days.setdefault(clock.local(one.starts_at).date(), []).append(one)
    return list(days.items())
