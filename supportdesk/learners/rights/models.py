"""What somebody asked of the city about their own record, with the day by which it must be answered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity


class RequestKind(StrEnum):
    DISCLOSURE = "disclosure"
    CORRECTION = "correction"
    STOP_OF_USE = "stop_of_use"
    ERASURE = "erasure"


class Asker(StrEnum):
    SELF = "self"
    GUARDIAN = "guardian"
    AGENT = "agent"


class RequestState(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class RightsRequest(Base):
    """A request for disclosure, correction, stop of use or erasure. It is due 30 days after it was received."""

    __tablename__ = "rights_request"
    __table_args__ = (
        CheckConstraint("due_on >= received_on", "due_after_received"),
        CheckConstraint("(state = 'open') = (done_on IS NULL)", "open_has_no_day"),
        Index("ix_rights_request_state_due", "state", "due_on"),
    )

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    kind: Mapped[RequestKind]
    received_on: Mapped[date]
    due_on: Mapped[date]
    asker: Mapped[Asker]
    asker_name: Mapped[str] = mapped_column(default="", comment="who asked, when it was not the learner")
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    done_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="", comment="what was done, or why not")
    taken_at: Mapped[datetime]
    taken_by: Mapped[int | None] = foreign_key("account.id", index=False)
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)
