"""Puts the city's districts, venues, skills and courses into an empty database, from the files in `data/`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.classes.models import Course, CourseSkill, Edition
from supportdesk.core.errors import DeskError
from supportdesk.extensions import db
from supportdesk.places.models import District, Room, Venue
from supportdesk.skills.models import Skill, SkillArea

DATA = Path(__file__).parent / "data"


class AlreadyLoaded(DeskError):
    """There are districts already: reference data goes into an empty database only."""

    def __init__(self) -> None:
        super().__init__(_l("地区がもう登録されています。空のデータベースにだけ読み込めます。"))


def load_reference() -> dict[str, int]:
    """Load everything, in the caller's transaction. Returns how many rows of each kind. Raises AlreadyLoaded."""
    if db.session.scalar(select(District.code).limit(1)) is not None:
        raise AlreadyLoaded
    return {
        "districts": _districts(),
        "venues": _venues(),
        "skills": _skills(),
        "courses": _courses(),
    }


def _rows(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from enumerate(csv.DictReader(file), start=1)


def _districts() -> int:
    rows = [District(position=number, **row) for number, row in _rows("districts.csv")]
    return _keep(rows)


def _venues() -> int:
    rows = [
        Venue(
            name=row["name"],
            kana=row["kana"],
            nickname=row["nickname"],
            district_code=row["district"],
            address=row["address"],
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
            phone=row["phone"],
            wifi_ssid=row["wifi_ssid"],
            source=row["source"],
            rooms=[Room(name="会議室")],
        )
        for _number, row in _rows("venues.csv")
    ]
    return _keep(rows)


def _skills() -> int:
    rows = list(_rows("skills.csv"))
    areas = {
        row["area_code"]: SkillArea(code=row["area_code"], name=row["area"], name_en=row["area_en"])
        for _number, row in rows
    }
    _keep(list(areas.values()))
    return _keep(
        [
            Skill(
                code=row["code"],
                area_code=row["area_code"],
                name=row["skill"],
                name_en=row["skill_en"],
                position=number,
            )
            for number, row in rows
        ]
    )


def _courses() -> int:
    return _keep(
        [
            Course(
                code=row["code"],
                stage=row["stage"],
                title=row["title"],
                minutes=int(row["minutes"]),
                capacity=int(row["capacity"]),
                meetings=int(row["meetings"]),
                edition=Edition(row["edition"]),
                title_source=row["title_source"],
                skills=[
                    CourseSkill(skill_code=code, position=position)
                    for position, code in enumerate(row["skills"].split(), start=1)
                ],
            )
            for _number, row in _rows("courses.csv")
        ]
    )


def _keep(rows: Sequence[object]) -> int:
    db.session.add_all(rows)
    db.session.flush()
    return len(rows)
