"""Which passwords may be chosen, and by whom."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.accounts.passwords import (
    NONE_CHOSEN,
    SHORTEST_PASSWORD,
    PasswordNamesOwner,
    PasswordTooCommon,
    PasswordTooShort,
    demand_good_password,
    fits,
    kept_hash,
)
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Role
from tests.factories import make_account
from tests.pages import PageClient

NAMES = ("takeda", "武田 ミツ", "タケダ ミツ")


@pytest.mark.parametrize(
    "password",
    [
        "minato-de-asagohan",
        "correct horse battery",
        "もりのなかのくまさんだ。",
        "竿燈まつりがだいすきです",
        "aaaa bbbb ccoo ddii mm",
        "nokogirikuwagata",  # small letters alone: what it is made of is never asked
        "x7" * 4 + "ruvodapi" + "k" * 980,  # as long as the field
        "mitsutabi no hachimitsu wo kau",  # her name stands in it, and enough besides
    ],
)
def test_a_long_password_that_nobody_guesses_is_good(password: str) -> None:
    demand_good_password(password, names=NAMES)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("", PasswordTooShort),
        ("k7#Wm!q9Zp&", PasswordTooShort),
        ("x" * SHORTEST_PASSWORD, PasswordTooCommon),
        ("password1234", PasswordTooCommon),
        ("Password2026!", PasswordTooCommon),
        ("P@ssw0rd1234", PasswordTooCommon),
        ("qwertyuiop12", PasswordTooCommon),
        ("123456789012", PasswordTooCommon),
        ("akitaakita12", PasswordTooCommon),
        ("supportdesk2026", PasswordTooCommon),
        ("takeda-mitsu-1", PasswordNamesOwner),
        ("TAKEDA-kagi-1", PasswordNamesOwner),
        ("武田ミツのパスワード", PasswordTooShort),
        ("武田ミツのパスワードです。。", PasswordNamesOwner),
    ],
)
def test_what_is_tried_first_is_refused(password: str, refusal: type[DeskError]) -> None:
    with pytest.raises(refusal):
        demand_good_password(password, names=NAMES)


def test_a_name_of_one_letter_or_none_forbids_nothing() -> None:
    demand_good_password("minato-de-asagohan", names=("a", "", "\u3000", "o n"))


def test_no_password_fits_where_none_was_chosen() -> None:
    assert not fits(NONE_CHOSEN, "")
    assert not fits(NONE_CHOSEN, NONE_CHOSEN)
    assert fits(kept_hash("minato-de-asagohan"), "minato-de-asagohan")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("password1234", "よく使われているパスワード"),
        ("reception-1234", "ユーザー名や自分の名前"),
        ("mijikai", f"{SHORTEST_PASSWORD}文字以上"),
    ],
)
def test_why_a_password_will_not_do_stands_beside_its_field(
    app: Flask, client: PageClient, new: str, said: str
) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    typed = {"old_password": "akita-demo", "new_password": new, "new_password_again": new}
    refused = client.submit(client.get("/account/password"), "own-password", typed, expect=422)
    assert said in refused.error("new_password")
