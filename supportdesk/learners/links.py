"""Who belongs together: couples, families and neighbours among the learners, and those who may, by a shared telephone.

Called by the pages that show a learner, and by bookings: who is linked may call for the other, and come along.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, bindparam, delete, func, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.found import Found, described
from supportdesk.learners.keys import callable_number, number_key
from supportdesk.learners.models import Learner, LearnerKey, LearnerLink, LinkKind
from supportdesk.learners.rooms import scope_of

#: More than these on one telephone are no household: it is that of a home, or of whoever helps many.
_MOST_IN_HOUSEHOLD: Final = 5
_LINK = table_of(LearnerLink)


class LinkedToThemselves(DeskError):
    """A link needs two people."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("ご本人どうしをつなぐことはできません。"))


class Linked(NamedTuple):
    """Somebody who belongs to the learner, and how."""

    who: Found
    kind: LinkKind


class Family(NamedTuple):
    """Who is linked to a learner; and who `may_be`: they share a telephone, and nobody has said what they are."""

    linked: list[Linked]
    may_be: list[Found]

    @property
    def ids(self) -> list[int]:
        """Everybody whom a page about it names."""
        return [one.who.id for one in self.linked] + [one.id for one in self.may_be]


def link_learners(learner_id: int, other_id: int, kind: LinkKind, *, actor: Actor, now: datetime) -> None:
    """From now on the two belong together; what they were before to each other is no more. Raises NotFound."""
    if learner_id == other_id:
        raise LinkedToThemselves
    pair = _pair(learner_id, other_id)
    there = select(Learner.id).where(Learner.id.in_(pair.values()), Learner.merged_into.is_(None))
    if len(db.session.scalars(there).all()) != len(pair):
        raise NotFound
    made = {"kind": kind, "made_at": now, "made_by": actor.account_id}
    connection().execute(_LINKED[connection().dialect.name], {**pair, **made})
    _note(Action.LINK_LEARNERS, learner_id, other_id, actor=actor, now=now, kind=kind)


def _records(learner_id: Any) -> Select[Any]:
    """The learner's record, and those merged into it: a merge leaves links where they are, so that it can be undone."""
    return select(Learner.id).where(or_(Learner.id == learner_id, Learner.merged_into == learner_id))


def unlink_learners(learner_id: int, other_id: int, *, actor: Actor, now: datetime) -> None:
    """The two are nothing to each other that we know of. Raises NotFound when they were not."""
    ours, theirs = _records(learner_id), _records(other_id)
    either = or_(
        and_(_LINK.c.learner_id.in_(ours), _LINK.c.other_id.in_(theirs)),
        and_(_LINK.c.learner_id.in_(theirs), _LINK.c.other_id.in_(ours)),
    )
    kinds = connection().scalars(delete(_LINK).where(either).returning(_LINK.c.kind)).all()
    if not kinds:
        raise NotFound
    _note(Action.UNLINK_LEARNERS, learner_id, other_id, actor=actor, now=now, kind=kinds[-1])


def family_of(learner: Learner, actor: Actor) -> Family:
    """Those linked to the learner, who comes with phones loaded, and those who may be; as far as the actor sees them.

    Four statements at most.
    """
    scope = scope_of(actor)
    links = _links(learner.id, scope)
    sharing = [one for one in _sharing_a_telephone(learner, scope) if one not in links]
    known = {one.id: one for one in described([*links, *sharing])} if links or sharing else {}
    return Family(
        [Linked(known[one], kind) for one, kind in links.items() if kind is not LinkKind.STRANGERS],
        [known[one] for one in sharing],
    )


def linked_to(learner_id: int, actor: Actor) -> list[Linked]:
    """Those linked to the learner whom the actor may see. Three statements at most."""
    links = {one: kind for one, kind in _links(learner_id, scope_of(actor)).items() if kind is not LinkKind.STRANGERS}
    return [Linked(one, links[one.id]) for one in described(list(links))] if links else []


_RECORDS = _records(bindparam("wanted"))
_BOTH = union_all(
    select(_LINK.c.other_id.label("record"), _LINK.c.kind, _LINK.c.made_at).where(_LINK.c.learner_id.in_(_RECORDS)),
    select(_LINK.c.learner_id, _LINK.c.kind, _LINK.c.made_at).where(_LINK.c.other_id.in_(_RECORDS)),
).subquery()
_STANDS_FOR: Final = func.coalesce(Learner.merged_into, Learner.id)
#: Written once: it is asked for each page of a booking.
_LINKS: Final = (
    select(_STANDS_FOR.label("who"), _BOTH.c.kind)
    .join(Learner, Learner.id == _BOTH.c.record)
    .where(bindparam("wanted") != _STANDS_FOR)
    .order_by(_BOTH.c.made_at, _BOTH.c.record)
)


def _links(learner_id: int, scope: Select[Any] | None) -> dict[int, LinkKind]:
    """The ids of those linked, the longest first. The links of a merged record are read as the learner's."""
    wanted = _LINKS if scope is None else _LINKS.where(_STANDS_FOR.in_(scope))
    return {row.who: row.kind for row in db.session.execute(wanted, {"wanted": learner_id})}


def _sharing_a_telephone(learner: Learner, scope: Select[Any] | None) -> list[int]:
    """Whoever is reached by one of the learner's numbers, be it their own or a helper's; a few, or nobody."""
    numbers = {phone.number for phone in learner.phones if phone.number}
    numbers |= {callable_number(learner.helper_phone)} - {""}
    if not numbers:
        return []
    wanted = (
        select(LearnerKey.learner_id)
        .where(LearnerKey.key.in_(sorted(map(number_key, numbers))), LearnerKey.learner_id != learner.id)
        .distinct()
        .order_by(LearnerKey.learner_id)
        .limit(_MOST_IN_HOUSEHOLD)
    )
    found = list(db.session.scalars(wanted if scope is None else wanted.where(LearnerKey.learner_id.in_(scope))))
    return found if len(found) < _MOST_IN_HOUSEHOLD else []


def _pair(learner_id: int, other_id: int) -> dict[str, int]:
    lower, higher = sorted((learner_id, other_id))
    return {"learner_id": lower, "other_id": higher}


def _linking(dialect: Any) -> Any:
    made = dialect.insert(_LINK)
    columns: Iterable[str] = ("kind", "made_at", "made_by")
    return made.on_conflict_do_update(
        index_elements=["learner_id", "other_id"], set_={name: made.excluded[name] for name in columns}
    )


_LINKED: Final = {"sqlite": _linking(sqlite), "postgresql": _linking(postgresql)}


def _note(action: Action, learner_id: int, other_id: int, *, actor: Actor, now: datetime, kind: LinkKind) -> None:
    subject, detail = activity("learner", learner_id), {"kind": str(kind)}
    audit.record(actor=actor, action=action, subject=subject, learners=[other_id], now=now, detail=detail)
