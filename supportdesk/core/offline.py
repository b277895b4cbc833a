"""Pages that open without a network: `/sw.js` keeps their shell and its files on the phone, and nothing else.

A room registers its pages in `plug_in`. A shell holds nobody's name: it is the same for everybody, and whoever opens it
finds there what their own phone keeps (static/js/outbox.js).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, current_app, url_for

from supportdesk.core.permissions import public
from supportdesk.core.security import served

blueprint = Blueprint("offline", __name__)
_WORKER: Final = "js/sw.js"


@dataclass(frozen=True)
class OfflinePage:
    """Addresses that match `pattern` are answered with the shell, the page of `endpoint`, which `draw` draws; `files`
    (below static/) are all that it loads. Browsers `without` something load these files more, as far as they are there.
    """

    pattern: str
    endpoint: str
    draw: Callable[[], str]
    files: tuple[str, ...]
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    app.register_blueprint(blueprint)


def keep_offline(app: Flask, page: OfflinePage) -> None:
    """Called by a room when the application is made."""
    app.extensions.setdefault("offline_pages", []).append(page)


@blueprint.get("/sw.js")
@public
def worker() -> Response:
    """The service worker, told which pages there are. It is another one as soon as a shell or one of its files is."""
    static = Path(str(current_app.static_folder))
    pages = [page for page in current_app.extensions.get("offline_pages", ()) if served(page.endpoint)]
    files = sorted({name for page in pages for name in page.files})
    without = {
        lacking: [name for name in names if (static / name).is_file()]
        for page in pages
        for lacking, names in page.without.items()
    }
    everything = [*files, *chain.from_iterable(without.values())]
    told = {
        "version": _digest([*(page.draw().encode() for page in pages), *_contents(static, everything)]),
        "pages": [{"pattern": page.pattern, "shell": url_for(page.endpoint)} for page in pages],
        "files": [url_for("static", filename=name) for name in files],
        "without": {
            lacking: [url_for("static", filename=name) for name in names] for lacking, names in without.items()
        },
    }
    script = f"const OFFLINE = {json.dumps(told)};\n{(static / _WORKER).read_text()}"
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


def _contents(static: Path, files: Iterable[str]) -> Iterable[bytes]:
    return [(static / name).read_bytes() for name in [*files, _WORKER]]


def _digest(contents: Iterable[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for content in contents:
        digest.update(hashlib.blake2b(content).digest())
    return digest.hexdigest()
