"""A large city's register, written straight into the tables: learners with names, a phone each and all search keys."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from supportdesk.core.japanese import search_key, suffixes
from supportdesk.extensions import db

_FAMILIES = (
    "佐サ 高タカ 小コ 大オオ 石イシ 中ナカ 山ヤマ 田タ 藤フジ 松マツ 菅スガ 加カ 伊イ 鈴スズ 渡ワタ 三ミ 今イマ 工ク",
    "藤トウ 橋ハシ 川カワ 田ダ 山ヤマ 原ハラ 野ノ 村ムラ 井イ 沢サワ 木キ 本モト 島シマ 谷ヤ 葉バ 倉クラ 浦ウラ 部ベ",
)
_GIVEN = (
    "美ミ 和カズ 幸ユキ 正マサ 恵ケイ 久ヒサ 清キヨ 秀ヒデ 千チ 由ユ 節セツ 良ヨシ 文フミ 昭アキ 弘ヒロ 光ミツ 貞サダ",
    "子コ 美ミ 雄オ 一イチ 枝エ 夫オ 代ヨ 江エ 男オ 治ジ 郎ロウ 吉キチ 司シ 香カ 恵エ 作サク 太タ 輝テル",
)
#: How many hold the commonest first part of a name for one who holds the twentieth.
_SKEW = 20


class Name(NamedTuple):
    """A part of a name, with the search keys of both spellings."""

    kanji: str
    kana: str
    kanji_key: str
    kana_key: str


class Invented(NamedTuple):
    """A learner of nobody's acquaintance."""

    id: int
    name: str
    kana: str
    kana_key: str
    number: str
    keys: frozenset[str]


_KANA = "".join(map(chr, range(ord("ァ"), ord("ヺ") + 1)))


def _names(parts: Sequence[str]) -> list[Name]:
    """Every first part with every second one."""
    fronts, backs = ([(one.rstrip(_KANA), one.lstrip(one.rstrip(_KANA))) for one in part.split()] for part in parts)
    pairs = ((front[0] + back[0], front[1] + back[1]) for front in fronts for back in backs)
    return [Name(kanji, kana, search_key(kanji), search_key(kana)) for kanji, kana in pairs]


def invent(count: int) -> Iterator[Invented]:
    """The same people whenever so many are asked for."""
    dice = random.Random(2026)
    families, given = _names(_FAMILIES), _names(_GIVEN)
    weights = [1 + _SKEW * (len(families) - place) // len(families) for place in range(len(families))]
    chosen = dice.choices(families, weights, k=count)
    for learner_id, family in enumerate(chosen, start=1):
        first = dice.choice(given)
        kana_key = family.kana_key + first.kana_key
        digits = f"{90 + learner_id % 2 * -10}{learner_id * 7919 % 100_000_000:08d}"
        keys = {*suffixes(kana_key), *suffixes(family.kanji_key + first.kanji_key), digits[::-1] + "0"}
        yield Invented(
            learner_id,
            f"{family.kanji} {first.kanji}",
            f"{family.kana} {first.kana}",
            kana_key,
            f"+81{digits}",
            frozenset({*keys, digits[::-1] + "18"}),
        )


#: table, its columns, and what stands in them for one learner.
_PLAIN = ("", "", "", "", "", "", "", "phone")
_LEARNER = (
    "id", "person_id", "name", "kana", "kana_key", "birth_year", "district_code", "outside_city", "created_at",
    "updated_at", "postal_code", "address", "mail", "helper_name", "helper_relation", "helper_phone", "note", "channel",
)  # fmt: skip


def fill_register(count: int, *, now: str) -> None:
    """Write so many learners into the empty register. `now` is a UTC time as the database writes it."""
    people = list(invent(count))
    keys = sorted((key, one.id) for one in people for key in one.keys)
    _write("person", ("id", "created_at"), ((one.id + _OFFSET, now) for one in people))
    _write("learner", _LEARNER, (_row(one, now) for one in people))
    phones = ((one.id, 1, one.number, f"0{one.number.removeprefix('+81')}") for one in people)
    _write("learner_phone", ("learner_id", "position", "number", "typed"), phones)
    _write("learner_key", ("key", "learner_id"), keys)


#: Staff are people too, and were there before.
_OFFSET = 1000
_DISTRICTS = ("chuo", "tobu", "seibu", "nanbu", "hokubu")


def _row(one: Invented, now: str) -> tuple[object, ...]:
    district = _DISTRICTS[one.id % len(_DISTRICTS)]
    born = 1930 + one.id % 35
    return (one.id, one.id + _OFFSET, one.name, one.kana, one.kana_key, born, district, False, now, now, *_PLAIN)


def _write(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """By the driver, in the way that it has for many rows."""
    listed = ", ".join(columns)
    raw = db.engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        if isinstance(driver, sqlite3.Connection):
            marks = ", ".join("?" * len(columns))
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("BEGIN IMMEDIATE")
            driver.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", rows)
            driver.execute("COMMIT")
            driver.execute("PRAGMA foreign_keys=ON")
            driver.execute(f"ANALYZE {table}")
            return
        with driver.cursor() as cursor:
            keys = _set_aside(cursor, table)
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            for key in keys:
                cursor.execute(key)
            if "id" in columns:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        driver.commit()
        driver.autocommit = True
        driver.execute(f"VACUUM ANALYZE {table}")
        driver.autocommit = False
    finally:
        raw.close()


def _set_aside(cursor: Any, table: str) -> list[str]:
    """Drop the table's foreign keys, which would be asked for each row; returns what adds them again."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for name, definition in found]
