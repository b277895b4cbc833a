"""The field in which staff and tutors say which skills they saw at which level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from supportdesk.core.fields.base import DeskField
from supportdesk.core.fields.choices import Option
from supportdesk.skills.words import LEVELS


class LevelsField(DeskField):
    """For each skill offered, one of the four levels or nothing; `data` maps codes to levels, only those given.

    `skills` are (code, name). Sent as one control for each skill, named after the field and the code.
    """

    kind = "levels"

    def __init__(self, label: object, *, skills: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(label, **options)
        self.skills = list(skills)
        self._sent: dict[str, str] = {}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read one control for each skill; WTForms itself knows only fields of one name."""
        given = {} if not isinstance(data, dict) else dict(data)
        super().process(None, data=given, extra_filters=extra_filters)
        if not formdata:
            return
        self._sent = {code: str(formdata.get(self._name(code), "")) for code, _label in self.skills}
        known = {str(level): level for level in LEVELS}
        self.data = {code: known[sent] for code, sent in self._sent.items() if sent in known}
        if any(sent and sent not in known for sent in self._sent.values()):
            self.process_errors = [_("一覧の中からえらんでください。")]

    @property
    def groups(self) -> list[tuple[str, str, list[Option]]]:
        """(name of the control, words of the skill, what can be picked) for each skill."""
        return [(self._name(code), label, self._options(code)) for code, label in self.skills]

    @property
    def focus_id(self) -> str:
        return f"{self._name(self.skills[0][0])}-none" if self.skills else str(self.id)

    def _options(self, code: str) -> list[Option]:
        name, chosen = self._name(code), (self.data or {}).get(code)
        nothing = Option(f"{name}-none", "", _("見ていない"), chosen is None)
        return [nothing] + [
            Option(f"{name}-{level}", str(level), str(words), chosen == level) for level, words in LEVELS.items()
        ]

    def _name(self, code: str) -> str:
        return f"{self.name}-{code}"
