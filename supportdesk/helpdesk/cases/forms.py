"""The form of a case: a short topic, where it belongs, what was seen, how it ended, a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import ChoiceField, DeskForm, HiddenField, NoteField, SelectField
from supportdesk.helpdesk.cases.models import CaseResult
from supportdesk.helpdesk.cases.operations import Notes
from supportdesk.helpdesk.cases.queries import Area, CaseRow
from supportdesk.helpdesk.words import CASE_RESULTS
from supportdesk.skills.forms import LevelsField
from supportdesk.skills.words import LEVELS

LONGEST_NOTE = 5000


class CaseForm(DeskForm):
    """A case. `form_for` adds one field of levels for each area."""

    drawn_from = HiddenField(max_length=64)
    topic = NoteField(_l("相談の内容"), required=True, max_length=300, rows=2)
    area_code = SelectField(_l("分野"), required=False, empty=_l("えらばない"))
    result = ChoiceField(_l("相談の結果"), choices=CASE_RESULTS, coerce=CaseResult)
    note = NoteField(
        _l("記録（くわしく）"),
        max_length=LONGEST_NOTE,
        rows=8,
        hint=_l("パスワードやマイナンバーは書かないでください。"),
    )
    areas: Sequence[Area] = ()

    @property
    def level_fields(self) -> list[tuple[Area, LevelsField]]:
        """Each area with its field, for the page."""
        return [(area, self._fields[_field_of(area)]) for area in self.areas]

    def notes(self, stored: CaseRow) -> Notes:
        """What is typed and picked so far. Of a text that must not be kept, what is stored already stays."""
        return Notes(
            topic=stored.topic if self.refused("topic") else str(self.topic.data or ""),
            area_code=self.area_code.data or None,
            note=stored.note if self.refused("note") else str(self.note.data or ""),
            result=self.result.data or None,
            levels={code: level for _area, field in self.level_fields for code, level in (field.data or {}).items()},
        )

    def refused(self, name: str) -> str:
        """Why a text that was typed cannot be kept; empty when it can, or when none was typed."""
        field = self._fields[name]
        return str(field.errors[0]) if field.data and field.errors else ""

    def validate_in_part(self) -> bool:
        """Whether what is typed so far can be kept; what is still missing is no mistake."""
        self.validate()
        for name, field in self._fields.items():
            if not self.refused(name):
                field.errors = ()
        return not self.errors


def form_for(areas: Sequence[Area], case: CaseRow) -> CaseForm:
    """The form of this case, with the levels that were known before beside each skill."""
    fields: dict[str, Any] = {
        _field_of(area): LevelsField(
            area.name, skills=[(code, _with_level(name, level)) for code, name, level in area.skills]
        )
        for area in areas
    }
    form = type("FullCaseForm", (CaseForm,), {"areas": tuple(areas), **fields})
    picked = {
        _field_of(area): {code: case.levels[code] for code, _name, _level in area.skills if code in case.levels}
        for area in areas
    }
    made: CaseForm = form(
        choices={"area_code": [(area.code, f"{area.code} {area.name}") for area in areas]},
        data={
            "drawn_from": case.saved_form,
            "topic": case.topic,
            "area_code": case.area_code,
            "result": case.result,
            "note": case.note,
            **picked,
        },
    )
    return made


def _field_of(area: Area) -> str:
    return f"levels_{area.code}"


def _with_level(name: str, level: int | None) -> str:
    if level is None:
        return name
    return _("%(skill)s（いま：%(level)s）", skill=name, level=LEVELS[level])
