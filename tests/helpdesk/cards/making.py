"""Answer cards for tests, made by the desk's own operations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.helpdesk.cards.models import CardDevice
from supportdesk.helpdesk.cards.operations import CardPlan, Written, write_card
from supportdesk.helpdesk.cards.shipped import load_cards
from tests.factories import make_reference

PLAN = CardPlan(
    question="写真をメールで送るには",
    steps="写真を開きます\n「共有」を押します\nメールをえらびます",
    device=CardDevice.BOTH,
    area_code="B",
    skills=("B4",),
)


def make_card(plan: CardPlan = PLAN, **changes: Any) -> Written:
    """A card of the office."""
    with transaction():
        return write_card(replace(plan, **changes), actor=SYSTEM, now=clock.now())


def make_shipped_cards() -> list[Written]:
    """The city's reference data, and the cards that come with the desk."""
    make_reference()
    with transaction():
        return load_cards(actor=SYSTEM, now=clock.now())
