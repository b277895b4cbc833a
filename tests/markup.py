"""What every page must have, checked on its markup: `faults(html)` lists in plain words what is wrong with it.

Called by tests/pages.py for each page a test fetches, so that no room needs a test of its own for these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import cast

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder._html5lib import HTML5TreeBuilder
from html5lib.treebuilders.base import TreeBuilder

_ASSETS = {"script": "src", "link": "href", "img": "src", "source": "src", "track": "src", "use": "href"}
_DATA_SCRIPTS = {"application/json", "application/ld+json"}
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form")
_UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}
_LEAKS = re.compile(r"\bNone\b|\bUndefined\b|%\(\w+\)[sd]|\{\{|\{%|<[\w.]+ object at 0x|<(function|class|Markup)\b")
_UNREAD = {"script", "textarea", "pre"}
_LINKS_KEPT = ("canonical", "alternate")


class _StrictBuilder(HTML5TreeBuilder):
    """Parses as a browser would, and remembers what the browser would have had to put right."""

    mistakes: list[str]

    def feed(self, markup: str | bytes) -> None:
        parser = html5lib.HTMLParser(tree=cast("type[TreeBuilder]", self.create_treebuilder))
        self.underlying_builder.parser = parser
        parser.parse(markup)
        self.mistakes = [f"line {line}: {code} {detail or ''}".strip() for (line, _), code, detail in parser.errors]
        self.underlying_builder.parser = None


def parse(html: str) -> tuple[BeautifulSoup, list[str]]:
    """The page as a tree, and the parser's complaints."""
    builder = _StrictBuilder()
    soup = BeautifulSoup(html, builder=builder)
    return soup, builder.mistakes


def faults(soup: BeautifulSoup) -> list[str]:
    """Everything wrong with one whole page, or nothing."""
    checks = (_frame, _ids, _forms, _fields, _names, _inline_code, _strangers, _pictures, _tables, _leaks)
    return [fault for check in checks for fault in check(soup)]


def text_of(element: Tag) -> str:
    """An element's text with its white space folded."""
    return " ".join(element.get_text(" ", strip=True).split())


def attribute(element: Tag, name: str) -> str:
    """An attribute as text, empty when it is missing."""
    value = element.get(name, "")
    return value if isinstance(value, str) else " ".join(value or ())


def _show(element: Tag) -> str:
    opening = str(element).partition(">")[0] + ">"
    return opening if len(opening) < 160 else opening[:157] + "…"


def _frame(soup: BeautifulSoup) -> Iterator[str]:
    if soup.html is None or not attribute(soup.html, "lang"):
        yield "<html> has no lang"
    titles = soup.select("head > title")
    if len(titles) != 1 or not text_of(titles[0]):
        yield "the page needs one title"
    headings = soup.find_all("h1")
    if len(headings) != 1 or not text_of(headings[0]):
        yield f"the page needs one h1 with words in it, it has {len(headings)}"
    if len(soup.find_all("main")) != 1:
        yield "the page needs one main"
    if not soup.select_one('meta[name="viewport"]'):
        yield "the page has no viewport: a phone would show it tiny"


def _ids(soup: BeautifulSoup) -> Iterator[str]:
    ids = Counter(attribute(element, "id") for element in soup.find_all(id=True))
    for name, count in ids.items():
        if count > 1:
            yield f'id="{name}" stands {count} times'
        if not name or " " in name:
            yield f'id="{name}" is no name'
    for element in soup.find_all(True):
        for reference in _REFERENCES:
            for name in attribute(element, reference).split():
                if name not in ids:
                    yield f'{reference}="{name}" points at nothing: {_show(element)}'
    for label in soup.select("label[for]"):
        if attribute(label, "for") not in ids:
            yield f"label for nothing: {_show(label)}"


def _forms(soup: BeautifulSoup) -> Iterator[str]:
    for form in soup.find_all("form"):
        if not attribute(form, "action"):
            yield f"form without action: {_show(form)}"
        method = attribute(form, "method").lower()
        if method not in {"get", "post"}:
            yield f"form without method get or post: {_show(form)}"
        tokens = form.select('input[type="hidden"][name="csrf_token"]')
        if method == "post" and (len(tokens) != 1 or not attribute(tokens[0], "value")):
            yield f"form without csrf_token: {_show(form)}"
        if method != "post" and tokens:
            yield f"csrf_token in an address: {_show(form)}"
        if form.select_one('input[type="file"]') and attribute(form, "enctype") != "multipart/form-data":
            yield f"form with a file but without enctype: {_show(form)}"


def _fields(soup: BeautifulSoup) -> Iterator[str]:
    labelled = {attribute(label, "for") for label in soup.select("label[for]") if text_of(label)}
    for field in soup.find_all(["input", "select", "textarea"]):
        if field.name == "input" and attribute(field, "type") in _UNLABELLED_TYPES:
            continue
        wrapping = field.find_parent("label")
        named = attribute(field, "aria-label") or attribute(field, "aria-labelledby")
        if not (attribute(field, "id") in labelled or (wrapping and text_of(wrapping)) or named):
            yield f"field without label: {_show(field)}"


def _names(soup: BeautifulSoup) -> Iterator[str]:
    for element in soup.find_all(["a", "button", "summary"]):
        pictures = any(attribute(image, "alt") for image in element.find_all("img"))
        titled = any(text_of(title) for title in element.find_all("title"))
        named = attribute(element, "aria-label") or attribute(element, "aria-labelledby")
        if not (text_of(element) or pictures or titled or named):
            yield f"nothing to read out: {_show(element)}"
    for link in soup.find_all("a"):
        if not attribute(link, "href"):
            yield f"link to nowhere: {_show(link)}"


def _inline_code(soup: BeautifulSoup) -> Iterator[str]:
    for element in soup.find_all(True):
        if element.has_attr("style"):
            yield f"inline style: {_show(element)}"
        for name in element.attrs:
            if name.lower().startswith("on"):
                yield f"inline handler: {_show(element)}"
        for name in ("href", "src", "action", "formaction"):
            if attribute(element, name).strip().lower().startswith("javascript:"):
                yield f"script in an address: {_show(element)}"
    if soup.find("style"):
        yield "inline <style>"
    for script in soup.find_all("script"):
        if not attribute(script, "src") and attribute(script, "type") not in _DATA_SCRIPTS:
            yield f"inline script: {_show(script)}"


def _strangers(soup: BeautifulSoup) -> Iterator[str]:
    for name, where in _ASSETS.items():
        for element in soup.find_all(name):
            if name == "link" and set(attribute(element, "rel").split()) & set(_LINKS_KEPT):
                continue
            address = attribute(element, where)
            if re.match(r"(?i)[a-z][a-z0-9+.-]*:|//", address) and not address.startswith("data:image/"):
                yield f"loaded from another host: {_show(element)}"


def _pictures(soup: BeautifulSoup) -> Iterator[str]:
    for image in soup.find_all("img"):
        if not image.has_attr("alt"):
            yield f"picture without alt: {_show(image)}"
    for frame in soup.find_all("iframe"):
        if not attribute(frame, "title"):
            yield f"frame without title: {_show(frame)}"
    for drawing in soup.find_all("svg"):
        hidden = attribute(drawing, "aria-hidden") == "true"
        if not (hidden or attribute(drawing, "aria-label") or drawing.find("title") or drawing.get("aria-labelledby")):
            yield f"drawing neither named nor hidden: {_show(drawing)}"


def _tables(soup: BeautifulSoup) -> Iterator[str]:
    for table in soup.find_all("table"):
        if not table.find("th"):
            yield f"table without headings: {_show(table)}"


def _leaks(soup: BeautifulSoup) -> Iterator[str]:
    for element in [*soup.select("title"), *soup.select("body")]:
        for leak in _LEAKS.finditer(_words(element)):
            yield f"a value nobody meant to show: {leak.group()}"
    for element in soup.find_all(["input", "textarea", "option"]):
        if attribute(element, "value") == "None":
            yield f"a value nobody meant to show: {_show(element)}"


def _words(element: Tag) -> str:
    """What a reader sees of an element, without scripts and what people typed."""
    kept = (text for text in element.find_all(string=True) if _UNREAD.isdisjoint(one.name for one in text.parents))
    return " ".join(kept)
