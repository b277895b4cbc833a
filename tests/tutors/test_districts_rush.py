"""Two coordinators change one tutor's districts at the same moment: neither undoes what the other did."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from supportdesk.core import clock
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.tutors.figures import district_codes_of
from supportdesk.tutors.operations import appoint_tutor
from tests.factories import make_actor, make_reference
from tests.racing import meet
from tests.tutors.making import account_of, make_tutor


def _appointing(tutor: int, actor: Actor, district: str) -> Callable[[], None]:
    return lambda: appoint_tutor(tutor, skills=["A1"], districts=[district], actor=actor, now=clock.now())


def test_both_changes_stand(app: Flask) -> None:
    with app.app_context():
        make_reference()
        tutor = account_of(make_tutor(districts=()))
        east, west = (make_actor(Role.COORDINATOR, username=code, districts=(code,)) for code in ("tobu", "seibu"))
        db.session.remove()
    assert meet(app, _appointing(tutor, east, "tobu"), _appointing(tutor, west, "seibu")) == ["done", "done"]
    with app.app_context():
        assert district_codes_of(tutor) == {"tobu", "seibu"}
