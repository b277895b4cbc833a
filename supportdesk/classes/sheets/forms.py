"""The forms of feedback sheets: the one that learners fill in, and the one in which papers are typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.classes.sheets.office import FEEDBACK_SATISFACTION, FEEDBACK_UNDERSTANDING, FEEDBACK_WISH
from supportdesk.classes.sheets.queries import Said
from supportdesk.classes.sheets.words import SATISFACTION, UNDERSTANDING
from supportdesk.core.fields import AreaField, ChoiceField, DeskForm, IntegerField, TickField, TicksField
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.skills.queries import AreaRow

#: Who answers, where it is nobody in particular.
NOBODY: Final = 0
LONGEST_WISH: Final = 200


class SheetForm(DeskForm):
    """The three questions, in the office's words. Any may be left out."""

    understanding = ChoiceField("", choices=UNDERSTANDING, coerce=int, required=False)
    satisfaction = ChoiceField("", choices=SATISFACTION, coerce=int, required=False)
    areas = TicksField("", hint=_l("いくつでもえらべます。"))
    wish = AreaField(
        _l("ほかに習いたいこと、思ったこと"),
        required=False,
        rows=3,
        max_length=LONGEST_WISH,
        hint=_l("お名前や電話番号は書かないでください。"),
        validators=[refuse_what_must_not_be_kept],
    )

    def __init__(self, areas: Sequence[AreaRow], *, said: Said | None = None, **options: Any) -> None:
        self._areas = areas
        super().__init__(data=said._asdict() | {"areas": frozenset(said.areas)} if said else None, **options)
        self.understanding.label.text = FEEDBACK_UNDERSTANDING.get()
        self.satisfaction.label.text = FEEDBACK_SATISFACTION.get()
        self.areas.label.text = FEEDBACK_WISH.get()

    def process(self, *arguments: Any, **options: Any) -> None:
        """What can be chosen has to be known before what was chosen is read."""
        self.areas.choices = self.choices_of(self._areas)
        super().process(*arguments, **options)

    def choices_of(self, areas: Sequence[AreaRow]) -> list[tuple[str, object]]:
        """The fields of skills, as they are ticked."""
        return [(area.code, area.name) for area in areas]

    @property
    def said(self) -> Said:
        """What was answered."""
        areas = tuple(sorted(self.areas.data or ()))
        return Said(self.understanding.data, self.satisfaction.data, areas, self.wish.data or "")


class AnswerForm(SheetForm):
    """On a phone; where it is a learner's own, `who` answers: one of its people, or nobody in particular."""

    who = ChoiceField(_l("答える方"), coerce=int)

    def __init__(self, areas: Sequence[AreaRow], people: Sequence[tuple[int, str]], **options: Any) -> None:
        self._people = people
        super().__init__(areas, **options)
        if not people:
            del self.who
        elif len(people) == 1 and not self.is_submitted():
            self.who.data = people[0][0]

    def process(self, *arguments: Any, **options: Any) -> None:
        """The phone's people by name, then nobody."""
        named = [(learner_id, _("%(name)sさん", name=name)) for learner_id, name in self._people]
        self.who.choices = [*named, (NOBODY, _("名前をつけないで答える"))]
        super().process(*arguments, **options)

    @property
    def learner_id(self) -> int | None:
        """Whose answer it is."""
        return (self.who.data or None) if "who" in self else None


class TypeForm(SheetForm):
    """A paper: its number, if it has one, and what is crossed on it."""

    number = IntegerField(
        _l("用紙の番号（席）"), required=False, least=1, most=1000, hint=_l("番号のない用紙は、空けておきます。")
    )
    again = TickField(_l("前の答えを消して、入れなおす"))

    def process(self, *arguments: Any, **options: Any) -> None:
        """With the numbers that stand on paper."""
        for field, words in ((self.understanding, UNDERSTANDING), (self.satisfaction, SATISFACTION)):
            field.choices = [(value, f"{value} {word}") for value, word in words.items()]
        super().process(*arguments, **options)

    def choices_of(self, areas: Sequence[AreaRow]) -> list[tuple[str, object]]:
        """With the letters that stand on paper."""
        return [(area.code, f"{area.code} {area.name}") for area in areas]
