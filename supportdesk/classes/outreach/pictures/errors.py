"""What the desk refuses to do with pictures, in words for whoever chose them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class TooManyPictures(DeskError):
    """More than the office lets one lecture have."""

    status = 422

    def __init__(self, most: int) -> None:
        super().__init__(_l("写真は、1つの講座に全部で%(most)s枚までです。", most=most), field="pictures")


class ConsentMissing(DeskError):
    """Nobody said that those who can be seen agree."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("写っている方の承諾を得てから、チェックを入れてください。"), field="consent")
