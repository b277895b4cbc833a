"""An enumeration whose members know their words: for what is chosen on a page and told on another."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A member is written `NAME = "value", _l("words")`; it is its value, and `label` is its words."""

    label: object

    def __new__(cls, value: str, label: object) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
