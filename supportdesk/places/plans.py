"""What the rooms above have planned at a venue or for an account, though the places may not import upwards.

Each room calls `answer_for_plans` when the application is made. Asked before something is taken away from under them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from supportdesk.core.activities import Description
from supportdesk.core.permissions import Role

#: What is held at the venue between two instants and was not called off.
AtVenue = Callable[[int, datetime, datetime], Iterable[Description]]
#: What an account's holder still has to do in one of these roles after an instant.
OfAccount = Callable[[int, Collection[Role], datetime], Iterable[Description]]


@dataclass(frozen=True)
class RoomPlans:
    """All that one room answers."""

    room: str
    at_venue: AtVenue | None = None
    of_account: OfAccount | None = None


def answer_for_plans(app: Flask, answers: RoomPlans) -> None:
    """Called by a room when the application is made."""
    app.extensions.setdefault("planning_rooms", {})[answers.room] = answers


def planned_at(venue_id: int, starts_at: datetime, ends_at: datetime) -> list[Description]:
    """What all rooms hold at the venue at that time, in its order."""
    asked = [answers.at_venue for answers in _rooms() if answers.at_venue]
    return _in_order(one for at_venue in asked for one in at_venue(venue_id, starts_at, ends_at))


def planned_for(account_id: int, roles: Collection[Role], now: datetime) -> list[Description]:
    """What all rooms still expect of the account's holder in these roles: what has a day first, in its order."""
    asked = [answers.of_account for answers in _rooms() if answers.of_account]
    return _in_order(one for of_account in asked for one in of_account(account_id, roles, now))


def _in_order(plans: Iterable[Description]) -> list[Description]:
    return sorted(plans, key=lambda one: (one.starts_at is None, one.starts_at, one.title))


def _rooms() -> list[RoomPlans]:
    return list(current_app.extensions.get("planning_rooms", {}).values())
