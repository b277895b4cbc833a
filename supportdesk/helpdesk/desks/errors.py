"""What is refused of a desk, of the hours that advisers keep at it and of what is off."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.activities import Description
from supportdesk.core.errors import DeskError


class DeskRefused(DeskError):
    """The desk or its hours cannot be as wished; the message says why."""

    status = 422


class DeskChanged(DeskError):
    """Somebody changed the desk since its form was opened. What was typed is kept."""

    def __init__(self) -> None:
        super().__init__(
            _l("開いているあいだに、ほかの人がこの窓口を変えました。下の内容でよければ、もう一度おしてください。")
        )


class BookingsAhead(DeskRefused):
    """The desk cannot go elsewhere: learners are booked where it is, and nobody would tell them. `booked` says when."""

    def __init__(self, booked: list[Description]) -> None:
        super().__init__(_l("これからの予約が入っているため、会場を変えられません。"), field="venue_id")
        self.booked = booked


class AdviserElsewhere(DeskRefused):
    """The adviser keeps a desk at that time already."""

    def __init__(self, desk: str) -> None:
        super().__init__(
            _l("この相談員は、その曜日の同じ時間に「%(desk)s」を受け持っています。", desk=desk), field="opens"
        )
