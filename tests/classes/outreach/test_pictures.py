"""Pictures of a held lecture: what is kept of a photograph, how many, by whose leave, until when."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.errors import StepTaken
from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.office import OUTREACH_PICTURE_YEARS
from supportdesk.classes.outreach.pictures.errors import ConsentMissing, TooManyPictures
from supportdesk.classes.outreach.pictures.models import OutreachPicture
from supportdesk.classes.outreach.pictures.operations import add_pictures, amend_caption, delete_picture
from supportdesk.classes.outreach.pictures.queries import pictures_of
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.pictures import ReadyPicture, read_picture
from supportdesk.extensions import db
from supportdesk.learners.rights.retention import erase_aged, plan_retention
from tests.classes.outreach.making import held_lecture
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.photographs import (
    photograph,
)
from tests.racing import meet

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def held(context: None, clock: Clock) -> int:
    """A request whose lecture was held just now."""
    make_reference()
    return held_lecture(make_account(Role.INSTRUCTOR).id, clock)


def read(data: bytes) -> ReadyPicture:
    return read_picture(io.BytesIO(data), 10)


def add(request_id: int, number: int = 1, *, caption: str = "", consent: bool = True) -> list[str]:
    """The names of what was added."""
    ready = [read(photograph(size=(60, 40)))] * number
    with transaction():
        return add_pictures(request_id, ready, caption=caption, consent=consent, actor=SYSTEM, now=desk_clock.now())


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(OutreachPicture)) or 0


def test_pictures_are_kept_with_their_lecture_and_noted(held: int) -> None:
    first, second = add(held, 2, caption="地図をさがす")
    assert len({first, second}) == 2 and min(len(first), len(second)) >= 22
    assert [(one.name, one.caption, one.width, one.height) for one in pictures_of(held)] == [
        (first, "地図をさがす", 60, 40),
        (second, "地図をさがす", 60, 40),
    ]
    with transaction():
        amend_caption(held, second, "休けい", actor=SYSTEM, now=desk_clock.now())
        delete_picture(held, first, actor=SYSTEM, now=desk_clock.now())
    assert [(one.name, one.caption) for one in pictures_of(held)] == [(second, "休けい")]
    with pytest.raises(NotFound), transaction():
        delete_picture(held, first, actor=SYSTEM, now=desk_clock.now())
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == f"outreach:{held}", AuditEntry.action.contains("picture"))
    ).all()
    assert sorted(actions) == ["add_outreach_picture", "amend_outreach_picture", "delete_outreach_picture"]


def test_no_picture_without_consent_before_the_lecture_or_beyond_the_most(held: int) -> None:
    with pytest.raises(ConsentMissing):
        add(held, consent=False)
    add(held, 3)
    with pytest.raises(TooManyPictures) as refusal:
        add(held, 2)
    assert "4枚まで" in str(refusal.value.message)
    with transaction():
        stepping.step_back(held, OutreachState.HELD, reason="まちがい", actor=SYSTEM, now=desk_clock.now())
    with pytest.raises(StepTaken):
        add(held)
    assert kept() == 3


def test_two_who_add_the_last_picture_at_once(app: Flask, held: int) -> None:
    add(held, 3)
    ready = [read(photograph(size=(60, 40)))]

    def send() -> None:
        add_pictures(held, ready, caption="", consent=True, actor=SYSTEM, now=desk_clock.now())

    db.session.remove()
    assert meet(app, send, send) == ["done", "TooManyPictures"]
    assert kept() == 4


def test_what_fails_leaves_no_picture_behind(held: int) -> None:
    ready = [read(photograph(size=(60, 40)))]

    def fail() -> None:
        with transaction():
            add_pictures(held, ready, caption="", consent=True, actor=SYSTEM, now=desk_clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert kept() == 0


def test_pictures_go_with_the_yearly_run_and_newer_ones_stay(held: int, clock: Clock) -> None:
    add(held)
    later = desk_clock.now() + timedelta(days=366 * OUTREACH_PICTURE_YEARS.get() + 1)
    clock.set(later)
    newer = add(held)
    found = [one for one in plan_retention(later).records if one.title == "出前講座の写真"]
    assert [(one.years, one.rows, one.people, list(one.columns)) for one in found] == [(2, 1, 1, [])]
    with transaction():
        erase_aged(later, actor=SYSTEM, now=later)
    assert [one.name for one in pictures_of(held)] == newer
