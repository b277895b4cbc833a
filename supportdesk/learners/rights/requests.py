"""Requests about one's own record: taken at the counter, due in 30 days, answered by the administrator."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as
from supportdesk.learners.rights.models import Asker, RequestKind, RequestState, RightsRequest

_REQUEST = table_of(RightsRequest)
#: 個人情報の保護に関する法律 第83条: within thirty days of the request.
ANSWERED_WITHIN: Final = timedelta(days=30)


class ReceivedLater(DeskError):
    """It cannot have come in after today."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("受け付けた日は、今日までの日にしてください。"), field="received_on")


class AlreadyAnswered(DeskError):
    """Somebody has answered it meanwhile."""

    def __init__(self) -> None:
        super().__init__(_l("この申し出は、もう終わっています。"))


class ListedRequest(NamedTuple):
    """A request on the work list."""

    id: int
    learner_id: int
    name: str
    kind: RequestKind
    received_on: date
    due_on: date
    asker: Asker
    asker_name: str
    note: str
    state: RequestState
    done_on: date | None
    answer: str
    erased: bool

    def overdue(self, today: date) -> bool:
        """Whether it should have been answered by now."""
        return self.state is RequestState.OPEN and self.due_on < today


def take_request(
    learner_id: int,
    kind: RequestKind,
    *,
    received_on: date,
    asker: Asker = Asker.SELF,
    asker_name: str = "",
    note: str = "",
    actor: Actor,
    now: datetime,
) -> int:
    """Note a request; its id. It is due 30 days after the day on which it was received. Raises ReceivedLater."""
    if received_on > clock.local(now).date():
        raise ReceivedLater
    request_id = connection().scalar(
        insert(_REQUEST).returning(_REQUEST.c.id),
        {
            "learner_id": learner_id,
            "kind": kind,
            "received_on": received_on,
            "due_on": received_on + ANSWERED_WITHIN,
            "asker": asker,
            "asker_name": asker_name,
            "note": note,
            "state": RequestState.OPEN,
            "answer": "",
            "taken_at": now,
            "taken_by": actor.account_id,
        },
    )
    assert request_id is not None
    _note(Action.TAKE_REQUEST, learner_id, request_id, actor=actor, now=now)
    return request_id


def settle_request(request_id: int, state: RequestState, answer: str, *, actor: Actor, now: datetime) -> None:
    """It was done, refused or taken back. Raises NotFound, AlreadyAnswered."""
    held = connection().execute(
        select(_REQUEST.c.learner_id, _REQUEST.c.state).where(_REQUEST.c.id == request_id).with_for_update()
    )
    row = held.one_or_none()
    if row is None:
        raise NotFound
    if row.state is not RequestState.OPEN:
        raise AlreadyAnswered
    connection().execute(
        update(_REQUEST)
        .where(_REQUEST.c.id == request_id)
        .values(state=state, answer=answer, done_on=clock.local(now).date(), settled_by=actor.account_id)
    )
    _note(Action.SETTLE_REQUEST, row.learner_id, request_id, actor=actor, now=now)


def requests_page(number: int) -> Page[ListedRequest]:
    """Open ones first, those due soonest on top; then those answered, the latest first."""
    page = fetch_page(
        _LISTED.order_by(
            case((_REQUEST.c.state == RequestState.OPEN, 0), else_=1),
            case((_REQUEST.c.state == RequestState.OPEN, _REQUEST.c.due_on)),
            _REQUEST.c.done_on.desc(),
            _REQUEST.c.id.desc(),
        ),
        number,
    )
    return page.showing([_listed(row) for row in page.rows])


def request_row(request_id: int) -> ListedRequest:
    """One of them. Raises NotFound."""
    row = db.session.execute(_LISTED.where(_REQUEST.c.id == request_id)).one_or_none()
    if row is None:
        raise NotFound
    return _listed(row)


_LISTED: Final = select(
    *(_REQUEST.c.id, _REQUEST.c.learner_id, Learner.name, Learner.kana, _REQUEST.c.kind, _REQUEST.c.received_on),
    *(_REQUEST.c.due_on, _REQUEST.c.asker, _REQUEST.c.asker_name, _REQUEST.c.note, _REQUEST.c.state),
    *(_REQUEST.c.done_on, _REQUEST.c.answer, Learner.erased_at),
).join(Learner, Learner.id == _REQUEST.c.learner_id)


def _listed(row: Any) -> ListedRequest:
    learner_id, name, kana = row[1:4]
    return ListedRequest._make((row.id, learner_id, known_as(name, kana), *row[4:13], row.erased_at is not None))


def _note(action: Action, learner_id: int, request_id: int, *, actor: Actor, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail={"request": request_id})
