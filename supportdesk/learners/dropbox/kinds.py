"""What can be handed in: each room registers its kinds when the application is made, as it does its activities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor


class Unreadable(DeskError):
    """What was handed in is not what the kind asks for: another version of the page wrote it."""

    def __init__(self) -> None:
        super().__init__(_l("届いた内容を読み取れません。"))


class Written(NamedTuple):
    """What a phone wrote, read and found to be of its kind: of whom, about what, and when it was seen."""

    learner_id: int
    activity: str
    observed_at: datetime
    content: Mapping[str, Any]


class Told(NamedTuple):
    """A held entry in words: where it belongs, and what was written down."""

    title: str
    text: str


class Record(Protocol):
    """Puts it where it belongs, in the caller's transaction; raises a DeskError that says why it cannot be.

    `insisted`: somebody has looked at it and wants it recorded all the same, as far as that is possible; whether they
    answer for it is to be asked here. Raises NotFound when they do not.
    """

    def __call__(self, written: Written, /, *, actor: Actor, now: datetime, insisted: bool) -> None: ...


#: The learner and the activity that the content names, and the rest. Raises Unreadable.
Read = Callable[[Mapping[str, Any]], tuple[int, str]]
#: In words, in the order given.
Tell = Callable[[Sequence[Written]], Sequence[Told]]
#: Which activities the actor answers for besides what they handed in themselves, as a condition on the column.
AnswersFor = Callable[[Actor, Any], ColumnElement[bool] | None]
#: That a learner has or had to do with an activity, as a condition on the two columns (activity, learner).
BelongsTo = Callable[[Any, Any], ColumnElement[bool]]
#: Whether to insist on it can help whoever answers for it, given the name of what kept it from being recorded.
CanInsist = Callable[[Written, str, Actor], bool]
#: Where the actor records by hand what belongs to these activities, by their names.
Pages = Callable[[Actor, Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Kind:
    """One kind. `advice`: what to do about it, by the name of the error that keeps it from being recorded.

    A phone can write any number as a learner's: only whom the activity knows (`belongs`) is named to those who answer
    for it, and only they may insist that it is recorded.
    """

    name: str
    read: Read
    record: Record
    tell: Tell
    answers_for: AnswersFor
    belongs: BelongsTo
    can_insist: CanInsist
    pages: Pages
    advice: Mapping[str, object] = field(default_factory=dict)


def take_in_kind(app: Flask, kind: Kind) -> None:
    """Called by a room in `plug_in`."""
    app.extensions.setdefault("drop_kinds", {})[kind.name] = kind


def kinds() -> dict[str, Kind]:
    """Every kind by its name."""
    found: dict[str, Kind] = current_app.extensions.get("drop_kinds", {})
    return found
