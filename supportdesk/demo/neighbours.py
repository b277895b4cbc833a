"""The demo's peer tutors: appointed, matched with neighbours, and the sessions they logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID

from supportdesk.core import clock
from supportdesk.core.permissions import Actor
from supportdesk.demo.people import DISTRICTS, Cast, Person
from supportdesk.tutors.operations import appoint_tutor, match_learner
from supportdesk.tutors.sessions import Held, log_session

#: What each teaches.
_TEACHES: Final[Mapping[str, tuple[str, ...]]] = {
    "tutor": ("A3", "A4", "B5", "D2", "D3"),
    "tutor2": ("A1", "A2", "B3", "B4"),
    "tutor3": ("D2", "D4", "E1", "E2"),
}
_WISHES: Final = ("LINEの写真を送りたい", "文字を早く打ちたい", "孫とビデオ通話をしたい", "地図で道を調べたい")
_NOTES: Final = (
    "前回よりずっと早くできた。",
    "ゆっくりやれば、ひとりでできそう。",
    "紙に手順を書いてわたした。次もいっしょに練習する。",
    "お友だちにも教えてみたいとのこと。",
)
_PLACES: Final = ("町内会館", "ご自宅", "児童センター")

#: When a tutor meets each of four neighbours: never two at once.
_HOURS: Final = (9, 11, 13, 15)


def play(cast: Cast, dice: Random, now: datetime) -> None:
    """Each tutor has a few neighbours, and met them about once a week."""
    coordinator, opened = cast.staff["coordinator"], now - timedelta(weeks=5)
    for username, skills in _TEACHES.items():
        tutor = cast.staff[username]
        account_id = tutor.account_id or 0
        appoint_tutor(account_id, skills=skills, actor=coordinator, now=opened)
        district = DISTRICTS[username][0]
        for hour, neighbour in zip(_HOURS, dice.sample(cast.in_district(district), len(_HOURS)), strict=True):
            match_learner(account_id, neighbour.id, wish=dice.choice(_WISHES), told=True, actor=coordinator, now=opened)
            _meet(tutor, neighbour, district, skills, hour, dice, now)


def _meet(
    tutor: Actor, neighbour: Person, district: str, skills: tuple[str, ...], hour: int, dice: Random, now: datetime
) -> None:
    for week in range(4, 0, -1):
        if dice.random() < 0.35:
            continue
        day = clock.local(now).date() - timedelta(days=7 * week - dice.randint(0, 6))
        held_at = clock.at(day, time(hour))
        seen = dice.sample(skills, 2)
        log_session(
            UUID(int=dice.getrandbits(128), version=4),
            tutor.account_id or 0,
            neighbour.id,
            Held(
                held_at=held_at,
                minutes=dice.choice((30, 45, 60, 90)),
                district_code=district,
                place=dice.choice(_PLACES),
                note=dice.choice(_NOTES),
                levels={skill: dice.choice((1, 2, 2, 3)) for skill in seen},
            ),
            actor=tutor,
            now=held_at + timedelta(hours=2),
        )
