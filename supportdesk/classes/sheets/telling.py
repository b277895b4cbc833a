"""What a learner said on their feedback sheets, in words for their own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.classes.descriptions import meeting_address, run_title
from supportdesk.classes.queries import MEETING, RUN
from supportdesk.classes.sheets.queries import SHEET, areas_in
from supportdesk.classes.sheets.words import SATISFACTION, UNDERSTANDING
from supportdesk.core.activities import activity
from supportdesk.extensions import db
from supportdesk.learners.rooms import Latest, TimelineEntry
from supportdesk.skills.queries import areas


def sheets_in_words(learner_id: int, latest: Latest) -> list[TimelineEntry]:
    """Each sheet that bears this learner, when it was answered. One statement, or two."""
    statement = (
        select(
            SHEET.c.understanding,
            SHEET.c.satisfaction,
            SHEET.c.areas,
            SHEET.c.wish,
            SHEET.c.answered_at,
            MEETING.c.id.label("meeting_id"),
            MEETING.c.run_id,
            RUN.c.title,
            RUN.c.group_name,
        )
        .join(MEETING, MEETING.c.id == SHEET.c.meeting_id)
        .join(RUN, RUN.c.id == MEETING.c.run_id)
        .where(SHEET.c.learner_id == learner_id)
    )
    rows = db.session.execute(latest.of(statement, SHEET.c.answered_at, SHEET.c.id)).all()
    names = {area.code: area.name for area in areas()} if rows else {}
    return [
        TimelineEntry(
            at=row.answered_at,
            kind="class",
            title=_("受講アンケート：%(title)s", title=run_title(row.title, row.group_name)),
            text=_("、").join(_said(row, names)),
            activity=activity("meeting", row.meeting_id),
            url=meeting_address(row.run_id),
        )
        for row in rows
    ]


def _said(row: Any, names: dict[str, str]) -> Sequence[str]:
    words = [str(UNDERSTANDING[row.understanding])] if row.understanding else []
    if row.satisfaction:
        words.append(str(SATISFACTION[row.satisfaction]))
    wanted = [names[code] for code in areas_in(row.areas) if code in names] + ([row.wish] if row.wish else [])
    if wanted:
        words.append(_("つぎに習いたいこと：%(what)s", what=_("・").join(wanted)))
    return words
