"""The examination every page goes through finds what it is there to find."""

from __future__ import annotations

import pytest
from turbohtml import parse

from tests.markup import faults, mistakes

GOOD = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>教室の予約</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/static/desk.css"><script type="module" src="/static/desk.js"></script></head>
<body><main><h1>教室の予約</h1>
<form action="/book" method="post"><input type="hidden" name="csrf_token" value="x">
<label for="word">ことば</label><input id="word" name="word" aria-describedby="hint"><p id="hint">かなで</p>
<button>さがす</button></form>
<img src="/qr.png" alt="QRコード"><a href="/desk">受付</a>
<table><tbody><tr><th>曜日</th><td>火</td></tr></tbody></table>
</main></body></html>"""

BROKEN = {
    "no h1": ("<h1>教室の予約</h1>", "", "one h1"),
    "two h1": ("<h1>", "<h1>一</h1><h1>", "one h1"),
    "empty title": ("<title>教室の予約</title>", "<title> </title>", "one title"),
    "no language": (' lang="ja"', "", "no lang"),
    "no viewport": ('name="viewport"', 'name="author"', "viewport"),
    "doubled id": ('<p id="hint">', '<p id="hint"></p><p id="hint">', 'id="hint" stands 2 times'),
    "description of nothing": ('id="hint"', 'id="hints"', "points at nothing"),
    "form without action": ('action="/book" ', "", "form without action"),
    "form without method": (' method="post"', "", "without method"),
    "form without token": ('value="x"', 'value=""', "form without csrf_token"),
    "token in an address": ('method="post"', 'method="get"', "csrf_token in an address"),
    "file without enctype": ("<button>", '<label>表<input type="file" name="f"></label><button>', "without enctype"),
    "field without label": ('<label for="word">ことば</label>', "", "field without label"),
    "label for nothing": ('for="word"', 'for="world"', "label for nothing"),
    "empty button": ("<button>さがす</button>", "<button></button>", "nothing to read out"),
    "empty link": ('<a href="/desk">受付</a>', '<a href="/desk"></a>', "nothing to read out"),
    "link to nowhere": ('<a href="/desk">', "<a>", "link to nowhere"),
    "inline style": ("<table>", '<table style="color: red">', "inline style"),
    "style element": ("</head>", "<style>p { color: red }</style></head>", "inline <style>"),
    "inline script": ("</head>", "<script>alert(1)</script></head>", "inline script"),
    "inline handler": ("<table>", '<table onclick="go()">', "inline handler"),
    "script in an address": ('href="/desk"', 'href="javascript:go()"', "script in an address"),
    "script from elsewhere": ('src="/static/desk.js"', 'src="//cdn.example/desk.js"', "another host"),
    "style from elsewhere": ('href="/static/desk.css"', 'href="https://cdn.example/desk.css"', "another host"),
    "picture without alt": (' alt="QRコード"', "", "picture without alt"),
    "drawing without name": ("<table>", "<svg></svg><table>", "neither named nor hidden"),
    "table without headings": ("<th>曜日</th>", "<td>曜日</td>", "table without headings"),
    "None shown": ("<td>火</td>", "<td>None</td>", "nobody meant to show"),
    "placeholder shown": ("<td>火</td>", "<td>%(day)s曜日</td>", "nobody meant to show"),
    "None typed": ('name="word"', 'name="word" value="None"', "nobody meant to show"),
}


def test_a_good_page_passes() -> None:
    page = parse(GOOD)
    assert not mistakes(GOOD)
    assert not faults(page)


@pytest.mark.parametrize("name", BROKEN)
def test_one_fault_is_found_and_named(name: str) -> None:
    old, new, expected = BROKEN[name]
    assert old in GOOD
    found = faults(parse(GOOD.replace(old, new)))
    assert len(found) in {1, 2}, found
    assert any(expected in fault for fault in found), found


@pytest.mark.parametrize(
    "broken",
    [
        "<main>",
        "<p></div>",
        "<p>a<ul><li>b</li></ul></p>",
        "<b><i>a</b></i>",
        '<td class="a" class="b">',
        "<a href='/x'><a href='/y'>",
    ],
)
def test_markup_a_browser_must_mend_is_found(broken: str) -> None:
    assert mistakes(GOOD.replace("</main>", f"{broken}</main>"))
