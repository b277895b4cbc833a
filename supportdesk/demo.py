"""A demo with invented people, in a database of its own: the same seed makes the same demo."""

from __future__ import annotations

from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.accounts.operations import create_account
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.importing import carry_out, plan_import
from supportdesk.reference import DATA, load_reference

PASSWORD = "akita-demo"  # everybody may know it: `serve` refuses a database that holds these accounts
PEOPLE = {
    "reception": ("受付 花子", Role.RECEPTION),
    "instructor": ("講師 太郎", Role.INSTRUCTOR),
    "adviser": ("相談 恵子", Role.ADVISER),
    "tutor": ("地域 実", Role.TUTOR),
    "coordinator": ("地区 洋子", Role.COORDINATOR),
    "admin": ("管理 一郎", Role.ADMIN),
}
USERNAMES = tuple(PEOPLE)
#: A paper ledger as it was exported; its people are invented.
LEDGER = DATA / "demo_ledger_cp932.csv"


def make_demo() -> None:
    """Fill a migrated, empty database."""
    now = clock.now()
    with transaction():
        load_reference()
        for username, (name, role) in PEOPLE.items():
            create_account(username=username, name=name, password=PASSWORD, roles=[role], actor=SYSTEM, now=now)
        ledger = plan_import(LEDGER.read_bytes(), LEDGER.name, today=clock.today())
        carry_out(ledger, actor=SYSTEM, now=now)


def demo_accounts_present() -> bool:
    """Whether this database holds the demo's log-ins."""
    names = db.session.scalars(select(Account.username).where(Account.username.in_(USERNAMES))).all()
    return len(names) == len(USERNAMES)
