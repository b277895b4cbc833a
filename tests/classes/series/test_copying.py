"""A run is copied to other weeks: everything is filled in, and its dates can still be changed."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from supportdesk.classes.conditions import Conditions
from supportdesk.classes.models import Meeting, Run
from supportdesk.classes.sheets.operations import ask_for_feedback
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.classes.making import DAY, make_run, meeting_at, room_of
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import PageClient


def test_a_class_that_was_held_is_planned_again_with_all_its_dates(
    app: Flask, client: PageClient, clock: Clock
) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
        staff = [make_account(Role.INSTRUCTOR).id]
        meetings = [meeting_at(DAY + timedelta(weeks=week), room_id=room_of().id, staff=staff) for week in range(7)]
        conditions = Conditions(least=3, decide_on=DAY - timedelta(days=5))
        run_id = make_run(*meetings, capacity=7, title="いつもの教室", to_bring="めがね", conditions=conditions)
        with transaction():
            ask_for_feedback(run_id, False, actor=SYSTEM, now=desk_clock.now())
    clock.set(meetings[2].ends_at)
    client.sign_in("admin")
    page = client.get(client.get(f"/classes/{run_id}").link("写して計画する"))
    assert attribute(page.field("weeks"), "value") == "3"
    page = client.submit(page, "日にちを入れなおす", {"weeks": "12"})
    done = client.submit(page, "plan", {"start_7": "13:00", "end_7": "14:00"}, follow=True)
    assert done.h1 == "いつもの教室"
    with app.app_context():
        copied = db.session.scalars(select(Run).where(Run.id != run_id)).one()
        assert (copied.capacity, copied.to_bring, copied.least) == (7, "めがね", 3)
        assert copied.asks_feedback is False
        assert copied.decide_on == DAY - timedelta(days=5) + timedelta(weeks=12)
        begins = db.session.scalars(
            select(Meeting.starts_at).where(Meeting.run_id == copied.id).order_by(Meeting.number)
        ).all()
        assert len(begins) == 7
        assert begins[0] == meetings[0].starts_at + timedelta(weeks=12)


def test_nonsense_weeks_and_another_districts_run(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.COORDINATOR, districts=("tobu",))
        mine, other = make_run(), make_run(venue_id=room_of("ウェスター").venue_id)
    client.sign_in("coordinator")
    for weeks in ("-5", "0104999999", "105"):
        assert attribute(client.get(f"/classes/{mine}/copy?weeks={weeks}").field("weeks"), "value") == "1"
    client.get(f"/classes/{other}/copy", expect=404)
