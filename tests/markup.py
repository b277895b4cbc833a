"""What every page must have, checked on its markup: `mistakes` and `faults` list in plain words what is wrong with it.

Called by tests/pages.py for each page a test fetches, so that no room needs a test of its own for these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from turbohtml import Document, DocumentFragment, Element, Node, Text, TokenType, parse, tokenize
from turbohtml.conformance import check

_ASSETS = {"script": "src", "link": "href", "img": "src", "source": "src", "track": "src", "use": "href"}
_DATA_SCRIPTS = {"application/json", "application/ld+json"}
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form")
_UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}
_LEAKS = re.compile(r"\bNone\b|\bUndefined\b|%\(\w+\)[sd]|\{\{|\{%|<[\w.]+ object at 0x|<(function|class|Markup)\b")
_UNREAD = "script, textarea, pre"
_LINKS_KEPT = ("canonical", "alternate")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def mistakes(html: str) -> list[str]:
    """What a browser would have to put right: what it cannot read, and where its tree is not what was written."""
    page = parse(html, scripting=True)  # as `tokenize` reads it
    unread = [f"line {error.line}: {error.code}" for error in page.errors]
    broken_rules = [f"line {rule.line}: {rule.message}" for rule in check(page).errors]
    for written, read in zip_longest(_written(html), _read(page)):
        if written is None or read is None or written[0] != read:
            line, mark = (written[1], written[0]) if written else ("end", "nothing")
            return [*unread, *broken_rules, f"line {line}: {mark} where a browser reads {read or 'nothing'}"]
    return unread + broken_rules


def _written(html: str) -> Iterator[tuple[str, int]]:
    """The tags one after the other, as they stand in the page, each with its line."""
    for token in tokenize(html):
        if token.type is TokenType.START_TAG:
            yield f"<{token.tag}>", token.line
            if token.self_closing or token.tag in _VOID:
                yield f"</{token.tag}>", token.line
        elif token.type is TokenType.END_TAG:
            yield f"</{token.tag}>", token.line


def _read(node: Node) -> Iterator[str]:
    """The tags that would have to stand in a page with this tree."""
    for child in node.children:
        if isinstance(child, Element):
            yield f"<{child.tag}>"
            yield from _read(child)
            yield f"</{child.tag}>"
        elif isinstance(child, DocumentFragment):  # what stands in a <template>
            yield from _read(child)


def faults(page: Document) -> list[str]:
    """Everything wrong with one whole page, or nothing."""
    checks = (_frame, _ids, _forms, _fields, _names, _inline_code, _strangers, _pictures, _tables, _leaks)
    return [fault for check in checks for fault in check(page)]


def text_of(element: Node) -> str:
    """An element's text with its white space folded."""
    return " ".join(" ".join(element.stripped_strings).split())


def attribute(element: Element, name: str) -> str:
    """An attribute as text, empty when it is missing."""
    return element.attr(name) or ""


def inputs_of(form: Element) -> dict[str, str]:
    """The values of a form's inputs as they stand in the page."""
    return {attribute(one, "name"): attribute(one, "value") for one in form.select("input")}


def _show(element: Element) -> str:
    opening = element.html.partition(">")[0] + ">"
    return opening if len(opening) < 160 else opening[:157] + "…"


def _frame(page: Document) -> Iterator[str]:
    if page.root is None or not attribute(page.root, "lang"):
        yield "<html> has no lang"
    titles = page.select("head > title")
    if len(titles) != 1 or not text_of(titles[0]):
        yield "the page needs one title"
    headings = page.find_all("h1")
    if len(headings) != 1 or not text_of(headings[0]):
        yield f"the page needs one h1 with words in it, it has {len(headings)}"
    if len(page.find_all("main")) != 1:
        yield "the page needs one main"
    if not page.select_one('meta[name="viewport"]'):
        yield "the page has no viewport: a phone would show it tiny"


def _ids(page: Document) -> Iterator[str]:
    ids = Counter(attribute(element, "id") for element in page.select("[id]"))
    for name, count in ids.items():
        if count > 1:
            yield f'id="{name}" stands {count} times'
        if not name or " " in name:
            yield f'id="{name}" is no name'
    for element in page.iter_elements():
        for reference in _REFERENCES:
            for name in attribute(element, reference).split():
                if name not in ids:
                    yield f'{reference}="{name}" points at nothing: {_show(element)}'
    for label in page.select("label[for]"):
        if attribute(label, "for") not in ids:
            yield f"label for nothing: {_show(label)}"


def _forms(page: Document) -> Iterator[str]:
    for form in page.find_all("form"):
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


def _fields(page: Document) -> Iterator[str]:
    labelled = {attribute(label, "for") for label in page.select("label[for]") if text_of(label)}
    for field in page.select("input, select, textarea"):
        if field.tag == "input" and attribute(field, "type") in _UNLABELLED_TYPES:
            continue
        wrapping = field.closest("label")
        named = attribute(field, "aria-label") or attribute(field, "aria-labelledby")
        if not (attribute(field, "id") in labelled or (wrapping and text_of(wrapping)) or named):
            yield f"field without label: {_show(field)}"


def _names(page: Document) -> Iterator[str]:
    for element in page.select("a, button, summary"):
        pictures = any(attribute(image, "alt") for image in element.find_all("img"))
        titled = any(text_of(title) for title in element.find_all("title"))
        named = attribute(element, "aria-label") or attribute(element, "aria-labelledby")
        if not (text_of(element) or pictures or titled or named):
            yield f"nothing to read out: {_show(element)}"
    for link in page.find_all("a"):
        if not attribute(link, "href"):
            yield f"link to nowhere: {_show(link)}"


def _inline_code(page: Document) -> Iterator[str]:
    for element in page.iter_elements():
        if "style" in element.attrs:
            yield f"inline style: {_show(element)}"
        for name in element.attrs:
            if name.lower().startswith("on"):
                yield f"inline handler: {_show(element)}"
        for name in ("href", "src", "action", "formaction"):
            if attribute(element, name).strip().lower().startswith("javascript:"):
                yield f"script in an address: {_show(element)}"
    if page.find("style"):
        yield "inline <style>"
    for script in page.find_all("script"):
        if not attribute(script, "src") and attribute(script, "type") not in _DATA_SCRIPTS:
            yield f"inline script: {_show(script)}"


def _strangers(page: Document) -> Iterator[str]:
    for name, where in _ASSETS.items():
        for element in page.find_all(name):
            if name == "link" and set(attribute(element, "rel").split()) & set(_LINKS_KEPT):
                continue
            address = attribute(element, where)
            if re.match(r"(?i)[a-z][a-z0-9+.-]*:|//", address) and not address.startswith("data:image/"):
                yield f"loaded from another host: {_show(element)}"


def _pictures(page: Document) -> Iterator[str]:
    for image in page.find_all("img"):
        if "alt" not in image.attrs:
            yield f"picture without alt: {_show(image)}"
    for frame in page.find_all("iframe"):
        if not attribute(frame, "title"):
            yield f"frame without title: {_show(frame)}"
    for drawing in page.find_all("svg"):
        hidden = attribute(drawing, "aria-hidden") == "true"
        if not (
            hidden or attribute(drawing, "aria-label") or drawing.find("title") or attribute(drawing, "aria-labelledby")
        ):
            yield f"drawing neither named nor hidden: {_show(drawing)}"


def _tables(page: Document) -> Iterator[str]:
    for table in page.find_all("table"):
        if not table.find("th"):
            yield f"table without headings: {_show(table)}"


def _leaks(page: Document) -> Iterator[str]:
    for element in [*page.select("title"), *page.select("body")]:
        for leak in _LEAKS.finditer(_words(element)):
            yield f"a value nobody meant to show: {leak.group()}"
    for element in page.select("input, textarea, option"):
        if attribute(element, "value") == "None":
            yield f"a value nobody meant to show: {_show(element)}"


def _words(element: Element) -> str:
    """What a reader sees of an element, without scripts and what people typed."""
    kept = (one.data for one in element.descendants if isinstance(one, Text) and not one.closest(_UNREAD))
    return " ".join(kept)
