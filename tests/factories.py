"""The people and things that tests are about, made the way the desk makes them. Each opens its own transaction."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from supportdesk.accounts.models import Account
from supportdesk.accounts.operations import actor_of, create_account
from supportdesk.accounts.passwords import kept_hash
from supportdesk.classes.models import Course, CourseSkill
from supportdesk.core import clock
from supportdesk.core.database import table_of, transaction
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.consents import record_consent
from supportdesk.learners.models import ConsentKind
from supportdesk.learners.operations import register_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.places.models import AccountDistrict, District, Room, Venue
from supportdesk.reference import load_reference
from supportdesk.skills.models import Skill, SkillArea
from tests.pages import DEMO_PASSWORD

_numbers = count(1)


#: What `load_reference` fills, parents first, and the rows it put there the first time.
_REFERENCE = (District, Venue, Room, SkillArea, Skill, Course, CourseSkill)
_reference_rows: dict[Table, list[dict[str, Any]]] = {}


def make_reference() -> None:
    """The city's districts, venues, skills and courses. Loaded once, then copied row by row for each test."""
    with transaction() as session:
        if not _reference_rows:
            load_reference()
            for table in map(table_of, _REFERENCE):
                _reference_rows[table] = [dict(row) for row in session.execute(select(table)).mappings()]
            return
        for table, rows in _reference_rows.items():
            if session.get_bind().dialect.name == "sqlite":
                session.execute(insert(table), rows)
                continue
            # All rows of a table by one statement: PostgreSQL's driver would send one for each.
            record = f"json_populate_recordset(NULL::{table.name}, :rows)"
            statement = text(f"INSERT INTO {table.name} SELECT * FROM {record}")
            session.execute(statement, {"rows": json.dumps(rows, default=str)})
            if "id" in table.c:
                sequence = func.pg_get_serial_sequence(table.name, "id")
                session.execute(select(func.setval(sequence, max(row["id"] for row in rows))))


def make_account(*roles: Role, username: str = "", districts: tuple[str, ...] = ()) -> Account:
    """Somebody who logs in, with the demo's password; named after the first role unless told otherwise."""
    username = username or str(roles[0])
    kept = kept_hash(DEMO_PASSWORD)
    with transaction():
        account = create_account(
            username=username,
            name=f"{username}さん",
            kept=kept,
            roles=roles,
            actor=SYSTEM,
            now=clock.now(),
        )
        for code in districts:
            db.session.add(AccountDistrict(account_id=account.id, district_code=code))
        db.session.flush()
        db.session.refresh(account, ["roles"])
    return account


def make_actor(*roles: Role, username: str = "", districts: tuple[str, ...] = ()) -> Actor:
    """The same, as the one who acts."""
    with db.session.no_autoflush:
        account = make_account(*roles, username=username, districts=districts)
        return actor_of(account)


def make_learner(kana: str = "", *, phone: str = "", **particulars: object) -> int:
    """A learner's id. Without a name, one of those that no two learners share."""
    number = next(_numbers)
    given: dict[str, object] = {
        "kana": kana or f"テスト {_spelled(number)}",
        "district_code": "chuo",
        "phones": (Telephone(phone, f"+81{phone.replace('-', '')[1:]}"),) if phone else (),
        **particulars,
    }
    with transaction():
        return register_learner(Particulars(**given), actor=SYSTEM, now=clock.now()).id  # type: ignore[arg-type]


def make_decliner(kana: str = "", **particulars: object) -> int:
    """The id of a learner who takes part and wants no record."""
    learner_id = make_learner(kana, **particulars)  # type: ignore[arg-type]
    with transaction():
        record_consent(learner_id, ConsentKind.KEEP_RECORD, False, "", actor=SYSTEM, now=clock.now())
    return learner_id


def _spelled(number: int) -> str:
    return "".join("アイウエオカキクケコ"[int(digit)] for digit in str(number))
