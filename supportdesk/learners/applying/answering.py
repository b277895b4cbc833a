"""How the pages answer on which residents apply and take it back. For views of the rooms that have such pages."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect

from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.learners.applying.fields import ApplicantForm, WithdrawForm


def answer_applicant(form: ApplicantForm, page: Callable[[], str], act: Callable[[], str]) -> Answer:
    """As `answer_form` answers, for people: a robot is asked to press once more."""
    if form.is_submitted() and form.validate():
        try:
            form.demand_a_person(clock.now())
        except DeskError as refusal:
            form.refuse(refusal)
            return page(), 422
    return answer_form(form, page, act)


def answer_withdrawal(
    form: WithdrawForm,
    page: Callable[[], str],
    withdraw: Callable[[str, str], str | DeskError],
    receipt: Callable[[str], str],
) -> Answer:
    """`withdraw` takes number and digits, and returns the receipt or why not: a wrong guess is counted in the very
    transaction that refuses it. `receipt` says where the page of a receipt is.
    """
    if not form.is_submitted():
        return page()
    if not form.validate():
        return page(), 422
    try:
        with transaction():
            outcome = withdraw(form.receipt.data, form.last_four.data)
    except DeskError as refusal:
        outcome = refusal
    if isinstance(outcome, DeskError):
        form.refuse(outcome)
        return page(), outcome.status
    return redirect(receipt(outcome), 303)
