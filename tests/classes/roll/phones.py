"""A phone without a network, for the tests of what it hands in; and what became of that."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from supportdesk.classes.models import AttendanceMark
from supportdesk.core import clock as desk_clock
from supportdesk.extensions import db
from supportdesk.learners.dropbox.models import Entry, EntryState
from tests.pages import PageClient


class Phone:
    """A phone that got its key while its user was signed in. It knows nothing else of the desk."""

    def __init__(self, client: PageClient, app: Flask) -> None:
        self.key = client.raw.post("/dropbox/key", headers={"X-CSRFToken": client._token()}).get_json()["key"]
        self.client = app.test_client()

    def entry(self, meeting_id: int, learner_id: int, state: str = "present", *, at: datetime | None = None) -> Any:
        content = {"meeting": meeting_id, "learner": learner_id, "state": state}
        return self.written(content, at=at)

    def written(self, content: object, *, at: datetime | None = None, kind: str = "attendance_mark") -> Any:
        made_at = int((at or desk_clock.now()).timestamp() * 1000)
        return {"id": str(uuid4()), "kind": kind, "made_at": made_at, "content": content}

    def hand_in(self, *entries: Any, clock_says: datetime | None = None, expect: int = 200) -> Any:
        sent_at = int((clock_says or desk_clock.now()).timestamp() * 1000)
        answer: TestResponse = self.client.post(
            "/dropbox", json={"sent_at": sent_at, "entries": list(entries)}, headers={"X-Phone-Key": self.key}
        )
        assert answer.status_code == expect, answer.text
        return answer.get_json()


def marks(app: Flask, meeting_id: int) -> list[tuple[int, str]]:
    """Every mark, the standing and the overruled."""
    with app.app_context():
        rows = db.session.execute(
            select(AttendanceMark.learner_id, AttendanceMark.state)
            .where(AttendanceMark.meeting_id == meeting_id)
            .order_by(AttendanceMark.observed_at, AttendanceMark.id)
        )
        return [(row.learner_id, str(row.state)) for row in rows]


def outcomes(app: Flask) -> list[tuple[EntryState, str]]:
    with app.app_context():
        return [(one.state, one.reason) for one in db.session.scalars(select(Entry).order_by(Entry.id))]
