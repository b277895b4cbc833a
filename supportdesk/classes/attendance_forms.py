"""The forms of whoever holds a meeting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from supportdesk.classes.attendance import MOST_HEADS
from supportdesk.classes.models import AttendanceState
from supportdesk.classes.words import ATTENDANCE
from supportdesk.core.fields import ChoiceField, DeskForm, HiddenField, IntegerField, SelectField
from supportdesk.skills.words import LEVELS

#: What is observed at a meeting; that somebody is to make up there is arranged elsewhere.
SEEN: Final = {state: words for state, words in ATTENDANCE.items() if state is not AttendanceState.MAKING_UP}
#: In place of a learner: everybody with a seat who has no mark yet.
THE_REST: Final = "rest"


class MarkForm(DeskForm):
    """One tap: which learner (or the rest), and what was seen. A walk-in comes sealed from the search."""

    learner = HiddenField(max_length=12)
    walk_in = HiddenField(max_length=200)
    state = ChoiceField(_l("出欠"), choices=SEEN, coerce=AttendanceState)

    @property
    def token(self) -> str:
        """Another button of the same form is another wish, even when it is pressed before the page came back."""
        return f"{super().token[:32]}.{self.state.data}"


class HeadsForm(DeskForm):
    """The head-count of those who want no record."""

    heads = IntegerField(_l("名前を記録しない人の数"), least=0, most=MOST_HEADS, unit=_l("人"))


#: Nobody looked: nothing is written of this learner in this skill.
NOT_SEEN: Final = "none"


class LevelsForm(DeskForm):
    """A level for all, and what is different for whom; made for one meeting by `levels_form`."""

    level = ChoiceField(_l("全員のできる度合い"), choices={1: LEVELS[1], 2: LEVELS[2]}, coerce=int, default=2)
    exception_names: dict[tuple[int, str], str]

    def fields_of(self, learner_id: int) -> list[Any]:
        """One learner's fields, for the page."""
        return [self._fields[name] for (one, _code), name in self.exception_names.items() if one == learner_id]

    def changed(self, learner_id: int) -> bool:
        """Whether something else than for all stands, or went wrong, in one of the learner's fields."""
        return any(field.data is not None or field.errors for field in self.fields_of(learner_id))

    @property
    def exceptions(self) -> dict[tuple[int, str], int | None]:
        """What was picked: a level, or None where nobody looked."""
        picked = {pair: self._fields[name].data for pair, name in self.exception_names.items()}
        return {pair: None if data == NOT_SEEN else int(data) for pair, data in picked.items() if data is not None}


def levels_form(
    learner_ids: Iterable[int],
    absent_ids: Iterable[int],
    skills: Sequence[tuple[str, str]],
    written: Iterable[tuple[int, str]],
    **options: Any,
) -> LevelsForm:
    """The form for these learners and skills (code, name). What is `written` already can be changed, but not unseen."""
    there, written = list(learner_ids), set(written)
    pairs = [(learner_id, code) for learner_id in (*there, *absent_ids) for code, _name in skills]
    wanted = [pair for pair in pairs if pair[0] in there or pair in written]
    names, labels = {pair: f"level_{pair[0]}_{pair[1]}" for pair in wanted}, dict(skills)
    fields: dict[str, Any] = {"exception_names": names}
    for pair, name in names.items():
        unseen = {} if pair in written else {NOT_SEEN: _l("見ていない（記録しない）")}
        fields[name] = SelectField(
            labels[pair[1]],
            choices={**{str(level): words for level, words in LEVELS.items()}, **unseen},
            empty=_l("全員と同じ") if pair[0] in there else _l("変えない"),
            required=False,
        )
    return type("MeetingLevelsForm", (LevelsForm,), fields)(**options)
