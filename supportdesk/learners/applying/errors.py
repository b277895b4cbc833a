"""What a resident who applies is told, in words for somebody who reads them alone at home."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class TooMany(DeskError):
    """Many applications from one address in a few minutes: an office, a class on one Wi-Fi, or a robot."""

    status = 429

    def __init__(self) -> None:
        super().__init__(_l("いま、こみあっています。10分ほど待って、もう一度「申し込む」を押してください。"))


class LooksLikeRobot(DeskError):
    """The trap was filled in, or the page was sent faster than anybody types."""

    def __init__(self) -> None:
        super().__init__(
            _l("申し込みを受け付けられませんでした。もう一度「申し込む」を押すか、電話で申し込んでください。")
        )


class NoSuchApplication(DeskError):
    """No receipt with these last digits: which of the two is wrong is not said."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            _l("受付番号か、電話番号の下4けたがちがいます。申し込みの紙をたしかめてください。"), field="receipt"
        )


class TriedTooOften(DeskError):
    """Somebody guesses."""

    status = 429

    def __init__(self) -> None:
        super().__init__(_l("何度もちがったので、15分ほど受け付けません。お急ぎのときは、電話してください。"))


class AlreadySettled(DeskError):
    """Somebody has placed, refused or withdrawn it meanwhile."""

    def __init__(self) -> None:
        super().__init__(_l("この申し込みは、もうかたづいています。"))


class NotKnownYet(DeskError):
    """It has not been said of everybody who they are."""

    def __init__(self) -> None:
        super().__init__(_l("どなたの申し込みか、まだ決まっていません。"))


class AlreadySaid(DeskError):
    """Somebody has said meanwhile who this is."""

    def __init__(self) -> None:
        super().__init__(_l("この方がどなたかは、もう決まっています。"))
