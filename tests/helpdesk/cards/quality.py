"""How well the search answers seniors' own words: the table in docs/search.md, written by `make search-table`.

`questions.csv` is what the search was made with; the others were written before they were asked for the first time.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from pathlib import Path
from typing import Final

import flask_migrate
from flask import Flask

from supportdesk import create_app
from supportdesk.config import Settings
from supportdesk.helpdesk.cards.search import find_cards
from tests.helpdesk.cards.making import make_shipped_cards
from tests.servers import ROOT

PAGE: Final = ROOT / "docs/search.md"
MARKED: Final = re.compile(r"(<!-- quality -->\n)(.*?)(<!-- /quality -->)", re.DOTALL)
SETS: Final = {
    "questions.csv": "the search was made with these",
    "held_out.csv": "asked once before cards had other ways to ask, when 44 of 49 (90 %) were right among the first 3",
    "fresh.csv": "written last and asked once, when all else was done",
    "outsider.csv": "written by an outsider before reading any card",
}
#: Where the right card stands, at the most.
PLACES: Final = (1, 3, 10)


def asked_in(name: str) -> list[tuple[str, frozenset[str]]]:
    """Each question with the codes of the cards that answer it."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return [(row["asked"], frozenset(row["cards"].split())) for row in csv.DictReader(file)]


#: By set and question, the place of the first right card.
Measured = dict[str, dict[str, int | None]]


def places_in(name: str) -> dict[str, int | None]:
    """By question, the place of the first right card; None beyond the last that counts."""
    places: dict[str, int | None] = {}
    for asked, right in asked_in(name):
        found = [card.code for card in find_cards(asked, limit=max(PLACES))]
        places[asked] = next((place for place, code in enumerate(found, start=1) if code in right), None)
    return places


def measured() -> Measured:
    """The places of all questions, by set."""
    return {name: places_in(name) for name in SETS}


def table(found: Measured) -> str:
    """What stands between the marks."""
    lines = ["| questions | how many | right card first | among the first 3 | among the first 10 |"]
    lines.append("| --- | --: | --: | --: | --: |")
    missed = []
    for name, what in SETS.items():
        places = found[name]
        shares = [sum(place is not None and place <= most for place in places.values()) for most in PLACES]
        cells = (f"{count} ({100 * count / len(places):.0f} %)" for count in shares)
        lines.append(f"| `{name}`: {what} | {len(places)} | {' | '.join(cells)} |")
        missed += [f"「{asked}」" for asked, place in places.items() if place is None or place > 3]
    return "\n".join([*lines, "", f"Not among the first three: {'、'.join(missed)}.", ""])


def _write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app: Flask = create_app(Settings.from_environment({"SUPPORTDESK_INSTANCE": folder}))
        with app.app_context():
            flask_migrate.upgrade()
            make_shipped_cards()
            told = table(measured())
    PAGE.write_text(MARKED.sub(lambda marks: marks[1] + told + marks[3], PAGE.read_text()))
    sys.stdout.write(told)


if __name__ == "__main__":
    _write()
