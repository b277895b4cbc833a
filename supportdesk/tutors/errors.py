"""Why the room refuses, in words for whoever pressed the button."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class NotATutor(DeskError):
    """Only an account with the tutor's role can be appointed."""

    def __init__(self) -> None:
        super().__init__(_l("地域サポーターの役割がないアカウントです。管理者に役割をつけてもらってください。"))


class CoordinatorsDistricts(DeskError):
    """The tutor is a coordinator too: their districts say which learners they see, which is no colleague's to say."""

    def __init__(self) -> None:
        super().__init__(
            _l("この人は地区担当でもあるため、地区は管理者だけが変えられます。管理者にたのんでください。"),
            field="districts",
        )


class AlreadyMatched(DeskError):
    """The two are matched; `details` holds the match_id."""

    def __init__(self, match_id: int) -> None:
        super().__init__(
            _l("この方は、この地域サポーターがもう担当しています。"), field="tutor_id", details={"match_id": match_id}
        )


class OwnSelf(DeskError):
    """Nobody is their own tutor."""

    def __init__(self) -> None:
        super().__init__(_l("本人を本人の担当にはできません。ほかの人をえらんでください。"), field="tutor_id")


class AlreadyEnded(DeskError):
    """The match has ended before."""

    def __init__(self) -> None:
        super().__init__(_l("この組み合わせは、もう終わっています。"))


class NotYetHeld(DeskError):
    """A session is logged when it has been held."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("これからの日時です。教え合いが終わってから記録してください。"), field="day")


class LongAgo(DeskError):
    """More than a year ago: most likely a slip of the finger, and the figures of that year are closed."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("1年より前の日です。年をたしかめてください。"), field="day")


class BadMinutes(DeskError):
    """A session lasts from one minute to ten hours."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("時間は1分から600分までで入力してください。"), field="other_minutes")


class PlaceMissing(DeskError):
    """A session was held somewhere."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("場所をえらぶか、「ほかの場所」に書いてください。"), field="where")
