"""Who may be on the telephone for a learner, as far as the register knows: their helper, and those linked to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import search_key, shown_name
from supportdesk.core.permissions import Actor
from supportdesk.core.phones import last_four
from supportdesk.extensions import db
from supportdesk.learners.caller import Caller
from supportdesk.learners.keys import callable_number
from supportdesk.learners.links import Linked, linked_to
from supportdesk.learners.models import Learner, LearnerPhone, LinkKind, Sex, Status

HELPER: Final = "helper"
#: What a booking says of the caller. Bookings speak Japanese, whatever language the staff's screen has.
_RELATIONS: Final[Mapping[LinkKind, str]] = {
    LinkKind.SPOUSE: "配偶者",
    LinkKind.PARENT_CHILD: "親子",
    LinkKind.SIBLING: "きょうだい",
    LinkKind.FAMILY: "家族",
    LinkKind.FRIEND: "友人",
}
_SPOUSES: Final[Mapping[Sex | None, str]] = {Sex.MALE: "夫", Sex.FEMALE: "妻"}


class KnownCaller(NamedTuple):
    """One who may call. `key` is what a form sends for them; `learner_id` is theirs when they are a learner too."""

    key: str
    caller: Caller
    learner_id: int | None = None

    @property
    def label(self) -> str:
        """田中 恵子（長女）・下4けた 5678."""
        name, relation, phone = shown_name(self.caller.name), self.caller.relation, self.caller.phone
        said = f"{name}（{relation}）" if relation and relation != name else name
        return _("%(who)s・下4けた %(digits)s", who=said, digits=last_four(phone)) if phone else said


def as_caller(learner_id: int) -> str:
    """The key of a linked learner as the caller."""
    return f"learner-{learner_id}"


def callers_of(learner_id: int, actor: Actor, linked: Sequence[Linked] | None = None) -> list[KnownCaller]:
    """The helper first, then those linked whom the actor may see; who has died calls no more. Five statements at most,
    two where the caller has read who is `linked`. Raises NotFound.
    """
    helped = select(Learner.helper_name, Learner.helper_relation, Learner.helper_phone).where(Learner.id == learner_id)
    row = db.session.execute(helped).one_or_none()
    if row is None:
        raise NotFound
    helper = Caller(row.helper_name or row.helper_relation, row.helper_relation, callable_number(row.helper_phone))
    known = [KnownCaller(HELPER, helper)] if helper.name else []
    living = [
        one for one in (linked_to(learner_id, actor) if linked is None else linked) if one.who.status != Status.DECEASED
    ]
    details = _details([one.who.id for one in living]) if living else {}
    for one in living:
        if search_key(one.who.name) != search_key(helper.name):  # the helper may be a learner
            sex, phone = details[one.who.id]
            relation = _SPOUSES.get(sex, "配偶者") if one.kind is LinkKind.SPOUSE else _RELATIONS[one.kind]
            known.append(KnownCaller(as_caller(one.who.id), Caller(one.who.name, relation, phone), one.who.id))
    return known


def _details(learner_ids: list[int]) -> dict[int, tuple[Sex | None, str]]:
    """Sex and first telephone of each. One statement."""
    rows = db.session.execute(
        select(Learner.id, Learner.sex, LearnerPhone.number)
        .outerjoin(LearnerPhone, LearnerPhone.learner_id == Learner.id)
        .where(Learner.id.in_(learner_ids))
        .order_by(LearnerPhone.position.desc())
    )
    found: dict[int, tuple[Sex | None, str]] = {}
    for row in rows:  # the first telephone comes last
        found[row.id] = (row.sex, row.number or found.get(row.id, (None, ""))[1])
    return found
