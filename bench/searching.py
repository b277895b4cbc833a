"""How long reception waits for each kind of search: alone, over HTTP, among eight typists; and what a city costs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import alembic.command
from flask import Flask

from bench.filling import PASSWORD, USERNAME
from bench.load import address_of, request_for, send
from bench.stage import SECRET, Stage
from supportdesk import create_app
from supportdesk.config import Settings
from supportdesk.core.database import transaction
from supportdesk.demo.crowd import fill_register
from supportdesk.extensions import db
from supportdesk.learners.search import find_learners
from supportdesk.reference import load_reference
from tests.callers import HttpCaller

NOBODY: Final = "nobody"
#: What is typed at the telephone; of each kind something that finds somebody in the small town as well.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "family or given name in kana": ("さとう", "タカハシ", "かずこ", "すずき みさ"),
    "half-width kana": ("ﾀｶﾊｼ", "ｶｽﾞｺ"),
    "name in kanji, and a part of it": ("佐藤", "正一", "藤"),
    "one kana": ("さ", "た"),
    "last four digits of a phone": ("0001", "5838", "3757"),
    "name and place of the last class": ("さとう いーぱる", "なかき ウェスター"),
    "name and district": ("さとう 東部", "なかき 南部"),
    "name and year of birth": ("さとう 昭和23", "なかき 1933"),
    "name, year and district": ("さとう 東部 昭和23", "なかき 南部 1933"),
    "name and last four digits": ("さとう 0001", "なかき 3757"),
    "birthday": ("昭和23年5月3日", "1933-08-22"),
    "given name first": ("かずこ さとう", "みお なかき"),
    "one kana wrong": ("さとゆ", "たかはじ", "すずき みざ", "さとうかすご"),
    NOBODY: ("ぬらりひょん", "きよのすけざえもん"),
}
SMALL: Final = 3_000
TYPISTS: Final = 8
_TIMES: Final = 12
IN_OPERATION, OVER_HTTP, GROWTH = 5.0, 25.0, 1.5


@dataclass(frozen=True)
class Waited:
    """Milliseconds, each time one kind of search was asked: in the register's operation, over HTTP alone, and over HTTP
    with eight who type at once. `city` and `town` are operations whose answers are as long as the town's.
    """

    kind: str
    operation: list[float]
    city: list[float]
    town: list[float]
    http: list[float]
    crowded: list[float]

    @property
    def growth(self) -> float:
        """What a hundred times as many learners cost, the answer being no longer."""
        return median(self.city) / median(self.town)

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
        operation = [_asked(stage.app, text) for _ in range(_TIMES) for text in texts]
        alike = [(text, shown) for text in texts if (shown := _shown(town, text)) or kind == NOBODY]
        alike = alike or [(texts[0], 0)]
        rounds = alike * (_TIMES * len(texts) // len(alike))
        pairs = [(_asked(stage.app, text, shown), _asked(town, text, shown)) for text, shown in rounds]
        city, small = (list(times) for times in zip(*pairs, strict=True))
        requests = [request(text) for text in texts]
        http = [_sent(stage.desk.url, one) for _ in range(_TIMES) for one in requests]
        with ThreadPoolExecutor(TYPISTS) as typists:
            every = [one for _ in range(_TIMES * 2) for one in requests]
            crowded = list(typists.map(lambda one: _sent(stage.desk.url, one), every))
        waited.append(Waited(kind, operation, city, small, http, crowded))
    return waited


def _shown(app: Flask, text: str) -> int:
    with app.app_context():
        return len(find_learners(text))


def _asked(app: Flask, text: str, shown: int = 20) -> float:
    """The operation alone."""
    with app.app_context():
        begun = time.perf_counter()
        find_learners(text, limit=max(shown, 1))
        db.session.rollback()
        return 1000 * (time.perf_counter() - begun)


def _sent(url: str, request: bytes) -> float:
    begun = time.perf_counter()
    answer = send(address_of(url), request)
    took = 1000 * (time.perf_counter() - begun)
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(answer[:600].decode(errors="replace"))
    return took
