"""What an account must have, whoever makes it: the administrator's page, the command, the demo."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from supportdesk.accounts.models import Account, Person
from supportdesk.accounts.operations import (
    SHORTEST_PASSWORD,
    NoUsername,
    PasswordTooShort,
    UsernameTaken,
    create_account,
)
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.factories import make_account

pytestmark = pytest.mark.usefixtures("context")


def make(username: str, password: str = "x" * SHORTEST_PASSWORD) -> None:
    create_account(
        username=username, name="管理 花子", password=password, roles=[Role.ADMIN], actor=SYSTEM, now=clock.now()
    )


@pytest.mark.parametrize(
    ("username", "password", "refusal"),
    [
        ("admin", "x" * (SHORTEST_PASSWORD - 1), PasswordTooShort),
        ("admin", "", PasswordTooShort),
        ("", "x" * SHORTEST_PASSWORD, NoUsername),
        (" \u3000", "x" * SHORTEST_PASSWORD, NoUsername),
    ],
)
def test_an_account_needs_a_name_and_a_password_that_is_not_soon_guessed(
    username: str, password: str, refusal: type[DeskError]
) -> None:
    with pytest.raises(refusal), transaction():
        make(username, password)
    assert db.session.scalars(select(Account)).all() == []


def test_a_name_that_is_taken_leaves_the_rest_of_the_transaction_alone() -> None:
    make_account(Role.ADMIN)
    with transaction():
        with pytest.raises(UsernameTaken):
            make("admin")
        make("another")
    assert db.session.scalars(select(Account.username).order_by(Account.id)).all() == ["admin", "another"]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2
