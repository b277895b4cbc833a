"""What levels and sources are called on pages and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.skills.models import EvidenceSource

LEVELS: Final[Mapping[int, object]] = {
    0: _l("まだ"),
    1: _l("手伝ってもらえばできる"),
    2: _l("ひとりでできる"),
    3: _l("人に教えられる"),
}
SOURCES: Final[Mapping[EvidenceSource, object]] = {
    EvidenceSource.CLASS: _l("教室"),
    EvidenceSource.LECTURE: _l("出前講座"),
    EvidenceSource.CONSULTATION: _l("相談"),
    EvidenceSource.PEER_SESSION: _l("教え合い"),
    EvidenceSource.SELF_CHECK: _l("本人の申告"),
}
