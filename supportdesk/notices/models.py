"""The outbox and the call list: the same rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import Channel


class NoticeState(StrEnum):
    TOLD = "told"  # said on the line or at the counter when it happened
    WAITING = "waiting"
    NO_ANSWER = "no_answer"  # called in vain; still to be called
    DONE = "done"
    NOT_NEEDED = "not_needed"  # whoever was to call says that nobody need
    LAPSED = "lapsed"  # what it tells began before anybody was reached
    CANCELLED = "cancelled"  # what it tells was itself undone before anybody was reached


#: Still to be told.
UNSETTLED: Final = (NoticeState.WAITING, NoticeState.NO_ANSWER)


class Fallback(StrEnum):
    """Why somebody is told in another way than they wish."""

    NOT_SENT_YET = "not_sent_yet"  # neither mail nor LINE leaves this house so far
    CALL_BACK = "call_back"  # whoever called is called back
    NO_ADDRESS = "no_address"
    TOO_LATE = "too_late"
    NO_NUMBER = "no_number"


class Notice(Base):
    """One thing to tell one learner. Written in the transaction of what it tells, so that it dies with it."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("attempts >= 0", "attempts_positive"),
        Index("ix_notice_state_due", "state", "due_at"),
        Index("ix_notice_state_settled", "state", "settled_at"),
    )

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id")
    kind: Mapped[str] = mapped_column(comment="such as enrolment_confirmed")
    activity: Mapped[str] = mapped_column(index=True)
    wanted_channel: Mapped[Channel] = mapped_column(comment="how the learner wishes to be told")
    channel: Mapped[Channel] = mapped_column(comment="how they will be told")
    fallback: Mapped[Fallback | None] = mapped_column(comment="why the two differ")
    call_to: Mapped[str] = mapped_column(default="", comment="a caller's number when the learner is told through them")
    text: Mapped[str]
    state: Mapped[NoticeState]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tell_until: Mapped[datetime | None] = mapped_column(comment="when what it tells begins; null: never too late")
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="when what it tells ceased to be true, told or not")
    settled_at: Mapped[datetime | None] = mapped_column(comment="the last try, or when it was settled otherwise")
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)
