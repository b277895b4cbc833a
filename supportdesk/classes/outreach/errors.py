"""What the desk refuses to do with requests for lectures, in words for whoever pressed the button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class Fault(NamedTuple):
    """What is wrong with one field of an application. `grave`: nobody can mean it."""

    field: str
    words: object
    grave: bool = True


class ApplicationRefused(DeskError):
    """The application cannot be taken: `faults` says, field by field, why."""

    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].words, field=faults[0].field)
        self.faults = faults


class ApplicationDoubtful(DeskError):
    """Residents are refused this; staff are asked whether it is meant: `doubts` says in words what is unusual."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            _l("いつもとちがうところがあります。このままでよければ、チェックを入れて、もう一度送ってください。")
        )
        self.doubts = [str(fault.words) for fault in faults]


class AskedBefore(DeskError):
    """The group has asked for that first day already."""

    def __init__(self) -> None:
        super().__init__(
            _l("同じ団体の、同じ日の申し込みを、もう受け付けています。変えたいときは、電話でお知らせください。"),
            field="group_name",
        )


class AmendedMeanwhile(DeskError):
    """Somebody put the request right since its form was opened."""

    def __init__(self) -> None:
        super().__init__(_l("開いているあいだに、ほかの人がこの申し込みを直しました。もう一度開いて、直してください。"))


class StepTaken(DeskError):
    """The request is not where the button's page thought: somebody took the step meanwhile."""

    def __init__(self) -> None:
        super().__init__(_l("この申し込みは、ほかの人が先に進めました。今の内容をたしかめてください。"))


class ReasonMissing(DeskError):
    """A step back and an end need a reason."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("理由を入力してください。"), field="reason")


class NotPacked(DeskError):
    """Something on the list is not ticked."""

    def __init__(self, words: str) -> None:
        super().__init__(_l("まだ終わっていないものがあります：%(words)s", words=words))


class NotBegun(DeskError):
    """The lecture lies ahead."""

    def __init__(self) -> None:
        super().__init__(_l("まだ始まっていません。講座が始まってから押してください。"))


class Begun(DeskError):
    """The lecture has begun: it can no longer be called off."""

    def __init__(self) -> None:
        super().__init__(_l("もう始まっているため、取りやめられません。"))


class BegunUnconfirmed(DeskError):
    """The day that was found has come before it was confirmed: was there a lecture?"""

    def __init__(self) -> None:
        super().__init__(
            _l("始まりの時刻をもうすぎています。行った講座なら、このページの「行った講座として決定にする」を押します。")
        )


class SomebodyCame(DeskError):
    """Somebody took part, so that it did take place."""

    def __init__(self) -> None:
        super().__init__(
            _l("参加した人が記録されているため、行われなかったことにはできません。出欠をたしかめてください。")
        )


class HeadsTooFew(DeskError):
    """Fewer than were seen by name, or than the age bands add up to."""

    status = 422

    def __init__(self, least: int) -> None:
        super().__init__(
            _l(
                "参加した人の数は、年代ごとの合計と、名前で出席をつけた人数（%(least)s人）より少なくできません。",
                least=least,
            ),
            field="heads",
        )


class HeadsReported(DeskError):
    """The result of the lecture says how many took part: it is put right there."""

    def __init__(self) -> None:
        super().__init__(
            _l("結果に書いた人数は、出前講座の申し込みのページで「ひとつ前にもどす」を押してから直してください。")
        )


class AskedFor(DeskError):
    """The lecture was asked for by a group: it is called off, or given another day, on the page of its request."""

    def __init__(self) -> None:
        super().__init__(_l("団体が申し込んだ出前講座は、申し込みのページで取りやめるか、別の日にしてください。"))
