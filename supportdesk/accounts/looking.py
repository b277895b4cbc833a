"""A look at personal data leaves a row in the audit trail: views say here whom the page they show names."""

from __future__ import annotations

from collections.abc import Collection

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.reasons import reason_to_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import transaction


def note_look(action: Action, learner_id: int, *, beside: Collection[int] = ()) -> None:
    """Whoever is signed in sees this learner now, and those named `beside`: one row, in a transaction of its own.

    Raises ReasonWanted, which is answered with the question for it, where their role must say why and they have not.
    """
    actor, subject = current_actor(), activity("learner", learner_id)
    reason = reason_to_look(actor, learner_id)
    with transaction():
        audit.record(actor=actor, action=action, subject=subject, learners=beside, now=clock.now(), reason=reason)


def note_list(action: Action, learner_ids: Collection[int], *, subject: str = "") -> None:
    """Whoever is signed in sees these learners together, in a list or about the `subject`. Seen nobody, no row."""
    if not learner_ids:
        return
    with transaction():
        audit.record(actor=current_actor(), action=action, subject=subject, learners=learner_ids, now=clock.now())


def note_contact(action: Action, subject: str) -> None:
    """Whoever is signed in sees the particulars of somebody who is no learner: whom a group named to be called."""
    with transaction():
        audit.record(actor=current_actor(), action=action, subject=subject, now=clock.now())
