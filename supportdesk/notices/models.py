"""The outbox and the call list, which are the same rows; and offers of what became free to those who wait."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
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
        Index(
            "ix_notice_call_to",
            "call_to",
            sqlite_where=text("call_to <> ''"),
            postgresql_where=text("call_to <> ''"),
        ),
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
    tell_by: Mapped[datetime | None] = mapped_column(comment="until when it helps most, if that is sooner")
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="when what it tells ceased to be true, told or not")
    settled_at: Mapped[datetime | None] = mapped_column(comment="the last try, or when it was settled otherwise")
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"  # passes this one on, and goes on waiting
    LEFT = "left"  # does not wait any more
    PASSED_ON = "passed_on"  # the desk did not reach them and goes on to the next
    EXPIRED = "expired"  # nobody answered until the deadline
    WITHDRAWN = "withdrawn"  # what was offered is not to be had any more


_OPEN = text("state = 'open'")


class Offer(Base):
    """What became free, held for one who waits, until a deadline. All offers of one `vacancy` are of the same thing:
    one after the other, in the order of the line, and nobody twice.
    """

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("vacancy", "place_in_line"),
        CheckConstraint("made_at < deadline", "deadline_ahead"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", "settled_has_time"),
        Index("uq_offer_open_vacancy", "vacancy", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_offer_open_place", "place_in_line", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_offer_open_deadline", "deadline", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[identity]
    vacancy: Mapped[str] = mapped_column(comment="names one thing that became free, as long as it goes down the line")
    given_up: Mapped[str] = mapped_column(default="", comment="what ended and freed it, such as enrolment:3")
    place_in_line: Mapped[str] = mapped_column(comment="the activity that waits, such as enrolment:7")
    learner_id: Mapped[int] = foreign_key("learner.id")
    state: Mapped[OfferState] = mapped_column(default=OfferState.OPEN)
    made_at: Mapped[datetime]
    deadline: Mapped[datetime] = mapped_column(comment="until when they may answer; never after it begins")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = foreign_key("account.id", index=False)
