"""The `supportdesk` command, run as a person runs it."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import create_engine, text

from supportdesk.cli import main
from tests.conftest import DEMO
from tests.databases import Databases
from tests.servers import ROOT, clean_environment

pytestmark = pytest.mark.only_on("sqlite")  # the commands make their own database, the embedded one


def start(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The installed command, from its first line."""
    return subprocess.run(
        [Path(sys.executable).with_name("supportdesk"), *arguments],
        cwd=ROOT,
        env=clean_environment(INSTANCE=str(tmp_path / "instance"), **settings),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def run(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same in a process that has imported already what this one has: most of a command's time is that."""
    environment = clean_environment(INSTANCE=str(tmp_path / "instance"), **settings)
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = multiprocessing.get_context("fork").Process(target=_main, args=(arguments, environment, out, err))
        child.start()
        child.join()
        told = [(file.seek(0), file.read())[1] for file in (out, err)]
    return subprocess.CompletedProcess(arguments, child.exitcode or 0, *told)


def _main(arguments: tuple[str, ...], environment: dict[str, str], out: IO[str], err: IO[str]) -> None:
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    sys.stdout, sys.stderr = open(1, "w"), open(2, "w")  # noqa: SIM115  # they end with the process
    sys.argv = ["supportdesk", *arguments]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def put_in_place(url: str, folder: Path) -> None:
    """Let the database at this address be the one of the folder's instance."""
    (folder / "instance").mkdir()
    shutil.move(url.removeprefix("sqlite:///"), folder / "instance" / "supportdesk.sqlite3")


@pytest.fixture(scope="module")
def city(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder whose database holds the reference data and an administrator, to be copied."""
    folder = tmp_path_factory.mktemp("city")
    put_in_place(databases.copy(), folder)
    assert run(folder, "load-reference").returncode == 0
    assert run(folder, "create-admin", "taken", "--name", "管理 花子").returncode == 0
    return folder / "instance"


def test_load_reference_fills_an_empty_database_once(tmp_path: Path) -> None:
    done = start(tmp_path, "load-reference")
    assert done.returncode == 0, done.stderr
    assert " ".join(done.stdout.split()) == "districts: 7 venues: 13 skills: 46 courses: 22 cards: 279"
    again = run(tmp_path, "load-reference")
    assert again.returncode == 1
    assert "もう登録されています" in again.stderr
    with create_engine(f"sqlite:///{tmp_path}/instance/supportdesk.sqlite3").connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM district")).scalar_one() == 7


@pytest.mark.parametrize(
    ("username", "said"),
    [("", "ユーザー名"), ("taken", "もう使われています")],
)
def test_create_admin_says_in_one_line_what_it_will_not_make(
    tmp_path: Path, city: Path, username: str, said: str
) -> None:
    shutil.copytree(city, tmp_path / "instance")
    refused = run(tmp_path, "create-admin", username, "--name", "管理 花子")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert said in refused.stderr


def test_create_admin_and_invite_print_a_link_and_nothing_else(tmp_path: Path, city: Path) -> None:
    shutil.copytree(city, tmp_path / "instance")
    links = [
        run(tmp_path, *arguments, BASE_URL="https://desk.example").stdout
        for arguments in (("create-admin", "another", "--name", "管理 次郎"), ("invite", "another"))
    ]
    for link in links:
        assert re.fullmatch(r"https://desk\.example/invited/[A-Za-z0-9_-]{22}\n", link)
    assert links[0] != links[1]
    assert run(tmp_path, "invite", "nobody").returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("create-admin", "admin", "--name", "管理 花子"),
        ("import-learners", str(ROOT / "tests" / "learners" / "ledgers" / "reception_ledger_cp932.csv"), "--dry-run"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_database_without_its_tables_is_said_in_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = run(tmp_path, *arguments)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert "supportdesk db upgrade" in refused.stderr


def test_serve_refuses_a_frozen_clock(tmp_path: Path) -> None:
    refused = start(tmp_path, "serve", NOW="2026-11-24T10:00:00+09:00")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "supportdesk: SUPPORTDESK_NOW is for the demo and tests: serve needs a clock that runs\n"


def test_serve_refuses_the_demo_accounts(tmp_path: Path, databases: Databases) -> None:
    put_in_place(databases.copy(of=DEMO), tmp_path)
    refused = start(tmp_path, "serve")
    assert refused.returncode == 1
    assert "demo" in refused.stderr


def test_an_unknown_setting_is_said_in_one_line(tmp_path: Path) -> None:
    done = start(tmp_path, "db", "upgrade", COLOUR="blue")
    assert (done.returncode, done.stderr) == (2, "supportdesk: unknown setting SUPPORTDESK_COLOUR\n")


def test_import_learners_answers_in_json_and_a_dry_run_changes_nothing(tmp_path: Path, city: Path) -> None:
    ledger = str(ROOT / "tests" / "learners" / "ledgers" / "reception_ledger_cp932.csv")
    shutil.copytree(city, tmp_path / "instance")
    for options, new, duplicate in ((("--dry-run",), 279, 17), ((), 279, 17), ((), 0, 296)):
        done = run(tmp_path, "import-learners", ledger, "--json", *options)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert (answer["new"], answer["duplicate"], len(answer["rejected"])) == (new, duplicate, 5)
        assert set(answer["rejected"][0]) == {"row", "column", "reason"}


def test_import_learners_says_what_cannot_be_read(tmp_path: Path, city: Path) -> None:
    shutil.copytree(city, tmp_path / "instance")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    for name in ("picture.csv", "nowhere.csv"):
        refused = run(tmp_path, "import-learners", str(tmp_path / name))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert name in refused.stderr
        assert "Traceback" not in refused.stderr


def test_verify_audit_names_the_row_that_was_changed_and_finds_what_was_cut_off_by_its_heads(
    tmp_path: Path, city: Path
) -> None:
    shutil.copytree(city, tmp_path / "instance")
    assert run(tmp_path, "create-admin", "second", "--name", "管理 次郎").returncode == 0
    whole = run(tmp_path, "verify-audit")
    assert whole.returncode == 0, whole.stderr
    assert "nothing wrong" in whole.stdout
    (tmp_path / "heads").write_text(whole.stdout)
    assert run(tmp_path, "verify-audit", "--heads", str(tmp_path / "heads")).returncode == 0
    engine = create_engine(f"sqlite:///{tmp_path}/instance/supportdesk.sqlite3")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT min(id) FROM audit_entry")).scalar_one()
        connection.execute(text("UPDATE audit_entry SET subject = 'account:9' WHERE id = :row").bindparams(row=row))
        connection.execution_options(write=True).commit()
    changed = run(tmp_path, "verify-audit")
    assert changed.returncode == 1
    assert f"altered: row {row}, lane " in changed.stdout
    told = json.loads(run(tmp_path, "verify-audit", "--json").stdout)
    assert [(one["wrong"], one["id"]) for one in told["findings"]] == [("altered", row)]
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
        connection.execute(text("DELETE FROM audit_lane"))
        connection.commit()
    assert run(tmp_path, "verify-audit").returncode == 0
    cut_off = run(tmp_path, "verify-audit", "--heads", str(tmp_path / "heads"))
    assert cut_off.returncode == 1
    assert "missing: row -, lane " in cut_off.stdout


def test_verify_audit_says_in_one_line_that_a_file_holds_no_heads(tmp_path: Path, city: Path) -> None:
    shutil.copytree(city, tmp_path / "instance")
    (tmp_path / "heads").write_text('{"no": "heads"}')
    for name in ("heads", "nowhere"):
        answer = run(tmp_path, "verify-audit", "--heads", str(tmp_path / name))
        assert answer.returncode == 1
        assert len(answer.stderr.splitlines()) == 1


def test_an_upgrade_seals_the_audit_rows_of_before_once(tmp_path: Path, city: Path) -> None:
    shutil.copytree(city, tmp_path / "instance")
    engine = create_engine(f"sqlite:///{tmp_path}/instance/supportdesk.sqlite3")

    def unchained() -> None:
        with engine.connect() as connection:
            connection.execute(text("UPDATE audit_entry SET lane = NULL, seq = NULL, hash = NULL"))
            connection.execute(text("DELETE FROM audit_entry WHERE action = 'seal_audit'"))
            connection.execute(text("DELETE FROM audit_lane"))
            connection.commit()

    unchained()
    assert "unsealed: " in run(tmp_path, "verify-audit").stdout
    assert "audit rows sealed" in run(tmp_path, "db", "upgrade").stdout
    assert "audit rows sealed" not in run(tmp_path, "db", "upgrade").stdout
    assert run(tmp_path, "verify-audit").returncode == 0
    unchained()
    assert run(tmp_path, "verify-audit", "--seal").returncode == 0
    assert run(tmp_path, "verify-audit", "--seal").returncode == 1
