"""What classes answer of a learner: which of their tables speak of one, and what becomes of those."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.classes import descriptions, leaving, merging, record_words, timeline
from supportdesk.classes.applying.models import Applicant
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import AttendanceMark, Enrolment
from supportdesk.classes.outreach.models import OutreachRequest, OutreachStep
from supportdesk.classes.outreach.office import OUTREACH_CONTACT_YEARS, OUTREACH_PICTURE_YEARS
from supportdesk.classes.outreach.pictures.models import OutreachPicture
from supportdesk.classes.sheets.models import FeedbackSheet
from supportdesk.classes.sheets.office import FEEDBACK_YEARS
from supportdesk.core.database import table_of
from supportdesk.learners.ageing import Ageing
from supportdesk.learners.applying.models import APPLICANT_WORDS, BESIDES_WHO
from supportdesk.learners.office import APPLICATION_YEARS, CALLER_YEARS
from supportdesk.learners.rooms import LearnerTable, Mention, RoomAnswers, Turn

ANSWERS: Final = RoomAnswers(
    room="classes",
    tables=(
        LearnerTable(
            table_of(Enrolment),
            personal=("caller_name", "caller_relation", "caller_phone", "clash_reason"),
        ),
        LearnerTable(table_of(AttendanceMark)),
        LearnerTable(table_of(Applicant), personal=APPLICANT_WORDS),
        LearnerTable(table_of(FeedbackSheet), personal=("wish",)),
        LearnerTable(table_of(LotteryEntrant), personal=("caller_name", "caller_relation", "caller_phone")),
    ),
    mentions=(
        Mention(table_of(Enrolment), "caller_name", "caller_phone", "caller_relation"),
        Mention(table_of(LotteryEntrant), "caller_name", "caller_phone", "caller_relation"),
        Mention(
            table_of(Applicant),
            "kana",
            "phone",
            column=None,
            besides=BESIDES_WHO,
        ),
        Mention(
            table_of(OutreachRequest),
            "contact_name",
            "contact_phone",
            column=None,
            besides=("contact_kana", "contact_address", "note"),
        ),
    ),
    timeline=timeline.entries,
    scope=descriptions.learners_of,
    upcoming=timeline.upcoming,
    booked=timeline.booked,
    obstacles=merging.obstacles,
    lock=merging.lock,
    derive=merging.derive,
    parts=merging.parts,
    bindings=leaving.bindings,
    release=(Turn.RUNS, leaving.release),
    words=record_words.WORDS,
    ageing=(
        Ageing(
            _l("教室の申し込みで代わりに電話した方"),
            table_of(Enrolment),
            since="enrolled_at",
            years=CALLER_YEARS.get,
            emptied=("caller_name", "caller_relation", "caller_phone", "clash_reason"),
        ),
        Ageing(
            _l("市民が申し込みに書いたこと"),
            table_of(Applicant),
            since="applied_at",
            years=APPLICATION_YEARS.get,
            emptied=APPLICANT_WORDS,
        ),
        Ageing(
            _l("抽選の申し込みで代わりに電話した方"),
            table_of(LotteryEntrant),
            since="entered_at",
            years=CALLER_YEARS.get,
            emptied=("caller_name", "caller_relation", "caller_phone"),
        ),
        Ageing(
            _l("受講アンケートに自分の言葉で書いたこと"),
            table_of(FeedbackSheet),
            since="answered_at",
            years=FEEDBACK_YEARS.get,
            emptied=("wish",),
        ),
        Ageing(
            _l("出前講座を申し込んだ団体の連絡先"),
            table_of(OutreachRequest),
            since="ended_at",
            years=OUTREACH_CONTACT_YEARS.get,
            emptied=("contact_name", "contact_kana", "contact_phone", "contact_address", "note"),
            column="id",
        ),
        Ageing(
            _l("出前講座の申し込みをもどした、終えた理由"),
            table_of(OutreachStep),
            since="taken_at",
            years=OUTREACH_CONTACT_YEARS.get,
            emptied=("reason",),
            column="request_id",
        ),
        Ageing(
            _l("出前講座の写真"),
            table_of(OutreachPicture),
            since="added_at",
            years=OUTREACH_PICTURE_YEARS.get,
            column="request_id",
        ),
    ),
)
