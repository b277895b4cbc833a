"""Every office setting is explained, possible at its default, read somewhere, and written up in docs/settings.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from flask import Flask

from supportdesk.core.office import AnySetting, NumberSetting, Setting, TextSetting, office
from tests.servers import ROOT

SOURCE = ROOT / "supportdesk"
#: `| name | label | default | bounds |`
ROW = re.compile(r"^\| `([\w.]+)` \| (.+?) \| (.*?) \| (.*?) \|$", re.MULTILINE)


def constants() -> Iterator[tuple[str, AnySetting]]:
    """(its Python name, the setting) of every one that is written down."""
    for path in sorted(SOURCE.glob("**/office.py")):
        module = import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
        yield from ((name, one) for name, one in vars(module).items() if isinstance(one, Setting))  # type: ignore[misc]


@pytest.fixture
def settings(app: Flask) -> Iterator[list[AnySetting]]:
    with app.app_context():
        yield list(office(app).settings.values())


def test_whatever_is_written_down_is_declared_and_nothing_twice(settings: list[AnySetting]) -> None:
    names = [one.name for _constant, one in constants()]
    assert sorted(names) == sorted({one.name for one in settings}) == sorted(set(names))


def test_each_has_a_label_a_meaning_and_a_default_that_it_can_be(settings: list[AnySetting]) -> None:
    wrong = [
        one.name
        for one in settings
        if not (str(one.label) and str(one.meaning).endswith("。"))
        or one.read(str(one.fallback)) != one.fallback
        or (isinstance(one, NumberSetting) and not one.least < one.most)
    ]
    assert wrong == []


def test_each_is_read_somewhere() -> None:
    code = "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))
    by_kind = {"CLASS_WALK_IN_DAYS", "LECTURE_WALK_IN_DAYS"}  # through a table of what they stand for
    assert {name for name, _one in constants() if f"{name}.get" not in code} == by_kind


def test_the_document_lists_them_with_their_defaults_and_bounds(settings: list[AnySetting]) -> None:
    written = {row[0]: row[1:] for row in ROW.findall((ROOT / "docs/settings.md").read_text())}
    assert written == {one.name: (str(one.label), _default(one), _bounds(one)) for one in settings}


def _default(one: AnySetting) -> str:
    return one.default_in_words or "—"


def _bounds(one: AnySetting) -> str:
    if isinstance(one, NumberSetting):
        return f"{one.least}–{one.most}"
    if isinstance(one, TextSetting):
        return f"{one.longest}文字"
    choices = getattr(one, "choices", {})
    return "、".join(str(words) for words in choices.values()) or "—"


def test_nothing_asks_the_configuration_for_what_the_office_decides() -> None:
    """There it would be nothing, and stand on the page as nothing."""
    files = [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py")]
    assert [path.name for path in files if re.search(r"config(\.|\[['\"])OFFICE", path.read_text())] == []
