"""A room names no page of a room above or beside it, neither by endpoint nor by path: it follows a signpost.

Floors are those of import-linter, in setup.cfg. The root of the site, "/", is nobody's.
"""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

ROOT: Final = Path(__file__).resolve().parents[2]
HOUSE: Final = ROOT / "supportdesk"
#: Templates and scripts that every page is made of belong to the ground floor.
COMMON: Final = {"templates": "core", "static": "core"}
#: In templates and scripts: a quoted endpoint, and the beginning of a quoted path.
ENDPOINT: Final = re.compile(r"""["']([a-z_]+\.[a-z_]+)["']""")
PATH: Final = re.compile(r"""["'](/[^"'{}\s]*)""")
FOLLOWED: Final = re.compile(r"""\bway_to\(\s*["'](\w+)["']""")


def floors() -> dict[str, int]:
    """The floor of each room, counted from the ground."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = setup["importlinter:contract:floors"]["layers"].strip().split("\n")
    return {
        room.strip(" ()"): floor for floor, layer in enumerate(reversed(layers)) for room in layer.strip().split("|")
    }


def source_files() -> list[tuple[str, Path]]:
    """(room, file) of all that is written in the rooms. `create_app` stands outside of them."""
    files = sorted(path for ending in ("py", "html", "js") for path in HOUSE.rglob(f"*.{ending}"))
    named = [(path.relative_to(HOUSE).parts[0].removesuffix(".py"), path) for path in files]
    return [(COMMON.get(room, room), path) for room, path in named if room != "__init__"]


def quoted(path: Path) -> Iterator[str]:
    """Endpoints and paths as they are written. What is put into a text later is an id: 1."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from (found[1] for pattern in (ENDPOINT, PATH) for found in pattern.finditer(source))
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)


def pages_named(app: Flask, text: str) -> set[str]:
    """The endpoints that the text names: itself one, or a path to one, also after a host or before an id."""
    if text in app.view_functions:
        return {text}
    path = re.sub("%[ds]", "1", text.removeprefix("1"))
    if not path.startswith("/") or not path.strip("/"):
        return set()
    found, pages = set(), app.url_map.bind("")
    for address in (path, f"{path}/", f"{path}1"):
        for method in ("GET", "POST"):
            try:
                found.add(str(pages.match(address, method=method)[0]))
            except HTTPException:
                continue
    return found


def rooms_of_pages(app: Flask) -> dict[str, str]:
    """The room of each endpoint: that of the module where its view is written."""
    modules = {name: view.__module__.split(".") for name, view in app.view_functions.items()}
    return {name: parts[1] for name, parts in modules.items() if parts[0] == "supportdesk"}


def test_no_room_names_a_page_of_a_room_above_or_beside_it(app: Flask) -> None:
    floor_of, room_of = floors(), rooms_of_pages(app)
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for room, path in source_files()
        for text in quoted(path)
        for name in pages_named(app, text)
        if (above := room_of.get(name, room)) != room and floor_of[above] >= floor_of[room]
    }
    assert not wrong, f"to be reached by way_to() of core/signposts.py: {sorted(wrong)}"


def test_every_signpost_that_is_followed_stands_and_none_stands_in_vain(app: Flask) -> None:
    followed = {name for _room, path in source_files() for name in FOLLOWED.findall(path.read_text(encoding="utf-8"))}
    assert followed == set(app.extensions["signposts"])


def test_a_signpost_leads_to_a_page_of_the_room_that_put_it_up(app: Flask) -> None:
    rooms, put_up = rooms_of_pages(app), app.extensions["signposts"]
    for name, endpoint in put_up.items():
        source = (HOUSE / rooms[endpoint] / "__init__.py").read_text(encoding="utf-8")
        assert f'"{name}": "{endpoint}"' in source


@pytest.mark.parametrize(
    ("name", "written", "endpoint"),
    [
        ("page.py", 'x = f"/learners/{learner_id}"', "journey.learner"),
        ("page.py", 'x = f"{base_url}/p/{token}"', "passes.open_pass"),
        ("page.py", 'x = "/learners/" + str(learner_id)', "journey.learner"),
        ("page.py", 'x = url_for("desk.index")', "desk.index"),
        ("page.html", """<a href="{{ url_for('desk.index') }}">""", "desk.index"),
        ("page.html", """<a href="{{ '/learners/%d'|format(row.id) }}">""", "journey.learner"),
        ("page.html", """<a href="/learners/{{ row.id or '' }}">""", "journey.learner"),
        ("page.html", '<a href="/learners">', "learners.index"),
        ("page.js", 'fetch("/p/" + token + "/check-in")', "passes.open_pass"),
    ],
)
def test_every_way_of_naming_a_page_is_seen(app: Flask, tmp_path: Path, name: str, written: str, endpoint: str) -> None:
    path = tmp_path / name
    path.write_text(written, encoding="utf-8")
    assert endpoint in set().union(*(pages_named(app, text) for text in quoted(path)))
