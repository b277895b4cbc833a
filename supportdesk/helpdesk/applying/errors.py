"""What a resident who applies for a consultation is told, beside what everybody is told who applies."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class TimeGone(DeskError):
    """Nobody at the desk is free then any more, or never was."""

    def __init__(self) -> None:
        super().__init__(
            _l("この時間は、もうあいていません。下の、あいている時間から、えらんでください。"), field="instead"
        )


class TooManyAhead(DeskError):
    """The same person has applied so many times already for what is still to come."""

    def __init__(self) -> None:
        super().__init__(
            _l("この方の申し込みが、もうあります。時間を変えるときや、もっと相談したいときは、お電話ください。")
        )
