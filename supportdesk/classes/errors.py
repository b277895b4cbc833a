"""What the desk refuses to do with runs and enrolments, in words for whoever pressed the button."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class RunNotOpen(DeskError):
    """The run was cancelled, or has started."""

    def __init__(self) -> None:
        super().__init__(_l("この教室は、もう申し込みを受け付けていません。"))


class SeatsAreDrawn(DeskError):
    """The run's seats are drawn: before that nobody has one, and whoever wants one enters the draw."""

    def __init__(self) -> None:
        super().__init__(_l("この教室は抽選です。席は抽選で決まります。抽選に申し込んでください。"))


class AlreadyEnrolled(DeskError):
    """The learner has a seat in this run, or waits for one: `details["enrolment_id"]`."""

    def __init__(self, enrolment_id: int) -> None:
        super().__init__(_l("この方は、もう申し込んでいます。"), details={"enrolment_id": enrolment_id})


class LearnerClash(DeskError):
    """The learner has something else at that time: `details["in_the_way"]`, `what` in words. A reason overrides it."""

    def __init__(self, in_the_way: Mapping[str, set[str]], what: str) -> None:
        super().__init__(
            _l(
                "同じ時間に、ほかの予約があります。%(what)s。それでも申し込むときは、理由を入力してください。",
                what=what,
            ),
            field="clash_reason",
            details={"in_the_way": in_the_way},
        )


class OnDuty(DeskError):
    """The learner teaches at this very run; no reason overrides that."""

    def __init__(self) -> None:
        super().__init__(_l("この方は、この教室の講師です。受講者として申し込むことはできません。"))


class NoSeatThere(DeskError):
    """The run to move to is full: moving would give a seat up for a place in line."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "その教室は満席になりました。今の席はそのままです。空いている教室をえらぶか、"
                "今の席を取り消してから、キャンセル待ちに入れてください。"
            ),
            field="run_id",
        )


class NotWaiting(DeskError):
    """They have a seat, are being asked, or left the line."""

    def __init__(self) -> None:
        super().__init__(_l("この方は、もうキャンセル待ちではありません。"))


class StillFull(DeskError):
    """No seat is free."""

    def __init__(self) -> None:
        super().__init__(_l("空いている席はありません。"))


class OneSeatLeft(DeskError):
    """Two want to come together, and one seat is free: the clerk says whose it is."""

    def __init__(self) -> None:
        super().__init__(_l("空いている席は1つだけです。どちらの方の席にするか、えらんでください。"), field="together")


class NoSeatLeft(DeskError):
    """Two were promised seats, and there is none any more: both would wait."""

    def __init__(self) -> None:
        super().__init__(
            _l("満席になりました。ふたりともキャンセル待ちになります。それでよければ、もう一度押してください。")
        )


class AlreadyCancelled(DeskError):
    """It was cancelled before."""

    def __init__(self) -> None:
        super().__init__(_l("もう取り消されています。"))


class AlreadyBegun(DeskError):
    """The run's last meeting has begun: a place in it can be neither given up nor changed."""

    def __init__(self) -> None:
        super().__init__(_l("もう始まっているため、取り消しや変更はできません。来なかった方は、出欠に記録します。"))


class SameRun(DeskError):
    """A move leads to another run."""

    def __init__(self) -> None:
        super().__init__(_l("同じ教室です。別の教室をえらんでください。"), field="run_id")


class MeetingCalledOff(DeskError):
    """Nobody can have been at a meeting that was called off."""

    def __init__(self) -> None:
        super().__init__(_l("中止になった教室です。出欠は記録できません。"))


class NotYetBegun(DeskError):
    """Who comes early is marked one by one; who is missing shows when the meeting begins."""

    def __init__(self) -> None:
        super().__init__(_l("まだ始まっていません。全員をまとめて記録できるのは、始まってからです。"))


class NotYetHeld(DeskError):
    """Nobody can have been at a meeting before its day."""

    def __init__(self) -> None:
        super().__init__(_l("まだ開催日ではありません。当日になってから記録してください。"))


class AttendanceClosed(DeskError):
    """The meeting is so long ago that only an administrator corrects its attendance."""

    def __init__(self, days: int) -> None:
        super().__init__(
            _l("開催から%(days)s日を過ぎたため、出欠はもう直せません。直すときは、管理者に頼んでください。", days=days)
        )


class WalkInsClosed(DeskError):
    """The days in which somebody without a seat can be added are over."""

    def __init__(self, days: int) -> None:
        super().__init__(
            _l("開催から%(days)s日を過ぎたため、飛び入りの人はもう加えられません。管理者に頼んでください。", days=days)
        )


class SearchTooOld(DeskError):
    """The search that found the walk-in was too long ago."""

    def __init__(self) -> None:
        super().__init__(_l("さがしてから時間がたちました。もう一度さがしてください。"))


class TooManyHeads(DeskError):
    """A head-count that no room holds, or below zero."""

    status = 422

    def __init__(self, most: int) -> None:
        super().__init__(_l("人数は0から%(most)sまでにしてください。", most=most), field="heads")


class NobodyThere(DeskError):
    """Levels are confirmed of those who took part, and nobody has been marked as having done so."""

    def __init__(self) -> None:
        super().__init__(_l("参加した方がまだ記録されていません。先に出欠を記録してください。"))


class SkillNotTaught(DeskError):
    """A skill that is not among those of the meeting."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("この回で教えたスキルではありません。"))


class NothingAhead(DeskError):
    """The class was called off, or all of its meetings have begun."""

    def __init__(self) -> None:
        super().__init__(_l("この教室は、もう始まっているか、中止になっています。変えられません。"))


class ChangedMeanwhile(DeskError):
    """Somebody changed the class since its form was opened."""

    def __init__(self) -> None:
        super().__init__(_l("開いているあいだに、ほかの人がこの教室を変えました。もう一度開いて、変えてください。"))


class PlanRefused(DeskError):
    """The run cannot be held as planned; the message says why."""


class VenueClosed(PlanRefused):
    """The venue is shut that day."""

    def __init__(self, day: str, reason: str) -> None:
        super().__init__(_l("%(day)sは会場がお休みです（%(reason)s）。", day=day, reason=reason), field="meetings")
