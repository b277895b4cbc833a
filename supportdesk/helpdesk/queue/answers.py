"""What the line answers of a learner: its table, what becomes of it, whose learners its holders are. For the room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from supportdesk.core import clock
from supportdesk.core.activities import Description, activity, page_of
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.words import CASE_RESULTS
from supportdesk.helpdesk.descriptions import learners_of as learners_of_bookings
from supportdesk.helpdesk.descriptions import parts_of_bookings
from supportdesk.helpdesk.locking import DESK
from supportdesk.helpdesk.models import DeskHours
from supportdesk.helpdesk.queue.line import NUMBER
from supportdesk.helpdesk.queue.words import NUMBER_STATES
from supportdesk.learners.ageing import Ageing
from supportdesk.learners.office import CASE_YEARS
from supportdesk.learners.record_words import TableWords
from supportdesk.learners.rooms import LearnerTable, Part

#: A number says who waited when: once it is nobody's, it is a head that was counted.
TABLE: Final = LearnerTable(NUMBER, personal=("topic", "learner_id"))
AGEING: Final = Ageing(
    _l("窓口の番号を受け取った方"),
    NUMBER,
    since="taken_at",
    years=CASE_YEARS.get,
    emptied=("topic", "learner_id"),
)
WORDS: Final[Mapping[str, TableWords]] = {
    "queue_number": TableWords(
        _l("窓口の番号"),
        {
            "desk_id": _l("窓口"),
            "day": _l("日"),
            "number": _l("番号"),
            "learner_id": _l("受講者"),
            "booking_id": _l("どの相談"),
            "topic": _l("相談したいこと"),
            "taken_at": _l("番号を出した日時"),
            "taken_by": _l("番号を出した人"),
            "calls": _l("呼んだ回数"),
            "called_at": _l("呼んだ日時"),
            "called_by": _l("呼んだ人"),
            "counter": _l("呼ばれた窓口"),
            "begun_at": _l("相談を始めた日時"),
            "area_code": _l("分野"),
            "result": _l("結果"),
            "minutes": _l("かかった時間（分）"),
            "ended_at": _l("終えた日時"),
        },
        {"state": NUMBER_STATES, "result": CASE_RESULTS},
    )
}


def describe_numbers(ids: Iterable[int]) -> Mapping[int, Description]:
    """The desk and the number."""
    rows = db.session.execute(
        select(NUMBER.c.id, NUMBER.c.number, NUMBER.c.taken_at, NUMBER.c.desk_id, NUMBER.c.day, DESK.c.name)
        .join(DESK, DESK.c.id == NUMBER.c.desk_id)
        .where(NUMBER.c.id.in_(list(ids)))
    )
    return {
        row.id: Description(
            _title(row), row.taken_at, url=page_of("helpdesk.today", desk=row.desk_id, day=row.day.isoformat())
        )
        for row in rows
    }


def parts(learner_id: int) -> list[Part]:
    """The consultations with the numbers by which the learner was called, and the numbers that came to nothing."""
    numbers: dict[int | None, list[Any]] = defaultdict(list)
    for row in db.session.execute(
        select(NUMBER.c.id, NUMBER.c.number, NUMBER.c.taken_at, NUMBER.c.booking_id, DESK.c.name)
        .join(DESK, DESK.c.id == NUMBER.c.desk_id)
        .where(NUMBER.c.learner_id == learner_id)
        .order_by(NUMBER.c.id)
    ):
        numbers[row.booking_id].append(row)
    consultations = []
    for part in parts_of_bookings(learner_id):
        own = numbers.pop(part.rows[0][1], [])
        consultations.append(part._replace(rows=[*part.rows, *(("queue_number", row.id) for row in own)]))
    return [
        *consultations,
        *(
            Part(row.taken_at, _title(row), [("queue_number", row.id)], [activity("queue_number", row.id)])
            for rows in numbers.values()
            for row in rows
        ),
    ]


def learners_of(actor: Actor) -> Select[Any] | None:
    """The learners of the actor's bookings and desks, and who holds a number there today."""
    booked = learners_of_bookings(actor)
    if booked is None:
        return None
    own_desks = select(DeskHours.desk_id).where(DeskHours.adviser_id == actor.account_id)
    here = select(NUMBER.c.learner_id).where(
        NUMBER.c.learner_id.is_not(None), NUMBER.c.day == clock.today(), NUMBER.c.desk_id.in_(own_desks)
    )
    return booked.union(here).subquery().select()


def _title(row: Any) -> str:
    return _("%(desk)s 番号%(number)s", desk=row.name, number=row.number)
