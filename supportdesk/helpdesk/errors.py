"""What the help desk refuses to do, in words for whoever pressed the button."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.wareki import format_time


class NoSuchSlot(DeskError):
    """The desk does not sit with this adviser at that time: the hours were changed, or it is shut that day."""

    def __init__(self) -> None:
        super().__init__(_l("この時間に、この窓口の枠はありません。別の枠をえらんでください。"), field="slot")


class DeskShut(DeskError):
    """The venue is closed that day, or it is a public holiday."""

    def __init__(self, day: str, reason: str) -> None:
        super().__init__(_l("%(day)sは窓口がお休みです（%(reason)s）。", day=day, reason=reason), field="slot")


class SlotPast(DeskError):
    """The slot has begun."""

    def __init__(self) -> None:
        super().__init__(_l("この枠は、もう始まっています。これからの枠をえらんでください。"), field="slot")


class NoFreePhone(DeskError):
    """Every loan phone is taken at that time."""

    def __init__(self) -> None:
        super().__init__(_l("この時間に空いている貸出スマホがありません。"), field="loan_phone")


class SlotTaken(DeskError):
    """The adviser is taken at that time: `details["in_the_way"]` says by what, `what` in words."""

    def __init__(self, in_the_way: Mapping[str, set[str]], what: str) -> None:
        super().__init__(
            _l("この枠は、もうふさがっています。%(what)s。別の枠をえらんでください。", what=what),
            field="slot",
            details={"in_the_way": in_the_way},
        )


class SlotKept(SlotTaken):
    """The slot is kept for somebody else; until when, where that is known."""

    def __init__(self, until: datetime | None) -> None:
        kept = (
            _l("%(time)sまで、ほかの方に案内しています", time=format_time(clock.local(until).time()))
            if until
            else _l("ほかの方に案内しています")
        )
        super().__init__({}, str(kept))


class SlotSetAside(DeskError):
    """The slot is for those who never came and those who wait long, until some days before: `until` in words."""

    def __init__(self, until: str) -> None:
        super().__init__(
            _l(
                "この枠は、はじめての方と長くお待ちの方のために、%(until)sまでとってあります。別の枠をえらんでください。",
                until=until,
            ),
            field="slot",
        )


class TooManyBooked(DeskError):
    """The learner has as many consultations to come as anybody may have."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _l("これからの相談の予約が、もう%(most)s件あります。どれかがすむまで、新しく予約できません。", most=most)
        )


class AlreadyBooked(DeskError):
    """The learner has this very slot: `details["booking_id"]`."""

    def __init__(self, booking_id: int) -> None:
        super().__init__(_l("この方は、この枠をもう予約しています。"), details={"booking_id": booking_id})


class LearnerClash(DeskError):
    """The learner has something else at that time: `details["in_the_way"]`, `what` in words. A reason overrides it."""

    def __init__(self, in_the_way: Mapping[str, set[str]], what: str) -> None:
        super().__init__(
            _l(
                "同じ時間に、ほかの予約があります。%(what)s。それでも予約するときは、理由を入力してください。",
                what=what,
            ),
            field="clash_reason",
            details={"in_the_way": in_the_way},
        )


class OwnSlot(DeskError):
    """The learner is the adviser of this slot; no reason overrides that."""

    def __init__(self) -> None:
        super().__init__(_l("この方は、この枠の相談員です。別の相談員の枠をえらんでください。"), field="slot")


class AlreadyCancelled(DeskError):
    """It was cancelled before."""

    def __init__(self) -> None:
        super().__init__(_l("もう取り消されています。"))


class AlreadyBegun(DeskError):
    """The consultation has begun or is over: it can be held or missed, but neither cancelled nor moved."""

    def __init__(self) -> None:
        super().__init__(_l("もう始まっているため、取り消しや変更はできません。相談員が記録します。"))


class SameSlot(DeskError):
    """A move leads to another slot."""

    def __init__(self) -> None:
        super().__init__(_l("いまと同じ枠です。別の枠をえらんでください。"), field="slot")


class NotWaiting(DeskError):
    """The booking is not one that somebody may still come to."""

    def __init__(self) -> None:
        super().__init__(_l("この予約は、もう記録がすんでいるか、取り消されています。"))
