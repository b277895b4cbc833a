"""What docs/security.md says stands: who may do what, and the evidence that it names."""

from __future__ import annotations

import re

import pytest

from supportdesk.core.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.servers import ROOT

pytestmark = pytest.mark.only_on("sqlite")

PAGE = ROOT / "docs/security.md"
TABLE = re.compile(r"<!-- permissions -->\n(.*?)<!-- /permissions -->", re.DOTALL)
NAMED = re.compile(r"`((?:tests|accounts|core)/[\w./]+|requirements\.txt)`")


def table() -> str:
    """The permissions that are in force, by role."""
    head = ["permission", *(str(role) for role in Role)]
    rows = [
        [f"`{permission}`", *("○" if permission in ROLE_PERMISSIONS[role] else "" for role in Role)]
        for permission in Permission
    ]
    lines = [head, ["---"] + [":-:"] * len(Role), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def test_the_page_tells_the_permissions_in_force() -> None:
    told = TABLE.search(PAGE.read_text())
    assert told is not None
    assert told[1] == table(), f"put this between the marks:\n{table()}"


def test_the_evidence_named_is_there() -> None:
    named = set(NAMED.findall(PAGE.read_text()))
    assert len(named) > 25
    assert [name for name in sorted(named) if not any((ROOT / at / name).exists() for at in ("", "supportdesk"))] == []
