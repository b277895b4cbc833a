"""`supportdesk nightly`: each job puts in order what is left, once, and one that fails stops no other."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from supportdesk import nightly
from supportdesk.cli import supportdesk
from supportdesk.core import clock
from supportdesk.nightly import Done, put_in_order
from supportdesk.notices.models import NoticeState
from tests.factories import make_learner, make_reference
from tests.notices.making import notice, queue


@pytest.mark.usefixtures("context")
def test_calls_about_what_has_begun_are_closed_and_no_others() -> None:
    make_reference()
    now = clock.now()
    over = queue(make_learner(), tell_until=now)
    later, always = queue(make_learner(), tell_until=now + timedelta(seconds=1)), queue(make_learner())
    assert Done("notices lapsed", 1) in put_in_order(now)
    assert [notice(one).state for one in (over, later, always)] == [
        NoticeState.LAPSED,
        NoticeState.WAITING,
        NoticeState.WAITING,
    ]
    assert [done.rows for done in put_in_order(now)] == [0] * len(nightly.JOBS)


@pytest.mark.usefixtures("context")
def test_a_job_that_fails_stops_no_other_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_now: datetime) -> int:
        raise RuntimeError("no disk")

    with caplog.at_level(logging.ERROR):
        done = list(put_in_order(clock.now(), [("one", fail), ("other", lambda _now: 3)]))
    assert done == [Done("one", None), Done("other", 3)]
    assert "no disk" in caplog.text


@pytest.mark.only_on("sqlite")
def test_the_command_leaves_with_1_when_a_job_failed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTDESK_DATABASE_URL", database_url)
    monkeypatch.setenv("SUPPORTDESK_INSTANCE", str(tmp_path))
    done = CliRunner().invoke(supportdesk, ["nightly"])
    assert (done.exit_code, done.output.splitlines()) == (0, [f"{name}: 0" for name, _job in nightly.JOBS])

    def failed(_now: datetime) -> list[Done]:
        return [Done("notices lapsed", None)]

    monkeypatch.setattr(nightly, "put_in_order", failed)
    refused = CliRunner().invoke(supportdesk, ["nightly"])
    assert refused.exit_code == 1
    assert "notices lapsed: failed" in refused.output
