"""Whether a text says who the learner of a case is: a card made of it must not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select

from supportdesk.core.japanese import half_width, search_key
from supportdesk.core.phones import format_phone
from supportdesk.extensions import db
from supportdesk.helpdesk.cards.errors import NamesLearner
from supportdesk.helpdesk.cards.splitting import names_in
from supportdesk.learners.models import Learner, LearnerPhone

#: What stands behind a name, as a search key: a family name alone may be any word (森, 関), with these it is a person.
_TITLES: Final = ("さん", "さま", "様", "氏", "くん", "君", "ちやん", "先生")
_LEAST_PHONE: Final = 6


def refuse_names_of(learner_id: int, texts: Mapping[str, str]) -> None:
    """Raises NamesLearner for the first text with the learner's or their helper's name in it, or a telephone."""
    learner = db.session.execute(
        select(Learner.name, Learner.kana, Learner.helper_name, Learner.helper_phone, Learner.mail).where(
            Learner.id == learner_id
        )
    ).one_or_none()
    if learner is None:
        return
    numbers = db.session.scalars(select(LearnerPhone.number).where(LearnerPhone.learner_id == learner_id))
    phones = [_digits(format_phone(number)) for number in (*numbers, learner.helper_phone) if number]
    for field, text in texts.items():
        found = _first_of(learner, phones, text)
        if found:
            raise NamesLearner(found, field)


def _first_of(learner: Any, phones: list[str], text: str) -> str:
    """What in the text is theirs; empty when nothing is."""
    key, people = search_key_of_lines(text), names_in(text)
    for name in (learner.name, learner.kana, learner.helper_name):
        if name and len(search_key(name)) > 2 and search_key(name) in key:
            return str(name)
        for part in _parts(name):
            folded = search_key(part)
            if folded in people or any(folded + title in key for title in _TITLES):
                return part
    if learner.mail and learner.mail.lower() in half_width(text).lower():
        return str(learner.mail)
    digits = _digits(text)
    return next((phone for phone in phones if len(phone) >= _LEAST_PHONE and phone in digits), "")


def search_key_of_lines(text: str) -> str:
    """The search key of a text that may be longer than a name."""
    return "".join(search_key(line) for line in text.splitlines())


def _parts(name: str) -> Iterator[str]:
    yield from (part for part in re.split(r"[ \u3000]+", name) if search_key(part))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", half_width(text))
