"""Where something is written down that should be nowhere any more."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from supportdesk.core.database import Base
from supportdesk.extensions import db


def _everything(app: Flask) -> dict[str, str]:
    """Every row of every table, as text."""
    with app.app_context():
        return {
            f"{table.name} {number}": json.dumps([str(value) for value in row], ensure_ascii=False)
            for table in Base.metadata.sorted_tables
            for number, row in enumerate(db.session.execute(select(table)))
        }


def traces(app: Flask, fragments: Collection[str]) -> list[str]:
    """Where one of these is still to be found: in tables and in files."""
    found = [
        f"{place}: {fragment}" for place, text in _everything(app).items() for fragment in fragments if fragment in text
    ]
    folder = Path(app.config["SETTINGS"].instance)
    files = [path for path in folder.rglob("*") if path.is_file() and ".sqlite3" not in path.name]
    return found + [
        f"{path}: {fragment}" for path in files for fragment in fragments if fragment.encode() in path.read_bytes()
    ]
