"""The form of a case: what was asked and done, where it belongs, what was seen on which phone, how it ended; and the
one with which it goes to another adviser.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import (
    ChoiceField,
    DeskForm,
    HiddenField,
    IntegerField,
    NoteField,
    SelectField,
    TextField,
    TicksField,
)
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.helpdesk.cases.models import MOST_MINUTES, CaseResult, ReferredTo
from supportdesk.helpdesk.cases.operations import Notes
from supportdesk.helpdesk.cases.queries import Area, CaseRow
from supportdesk.helpdesk.cases.scams import SCAM_STEPS
from supportdesk.helpdesk.cases.words import CASE_RESULTS, REFERRED_TO
from supportdesk.learners.models import Device
from supportdesk.learners.words import DEVICES
from supportdesk.skills.forms import LevelsField
from supportdesk.skills.words import LEVELS

LONGEST_QUESTION: Final = 2000
LONGEST_NOTE: Final = 5000
#: One press says how it ended and, where it was referred, to whom.
RESULTS: Final[Mapping[str, object]] = {
    **{result.value: words for result, words in CASE_RESULTS.items() if result is not CaseResult.REFERRED},
    **{where.value: words for where, words in REFERRED_TO.items()},
}
#: What is typed freely: nothing in it that must not be kept.
TEXTS: Final = ("asked", "done", "os", "referral")


class CaseForm(DeskForm):
    """A case. `form_for` adds one field of levels for each area."""

    drawn_from = HiddenField(max_length=64)
    clock_minutes = HiddenField(max_length=4)
    asked = NoteField(_l("聞かれたこと"), required=True, max_length=LONGEST_QUESTION, rows=3)
    done = NoteField(
        _l("したこと"),
        max_length=LONGEST_NOTE,
        rows=7,
        hint=_l("パスワード、カード番号、マイナンバーは書かないでください。"),
    )
    areas = TicksField(_l("分野（いくつでも）"))
    device = SelectField(_l("機種"), required=False, choices=DEVICES, coerce=Device, empty=_l("わからない"))
    os = TextField(
        _l("OSのバージョン"),
        required=False,
        max_length=40,
        width="m",
        hint=_l("例：Android 14"),
        validators=[refuse_what_must_not_be_kept],
    )
    result = ChoiceField(_l("相談の結果"), choices=RESULTS)
    referral = TextField(
        _l("つないだ先"),
        required=False,
        max_length=100,
        hint=_l("つないだときだけ。例：〇〇ショップ中央店"),
        validators=[refuse_what_must_not_be_kept],
    )
    minutes = IntegerField(_l("かかった時間"), required=False, least=1, most=MOST_MINUTES, unit=_l("分"))
    scam_steps = TicksField(_l("したことにチェックを入れてください"), choices=SCAM_STEPS)
    offered_areas: Sequence[Area] = ()

    @property
    def level_fields(self) -> list[tuple[Area, LevelsField]]:
        """Each area with its field, for the page."""
        return [(area, self._fields[_field_of(area)]) for area in self.offered_areas]

    @property
    def picked_levels(self) -> dict[str, int]:
        """The level picked for each skill."""
        return {code: level for _area, field in self.level_fields for code, level in (field.data or {}).items()}

    def notes(self, stored: CaseRow) -> Notes:
        """What is typed and picked so far. In place of what cannot be kept stands what is stored already."""
        texts = {name: self._kept(name, getattr(stored, name)) or "" for name in TEXTS}
        result, where = read_result(self.result.data)
        return Notes(
            **texts,
            areas=frozenset(self.areas.data or ()),
            device=self.device.data or None,
            result=result,
            referred_to=where,
            minutes=None if self._clock_counts else self._kept("minutes", stored.minutes),
            scam_steps=frozenset(self.scam_steps.data or ()),
            levels=self.picked_levels,
        )

    @property
    def _clock_counts(self) -> bool:
        """Nobody wrote another number than the clock showed."""
        return self.minutes.value == self.clock_minutes.data

    def _kept(self, name: str, stored: Any) -> Any:
        return stored if self.refused(name) else self._fields[name].data

    def refused(self, name: str) -> str:
        """Why what was typed cannot be kept; empty when it can, or when nothing was typed."""
        field = self._fields[name]
        given = field.data or (name == "minutes" and field.typed.strip())
        return str(field.errors[0]) if field.errors and given else ""

    @property
    def refusals(self) -> dict[str, str]:
        """Of each field in which something was typed that cannot be kept, why."""
        return {name: self.refused(name) for name in (*TEXTS, "minutes") if self.refused(name)}

    def validate_in_part(self) -> bool:
        """Whether what is typed so far can be kept; what is still missing is no mistake."""
        self.validate()
        for name, field in self._fields.items():
            if not self.refused(name):
                field.errors = ()
        return not self.errors


class HandOverForm(DeskForm):
    """To whom a case goes, and why."""

    to = ChoiceField(_l("だれに引きつぎますか"), coerce=int)
    why = NoteField(
        _l("引きつぐ理由"), required=True, max_length=300, rows=3, hint=_l("例：設定の変更にくわしい方に見てほしい")
    )


def read_result(sent: str | None) -> tuple[CaseResult | None, ReferredTo | None]:
    """The result that a press stands for, and where it was referred to."""
    if not sent:
        return None, None
    if sent in {where.value for where in ReferredTo}:
        return CaseResult.REFERRED, ReferredTo(sent)
    return CaseResult(sent), None


def form_for(areas: Sequence[Area], case: CaseRow, minutes: int | None = None) -> CaseForm:
    """The form of this case, with the levels that were known before beside each skill and the minutes so far."""
    fields: dict[str, Any] = {
        _field_of(area): LevelsField(
            area.name, skills=[(code, _with_level(name, level)) for code, name, level in area.skills]
        )
        for area in areas
    }
    form = type("FullCaseForm", (CaseForm,), {"offered_areas": tuple(areas), **fields})
    picked = {
        _field_of(area): {code: case.levels[code] for code, _name, _level in area.skills if code in case.levels}
        for area in areas
    }
    shown = case.minutes or minutes
    made: CaseForm = form(
        choices={"areas": [(area.code, area.name) for area in areas]},
        data={
            "drawn_from": case.saved_form,
            "clock_minutes": "" if case.minutes else str(minutes or ""),
            **{name: getattr(case, name) for name in TEXTS},
            "areas": _known(case.areas, areas),
            "device": case.device,
            "result": case.referred_to or case.result,
            "minutes": shown,
            "scam_steps": case.scam_steps,
            **picked,
        },
    )
    return made


def _known(codes: Collection[str], areas: Sequence[Area]) -> frozenset[str]:
    return frozenset(area.code for area in areas if area.code in codes)


def _field_of(area: Area) -> str:
    return f"levels_{area.code}"


def _with_level(name: str, level: int | None) -> str:
    if level is None:
        return name
    return _("%(skill)s（いま：%(level)s）", skill=name, level=LEVELS[level])
