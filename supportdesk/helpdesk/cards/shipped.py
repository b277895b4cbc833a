"""The cards that come with the desk, from `data/cards.csv`: nobody of the office has checked them yet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.cards.models import CardDevice
from supportdesk.helpdesk.cards.operations import CardPlan, Written, take_in_cards

LIST: Final = Path(__file__).parents[2] / "data" / "cards.csv"


def load_cards(*, actor: Actor, now: datetime) -> list[Written]:
    """Add every shipped card, with the code in the list. Needs the skills to be there."""
    return take_in_cards(list(shipped_cards()), actor=actor, now=now)


def shipped_cards() -> Iterator[tuple[str, CardPlan]]:
    """Each card of the file with its code."""
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            skills = tuple(row["skills"].split())
            yield (
                row["code"],
                CardPlan(
                    question=row["question"],
                    also_asked=row["also_asked"],
                    steps=row["steps"],
                    device=CardDevice(row["device"]),
                    area_code=skills[0][0],
                    skills=skills,
                    public=row["public"] == "yes",
                ),
            )
