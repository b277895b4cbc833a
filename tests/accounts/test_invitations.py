"""The link by which somebody chooses their password: once, in time, and known to nobody else."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.accounts import invitations, passwords
from supportdesk.accounts.models import Account, Invitation
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.clocks import Clock
from tests.factories import make_account
from tests.pages import PageClient
from tests.racing import race

CHOSEN = {"new_password": "minato-de-asagohan", "new_password_again": "minato-de-asagohan"}


def make_link(app: Flask, username: str = "reception") -> str:
    """The token of a new link."""
    with app.app_context(), transaction():
        account_id = db.session.scalars(db.select(Account.id).where(Account.username == username)).one()
        return invitations.invite(account_id, actor=SYSTEM, now=desk_clock.now()).token


@pytest.fixture
def token(app: Flask, clock: Clock) -> str:
    with app.app_context():
        make_account(Role.RECEPTION)
        make_account(Role.ADMIN)
    return make_link(app)


def test_the_link_lets_its_holder_choose_a_password_once(app: Flask, client: PageClient, token: str) -> None:
    page = client.get(f"/invited/{token}")
    assert "receptionさん" in page.text
    client.submit(page, "invited", CHOSEN, follow=True)
    client.get("/desk")
    again = PageClient(app)
    assert "この招待は使えません" in again.get(f"/invited/{token}", expect=404).text
    again.post(f"/invited/{token}", CHOSEN, expect=404)
    again.sign_in("reception", CHOSEN["new_password"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"new_password": "mijikai", "new_password_again": "mijikai"}, "12文字以上"),
        ({"new_password": "reception-1234", "new_password_again": "reception-1234"}, "自分の名前"),
        ({**CHOSEN, "new_password_again": "x"}, "2回の入力"),
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_as_it_was(
    client: PageClient, token: str, typed: dict[str, str], said: str
) -> None:
    refused = client.submit(client.get(f"/invited/{token}"), "invited", typed, expect=422)
    assert said in refused.text
    client.submit(refused, "invited", CHOSEN)


def test_the_link_runs_out_after_three_days(client: PageClient, token: str, clock: Clock) -> None:
    page = client.get(f"/invited/{token}")
    clock.advance(hours=72)
    client.submit(page, "invited", CHOSEN, expect=404)
    client.get(f"/invited/{token}", expect=404)


def test_a_newer_link_ends_the_older(app: Flask, client: PageClient, token: str) -> None:
    newer = make_link(app)
    client.get(f"/invited/{token}", expect=404)
    client.get(f"/invited/{newer}")


def test_an_account_switched_off_is_not_opened_by_its_link(app: Flask, client: PageClient, token: str) -> None:
    with app.app_context(), transaction() as session:
        session.execute(db.update(Account).where(Account.username == "reception").values(active=False))
    client.get(f"/invited/{token}", expect=404)
    client.post(f"/invited/{token}", CHOSEN, expect=404)


@pytest.mark.parametrize("absurd", ["x", "%00", "%ff", "あ" * 1000, "..", "%0d%0aX-Injected:1"])
def test_what_is_no_link_is_not_found(client: PageClient, token: str, absurd: str) -> None:
    client.get(f"/invited/{absurd}", expect=404)


def test_of_the_link_only_a_hash_is_kept_and_no_password_fits_until_it_is_used(app: Flask, token: str) -> None:
    with app.app_context():
        row = db.session.scalars(db.select(Invitation)).one()
        assert token not in repr(vars(row))
        assert db.session.scalars(db.select(Account.password_hash)).all().count(passwords.NONE_CHOSEN) == 1
    for guess in ("", passwords.NONE_CHOSEN, "akita-demo", "nobody has this password"):
        PageClient(app).sign_in("reception", guess, expect=422)


def test_of_eight_who_send_the_link_at_once_one_is_let_in(app: Flask, token: str) -> None:
    def accept() -> str:
        try:
            with transaction():
                invitations.accept_invitation(token, passwords.kept_hash("x"), now=desk_clock.now())
        except invitations.InvitationOver:
            return "over"
        return "in"

    assert sorted(race(app, [accept] * 8)) == ["in"] + ["over"] * 7


def test_whoever_was_signed_in_on_this_device_is_not_any_more(app: Flask, client: PageClient, token: str) -> None:
    client.sign_in("admin")
    client.submit(client.get(f"/invited/{token}"), "invited", CHOSEN)
    assert "receptionさん" in client.get("/account/").one(".head-person").text
    client.get("/admin/audit", expect=403)


def test_the_letter_is_shown_once_and_the_list_says_who_is_waited_for(
    app: Flask, client: PageClient, token: str, clock: Clock
) -> None:
    client.sign_in("admin")
    listed = client.get("/admin/accounts/invitations")
    assert "receptionさん" in listed.text
    assert "待っています" in listed.text
    account = client.get(listed.link("receptionさん"))
    assert token not in account.html
    form = client.get(account.link("新しい招待を作る"))
    letter = client.submit(form, "invite", expect=200)
    assert letter.all(".letter img[src^='data:image/svg+xml']")
    assert "no-store" in letter.headers["Cache-Control"]
    again = client.submit(form, "invite")  # the same press again shows no second link
    assert again.location.startswith("/admin/accounts/")
    clock.advance(hours=72)
    client.sign_in("admin")
    assert "期限切れ" in client.get("/admin/accounts/invitations").text
    assert "招待の期限切れ" in client.get("/admin/accounts/").text


def test_an_invitation_is_taken_back(client: PageClient, app: Flask, token: str) -> None:
    admin = PageClient(app)
    admin.sign_in("admin")
    page = admin.get(admin.get("/admin/accounts/invitations").link("receptionさん"))
    after = admin.submit(page, "この招待を取り消す", follow=True)
    assert "招待を取り消しました" in after.text
    client.get(f"/invited/{token}", expect=404)


def test_an_administrator_who_has_not_come_yet_does_not_count(app: Flask, client: PageClient, token: str) -> None:
    with app.app_context():
        make_account(Role.ADMIN, username="second")
    make_link(app, "second")
    client.sign_in("admin")
    own = client.get(client.get("/admin/accounts/").link("adminさん"))
    refused = client.submit(client.get(own.link("止める")), "switch", expect=422)
    assert "使える管理者がほかにいない" in refused.text
