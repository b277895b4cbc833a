"""The residents' pages on which they apply for a class and take it back. Whether somebody is known is never said."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for

from supportdesk.classes import schedule
from supportdesk.classes.applying import operations, queries
from supportdesk.classes.applying.forms import ApplyForm
from supportdesk.classes.lottery.drawing import weighing_now
from supportdesk.classes.lottery.rule import weight_of
from supportdesk.core import clock
from supportdesk.core.answers import Answer
from supportdesk.core.codes import tidy_code
from supportdesk.core.permissions import public
from supportdesk.core.security import keep_no_copy
from supportdesk.learners.applying.answering import answer_applicant, answer_withdrawal
from supportdesk.learners.applying.doors import keep_receipt, own_receipts, sender_of
from supportdesk.learners.applying.fields import WithdrawForm
from supportdesk.places.choices import district_choices

blueprint = Blueprint("apply", __name__, url_prefix="/apply", template_folder="../templates")

# What somebody typed stays on nobody's telephone.
blueprint.after_request(keep_no_copy)


@blueprint.get("/rule")
@public
def rule() -> str:
    """The rule of the draw, in plain words, with the factors that hold now."""
    weighing = weighing_now()
    weights = [weight_of(losses, newcomer=False, weighing=weighing) for losses in range(weighing.losses_most + 1)]
    return render_template("classes/applying/rule.html", weighing=weighing, weights=weights)


@blueprint.route("/<int:run_id>", methods=["GET", "POST"])
@public
def apply(run_id: int) -> Answer:
    """Apply for a class, alone or with one other; no account is needed."""
    now = clock.now()
    run = schedule.public_run(run_id, now)
    terms = queries.terms_of(run_id)
    if run is None or terms is None or terms.by_invitation:
        abort(404)
    form = ApplyForm(district_choices())

    def page() -> str:
        return render_template(
            "classes/applying/apply.html",
            form=form,
            run=run,
            terms=terms,
            meetings=schedule.public_meetings(run_id),
            open=terms.takes_applications(now),
        )

    def act() -> str:
        sender = sender_of(request.remote_addr or "", now)
        receipt = operations.apply(run_id, form.wishes(), sender=sender, own=own_receipts(), now=now)
        keep_receipt(receipt)
        return url_for("apply.receipt", code=receipt)

    return answer_applicant(form, page, act)


@blueprint.get("/receipt/<code>")
@public
def receipt(code: str) -> Answer:
    """The number to keep, on paper too: nothing on it is anybody's name."""
    found = queries.receipt_of(tidy_code(code)[:20])
    if found is None:
        abort(404)
    run = schedule.public_run(found.run_id, clock.now())
    return render_template(
        "classes/applying/receipt.html",
        receipt=found,
        run=run,
        terms=queries.terms_of(found.run_id),
        meetings=schedule.public_meetings(found.run_id),
    )


@blueprint.route("/withdraw", methods=["GET", "POST"])
@public
def withdraw() -> Answer:
    """Take an application back, with its number and the end of the telephone's. Wrong guesses are counted."""
    form = WithdrawForm(receipt=request.args.get("receipt", "")[:20])
    return answer_withdrawal(
        form,
        lambda: render_template("classes/applying/withdraw.html", form=form),
        lambda receipt, last_four: operations.withdraw_application(receipt, last_four, now=clock.now()),
        lambda code: url_for("apply.receipt", code=code),
    )
