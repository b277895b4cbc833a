"""Why the room refuses, in words for whoever pressed the button."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.wareki import format_time


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


class NotYetOver(DeskError):
    """A session that began is logged when it has ended."""

    status = 422

    def __init__(self, ends_at: datetime, begun_by: datetime, minutes: int) -> None:
        super().__init__(
            _l(
                "終わる時刻の %(end)s が、まだ来ていません。%(minutes)s分なら、始まりは %(begin)s までです。",
                end=format_time(clock.local(ends_at)),
                begin=format_time(clock.local(begun_by)),
                minutes=minutes,
            ),
            field="time",
        )


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


class Overlapping(DeskError):
    """The tutor was with somebody else at that time, and does not say that it was a group."""

    def __init__(self, starts_at: datetime, ends_at: datetime) -> None:
        super().__init__(
            _l(
                "%(span)s に、もう記録があります。いっしょなら「何人かいっしょに教えました」を押してください。",
                span=_span(starts_at, ends_at),
            ),
            field="time",
        )


class LoggedBefore(DeskError):
    """The two were together at that time by another session: nobody is taught twice at once."""

    def __init__(self, starts_at: datetime, ends_at: datetime) -> None:
        super().__init__(
            _l(
                "%(span)s に、この方との記録がもうあります。まちがいなら、「自分の記録」からなおしてください。",
                span=_span(starts_at, ends_at),
            ),
            field="time",
        )


class Withdrawn(DeskError):
    """It has been corrected or withdrawn before."""

    def __init__(self) -> None:
        super().__init__(_l("この記録は、もうなおしたか、取り消してあります。もう一度開いてください。"))


class TooLate(DeskError):
    """The days in which a tutor corrects their own sessions are over."""

    def __init__(self) -> None:
        super().__init__(_l("なおせる日を過ぎました。地区担当に電話で頼んでください。"))


def _span(starts_at: datetime, ends_at: datetime) -> str:
    return f"{format_time(clock.local(starts_at))}〜{format_time(clock.local(ends_at))}"
