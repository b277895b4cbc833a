"""Two who give the same name at the same moment: one has it, the other is told so and sees no error page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from supportdesk.core import clock
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.desks.operations import Particulars, open_desk
from supportdesk.places.models import EquipmentKind
from supportdesk.places.upkeep import save_equipment, save_room, save_venue
from tests.factories import make_reference
from tests.helpdesk.making import venue_of
from tests.racing import meet

_VENUE = {"kana": "", "nickname": "", "district_code": "chuo", "address": "", "phone": "", "wifi_ssid": ""}


def _venue() -> int:
    return save_venue(None, name="みなみ集会所", **_VENUE, actor=SYSTEM, now=clock.now())


def _room() -> int:
    return save_room(None, venue_of(), name="和室", seats=None, actor=SYSTEM, now=clock.now())


def _phone() -> int:
    kind = EquipmentKind.LOAN_PHONE
    return save_equipment(None, kind=kind, name="1号", venue_id=None, actor=SYSTEM, now=clock.now())


def _desk() -> int:
    return open_desk(Particulars("スマホ相談", venue_of()), actor=SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    ("save", "refused"),
    [(_venue, "NameTaken"), (_room, "NameTaken"), (_phone, "NameTaken"), (_desk, "DeskRefused")],
)
def test_the_second_is_told_that_the_name_is_taken(app: Flask, save: Callable[[], Any], refused: str) -> None:
    with app.app_context():
        make_reference()
        db.session.remove()
    assert meet(app, save, save) == ["done", refused]
