"""A large city's register of invented people, for measuring: `supportdesk generate-learners N`, and the bench.

Written straight into the tables by the driver, as 300,000 people by the register's own operations would take an hour;
the keys by which they are found are the register's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from psycopg import sql
from sqlalchemy import func, select

from supportdesk.accounts.models import Person
from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.japanese import search_key
from supportdesk.extensions import db
from supportdesk.learners.keys import Findable, keys_of, readings, year_of
from supportdesk.learners.models import Learner
from supportdesk.learners.slips import variants
from supportdesk.places.models import District, Venue

_FAMILIES: Final = (
    "佐サ 高タカ 小コ 大オオ 石イシ 中ナカ 山ヤマ 田タ 藤フジ 松マツ 菅スガ 加カ 伊イ 鈴スズ 渡ワタ 三ミ 今イマ 工ク",
    "藤トウ 橋ハシ 川カワ 田ダ 山ヤマ 原ハラ 野ノ 村ムラ 井イ 沢サワ 木キ 本モト 島シマ 谷ヤ 葉バ 倉クラ 浦ウラ 部ベ",
)
_GIVEN: Final = (
    "美ミ 和カズ 幸ユキ 正マサ 恵ケイ 久ヒサ 清キヨ 秀ヒデ 千チ 由ユ 節セツ 良ヨシ 文フミ 昭アキ 弘ヒロ 光ミツ 貞サダ",
    "子コ 美ミ 雄オ 一イチ 枝エ 夫オ 代ヨ 江エ 男オ 治ジ 郎ロウ 吉キチ 司シ 香カ 恵エ 作サク 太タ 輝テル",
)
_KANA: Final = "".join(map(chr, range(ord("ァ"), ord("ヺ") + 1)))
#: How many hold the commonest family name for one who holds the twentieth.
_SKEW: Final = 20
_OLDEST, _YEARS = 1930, 35
#: One in so many came to a class.
_CAME: Final = 3
#: Of one in so many only the year of birth is known.
_YEAR_ALONE: Final = 10


class NotEmpty(DeskError):
    """There are people in the register: invented ones could not be told from them."""

    def __init__(self) -> None:
        super().__init__("the register is not empty: invented people could not be told from those in it")


class Invented(NamedTuple):
    """A learner of nobody's acquaintance. `venue_id` is that of the last class they came to."""

    id: int
    name: str
    kana: str
    number: str
    birth_date: date | None
    birth_year: int | None
    district_code: str
    venue_id: int | None

    @property
    def findable(self) -> Findable:
        """What finds them."""
        names = ((self.name, self.kana),)
        year = year_of(self.birth_date, self.birth_year)
        return Findable(names, [self.number], (), year, self.district_code, self.venue_id)


def _names(parts: Sequence[str]) -> list[tuple[str, str]]:
    """Every first part with every second one, as written and in kana."""
    fronts, backs = ([(one.rstrip(_KANA), one.lstrip(one.rstrip(_KANA))) for one in part.split()] for part in parts)
    return [(front[0] + back[0], front[1] + back[1]) for front in fronts for back in backs]


def invent(count: int, districts: Sequence[str], venues: Sequence[int]) -> Iterator[Invented]:
    """The same people whenever so many are asked for, numbered from 1."""
    dice = Random(2026)  # noqa: S311  # invented people keep no secrets
    families, given = _names(_FAMILIES), _names(_GIVEN)
    weights = [1 + _SKEW * (len(families) - place) // len(families) for place in range(len(families))]
    for number, family in enumerate(dice.choices(families, weights, k=count), start=1):
        first = dice.choice(given)
        born = date(_OLDEST + number % _YEARS, 1, 1) + timedelta(days=dice.randrange(365))
        yield Invented(
            number,
            f"{family[0]} {first[0]}",
            f"{family[1]} {first[1]}",
            f"+81{90 + number % 2 * -10}{number * 7919 % 100_000_000:08d}",
            born if number % _YEAR_ALONE else None,
            None if number % _YEAR_ALONE else born.year,
            districts[number % len(districts)],
            venues[number % len(venues)] if number % _CAME == 0 else None,
        )


_LEARNER: Final = (
    "id", "person_id", "name", "kana", "kana_key", "birth_date", "birth_year", "district_code", "last_venue_id",
    "outside_city", "created_at", "updated_at", "postal_code", "address", "mail", "helper_name", "helper_relation",
    "helper_phone", "note", "channel", "status", "provisional",
)  # fmt: skip
_PLAIN: Final = ("", "", "", "", "", "", "", "phone", "active", False)


def fill_register(count: int, *, progress: Callable[[Iterable[Any], str], Iterable[Any]] | None = None) -> None:
    """Write so many learners into the empty register of a city whose reference data is loaded. Raises NotEmpty.

    `progress` is handed what is gone through and what it is called, and hands it back: for a bar on a screen.
    """
    if db.session.scalar(select(func.count()).select_from(Learner)):
        raise NotEmpty
    watched = progress or (lambda things, _what: things)
    districts = list(db.session.scalars(select(District.code).order_by(District.position)))
    venues = list(db.session.scalars(select(Venue.id).order_by(Venue.id)))
    offset = db.session.scalar(select(func.max(Person.id))) or 0  # staff are people too
    db.session.rollback()
    now = f"{clock.now():%Y-%m-%d %H:%M:%S}.000000"
    people = list(invent(count, districts, venues))
    _write("person", ("id", "created_at"), ((one.id + offset, now) for one in people))
    _write("learner", _LEARNER, (_row(one, offset, now) for one in people))
    phones = ((one.id, 1, one.number, f"0{one.number.removeprefix('+81')}") for one in people)
    _write("learner_phone", ("learner_id", "position", "number", "typed"), phones)
    keys = sorted((key, one.id) for one in watched(people, "keys") for key in keys_of(one.findable))
    _write("learner_key", ("key", "learner_id"), watched(keys, "rows"))
    names = {name for one in people for name in readings(one.findable.names)}
    _write("name_variant", ("variant", "name"), sorted((left, name) for name in names for left in variants(name)))


def _row(one: Invented, offset: int, now: str) -> tuple[object, ...]:
    born = (one.birth_date and one.birth_date.isoformat(), one.birth_year)
    known = (one.name, one.kana, search_key(one.kana), *born, one.district_code, one.venue_id, False)
    return (one.id, one.id + offset, *known, now, now, *_PLAIN)


def _write(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """By the driver, in the way that it has for many rows; then the planner is told of them."""
    raw = db.engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        if isinstance(driver, sqlite3.Connection):
            marks = ", ".join("?" * len(columns))
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("BEGIN IMMEDIATE")
            with _without_indices(driver, table):
                driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608
            driver.execute("COMMIT")
            driver.execute("PRAGMA foreign_keys=ON")
            driver.execute(f"ANALYZE {table}")
            return
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        driver.autocommit = False
        with driver.cursor() as cursor, _without_foreign_keys(cursor, table), _without_indices(cursor, table):
            with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
                for row in rows:
                    copy.write_row(row)
            if "id" in columns:
                top = "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {}"
                cursor.execute(sql.SQL(top).format(sql.Identifier(table)), [table])
        driver.commit()
        driver.autocommit = True
        driver.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
    finally:
        raw.close()


@contextmanager
def _without_indices(driver: Any, table: str) -> Iterator[None]:
    """A million rows are put in order once, not a million times. Those that belong to a rule of the table stay."""
    if isinstance(driver, sqlite3.Connection):
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
        found = driver.execute(query, [table]).fetchall()
    else:
        driver.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
            [table, table],
        )
        found = driver.fetchall()
    for name, _definition in found:
        driver.execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition in found:
        driver.execute(definition)


@contextmanager
def _without_foreign_keys(cursor: Any, table: str) -> Iterator[None]:
    """They would be asked for each row; put back, they are asked once for all."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        cursor.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))
    yield
    for name, definition in found:
        add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
        cursor.execute(add.format(sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)))
