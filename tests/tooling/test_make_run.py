"""`make run`, as the README has it: it fills a demo, prints the address and the log-ins, and serves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from supportdesk.demo import PASSWORD, USERNAMES
from tests.servers import ROOT, clean_environment

pytestmark = pytest.mark.only_on("sqlite")
#: Filling a demo takes some seconds, and other tests run beside this one.
PATIENCE = 120


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def front_page(address: str, serving: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + PATIENCE
    while serving.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"make run does not serve: {serving.poll()}")


def test_make_run_serves_the_demo_and_says_how_to_log_in(tmp_path: Path) -> None:
    port = free_port()
    environment = clean_environment(INSTANCE=str(tmp_path / "instance"), PORT=str(port))
    with (tmp_path / "printed").open("w") as printed:
        serving = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env={name: value for name, value in environment.items() if name != "MAKEFLAGS"},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        assert "しえんデスク" in front_page(f"http://127.0.0.1:{port}/", serving)
    finally:
        os.killpg(serving.pid, signal.SIGTERM)
        serving.wait(timeout=30)
    said = (tmp_path / "printed").read_text()
    assert f"http://127.0.0.1:{port}" in said
    assert PASSWORD in said
    assert [name for name in USERNAMES if name not in said] == []
