"""What is put in order about accounts every night."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.accounts.terms import TODAY
from supportdesk.core.codes import new_token
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db


def end_service(now: datetime) -> int:
    """Switch off the accounts whose holders' last day is over, so that nothing is planned with them any more.

    Nobody was signed in with them since that day ended; this is for the lists.
    """
    with transaction():
        over = select(Account).where(Account.active, Account.service_ends_on < TODAY).order_by(Account.id)
        accounts = db.session.scalars(over.with_for_update(key_share=True)).all()
        for account in accounts:
            account.active, account.session_stamp = False, new_token()
            audit.record(actor=SYSTEM, action=Action.SWITCH_ACCOUNT_OFF, subject=f"account:{account.id}", now=now)
    return len(accounts)
