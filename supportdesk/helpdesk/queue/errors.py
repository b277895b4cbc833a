"""What the line refuses to do, in words for whoever pressed the button."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError
from supportdesk.core.moments import clock_time


class QueueClosed(DeskError):
    """The desk takes nobody at present."""

    def __init__(self) -> None:
        super().__init__(_l("この窓口は受付を止めています。番号は出せません。"))


class AlreadyNumbered(DeskError):
    """The learner waits in this line already: `details["number_id"]`."""

    def __init__(self, number_id: int, number: int) -> None:
        super().__init__(
            _l("この方は、もう%(number)s番の番号をお持ちです。", number=number), details={"number_id": number_id}
        )


class NotToday(DeskError):
    """The booking or number is of another day."""

    def __init__(self) -> None:
        super().__init__(_l("きょうの予約や番号ではありません。"))


class NoCounter(DeskError):
    """Nobody can be called to a counter without a name."""

    def __init__(self) -> None:
        super().__init__(_l("先に、あなたの窓口の名前（例：窓口1）を決めてください。"))


class NobodyWaits(DeskError):
    """There is nobody for this adviser to call."""

    def __init__(self) -> None:
        super().__init__(_l("お呼びできる方はいません。ほかの相談員の予約の方は、番号ごとの「呼ぶ」で呼べます。"))


class StillCalled(DeskError):
    """Somebody is on the way to this adviser's counter."""

    def __init__(self, number: int) -> None:
        super().__init__(
            _l(
                "%(number)s番の方をお呼びしています。先に「はじめる」か「いない」をおしてください。",
                number=number,
            )
        )


class CalledByAnother(DeskError):
    """A colleague has called the number meanwhile."""

    def __init__(self, number: int, counter: str, at: datetime) -> None:
        super().__init__(
            _l(
                "%(number)s番は、%(counter)sがもう呼んでいます（%(at)s）。次の方を呼んでください。",
                number=number,
                counter=counter,
                at=clock_time(at),
            )
        )


class StepGone(DeskError):
    """The number is no more where the page showed it."""

    def __init__(self, number: int, state: object) -> None:
        super().__init__(
            _l(
                "%(number)s番は、いま「%(state)s」です。画面が古くなっていました。何も変えていません。",
                number=number,
                state=state,
            )
        )


class NamedMeanwhile(DeskError):
    """A colleague has said meanwhile whose number it is."""

    def __init__(self, number: int) -> None:
        super().__init__(
            _l(
                "%(number)s番には、ほかの人がたった今、名前を入れました。「きょうの相談」で、たしかめてください。",
                number=number,
            )
        )


class CaseWritten(DeskError):
    """The beginning cannot be taken back: something is written of the consultation."""

    def __init__(self) -> None:
        super().__init__(_l("相談の記録がもう書かれているため、「はじめる」は取り消せません。"))
