"""The administrator's pages about accounts, and what ends a session."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest
from flask import Flask

from supportdesk.accounts.models import Account, AccountRole, AuditEntry
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.queries import bookings_ahead
from supportdesk.places.models import AccountDistrict
from supportdesk.places.staff_queries import duties_of
from supportdesk.tutors.operations import appoint_tutor, match_learner
from tests.classes.making import make_run, meeting_at
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import book, make_desk
from tests.pages import Page, PageClient
from tests.recording import Statements

NEW = {
    "username": "takeda",
    "name": "武田 ミツ",
    "kana": "タケダ ミツ",
    "phone": "018-888-5643",
    "roles": ["coordinator", "tutor"],
    "districts": ["chuo", "tobu"],
}
CHOSEN = "hajimete-kuru-hito"


@pytest.fixture
def admin(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
        make_account(Role.RECEPTION)
    client.sign_in("admin")
    return client


def account_id(app: Flask, username: str) -> int:
    with app.app_context():
        return db.session.scalars(db.select(Account.id).where(Account.username == username)).one()


def link_of(letter: Page) -> str:
    """The path that the letter leads to."""
    return urlsplit(letter.texts(".letter-address")[0]).path


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_new_account_logs_in_with_its_roles_and_districts(app: Flask, admin: PageClient) -> None:
    letter = admin.submit(admin.get("/admin/accounts/new"), "staff", NEW, expect=200)
    assert letter.h1 == "招待の手紙"
    with app.app_context():
        assert set(db.session.scalars(db.select(AccountDistrict.district_code))) == {"chuo", "tobu"}
    assert actions(app)[-3:] == ["create_account", "assign_districts", "invite"]
    guest, other = PageClient(app), PageClient(app)
    guest.submit(guest.get(link_of(letter)), "invited", {"new_password": CHOSEN, "new_password_again": CHOSEN})
    other.sign_in("takeda", CHOSEN)
    assert "武田 ミツ" in other.get("/account/sessions").one(".head-person").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "reception"}, "username"),
        ({"roles": []}, "roles"),
        ({"roles": ["reception"]}, "districts"),
        ({"mail": "hanako@"}, "mail"),
        ({"phone": "123"}, "phone"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    app: Flask, admin: PageClient, wrong: dict[str, object], field: str
) -> None:
    page = admin.submit(admin.get("/admin/accounts/new"), "staff", {**NEW, **wrong}, expect=422)
    assert page.error(field)
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Account)) == 2


def test_an_edited_account_keeps_its_password_and_changes_what_it_may(app: Flask, admin: PageClient) -> None:
    person = account_id(app, "reception")
    changed = {"name": "受付 次郎", "roles": ["coordinator"], "districts": ["seibu"]}
    admin.submit(admin.get(f"/admin/accounts/{person}"), "staff", changed, follow=True)
    with app.app_context():
        roles = db.session.scalars(db.select(AccountRole.role).where(AccountRole.account_id == person)).all()
        assert roles == [Role.COORDINATOR]
    renamed = PageClient(app)
    renamed.sign_in("reception")
    assert "受付 次郎" in renamed.get("/account/sessions").one(".head-person").text


def test_switching_off_ends_the_session_for_good(app: Flask, admin: PageClient) -> None:
    reception = PageClient(app)
    reception.sign_in("reception")
    address = f"/admin/accounts/{account_id(app, 'reception')}/switch"
    admin.submit(admin.get(address), "switch")
    reception.get("/home", expect=303)
    PageClient(app).sign_in("reception", expect=422)
    admin.submit(admin.get(address), "switch")
    reception.get("/home", expect=303)
    reception.sign_in("reception")
    assert [action for action in actions(app) if action.startswith("switch_")] == [
        "switch_account_off",
        "switch_account_on",
    ]


def test_the_last_administrator_stays_one(app: Flask, admin: PageClient) -> None:
    own = account_id(app, "admin")
    refused = admin.submit(admin.get(f"/admin/accounts/{own}/switch"), "switch", expect=422)
    assert "使える管理者がほかにいない" in refused.text
    page = admin.get(f"/admin/accounts/{own}")
    assert "使える管理者" in admin.submit(page, "staff", {"roles": ["reception"]}, expect=422).text
    with app.app_context():
        make_account(Role.ADMIN, username="second")
    admin.submit(admin.get(f"/admin/accounts/{own}/switch"), "switch")
    admin.get("/home", expect=303)


def test_a_new_invitation_ends_every_session_and_opens_the_throttled_door(app: Flask, admin: PageClient) -> None:
    reception = PageClient(app)
    reception.sign_in("reception")
    stranger = PageClient(app)
    for _ in range(5):
        stranger.sign_in("reception", "wrong", expect=422)
    page = admin.get(f"/admin/accounts/{account_id(app, 'reception')}/invite")
    letter = admin.submit(page, "invite", expect=200)
    reception.get("/home", expect=303)
    reception.sign_in("reception", expect=422)
    reception.submit(reception.get(link_of(letter)), "invited", {"new_password": CHOSEN, "new_password_again": CHOSEN})
    reception.get("/home")
    PageClient(app).sign_in("reception", CHOSEN)


def test_ones_own_new_password_keeps_this_session_alone(app: Flask, admin: PageClient) -> None:
    here, elsewhere = PageClient(app), PageClient(app)
    here.sign_in("reception")
    elsewhere.sign_in("reception")
    typed = {"old_password": "wrong", "new_password": "atarashii-kagi", "new_password_again": "atarashii-kagi"}
    refused = here.submit(here.get("/account/password"), "own-password", typed, expect=422)
    assert "今のパスワードがちがいます" in refused.error("old_password")
    here.submit(refused, "own-password", {**typed, "old_password": "akita-demo"}, follow=True)
    here.get("/home")
    elsewhere.get("/home", expect=303)
    assert actions(app)[-1] == "change_own_password"


def test_five_wrong_old_passwords_close_the_door(app: Flask, admin: PageClient) -> None:
    typed = {"old_password": "wrong", "new_password": "atarashii-kagi", "new_password_again": "atarashii-kagi"}
    page = admin.get("/account/password")
    for _ in range(5):
        page = admin.submit(page, "own-password", typed, expect=422)
    page = admin.submit(page, "own-password", {**typed, "old_password": "akita-demo"}, expect=422)
    assert "15分" in page.text


def test_accounts_are_found_by_name_kana_or_user_name_and_not_by_address(app: Flask, admin: PageClient) -> None:
    admin.submit(admin.get("/admin/accounts/new"), "staff", NEW, expect=200)
    for text in ("武田", "たけだ", "ﾀｹﾀﾞ", "TAKE"):
        found = admin.submit(admin.get("/admin/accounts/"), "さがす", {"q": text}, expect=200)
        assert "武田 ミツ" in found.text
        assert "receptionさん" not in found.text
    assert "見つかりませんでした" in admin.submit(admin.get("/admin/accounts/"), "さがす", {"q": "%"}, expect=200).text


def test_the_list_asks_the_same_number_of_questions_however_long(
    app: Flask, admin: PageClient, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with queries() as few:
        admin.get("/admin/accounts/")
    with app.app_context():
        for number in range(5):
            make_account(Role.TUTOR, username=f"tutor{number}", districts=("chuo",))
    with queries() as many:
        admin.get("/admin/accounts/")
    assert len(many) == len(few) <= 6


def test_only_administrators_manage_accounts(app: Flask, admin: PageClient) -> None:
    reception = PageClient(app)
    reception.sign_in("reception")
    reception.get("/admin/accounts/", expect=403)
    admin.get(f"/admin/accounts/{10**30}", expect=404)


def test_work_ahead_is_named_before_a_role_ends_or_an_account_is_switched_off(app: Flask, admin: PageClient) -> None:
    with app.app_context():
        someone = make_account(Role.ADVISER, Role.INSTRUCTOR, Role.TUTOR, username="keiko", districts=("chuo",))
        keiko, learner = someone.id, make_learner("ナマエ ヒミツ")
        desk = make_desk(keiko)
        book(desk, keiko, learner)
        make_run(meeting_at(hour=15, staff=[keiko]))
        with transaction():
            appoint_tutor(keiko, skills=["A1"], actor=SYSTEM, now=desk_clock.now())
            match_learner(keiko, learner, actor=SYSTEM, now=desk_clock.now())
    page = admin.get(f"/admin/accounts/{keiko}/switch")
    refused = admin.submit(page, "switch", expect=422)
    work = refused.one("section.message.warn").text
    for words in (
        "12月3日（木） 10:00〜11:00",
        "スマホ相談 木曜日 10:00〜12:00",
        "電源の入れ方",
        "地域サポーターの担当（11月24日（火）から）",
    ):
        assert words in work
    assert "ヒミツ" not in work
    page = admin.get(f"/admin/accounts/{keiko}")
    refused = admin.submit(page, "staff", {"roles": ["instructor", "tutor"]}, expect=422)
    assert "スマホ相談" in refused.one("section.message.warn").text
    assert "電源の入れ方" not in refused.one("section.message.warn").text
    with app.app_context():
        assert len(duties_of([keiko])[keiko].roles) == 3
    admin.submit(refused, "staff", {"although": True}, expect=303)
    with app.app_context():
        assert set(duties_of([keiko])[keiko].roles) == {Role.INSTRUCTOR, Role.TUTOR}
        assert len(bookings_ahead(learner, desk_clock.now())) == 1
