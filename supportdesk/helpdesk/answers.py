"""What the help desk answers of a learner: which of its tables speak of one, and what becomes of those."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.database import table_of
from supportdesk.helpdesk import descriptions, leaving, record_words
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.cases.models import Case, CaseHandOver
from supportdesk.helpdesk.models import Booking
from supportdesk.helpdesk.queue import answers as queue
from supportdesk.helpdesk.waiting.descriptions import lock, obstacles, parts_of_wishes
from supportdesk.helpdesk.waiting.models import SlotWish
from supportdesk.learners.ageing import Ageing
from supportdesk.learners.applying.models import APPLICANT_WORDS, BESIDES_WHO
from supportdesk.learners.office import APPLICATION_YEARS, CALLER_YEARS, CASE_YEARS
from supportdesk.learners.rooms import LearnerTable, Mention, Part, RoomAnswers, Turn


def _parts(learner_id: int) -> list[Part]:
    return [*queue.parts(learner_id), *parts_of_wishes(learner_id)]


#: What an adviser wrote in their own words; fields, result and minutes stay for the figures.
CASE_WORDS: Final = ("asked", "done", "os", "referral", "scam_steps", "asides")
#: What somebody who applied in public wrote.
_WRITTEN: Final = (*APPLICANT_WORDS, "question", "caller_name", "caller_relation", "caller_phone")

ANSWERS: Final = RoomAnswers(
    room="helpdesk",
    tables=(
        LearnerTable(
            table_of(Booking),
            personal=("topic", "caller_name", "caller_relation", "caller_phone", "clash_reason"),
        ),
        LearnerTable(table_of(SlotWish), personal=("topic", "caller_name", "caller_relation", "caller_phone")),
        LearnerTable(table_of(Case), personal=CASE_WORDS),
        LearnerTable(table_of(CaseHandOver), personal=("why",)),
        queue.TABLE,
        LearnerTable(table_of(ConsultationApplication), personal=_WRITTEN),
    ),
    mentions=(
        Mention(table_of(Booking), "caller_name", "caller_phone", "caller_relation"),
        Mention(table_of(SlotWish), "caller_name", "caller_phone", "caller_relation"),
        Mention(table_of(ConsultationApplication), "caller_name", "caller_phone", "caller_relation"),
        Mention(table_of(ConsultationApplication), "kana", "phone", column=None, besides=(*BESIDES_WHO, "question")),
    ),
    timeline=descriptions.timeline_of_bookings,
    scope=queue.learners_of,
    upcoming=descriptions.upcoming,
    booked=descriptions.booked,
    obstacles=obstacles,
    lock=lock,
    parts=_parts,
    bindings=leaving.bindings,
    release=(Turn.BOOKINGS, leaving.release),
    words={**record_words.WORDS, **queue.WORDS},
    ageing=(
        Ageing(
            _l("相談の予約で代わりに電話した方"),
            table_of(Booking),
            since="starts_at",
            years=CALLER_YEARS.get,
            emptied=("caller_name", "caller_relation", "caller_phone", "clash_reason"),
        ),
        Ageing(
            _l("市民が相談の申し込みに書いたこと"),
            table_of(ConsultationApplication),
            since="applied_at",
            years=APPLICATION_YEARS.get,
            emptied=_WRITTEN,
        ),
        Ageing(
            _l("相談のあき待ちで代わりに電話した方"),
            table_of(SlotWish),
            since="ended_at",
            years=CALLER_YEARS.get,
            emptied=("caller_name", "caller_relation", "caller_phone"),
        ),
        Ageing(
            _l("相談のあきを待つ方の、相談したいこと"),
            table_of(SlotWish),
            since="ended_at",
            years=CASE_YEARS.get,
            emptied=("topic",),
        ),
        Ageing(
            _l("相談したいこと"),
            table_of(Booking),
            since="starts_at",
            years=CASE_YEARS.get,
            emptied=("topic",),
        ),
        Ageing(
            _l("相談の内容"),
            table_of(Case),
            since="opened_at",
            years=CASE_YEARS.get,
            emptied=CASE_WORDS,
        ),
        Ageing(
            _l("相談を引きついだ理由"),
            table_of(CaseHandOver),
            since="handed_at",
            years=CASE_YEARS.get,
            emptied=("why",),
        ),
        queue.AGEING,
    ),
)
