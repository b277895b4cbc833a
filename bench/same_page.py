"""The bare page's one template, made of the desk's own page, so that both send the same HTML whatever the page becomes.

Everything around the list of classes is taken from the desk's answer as plain text; the list is
`templates/classes.html`, written by hand. `same` says whether it still agrees.
"""

from __future__ import annotations

import re
from pathlib import Path

_LIST = re.compile(r'<h2>.*<ul class="cards">.*?</ul>\s*', re.DOTALL)


def write_template(page: str, folder: Path) -> None:
    """Write page.html into the folder. Raises ValueError when the page shows no list."""
    found = _LIST.search(page)
    if found is None:
        raise ValueError("the schedule shows no classes")
    classes = (Path(__file__).parent / "templates" / "classes.html").read_text("utf-8")
    before, after = (f"{{% raw %}}{text}{{% endraw %}}" for text in (page[: found.start()], page[found.end() :]))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.html").write_text(before + classes + after, "utf-8")


def same(one: str, other: str) -> bool:
    """Whether two pages are the same HTML but for empty lines and indentation."""
    return _lines(one) == _lines(other)


def _lines(page: str) -> list[str]:
    return [line.strip() for line in page.splitlines() if line.strip()]
