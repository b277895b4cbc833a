"""A table as a file that the browser keeps. Called by the pages with lists and figures that leave the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final

from flask import Response, send_file

from supportdesk.core.tables.writing import write_csv, write_xlsx

_FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def download(name: str, ending: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The table as a file of that name and ending, "xlsx" or "csv"; Japanese names reach every browser whole."""
    data = write_xlsx(headings, rows, sheet=name) if ending == "xlsx" else write_csv(headings, rows)
    return send_file(
        BytesIO(data), mimetype=_FORMATS[ending], as_attachment=True, download_name=f"{name}.{ending}", max_age=0
    )
