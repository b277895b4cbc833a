"""Why a feedback sheet is not taken."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class NotAsked(DeskError):
    """Nobody is asked about this class, or it was called off."""

    def __init__(self) -> None:
        super().__init__(_l("この教室では、アンケートをとっていません。"))


class SheetsClosed(DeskError):
    """The meeting has not begun, or the days for answering are over."""

    def __init__(self) -> None:
        super().__init__(_l("いまは、このアンケートに答えられません。"))


class NothingSaid(DeskError):
    """All questions were left out."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("1つも答えがありません。1つだけでもえらんでください。"))


class TooManySheets(DeskError):
    """More came from phones than any class has people."""

    status = 429

    def __init__(self) -> None:
        super().__init__(_l("この教室のアンケートは、たくさん届いたため、止まっています。職員に声をかけてください。"))


class NoSuchNumber(DeskError):
    """Nobody has this seat."""

    status = 422

    def __init__(self, number: int) -> None:
        super().__init__(_l("席 %(number)s の方はいません。番号をたしかめてください。", number=number), field="number")


class TypedBefore(DeskError):
    """This seat has answered: on a phone, or on a paper that was typed in."""

    def __init__(self, number: int) -> None:
        super().__init__(
            _l(
                "席 %(number)s の答えは、もう入っています。入れなおすときは、下に印をつけて、もう一度押してください。",
                number=number,
            ),
            field="number",
        )
