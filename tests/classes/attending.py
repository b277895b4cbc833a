"""An instructor's morning, for the tests of attendance: who is marked, what is tapped, coming back another day."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.classes.models import AttendanceMark
from supportdesk.extensions import db
from tests.classes.making import meeting_at
from tests.clocks import Clock
from tests.factories import make_learner
from tests.markup import attribute, inputs_of
from tests.pages import Page, PageClient

#: When the meetings of these tests begin.
BEGINS = meeting_at().starts_at


def account_id(username: str) -> int:
    return db.session.scalars(select(Account.id).where(Account.username == username)).one()


def come_back(client: PageClient, clock: Clock, instant: datetime) -> None:
    """The instructor signs in at another time."""
    clock.set(instant)
    client.another_device()
    client.sign_in("instructor")


def learner(app: Flask, kana: str = "", **more: object) -> int:
    with app.app_context():
        return make_learner(kana, **more)  # type: ignore[arg-type]


def standing(app: Flask, meeting_id: int) -> dict[int, str]:
    with app.app_context():
        rows = db.session.execute(
            select(AttendanceMark.learner_id, AttendanceMark.state).where(
                AttendanceMark.meeting_id == meeting_id, AttendanceMark.current
            )
        )
        return {row.learner_id: row.state for row in rows}


def tap(page: Page, client: PageClient, learner_id: int, words: str, **options: object) -> Page:
    """Press one of a learner's buttons."""
    (form,) = page.all(f"#learner-{learner_id} form.taps")
    (button,) = [one for one in form.select("button") if words == one.text.strip()]
    fields = inputs_of(form)
    return client.post(attribute(form, "action"), {**fields, "state": attribute(button, "value")}, **options)  # type: ignore[arg-type]


def pressed(page: Page, learner_id: int) -> list[str]:
    return page.texts(f"#learner-{learner_id} .tap[aria-pressed=true]")
