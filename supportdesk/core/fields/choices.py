"""Fields in which one picks: one of few, one of many, several, or yes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, cast

from flask_babel import gettext as _

from supportdesk.core.fields.base import DeskField

Choices = Mapping[Any, object] | Iterable[tuple[Any, object]]


class Option(NamedTuple):
    """One thing to pick, as it is drawn."""

    id: str
    value: str
    label: str
    chosen: bool


class ChoiceField(DeskField):
    """One of a few, as radio buttons. `choices` maps values to labels; `coerce` makes a value of what was sent."""

    kind = "radios"

    def __init__(
        self, label: object, *, choices: Choices = (), coerce: Callable[[str], Any] = str, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.choices = choices
        self.coerce = coerce

    @property
    def pairs(self) -> list[tuple[Any, object]]:
        """The choices as (value, label)."""
        return list(self.choices.items() if isinstance(self.choices, Mapping) else self.choices)

    @property
    def options(self) -> list[Option]:
        """What is drawn. A form sends what its `value` says."""
        return [
            Option(f"{self.id}-{number}", str(value), str(label), self._chosen(value))
            for number, (value, label) in enumerate(self.pairs)
        ]

    @property
    def focus_id(self) -> str:
        return f"{self.id}-0" if self.pairs else str(self.id)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = self._read(str(valuelist[0])) if valuelist and valuelist[0] != "" else None

    def missing_message(self) -> str:
        if str(self.label.text).endswith("か"):  # a question, where a name fits the sentence
            return _("「%(label)s」の答えをえらんでください。", label=self.label.text)
        return _("%(label)sをえらんでください。", label=self.label.text)

    def _chosen(self, value: Any) -> bool:
        return self.data is not None and str(value) == str(self.data)

    def _read(self, sent: str) -> Any:
        for value, _label in self.pairs:
            if str(value) == sent:
                return self.coerce(sent)
        raise ValueError(_("一覧の中からえらんでください。"))


class SelectField(ChoiceField):
    """One of many, as a drop-down list. `empty` is the words of the first entry, which stands for nothing."""

    kind = "select"

    def __init__(self, label: object, *, empty: object = None, **options: Any) -> None:
        super().__init__(label, **options)
        self._empty = empty

    @property
    def empty(self) -> str:
        return str(self._empty) if self._empty is not None else _("えらんでください")

    @property
    def groups(self) -> list[tuple[str, list[Option]]]:
        """What is drawn under each heading; here under none."""
        return [("", self.options)]

    @property
    def focus_id(self) -> str:
        return str(self.id)


class GroupedField(SelectField):
    """One of many, as a drop-down list under headings. `choices` maps each heading to its (value, label)."""

    @property
    def pairs(self) -> list[tuple[Any, object]]:
        return [pair for _heading, pairs in super().pairs for pair in cast(Iterable[tuple[Any, object]], pairs)]

    @property
    def groups(self) -> list[tuple[str, list[Option]]]:
        options = iter(self.options)
        return [
            (str(heading), list(islice(options, len(cast(Sequence[Any], pairs))))) for heading, pairs in super().pairs
        ]


class TicksField(ChoiceField):
    """Several of a few, as tick boxes; `data` is a frozenset."""

    kind = "ticks"

    def __init__(self, label: object, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("default", frozenset())
        super().__init__(label, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = frozenset(self._read(str(sent)) for sent in valuelist if sent != "")

    def _chosen(self, value: Any) -> bool:
        return str(value) in {str(chosen) for chosen in self.data or ()}


class TickField(DeskField):
    """Yes, when ticked."""

    kind = "tick"

    def __init__(self, label: object, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("default", False)
        super().__init__(label, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = bool(valuelist) and str(valuelist[0]) not in ("", "0", "false")

    def missing_message(self) -> str:
        return _("チェックを入れてください。")
