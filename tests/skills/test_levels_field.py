"""The field in which one says what one saw: for each skill one of four levels, or nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from supportdesk.core.fields import DeskForm
from supportdesk.skills.forms import LevelsField


class SeenForm(DeskForm):
    levels = LevelsField("できること", skills=[("A1", "電源"), ("B5", "QRコード")])


def form(app: Flask, sent: dict[str, str]) -> SeenForm:
    with app.test_request_context(method="POST"):
        filled = SeenForm(MultiDict({"sent": "1", **sent}), meta={"csrf": False})
        filled.validate()
        return filled


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        ({}, {}),
        ({"levels-A1": "2"}, {"A1": 2}),
        ({"levels-A1": "", "levels-B5": "0"}, {"B5": 0}),
        ({"levels-Z9": "2"}, {}),
    ],
)
def test_only_what_was_picked_of_what_was_offered_counts(
    app: Flask, sent: dict[str, str], data: dict[str, int]
) -> None:
    assert form(app, sent).levels.data == data


@pytest.mark.parametrize("level", ["4", "-1", "あ", "2.0", "２"])
def test_a_level_that_there_is_not_is_refused_beside_the_field(app: Flask, level: str) -> None:
    filled = form(app, {"levels-A1": level, "levels-B5": "1"})
    assert filled.summary == [("levels-A1-none", "一覧の中からえらんでください。")]
    assert filled.levels.data == {"B5": 1}
