"""What other rooms may know of wishes without importing them: what one is called, and what binds a learner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from supportdesk.core.activities import Description, activity, page_of
from supportdesk.extensions import db
from supportdesk.helpdesk.locking import BOOKING, lock_desks
from supportdesk.helpdesk.models import Desk
from supportdesk.helpdesk.waiting.line import KIND, lock_line
from supportdesk.helpdesk.waiting.models import OPEN_WISH, SlotWish
from supportdesk.learners.rooms import Binding, Part
from supportdesk.places.models import District

_OFFERED = aliased(Desk)
_OPEN = SlotWish.state.in_(OPEN_WISH)
_LOCK_BOOKINGS: Final = (
    select(BOOKING.c.id)
    .where(BOOKING.c.learner_id.in_(bindparam("learners", expanding=True)))
    .order_by(BOOKING.c.id)
    .with_for_update()
)


def place_in_words(desk: str | None, district: str | None) -> str:
    """For what somebody waits: スマホ相談（中央）, 中央地区の窓口, どの窓口でも."""
    if desk:
        return desk
    return _("%(district)s地区の窓口", district=district) if district else _("どの窓口でも")


def _wishes() -> Select[*tuple[Any, ...]]:
    return (
        select(SlotWish, Desk.name, District.name, _OFFERED.name, _OFFERED.slot_minutes)
        .outerjoin(Desk, Desk.id == SlotWish.desk_id)
        .outerjoin(District, District.code == SlotWish.district_code)
        .outerjoin(_OFFERED, _OFFERED.id == SlotWish.offered_desk_id)
    )


def describe_wishes(ids: Iterable[int]) -> Mapping[int, Description]:
    """What is offered and when, as long as something is; else for what they wait."""
    found = {}
    for wish, desk, district, offered, minutes in db.session.execute(_wishes().where(SlotWish.id.in_(list(ids)))):
        url = page_of("helpdesk.wish", wish_id=wish.id)
        if wish.offered_at is None:
            found[wish.id] = Description(_("あき待ち：%(place)s", place=place_in_words(desk, district)), url=url)
        else:
            ends_at = wish.offered_at + timedelta(minutes=minutes)
            found[wish.id] = Description(offered, wish.offered_at, ends_at, url)
    return found


def bindings(learner_id: int) -> list[Binding]:
    """For what they wait. One statement."""
    rows = db.session.execute(_wishes().where(SlotWish.learner_id == learner_id, _OPEN).order_by(SlotWish.id))
    return [
        Binding(_("相談のあき待ち（%(place)s）をやめます。", place=place_in_words(desk, district)), wish.offered_at)
        for wish, desk, district, _offered, _minutes in rows
    ]


def obstacles(giver_id: int, taker_id: int, _now: datetime) -> Iterator[str]:
    """One person waits once for a desk, and thinks about one slot at a time."""
    rows = db.session.execute(_wishes().where(SlotWish.learner_id.in_((giver_id, taker_id)), _OPEN)).all()
    theirs = {row[0].desk_id for row in rows if row[0].learner_id == taker_id}
    asked = {row[0].learner_id for row in rows if row[0].offered_at}
    for wish, desk, district, _offered, _minutes in rows:
        if wish.learner_id == giver_id and wish.desk_id in theirs:
            yield _(
                "相談のあき（%(place)s）を、両方の記録で待っています。どちらかをやめてください。",
                place=place_in_words(desk, district),
            )
    if len(asked) == len({giver_id, taker_id}):
        yield _("両方の記録に、相談のあきを案内しています。返事を先に記録してください。")


def lock(learner_ids: Sequence[int]) -> None:
    """Wait for whoever offers these learners something, puts them in line or changes what they are booked for: all of
    it before the line, as everybody does.
    """
    offered = select(SlotWish.offered_desk_id).where(
        SlotWish.learner_id.in_(learner_ids), SlotWish.offered_desk_id.is_not(None)
    )
    lock_desks(desk_id for desk_id in db.session.scalars(offered) if desk_id is not None)
    db.session.execute(_LOCK_BOOKINGS, {"learners": learner_ids}).all()
    lock_line()


def parts_of_wishes(learner_id: int) -> list[Part]:
    """Each wish that the learner ever had. One statement."""
    rows = db.session.execute(_wishes().where(SlotWish.learner_id == learner_id))
    return [
        Part(
            wish.since,
            _("あき待ち：%(place)s", place=place_in_words(desk, district)),
            [(KIND, wish.id)],
            [activity(KIND, wish.id)],
        )
        for wish, desk, district, _offered, _minutes in rows
    ]
