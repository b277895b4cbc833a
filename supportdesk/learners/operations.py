"""The verbs of the register."""

from __future__ import annotations

from datetime import datetime

from supportdesk.accounts import audit
from supportdesk.accounts.models import Person
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner, LearnerNeed, LearnerPhone
from supportdesk.learners.particulars import Particulars
from supportdesk.learners.search import keys_of, write_keys


def register_learner(particulars: Particulars, *, actor: Actor, now: datetime) -> Learner:
    """Enter a new learner, with the keys by which reception finds them. Duplicates are looked for before this."""
    person = Person(created_at=now)
    db.session.add(person)
    db.session.flush()
    learner = Learner(
        person_id=person.id,
        name=particulars.name,
        kana=particulars.kana,
        kana_key=search_key(particulars.kana or particulars.name),
        birth_date=particulars.birth_date,
        birth_year=particulars.birth_year,
        age_band=particulars.age_band,
        sex=particulars.sex,
        district_code=particulars.district_code,
        outside_city=particulars.outside_city,
        postal_code=particulars.postal_code,
        address=particulars.address,
        mail=particulars.mail,
        device=particulars.device,
        channel=particulars.channel,
        note=particulars.note,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        phones=[
            LearnerPhone(position=position, number=phone.number, typed=phone.typed)
            for position, phone in enumerate(particulars.phones, start=1)
        ],
        needs=[LearnerNeed(need=need) for need in sorted(particulars.needs)],
    )
    db.session.add(learner)
    db.session.flush()
    write_keys(learner.id, keys_of(particulars.name, particulars.kana, particulars.numbers))
    audit.record(actor=actor, action="register_learner", subject=f"learner:{learner.id}", now=now)
    return learner
