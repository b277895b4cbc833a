"""What an account must have, whoever makes it: the administrator's page, the command, the demo."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from supportdesk.accounts.models import Account, Person
from supportdesk.accounts.operations import NoUsername, UsernameTaken, create_account
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.factories import make_account

pytestmark = pytest.mark.usefixtures("context")


def make(username: str) -> None:
    create_account(username=username, name="管理 花子", roles=[Role.ADMIN], actor=SYSTEM, now=clock.now())


@pytest.mark.parametrize("username", ["", " \u3000"])
def test_an_account_needs_a_name(username: str) -> None:
    with pytest.raises(NoUsername), transaction():
        make(username)
    assert db.session.scalars(select(Account)).all() == []


def test_a_name_that_is_taken_leaves_the_rest_of_the_transaction_alone() -> None:
    make_account(Role.ADMIN)
    with transaction():
        with pytest.raises(UsernameTaken):
            make("admin")
        make("another")
    assert db.session.scalars(select(Account.username).order_by(Account.id)).all() == ["admin", "another"]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2
