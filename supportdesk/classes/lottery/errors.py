"""What the desk refuses to do with a draw, in words for whoever pressed the button."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError
from supportdesk.core.moments import clock_time, short_day


class NoLottery(DeskError):
    """The run's seats are not drawn."""

    def __init__(self) -> None:
        super().__init__(_l("この教室は抽選ではありません。"))


class DeadlinePassed(DeskError):
    """One second after the deadline is after it."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            _l(
                "申し込みは%(day)s %(time)sに締め切りました。受け付けていません。",
                day=short_day(until),
                time=clock_time(until),
            )
        )


class AlreadyEntered(DeskError):
    """The learner is in this draw: `details["entry_id"]`."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(_l("この方は、この抽選にもう申し込んでいます。"), details={"entry_id": entry_id})


class SamePerson(DeskError):
    """Two who come together are two people."""

    def __init__(self) -> None:
        super().__init__(_l("ふたりに、同じ方がえらばれています。"))


class AlreadyDrawn(DeskError):
    """A run is drawn once; and what was drawn is an enrolment, which is cancelled as such."""

    def __init__(self) -> None:
        super().__init__(_l("抽選はもう終わっています。席や順番の取り消しは、予約のページでできます。"))


class DrawnBefore(DeskError):
    """A second draw is refused."""

    def __init__(self, drawn_at: datetime) -> None:
        super().__init__(
            _l(
                "この教室の抽選は、%(day)s %(time)sに終わっています。抽選は1回だけです。",
                day=short_day(drawn_at),
                time=clock_time(drawn_at),
            )
        )


class StillOpen(DeskError):
    """Nobody draws while entries are still taken."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            _l(
                "%(day)s %(time)sまで申し込みを受け付けています。抽選は、締め切りのあとです。",
                day=short_day(until),
                time=clock_time(until),
            )
        )


class AlreadyWithdrawn(DeskError):
    """They are in the draw no more."""

    def __init__(self) -> None:
        super().__init__(_l("抽選の申し込みは、もう取り消されています。"))


class NotTwoAlone(DeskError):
    """Only two entries of one person each become one of two."""

    def __init__(self) -> None:
        super().__init__(_l("ひとりずつの申し込みを2つえらんでください。"), field="other")
