"""What a resident who applies for a class is told, beside what everybody is told who applies (learners/applying)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class ByInvitation(DeskError):
    """Nobody applies for such a run: the office asks people."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_l("この教室は、ここからは申し込めません。電話でおたずねください。"))
