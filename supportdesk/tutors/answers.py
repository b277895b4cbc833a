"""What tutoring answers of a learner: which of its tables speak of one, and what becomes of those."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.database import table_of
from supportdesk.learners.ageing import Ageing
from supportdesk.learners.office import SESSION_YEARS
from supportdesk.learners.rooms import LearnerTable, RoomAnswers, Turn
from supportdesk.tutors import descriptions, leaving, record_words
from supportdesk.tutors.models import Match, PeerSession

ANSWERS: Final = RoomAnswers(
    room="tutors",
    tables=(
        LearnerTable(table_of(Match), personal=("wish",)),
        LearnerTable(table_of(PeerSession), personal=("note", "place")),
    ),
    timeline=descriptions.timeline_of,
    scope=descriptions.learners_of,
    obstacles=descriptions.matched_twice,
    parts=descriptions.parts_of,
    bindings=leaving.bindings,
    release=(Turn.MATCHES, leaving.release),
    words=record_words.WORDS,
    ageing=(
        Ageing(
            _l("教え合いのようす"),
            table_of(PeerSession),
            since="held_at",
            years=SESSION_YEARS.get,
            emptied=("note", "place"),
        ),
    ),
)
