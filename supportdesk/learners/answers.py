"""What the register itself answers of a learner, as every other room does: which of its tables speak of one."""

from __future__ import annotations

from typing import Final, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table

from supportdesk.learners import life
from supportdesk.learners.ageing import Ageing
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
)
from supportdesk.learners.office import REQUEST_YEARS, RESIDENCE_YEARS
from supportdesk.learners.own_words import WORDS
from supportdesk.learners.rights.models import RightsRequest
from supportdesk.learners.rooms import LearnerTable, RoomAnswers, Turn


def _table(model: type) -> Table:
    return cast(Table, model.__table__)  # type: ignore[attr-defined]  # every model has one


ANSWERS: Final = RoomAnswers(
    room="learners",
    tables=(
        LearnerTable(_table(FormerName), personal=("name", "kana"), erased="deleted"),
        LearnerTable(_table(FormerResidence), personal=("postal_code", "address"), erased="deleted"),
        LearnerTable(_table(StatusChange)),
        LearnerTable(_table(LearnerPhone), personal=("number", "typed"), erased="deleted", merged="stay"),
        LearnerTable(_table(LearnerNeed), personal=("need",), erased="deleted", merged="stay"),
        LearnerTable(_table(LearnerLink), erased="deleted", merged="stay"),
        LearnerTable(_table(LearnerLink), erased="deleted", column="other_id", merged="stay"),
        LearnerTable(_table(LearnerKey), personal=("key",), erased="deleted", merged="derived"),
        LearnerTable(_table(Pass)),
        LearnerTable(_table(AdmissionWindow), erased="deleted"),
        LearnerTable(_table(LearnerPhoneAdmission), personal=("token_hash",), erased="deleted"),
        LearnerTable(_table(Consent)),
        LearnerTable(_table(RightsRequest), personal=("asker_name", "note", "answer")),
        LearnerTable(_table(Learner), column="merged_into", merged="stay"),
        LearnerTable(_table(HandOver), personal=("before", "after"), column="giver_id", merged="stay"),
        LearnerTable(_table(HandOver), personal=("before", "after"), column="taker_id", merged="stay"),
        LearnerTable(_table(LikelyPair), erased="deleted", column="one_id", merged="stay"),
        LearnerTable(_table(LikelyPair), erased="deleted", column="other_id", merged="stay"),
    ),
    bindings=life.cards_and_phones,
    release=(Turn.OWN, life.end_cards_and_phones),
    words=WORDS,
    ageing=(
        Ageing(_l("前の住まい"), _table(FormerResidence), since="ended_at", years=RESIDENCE_YEARS.get),
        Ageing(
            _l("開示などの申し出"),
            _table(RightsRequest),
            since="taken_at",
            years=REQUEST_YEARS.get,
            emptied=("asker_name", "note", "answer"),
        ),
    ),
)
