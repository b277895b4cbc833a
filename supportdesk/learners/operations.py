"""The verbs of the register: entering a learner and amending what is known of them. Called by its pages and imports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Person
from supportdesk.core.database import Base, connection
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.duplicates import new_duplicates, probable_duplicates
from supportdesk.learners.found import Found
from supportdesk.learners.keys import Findable, add_keys, callable_number, rewrite_keys, year_of
from supportdesk.learners.locking import lock_register
from supportdesk.learners.merging.pairs import decide_apart
from supportdesk.learners.models import Channel, FormerName, FormerResidence, Learner, LearnerNeed, LearnerPhone
from supportdesk.learners.particulars import Particulars, Telephone, checked, name_keys


class ProbablyKnown(DeskError):
    """Somebody much like this one is in the register already; `found` are those to be told apart."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__(_l("同じ人かもしれない受講者が登録されています。"))
        self.found = found


class ChangedMeanwhile(DeskError):
    """Somebody else saved this learner after the form was opened."""

    def __init__(self) -> None:
        super().__init__(
            _l("この画面を開いたあとで、ほかの人が内容を変えました。新しい内容をたしかめて、もう一度なおしてください。")
        )


def enter_learner(
    particulars: Particulars, *, others: frozenset[int] = frozenset(), actor: Actor, now: datetime
) -> Learner:
    """Enter a new learner after looking for duplicates. Raises BadParticulars, and ProbablyKnown unless all found are
    among `others`, whom the caller has said to be other people.
    """
    particulars = checked(particulars)
    lock_register()
    found = probable_duplicates(particulars)
    if any(one.id not in others for one in found):
        raise ProbablyKnown(found)
    learner = register_learner(particulars, actor=actor, now=now)
    decide_apart(learner.id, [one.id for one in found], actor=actor, now=now)
    return learner


def register_learner(particulars: Particulars, *, actor: Actor, now: datetime) -> Learner:
    """Enter a new learner, with the keys by which reception finds them. Duplicates are looked for before this. Raises
    BadParticulars.
    """
    (learner_id,) = register_learners([particulars], actor=actor, now=now)
    return db.session.get_one(Learner, learner_id)


def register_learners(people: Sequence[Particulars], *, actor: Actor, now: datetime) -> list[int]:
    """Enter new learners in a few statements, however many; their ids, in the given order. Raises BadParticulars."""
    if not people:
        return []
    people = [checked(one) for one in people]
    db.session.flush()
    persons = db.session.scalars(insert(Person).returning(Person.id), [{"created_at": now}] * len(people)).all()
    noted = {"created_at": now, "created_by": actor.account_id, "updated_at": now}
    rows = [{"person_id": person, **_columns(one), **noted} for person, one in zip(persons, people, strict=True)]
    made = db.session.execute(insert(Learner).returning(Learner.person_id, Learner.id), rows)
    learner_of = {row.person_id: row.id for row in made}  # a database answers in any order
    ids = [learner_of[person_id] for person_id in persons]
    entered = list(zip(ids, people, strict=True))
    _write_rows(LearnerPhone, [row for learner_id, one in entered for row in _phone_rows(learner_id, one)])
    _write_rows(LearnerNeed, [row for learner_id, one in entered for row in _need_rows(learner_id, one)])
    add_keys({learner_id: _findable(one) for learner_id, one in entered})
    for learner_id in ids:
        audit.record(actor=actor, action=Action.REGISTER_LEARNER, subject=f"learner:{learner_id}", now=now)
    return ids


def amend_learner(
    learner_id: int,
    particulars: Particulars,
    *,
    others: frozenset[int] = frozenset(),
    seen: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Put new particulars in place of the old. Former names go on finding the learner; former phones do not.

    `seen` is the learner's `updated_at` as it was when the form was opened. Raises BadParticulars, NotFound,
    ChangedMeanwhile, and ProbablyKnown where this makes the learner a likeness of somebody who is not among `others`.
    """
    particulars = checked(particulars)
    lock_register()
    live = select(Learner).where(Learner.id == learner_id, Learner.merged_into.is_(None), Learner.erased_at.is_(None))
    learner = db.session.scalar(live.with_for_update(key_share=True))
    if learner is None:
        raise NotFound
    if seen is not None and learner.updated_at != seen:
        raise ChangedMeanwhile
    former_numbers = _numbers(learner_id)
    found = new_duplicates(learner_id, _as_compared(learner, former_numbers), particulars)
    if any(one.id not in others for one in found):
        raise ProbablyKnown(found)
    decide_apart(learner_id, [one.id for one in found], actor=actor, now=now)
    changed = [name for name, value in _columns(particulars).items() if getattr(learner, name) != value]
    keep_former_name(learner, particulars, actor=actor, now=now)
    keep_former_residence(learner, particulars, actor=actor, now=now)
    put_particulars(learner, particulars, now=now)
    rewrite_keys([learner_id])
    audit.record(
        actor=actor, action=Action.AMEND_LEARNER, subject=f"learner:{learner_id}", now=now, detail={"changed": changed}
    )


def choose_channel(learner_id: int, channel: Channel, *, actor: Actor, now: datetime) -> None:
    """From now on the learner is told in this way. Raises NotFound."""
    live = select(Learner).where(Learner.id == learner_id, Learner.merged_into.is_(None), Learner.erased_at.is_(None))
    learner = db.session.scalar(live.with_for_update(key_share=True))
    if learner is None:
        raise NotFound
    learner.channel, learner.updated_at = channel, now
    db.session.flush()
    changed = {"changed": ["channel"]}
    audit.record(actor=actor, action=Action.AMEND_LEARNER, subject=f"learner:{learner_id}", now=now, detail=changed)


def put_particulars(learner: Learner, particulars: Particulars, *, now: datetime) -> None:
    """Put these in place of what is held of the learner, whose row is locked. The keys are not written."""
    for name, value in _columns(particulars).items():
        setattr(learner, name, value)
    learner.updated_at = now
    db.session.flush()
    _replace_phones_and_needs(learner.id, particulars)


def keep_former_name(learner: Learner, particulars: Particulars, *, actor: Actor, now: datetime) -> None:
    """A caller may go on using the old name. What is only added to it or spelt out is no other name."""
    before, after = (name_keys(one.name, one.kana) for one in (learner, particulars))
    if before <= after:
        return
    former = {"name": learner.name, "kana": learner.kana}
    db.session.execute(
        insert(FormerName), {**former, "learner_id": learner.id, "ended_at": now, "ended_by": actor.account_id}
    )


def keep_former_residence(learner: Learner, particulars: Particulars, *, actor: Actor, now: datetime) -> None:
    """Where they lived is not forgotten when they move. What is only added to it is no other place."""
    held = {name: getattr(learner, name) for name in ("district_code", "outside_city", "postal_code", "address")}
    if all(value == getattr(particulars, name) for name, value in held.items() if value):
        return
    db.session.execute(
        insert(FormerResidence), {**held, "learner_id": learner.id, "ended_at": now, "ended_by": actor.account_id}
    )


def _findable(person: Particulars) -> Findable:
    return Findable(
        ((person.name, person.kana),),
        {*person.numbers, callable_number(person.helper_phone)} - {""},
        birth_year=year_of(person.birth_date, person.birth_year),
        district_code=person.district_code,
    )


def _as_compared(learner: Learner, numbers: list[str]) -> Particulars:
    """What likenesses are found by, as it is stored."""
    phones = tuple(Telephone(number, number) for number in numbers)
    return Particulars(name=learner.name, kana=learner.kana, birth_date=learner.birth_date, phones=phones)


def _columns(particulars: Particulars) -> dict[str, Any]:
    """The columns of Learner that hold particulars."""
    names = (
        "name", "kana", "birth_date", "birth_year", "age_band", "sex", "district_code", "outside_city", "postal_code",
        "address", "mail", "device", "channel", "helper_name", "helper_relation", "helper_phone", "note",
    )  # fmt: skip
    columns = {name: getattr(particulars, name) for name in names}
    return {**columns, "kana_key": search_key(particulars.kana or particulars.name)}


def _numbers(learner_id: int) -> list[str]:
    numbers = select(LearnerPhone.number).where(LearnerPhone.learner_id == learner_id, LearnerPhone.number.is_not(None))
    return [str(number) for number in db.session.scalars(numbers)]


def _replace_phones_and_needs(learner_id: int, particulars: Particulars) -> None:
    for table, rows in (
        (LearnerPhone, _phone_rows(learner_id, particulars)),
        (LearnerNeed, _need_rows(learner_id, particulars)),
    ):
        columns = [table.__table__.c[name] for name in (rows[0] if rows else ("learner_id",))]
        held = db.session.execute(select(*columns).where(table.learner_id == learner_id).order_by(*columns)).mappings()
        if [dict(row) for row in held] != rows:
            db.session.execute(delete(table).where(table.learner_id == learner_id))
            _write_rows(table, rows)


def _phone_rows(learner_id: int, particulars: Particulars) -> list[dict[str, Any]]:
    return [
        {"learner_id": learner_id, "position": position, "number": phone.number, "typed": phone.typed}
        for position, phone in enumerate(particulars.phones, start=1)
    ]


def _need_rows(learner_id: int, particulars: Particulars) -> list[dict[str, Any]]:
    return [{"learner_id": learner_id, "need": need} for need in sorted(particulars.needs)]


def _write_rows(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection().execute(insert(model), rows)
