"""A filled demo is kept beside the one in use, so that the next fresh demo of the same day is a copy, made at once."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import supportdesk
from supportdesk.core import clock

_PACKAGE = Path(supportdesk.__file__).parent


def kept_demo(instance: Path, seed: int) -> Path:
    """Where the demo of this seed, this day and this very code is kept, or would be."""
    newest = max(path.stat().st_mtime_ns for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".csv", ".vtt"))
    mark = hashlib.sha256(f"{seed} {clock.today()} {newest}".encode()).hexdigest()[:16]
    return instance / f"demo-kept-{mark}.sqlite3"


def keep(demo: Path, kept: Path) -> None:
    """Keep a copy of the filled demo, and none of another day."""
    for older in kept.parent.glob("demo-kept-*.sqlite3"):
        older.unlink()
    connection = sqlite3.connect(demo)
    connection.execute("VACUUM INTO ?", (str(kept),))
    connection.close()


def take_out(kept: Path, demo: Path) -> bool:
    """Put the kept demo into use; False when there is none."""
    if not kept.exists():
        return False
    shutil.copyfile(kept, demo)
    return True
