"""What has been kept for as long as it may be is shown, kind by kind, and then erased; nothing else, and no figure."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, update

from supportdesk.accounts.actions import Action
from supportdesk.cli import supportdesk
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Learner, Status, StatusReason
from supportdesk.learners.rights.retention import erase_aged, plan_retention, years_before
from supportdesk.learners.rooms import ageing_records
from supportdesk.tutors.models import PeerSession
from tests.clocks import NOW
from tests.factories import make_account, make_learner, make_reference
from tests.pages import PageClient
from tests.trail import noted
from tests.tutors.making import log, make_tutor, match


def old_and_new() -> tuple[int, int, int]:
    """Sessions of four years and of one hour ago, and somebody who died six years ago."""
    make_reference()
    tutor, learner = make_tutor(), make_learner("サトウ ウメ")
    match(tutor, learner)
    new = log(tutor, learner, note="きょうのようす", minutes=30)
    old = log(tutor, learner, note="むかしのようす", held_at=desk_clock.now() - timedelta(days=2))
    gone = make_learner("スズキ マツ")
    with transaction() as session:
        change_status(gone, Status.DECEASED, StatusReason.FAMILY, actor=SYSTEM, now=desk_clock.now())
        session.execute(
            update(Learner).where(Learner.id == gone).values(status_since=years_before(NOW, 6)),
        )
        session.execute(update(PeerSession).where(PeerSession.id == old).values(held_at=years_before(NOW, 4)))
    return old, new, gone


def notes() -> dict[int, str]:
    return {row.id: row.note for row in db.session.execute(select(PeerSession.id, PeerSession.note))}


@pytest.mark.usefixtures("context")
def test_the_plan_counts_rows_and_people_and_the_run_erases_just_those() -> None:
    old, new, gone = old_and_new()
    plan = plan_retention(desk_clock.now())
    assert [(one.title, one.rows, one.people) for one in plan.records if one.rows] == [("教え合いのようす", 1, 1)]
    assert plan.gone == [gone]
    with transaction():
        assert erase_aged(desk_clock.now(), actor=SYSTEM, now=desk_clock.now()) == 2
    assert notes() == {old: "", new: "きょうのようす"}
    assert db.session.scalar(select(func.count()).select_from(PeerSession)) == 2
    assert db.session.get_one(Learner, gone).erased_at is not None
    assert plan_retention(desk_clock.now()).is_empty
    assert noted(Action.ERASE_AGED) == [("erase_aged", "", [])]


@pytest.mark.usefixtures("context")
def test_every_room_answers_with_columns_that_exist_and_can_be_emptied() -> None:
    wrong = [
        f"{one.table.name}.{name}"
        for one in ageing_records()
        for name in (one.since, one.column, *one.emptied)
        if name not in one.table.columns
    ]
    assert wrong == []
    assert {one.table.name for one in ageing_records()} >= {"consultation_case", "peer_session", "notice", "enrolment"}


def test_a_leap_day_has_a_day_before_it() -> None:
    leap = datetime(2028, 2, 29, 3, tzinfo=NOW.tzinfo)
    assert desk_clock.local(years_before(leap, 1)).date().isoformat() == "2027-02-28"


def test_the_page_shows_it_before_it_is_confirmed(app: Flask, client: PageClient) -> None:
    with app.app_context():
        old, _new, gone = old_and_new()
        make_account(Role.ADMIN)
    client.sign_in("admin")
    page = client.get(client.get("/learners/requests").link("保存期間をすぎた記録"))
    assert "スズキ マツ" in page.text and "教え合いのようす" in page.text
    with app.app_context():
        assert notes()[old] == "むかしのようす"
    done = client.submit(page, "retention", follow=True)
    assert "消しました" in done.text and "いま消すものはありません" in done.text
    with app.app_context():
        assert notes()[old] == ""
        assert db.session.get_one(Learner, gone).kana == ""


@pytest.mark.only_on("sqlite")
def test_the_command_shows_and_erases(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        old_and_new()
    monkeypatch.setenv("SUPPORTDESK_DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("SUPPORTDESK_INSTANCE", str(tmp_path))
    monkeypatch.setenv("SUPPORTDESK_NOW", NOW.isoformat())
    assert CliRunner().invoke(supportdesk, ["retention"]).exit_code == 2
    shown = CliRunner().invoke(supportdesk, ["retention", "--preview"])
    assert (shown.exit_code, "教え合いのようす (3): 1 / 1" in shown.output) == (0, True), shown.output
    assert CliRunner().invoke(supportdesk, ["retention", "--run"]).output.endswith("\n2\n")
    again = CliRunner().invoke(supportdesk, ["retention", "--preview"])
    assert "教え合いのようす (3): 0 / 0" in again.output
