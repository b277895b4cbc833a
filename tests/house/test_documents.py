"""What the documents say stands: settings, commands and targets exist, none is missing, no link leads nowhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest

from supportdesk.cli import supportdesk
from supportdesk.config import KNOWN, PREFIX
from tests.servers import ROOT

pytestmark = pytest.mark.only_on("sqlite")

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
OPERATION = (ROOT / "docs/operation.md").read_text()
#: `[text](target)` and `![text](target)`; addresses elsewhere are not followed.
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]+)")
#: "make" as a word of English, not of the shell.
WORDS = {"each", "it", "the", "nothing", "people", "one"}


def commands(group: click.Group, before: str = "") -> set[str]:
    """Every command's full name, groups' members for the groups."""
    names = set()
    for name, command in group.commands.items():
        names |= commands(command, f"{name} ") if isinstance(command, click.Group) else {before + name}
    return names


def test_every_setting_is_explained_and_no_other() -> None:
    assert set(re.findall(rf"`{PREFIX}(\w+)`", OPERATION)) == set(KNOWN)


def test_every_command_is_explained_and_no_other() -> None:
    assert set(re.findall(r"^\| `supportdesk ([a-z -]+)` \|", OPERATION, re.MULTILINE)) == commands(supportdesk)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_link_leads_nowhere(document: Path) -> None:
    targets = LINK.findall(document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_to_be_made_can_be_made(document: Path) -> None:
    named = set(TARGET.findall(document.read_text())) - WORDS
    makefile = (ROOT / "Makefile").read_text()
    assert [target for target in sorted(named) if f"\n{target}:" not in makefile] == []


def test_make_help_names_every_target() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z][a-z-]*):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [target for target in targets if f"make {target} " not in told] == []
