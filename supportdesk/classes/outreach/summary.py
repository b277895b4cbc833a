"""A request in rows of label and value, as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from supportdesk.classes.outreach.queries import Details
from supportdesk.classes.outreach.words import CHOICES, DOORS, EQUIPMENT
from supportdesk.core.moments import clock_time, day
from supportdesk.learners.models import AgeBand
from supportdesk.learners.words import AGE_BANDS

Rows = list[tuple[Any, str]]


def wish_rows(found: Details) -> Rows:
    """What the group asked for, but for whom to call."""
    asked = found.request
    place = _("市の会場") if asked.at_city else _joined("・", asked.place, asked.address)
    dates: Rows = [
        (CHOICES[choice.number], f"{day(choice.starts_at)} {clock_time(choice.starts_at)}") for choice in asked.choices
    ]
    return [
        *dates,
        (_("長さと人数"), _("%(minutes)s分・%(people)s人", minutes=asked.minutes, people=asked.people)),
        (_("習いたいこと"), _joined("・", found.course, asked.theme)),
        (_("会場"), place),
        (_("会場に入れる人数"), _("%(people)s人", people=asked.room_for) if asked.room_for else ""),
        (_("会場にあるもの"), _joined("、", *(words for name, words in EQUIPMENT.items() if getattr(asked, name)))),
        (_("そのほか、伝えたいこと"), asked.note),
        (_("受付"), f"{day(asked.received_at)}・{DOORS[asked.door]}"),
    ]


def lecture_rows(found: Details) -> Rows:
    """What was found: the day, who goes, where."""
    asked = found.request
    if asked.starts_at is None or asked.ends_at is None:
        return []
    travel = _("行きと帰りに、それぞれ%(minutes)s分を講師の予定に入れています。", minutes=asked.travel_minutes)
    return [
        (_("日時"), f"{day(asked.starts_at)} {clock_time(asked.starts_at)}〜{clock_time(asked.ends_at)}"),
        (_("講座"), found.course),
        (_("講師"), "、".join(found.instructors)),
        (_("移動"), travel),
        (_("会場"), found.room or asked.place),
    ]


def result_rows(found: Details, by_age: Mapping[AgeBand, int], named: int) -> Rows:
    """How it was; nothing before that is known. `named`: how many are known by name, perhaps more than was said."""
    asked = found.request
    if asked.heads is None:
        return []
    ages = [
        _("%(age)s %(heads)s人", age=words, heads=by_age[band]) for band, words in AGE_BANDS.items() if by_age.get(band)
    ]
    wishes = [_("教室") if asked.next_class else "", _("地域サポーター") if asked.next_tutor else ""]
    return [
        (_("参加した人"), _("%(people)s人", people=max(asked.heads, named))),
        (_("年代"), "、".join(ages)),
        (_("話したこと、質問されたこと"), asked.topics),
        (_("これからの希望"), _joined("、", *wishes)),
        (_("これからのこと"), asked.next_note),
    ]


def _joined(between: str, *words: object) -> str:
    return between.join(str(word) for word in words if word)
