"""Who is in the demo: those who log in, their colleagues, and the people of a paper ledger."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.accounts.operations import actor_of, create_account
from supportdesk.accounts.passwords import kept_hash
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.importing import take_in
from supportdesk.learners.links import link_learners
from supportdesk.learners.models import Device, Learner, LearnerPhone, LinkKind
from supportdesk.places.models import AccountDistrict, District
from supportdesk.reference import DATA, load_reference

PASSWORD: Final = "akita-demo"  # everybody may know it: `serve` refuses a database that holds these accounts
USERNAMES: Final = ("reception", "instructor", "adviser", "tutor", "coordinator", "admin")
#: (user name, name, kana, role). Whoever is not among USERNAMES has a password that nobody knows.
STAFF: Final = (
    ("reception", "受付 花子", "ウケツケ ハナコ", Role.RECEPTION),
    ("instructor", "講師 太郎", "コウシ タロウ", Role.INSTRUCTOR),
    ("adviser", "相談 恵子", "ソウダン ケイコ", Role.ADVISER),
    ("tutor", "地域 実", "チイキ ミノル", Role.TUTOR),
    ("coordinator", "地区 洋子", "チク ヨウコ", Role.COORDINATOR),
    ("admin", "管理 一郎", "カンリ イチロウ", Role.ADMIN),
    ("instructor2", "菅原 美紀", "スガワラ ミキ", Role.INSTRUCTOR),
    ("instructor3", "石井 大輔", "イシイ ダイスケ", Role.INSTRUCTOR),
    ("adviser2", "小松 直樹", "コマツ ナオキ", Role.ADVISER),
    ("tutor2", "藤原 澄子", "フジワラ スミコ", Role.TUTOR),
    ("tutor3", "鎌田 勇", "カマダ イサム", Role.TUTOR),
)
#: Whose work lies in which districts.
DISTRICTS: Final[Mapping[str, tuple[str, ...]]] = {
    "coordinator": ("chuo", "tobu", "hokubu"),
    "tutor": ("tobu",),
    "tutor2": ("chuo",),
    "tutor3": ("hokubu",),
}
#: A paper ledger as it was exported; its people are invented.
LEDGER: Final = DATA / "demo_ledger_cp932.csv"
_BEFORE: Final = timedelta(weeks=6)


@dataclass(frozen=True)
class Person:
    """A learner, as far as the demo's dice look."""

    id: int
    district_code: str | None
    device: Device | None


@dataclass(frozen=True)
class Cast:
    """Everybody. `staff` is by user name; `districts` are codes in the city's order."""

    staff: Mapping[str, Actor]
    learners: Sequence[Person]
    districts: Sequence[str]

    def of(self, role: Role) -> list[Actor]:
        """All who have the role, the one who logs in first."""
        return [actor for actor in self.staff.values() if role in actor.roles]

    def in_district(self, code: str) -> list[Person]:
        """The learners who live there."""
        return [person for person in self.learners if person.district_code == code]


class Hashes(NamedTuple):
    """What is kept of the demo's password, and of one that nobody knows."""

    demo: str
    unknown: str


def make_hashes() -> Hashes:
    """Before the demo's transaction, as everybody does."""
    return Hashes(kept_hash(PASSWORD), kept_hash(secrets.token_urlsafe()))


def load_people(hashes: Hashes, now: datetime) -> Cast:
    """The city, its staff and volunteers, and the ledger's people, entered six weeks ago."""
    load_reference()
    before = now - _BEFORE
    staff = {}
    for username, name, kana, role in STAFF:
        kept = hashes.demo if username in USERNAMES else hashes.unknown
        account = create_account(
            username=username, name=name, kana=kana, kept=kept, roles=[role], actor=SYSTEM, now=before
        )
        staff[username] = _with_districts(account)
    take_in(LEDGER.read_bytes(), LEDGER.name, actor=SYSTEM, now=before)
    _link_couples(staff["reception"], before)
    return Cast(staff, _learners(), list(db.session.scalars(select(District.code).order_by(District.position))))


def _with_districts(account: Account) -> Actor:
    for code in DISTRICTS.get(account.username, ()):
        db.session.add(AccountDistrict(account_id=account.id, district_code=code))
    return actor_of(account)


def _link_couples(clerk: Actor, now: datetime) -> None:
    """Reception asked one in two of those who share a telephone; the others are still to be asked."""
    numbers: dict[str, list[int]] = {}
    phones = select(LearnerPhone.number, LearnerPhone.learner_id).where(LearnerPhone.number.is_not(None))
    for number, learner_id in db.session.execute(phones.order_by(LearnerPhone.learner_id)):
        numbers.setdefault(str(number), []).append(learner_id)
    pairs = sorted({tuple(ids) for ids in numbers.values() if len(ids) == 2})
    for one, other in pairs[::2]:
        link_learners(one, other, LinkKind.SPOUSE, actor=clerk, now=now)


def _learners() -> list[Person]:
    rows = db.session.execute(select(Learner.id, Learner.district_code, Learner.device).order_by(Learner.id))
    return [Person(*row) for row in rows]
