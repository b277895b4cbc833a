"""Takes a ledger's people into the register: first a plan, row by row, that changes nothing; then the carrying out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.core.tables import find_heading, read_table
from supportdesk.extensions import db
from supportdesk.learners.duplicates import Known, Likeness, likeness
from supportdesk.learners.ledger import HEADINGS, LedgerReader, Problem, Rejected, rejections
from supportdesk.learners.locking import lock_register
from supportdesk.learners.models import Learner, LearnerPhone
from supportdesk.learners.operations import register_learners
from supportdesk.learners.particulars import Particulars
from supportdesk.places.models import District

#: Where somebody stands who is registered already: no row of the ledger has this number.
REGISTER = 0
#: So many people are written together: more would only hold more memory.
_AT_ONCE = 1_000


@dataclass
class ImportPlan:
    """What would happen: (row, person) of the new, row numbers of duplicates, and the rejected with their reasons.

    `repeats` tells of which earlier row a duplicate is, when that person is no longer new only for it. A rejected row
    is there once, for its first fault; `further` has its others, `refused` its cells under the ledger's `headings`.
    `written` has the name and kana of each of these rows as they stand in the ledger.
    """

    new: list[tuple[int, Particulars]] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    repeats: dict[int, int] = field(default_factory=dict)
    rejected: list[Problem] = field(default_factory=list)
    further: list[Problem] = field(default_factory=list)
    refused: dict[int, tuple[str, ...]] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    warnings: list[Problem] = field(default_factory=list)
    written: dict[int, tuple[str, str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The answer of the command line: counts, and lists of row, column, reason."""
        return {
            "new": len(self.new),
            "duplicate": len(self.duplicates),
            "rejected": [_as_json(problem) for problem in self.rejected],
            "warnings": [_as_json(problem) for problem in self.warnings],
        }


def _as_json(problem: Problem) -> dict[str, Any]:
    return {"row": problem.row, "column": problem.column, "reason": str(problem.reason)}


def plan_import(data: bytes, filename: str, *, today: date) -> ImportPlan:
    """Read a ledger (CSV or XLSX) and say what would become of each row. Writes nothing. Raises TableError."""
    rows = read_table(data, filename)
    heading = find_heading(rows, HEADINGS)
    reader = LedgerReader(heading, _districts(), today)
    known = KnownPeople.of_register()
    plan = ImportPlan(headings=heading.cells)
    for row in rows:
        if row.number <= heading.row_number or reader.is_nobody(row):
            continue
        plan.written[row.number] = reader.written_name(row), reader.text(row, "kana")
        try:
            person, warnings = reader.read(row)
        except Rejected as refused:
            first, *others = rejections(row, refused)
            plan.rejected.append(first)
            plan.further.extend(others)
            plan.refused[row.number] = row.cells
            continue
        stands = known.row_of(person)
        if stands is not None:
            plan.duplicates.append(row.number)
            if stands != REGISTER:
                plan.repeats[row.number] = stands
        else:
            known.add(person, row.number)
            plan.new.append((row.number, person))
            plan.warnings.extend(warnings)
    return plan


def take_in(data: bytes, filename: str, *, actor: Actor, now: datetime) -> ImportPlan:
    """Register the new people of a ledger, in the caller's transaction; all of them or none. Returns what was done.

    Planned behind the register's lock: somebody may have been entered since it was looked at. Raises TableError.
    """
    lock_register()
    plan = plan_import(data, filename, today=clock.local(now).date())
    people = [person for _row, person in plan.new]
    for first in range(0, len(people), _AT_ONCE):
        register_learners(people[first : first + _AT_ONCE], actor=actor, now=now)
    return plan


class KnownPeople:
    """Tells whether somebody is held already, by the rule of the register (duplicates.likeness). Nobody is there to ask
    while a ledger is read, so that only who is surely the same is passed over.
    """

    def __init__(self) -> None:
        self._born: dict[date, list[tuple[Known, int]]] = {}
        self._called: dict[str, list[tuple[Known, int]]] = {}

    @classmethod
    def of_register(cls) -> KnownPeople:
        """Everybody in the register."""
        known = cls()
        numbers: dict[int, set[str]] = {}
        for learner_id, number in db.session.execute(
            select(LearnerPhone.learner_id, LearnerPhone.number).where(LearnerPhone.number.is_not(None))
        ):
            numbers.setdefault(learner_id, set()).add(str(number))
        for row in db.session.execute(select(Learner.id, Learner.name, Learner.kana, Learner.birth_date)):
            known._add(Known(row.name, row.kana, row.birth_date), numbers.get(row.id, set()), REGISTER)
        return known

    def add(self, person: Particulars, row: int) -> None:
        """Remember somebody who stands in this row of the ledger."""
        self._add(Known(person.name, person.kana, person.birth_date), person.numbers, row)

    def row_of(self, person: Particulars) -> int | None:
        """Where we know this person from: a row of the ledger, or REGISTER; None when we do not."""
        on_phone = (one for number in person.numbers for one in self._called.get(number, ()))
        born_then = self._born.get(person.birth_date, ()) if person.birth_date else ()
        for others, share_phone in ((on_phone, True), (born_then, False)):
            for known, row in others:
                if likeness(person, known, share_phone=share_phone) is Likeness.SAME:
                    return row
        return None

    def _add(self, known: Known, numbers: Iterable[str], row: int) -> None:
        if known.birth_date is not None:
            self._born.setdefault(known.birth_date, []).append((known, row))
        for number in numbers:
            self._called.setdefault(number, []).append((known, row))


def _districts() -> dict[str, str]:
    return {search_key(name): code for name, code in db.session.execute(select(District.name, District.code)).all()}
