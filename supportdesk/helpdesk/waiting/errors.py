"""What the line of those who wait for a desk refuses, in words for whoever pressed the button."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class AlreadyWaiting(DeskError):
    """The learner waits for this desk (or for any) already: `details["wish_id"]`, None of one made at this moment."""

    def __init__(self, wish_id: int | None = None) -> None:
        super().__init__(_l("この方は、この窓口のあきをもう待っています。"), details={"wish_id": wish_id})


class NoSuchPlace(DeskError):
    """What is waited for is no desk that can be booked, or no district."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("待つ窓口をえらんでください。"), field="place")


class NotInLine(DeskError):
    """They wait no more: they have their consultation, or left."""

    def __init__(self) -> None:
        super().__init__(_l("この方は、もう待っていません。"))


class StillInLine(DeskError):
    """Only who left can be put back to where they were."""

    def __init__(self) -> None:
        super().__init__(_l("この方は、もとの順番で待っています。"))


class AskedMeanwhile(DeskError):
    """What is offered to the learner is changing at this very moment, or somebody is at work on its desk."""

    def __init__(self) -> None:
        super().__init__(_l("ちょうどいま、この方へのあきの案内が動いています。もう一度おしてください。"))
