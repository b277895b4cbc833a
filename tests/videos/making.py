"""Videos for tests, made by the desk's own operations, and phones that are a learner's own."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.learners.admission import admit_phone, open_window
from supportdesk.learners.consents import record_consent
from supportdesk.learners.models import ConsentKind
from supportdesk.learners.own_phone import COOKIE
from supportdesk.learners.passes import issue_pass, live_pass
from supportdesk.videos.operations import Added, VideoPlan, add_video
from tests.factories import make_actor
from tests.pages import PageClient

PLAN = VideoPlan(
    title="QRコードを読み取る",
    area_code="B",
    skills=("B5",),
    seconds=80,
    summary="カメラをかざします。",
    file_name="read-qr-code.mp4",
    captions_name="read-qr-code.ja.vtt",
)
ON_SITE = replace(PLAN, file_name="", captions_name="", address="https://films.example.jp/watch?v=1")


def make_video(plan: VideoPlan = PLAN, **changes: object) -> Added:
    """A video in the library."""
    with transaction():
        return add_video(replace(plan, **changes), actor=SYSTEM, now=clock.now())  # type: ignore[arg-type]


def agree(learner_id: int, given: bool = True) -> None:
    """The learner is asked whether views may be kept, and answers."""
    with transaction():
        record_consent(learner_id, ConsentKind.TIE_VIDEO_VIEWS, given, "読んだ文", actor=SYSTEM, now=clock.now())


def own_phone(app: Flask, client: PageClient, *learner_ids: int) -> None:
    """Make this browser the phone of these learners, as their passes would."""
    secrets = []
    with app.app_context():
        staff = make_actor(Role.RECEPTION, username=f"reception-{learner_ids[0]}")
        for learner_id in learner_ids:
            with transaction():
                issue_pass(learner_id, actor=SYSTEM, now=clock.now())
                open_window(learner_id, actor=staff, now=clock.now())
            held = live_pass(learner_id)
            assert held is not None
            with transaction():
                secrets.append(admit_phone(held.token, now=clock.now()))
    client.raw.set_cookie(COOKIE, ".".join(secrets), domain="localhost")
