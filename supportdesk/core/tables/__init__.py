"""Tables in and out as CSV and XLSX: the imports read through here, every list that leaves is written here."""

from __future__ import annotations

from supportdesk.core.tables.download import download
from supportdesk.core.tables.heading import Heading, find_heading
from supportdesk.core.tables.reading import read_table
from supportdesk.core.tables.row import Row, TableError
from supportdesk.core.tables.writing import write_csv, write_xlsx

__all__ = [
    "Heading",
    "Row",
    "TableError",
    "download",
    "find_heading",
    "read_table",
    "write_csv",
    "write_xlsx",
]
