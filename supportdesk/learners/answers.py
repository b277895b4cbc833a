"""What the register itself answers of a learner, as every other room does: which of its tables speak of one."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.database import table_of
from supportdesk.learners import life
from supportdesk.learners.ageing import Ageing
from supportdesk.learners.dropbox.models import Entry
from supportdesk.learners.merging.models import HandOver, LikelyPair
from supportdesk.learners.models import (
    AdmissionWindow,
    Consent,
    FormerName,
    FormerResidence,
    Learner,
    LearnerKey,
    LearnerLink,
    LearnerNeed,
    LearnerPhone,
    LearnerPhoneAdmission,
    Pass,
    StatusChange,
    TutorWish,
)
from supportdesk.learners.office import CASE_YEARS, REQUEST_YEARS, RESIDENCE_YEARS
from supportdesk.learners.own_words import WORDS
from supportdesk.learners.rights.models import RightsRequest
from supportdesk.learners.rooms import LearnerTable, Mention, RoomAnswers, Turn

ANSWERS: Final = RoomAnswers(
    room="learners",
    tables=(
        LearnerTable(table_of(FormerName), personal=("name", "kana"), erased="deleted"),
        LearnerTable(table_of(FormerResidence), personal=("postal_code", "address"), erased="deleted"),
        LearnerTable(table_of(StatusChange)),
        LearnerTable(table_of(LearnerPhone), personal=("number", "typed"), erased="deleted", merged="stay"),
        LearnerTable(table_of(LearnerNeed), personal=("need",), erased="deleted", merged="stay"),
        LearnerTable(table_of(LearnerLink), erased="deleted", merged="stay"),
        LearnerTable(table_of(LearnerLink), erased="deleted", column="other_id", merged="stay"),
        LearnerTable(table_of(LearnerKey), personal=("key",), erased="deleted", merged="derived"),
        LearnerTable(table_of(Pass)),
        LearnerTable(table_of(AdmissionWindow), erased="deleted"),
        LearnerTable(table_of(LearnerPhoneAdmission), personal=("token_hash",), erased="deleted"),
        LearnerTable(table_of(Consent)),
        LearnerTable(table_of(TutorWish), personal=("words",)),
        LearnerTable(table_of(Entry), personal=("payload",)),
        LearnerTable(table_of(RightsRequest), personal=("asker_name", "note", "answer")),
        LearnerTable(table_of(Learner), column="merged_into", merged="stay"),
        LearnerTable(table_of(HandOver), personal=("before", "after"), column="giver_id", merged="stay"),
        LearnerTable(table_of(HandOver), personal=("before", "after"), column="taker_id", merged="stay"),
        LearnerTable(table_of(LikelyPair), erased="deleted", column="one_id", merged="stay"),
        LearnerTable(table_of(LikelyPair), erased="deleted", column="other_id", merged="stay"),
    ),
    mentions=(
        Mention(table_of(Learner), "helper_name", "helper_phone", column="id"),
        Mention(table_of(RightsRequest), "asker_name"),
    ),
    bindings=life.cards_and_phones,
    release=(Turn.OWN, life.end_cards_and_phones),
    words=WORDS,
    ageing=(
        Ageing(
            _l("地域サポーターと練習したいこと"),
            table_of(TutorWish),
            since="asked_at",
            years=CASE_YEARS.get,
            emptied=("words",),
        ),
        Ageing(_l("前の住まい"), table_of(FormerResidence), since="ended_at", years=RESIDENCE_YEARS.get),
        Ageing(
            _l("開示などの申し出"),
            table_of(RightsRequest),
            since="taken_at",
            years=REQUEST_YEARS.get,
            emptied=("asker_name", "note", "answer"),
        ),
    ),
)
