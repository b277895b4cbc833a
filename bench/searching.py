"""How long reception waits for each kind of search: alone, over HTTP, among eight typists; and what a city costs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import alembic.command
from flask import Flask

from bench.load import address_of, request_for, send
from bench.stage import PASSWORD, SECRET, USERNAME, Stage
from supportdesk import create_app
from supportdesk.config import Settings
from supportdesk.core.database import transaction
from supportdesk.demo.crowd import fill_register
from supportdesk.extensions import db
from supportdesk.learners.search import find_learners
from supportdesk.reference import load_reference
from tests.callers import HttpCaller

#: What is typed at the telephone.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "family or given name in kana": ("さとう", "タカハシ", "かずこ", "すずき みさ"),
    "half-width kana": ("ﾀｶﾊｼ", "ｶｽﾞｺ"),
    "name in kanji, and a part of it": ("佐藤", "正一", "藤"),
    "one kana": ("さ", "た"),
    "last four digits of a phone": ("0001", "5838", "7919"),
    "name and place of the last class": ("さとう いーぱる", "たかはし ウェスター"),
    "name and district": ("さとう 東部", "たかはし 西部"),
    "name and year of birth": ("さとう 昭和23", "すずき 1951"),
    "name, year and district": ("さとう 東部 昭和23", "たかはし いーぱる 1951"),
    "name and last four digits": ("さとう 0001", "すずき 5838"),
    "birthday": ("昭和23年5月3日", "1951-11-20"),
    "given name first": ("かずこ さとう", "しょういち すずき"),
    "one kana wrong": ("さとゆ", "たかはじ", "すずき みざ", "さとうかすご"),
    "nobody": ("ぬらりひょん", "きよのすけざえもん"),
}
SMALL: Final = 3_000
TYPISTS: Final = 8
_TIMES: Final = 12
IN_OPERATION, OVER_HTTP, GROWTH = 5.0, 25.0, 1.5


@dataclass(frozen=True)
class Waited:
    """Milliseconds, each time one kind of search was asked: in the register's operation, in that of a small town, over
    HTTP alone, and over HTTP with eight who type at once.
    """

    kind: str
    operation: list[float]
    small: list[float]
    http: list[float]
    crowded: list[float]

    @property
    def growth(self) -> float:
        """What a hundred times as many learners cost."""
        return median(self.operation) / median(self.small)

    @property
    def kept(self) -> bool:
        """Whether it is as quick as we promise."""
        quick = median(self.operation) <= IN_OPERATION and median(self.http) <= OVER_HTTP
        return quick and self.growth <= GROWTH

    @property
    def row(self) -> str:
        """One line of the table."""
        worst = quantiles(self.crowded, n=100)[-1]
        figures = f"{median(self.operation):9.1f} {self.growth:7.2f} {median(self.http):7.1f} {worst:9.1f}"
        return f"{self.kind:36} {figures}{'' if self.kept else ' !!'}"


HEAD: Final = f"{'search (milliseconds, median)':36} {'operation':>9} {'growth':>7} {'HTTP':>7} {'8 at once':>9}"


@contextmanager
def small_town(url: str, folder: Path, *, learners: int = SMALL) -> Iterator[Flask]:
    """A register of so many in an empty database."""
    settings = {
        "DATABASE_URL": url,
        "INSTANCE": str(folder / "small"),
        "SECRET_KEY": SECRET,
        "SECOND_FACTOR": "offered",
    }
    app = create_app(Settings.from_environment({f"SUPPORTDESK_{name}": text for name, text in settings.items()}))
    with app.app_context():
        alembic.command.upgrade(app.extensions["migrate"].migrate.get_config(), "heads")
        with transaction():
            load_reference()
        fill_register(learners)
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def searches(stage: Stage, town: Flask) -> list[Waited]:
    """Each kind of search; the city's and the small town's in turn."""
    caller = HttpCaller(stage.desk.url)
    caller.sign_in(USERNAME, PASSWORD)
    hidden = caller.fields("/desk")

    def request(text: str) -> bytes:
        fields = {**hidden, "q": text}
        return request_for(stage.desk.url, "/desk", cookies=caller.cookies, fields=fields, X_Fragment="1")

    waited = []
    for kind, texts in KINDS.items():
        pairs = [(_asked(stage.app, texts), _asked(town, texts)) for _ in range(_TIMES)]
        city, small = (list(chain.from_iterable(times)) for times in zip(*pairs, strict=True))
        requests = [request(text) for text in texts]
        http = [_sent(stage.desk.url, one) for _ in range(_TIMES) for one in requests]
        with ThreadPoolExecutor(TYPISTS) as typists:
            every = [one for _ in range(_TIMES * 2) for one in requests]
            crowded = list(typists.map(lambda one: _sent(stage.desk.url, one), every))
        waited.append(Waited(kind, city, small, http, crowded))
    return waited


def _asked(app: Flask, texts: Sequence[str]) -> list[float]:
    """The operation alone, once for each text."""
    times = []
    with app.app_context():
        for text in texts:
            begun = time.perf_counter()
            find_learners(text)
            db.session.rollback()
            times.append(1000 * (time.perf_counter() - begun))
    return times


def _sent(url: str, request: bytes) -> float:
    begun = time.perf_counter()
    answer = send(address_of(url), request)
    took = 1000 * (time.perf_counter() - begun)
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(answer[:600].decode(errors="replace"))
    return took
