"""The `supportdesk` command, run as a person runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.servers import ROOT, clean_environment


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("supportdesk"), *arguments],
        cwd=ROOT,
        env=clean_environment(INSTANCE=str(tmp_path / "instance")),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_load_reference_fills_an_empty_database_once(tmp_path: Path) -> None:
    done = run(tmp_path, "load-reference")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["districts:", "7", "venues:", "13", "skills:", "46", "courses:", "22"]
    again = run(tmp_path, "load-reference")
    assert again.returncode == 1
    assert "もう登録されています" in again.stderr
    with create_engine(f"sqlite:///{tmp_path}/instance/supportdesk.sqlite3").connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM district")).scalar_one() == 7


def test_serve_refuses_the_demo_accounts(tmp_path: Path) -> None:
    assert run(tmp_path, "demo", "--no-serve").returncode == 0
    demo = tmp_path / "instance" / "demo.sqlite3"
    demo.rename(tmp_path / "instance" / "supportdesk.sqlite3")
    refused = run(tmp_path, "serve")
    assert refused.returncode == 1
    assert "demo" in refused.stderr


def test_an_unknown_setting_is_said_in_one_line(tmp_path: Path) -> None:
    environment = {**clean_environment(INSTANCE=str(tmp_path)), "SUPPORTDESK_COLOUR": "blue"}
    command = [str(Path(sys.executable).with_name("supportdesk")), "db", "upgrade"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (2, "supportdesk: unknown setting SUPPORTDESK_COLOUR\n")
