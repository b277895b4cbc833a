"""What is refused of consultations applied for in public, beside what every application refuses."""

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


class MovedMeanwhile(DeskError):
    """Somebody moved the application to another desk at this very moment."""

    def __init__(self) -> None:
        super().__init__(_l("たったいま、この申し込みの枠が変わりました。もう一度おしてください。"))
