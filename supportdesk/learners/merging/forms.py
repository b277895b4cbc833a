"""The form in which a clerk chooses, field by field, what stands of two records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import ChoiceField, DeskForm
from supportdesk.core.japanese import shown_name
from supportdesk.core.moments import birth
from supportdesk.learners.particulars import LONGEST, Particulars
from supportdesk.learners.words import AGE_BANDS, CHANNELS, DEVICES, NEEDS, SEXES
from supportdesk.places.choices import district_choices

KEPT, GONE, BOTH = "kept", "gone", "both"


class Group(NamedTuple):
    """Particulars chosen together: what they are called, how they read, and how both are kept where that can be."""

    name: str
    label: object
    fields: Sequence[str]
    words: Callable[[Particulars], str]
    both: Callable[[Particulars, Particulars], dict[str, Any]] | None = None


def _born(one: Particulars) -> str:
    if one.birth_date:
        return birth(one.birth_date)
    if one.birth_year:
        return _("%(year)s年生まれ", year=one.birth_year)
    return str(AGE_BANDS[one.age_band]) if one.age_band else ""


def _residence(one: Particulars) -> str:
    return _("市外") if one.outside_city else str(dict(district_choices()).get(one.district_code or "", ""))


def _phones(one: Particulars) -> str:
    return "、".join(phone.typed for phone in one.phones)


def _needs(one: Particulars) -> str:
    return "、".join(str(NEEDS[need]) for need in sorted(one.needs))


def _all_phones(kept: Particulars, gone: Particulars) -> dict[str, Any]:
    held = {phone.number or phone.typed: phone for phone in (*gone.phones, *kept.phones)}
    first = [phone.number or phone.typed for phone in kept.phones]
    return {"phones": tuple(held[key] for key in dict.fromkeys([*first, *held]))}


def _all_needs(kept: Particulars, gone: Particulars) -> dict[str, Any]:
    return {"needs": kept.needs | gone.needs}


def _both_notes(kept: Particulars, gone: Particulars) -> dict[str, Any]:
    return {"note": "\n".join(filter(None, dict.fromkeys([kept.note, gone.note])))[: LONGEST["note"]]}


GROUPS: Final[Sequence[Group]] = (
    Group("name", _l("氏名"), ("name",), lambda one: one.name),
    Group("kana", _l("フリガナ"), ("kana",), lambda one: shown_name(one.kana)),
    Group("born", _l("生まれた日"), ("birth_date", "birth_year", "age_band"), _born),
    Group("sex", _l("性別"), ("sex",), lambda one: str(SEXES[one.sex]) if one.sex else ""),
    Group("residence", _l("地区"), ("district_code", "outside_city"), _residence),
    Group("phones", _l("電話番号"), ("phones",), _phones, _all_phones),
    Group("address", _l("住所"), ("postal_code", "address"), lambda one: f"{one.postal_code} {one.address}".strip()),
    Group("mail", _l("メールアドレス"), ("mail",), lambda one: one.mail),
    Group("device", _l("お持ちの機器"), ("device",), lambda one: str(DEVICES[one.device]) if one.device else ""),
    Group("channel", _l("連絡の方法"), ("channel",), lambda one: str(CHANNELS[one.channel])),
    Group("needs", _l("配慮"), ("needs",), _needs, _all_needs),
    Group(
        "helper",
        _l("手伝ってくれる方"),
        ("helper_name", "helper_relation", "helper_phone"),
        lambda one: " ".join(filter(None, (one.helper_name, one.helper_relation, one.helper_phone))),
    ),
    Group("note", _l("メモ"), ("note",), lambda one: one.note, _both_notes),
)


class Differing(NamedTuple):
    """One group in which the two records differ, side by side, with the field in which it is chosen."""

    label: str
    kept: str
    gone: str
    field: ChoiceField


class MergeForm(DeskForm):
    """A choice for each group in which both records say something and differ; what only one of them has is kept."""

    kept: Particulars
    gone: Particulars

    def differing(self) -> Iterator[Differing]:
        """The groups to choose in, as the page shows them."""
        for group in GROUPS:
            if group.name in self:
                yield Differing(str(group.label), group.words(self.kept), group.words(self.gone), self[group.name])

    def settled(self) -> list[tuple[str, str]]:
        """The groups in which there is nothing to choose, with what they say."""
        pairs = [
            (str(one.label), one.words(self.kept) or one.words(self.gone)) for one in GROUPS if one.name not in self
        ]
        return [(label, words) for label, words in pairs if words]

    def chosen(self) -> Particulars:
        """What the record that is kept says from now on."""
        values: dict[str, Any] = {}
        for group in GROUPS:
            choice = self[group.name].data if group.name in self else KEPT if group.words(self.kept) else GONE
            if choice == BOTH and group.both:
                values |= group.both(self.kept, self.gone)
            else:
                source = self.gone if choice == GONE else self.kept
                values |= {name: getattr(source, name) for name in group.fields}
        return replace(self.kept, **values)


def merge_form(kept: Particulars, gone: Particulars) -> MergeForm:
    """The form for these two records."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for group in GROUPS:
        ours, theirs = group.words(kept), group.words(gone)
        if ours and theirs and ours != theirs:
            fields[group.name], data[group.name] = _choice(group, ours, theirs)
    form: MergeForm = type("FullMergeForm", (MergeForm,), {**fields, "kept": kept, "gone": gone})(data=data)
    return form


def _choice(group: Group, ours: str, theirs: str) -> tuple[Any, str]:
    choices: list[tuple[str, object]] = [(KEPT, ours), (GONE, theirs)]
    if group.both:
        return ChoiceField(group.label, choices=[*choices, (BOTH, _l("両方"))]), BOTH
    return ChoiceField(group.label, choices=choices), KEPT
