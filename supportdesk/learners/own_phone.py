"""The phone in front of us, when it is a learner's own: a cookie that staff let it have, for one person or a couple.

Called by the public pages that show a pass or count a video's views, and by the one that admits a phone.
"""

from __future__ import annotations

from typing import Final

from flask import current_app, request
from werkzeug.wrappers import Response

from supportdesk.learners.admission import learners_by_secret
from supportdesk.learners.consents import has_consented
from supportdesk.learners.models import ConsentKind

COOKIE: Final = "my_phone"
#: A phone of two people asks どなたですか.
MOST_PEOPLE: Final = 2
_YEAR: Final = 365 * 24 * 3600
_SEPARATOR: Final = "."


def learners_of_this_phone() -> list[int]:
    """The learners whose own phone this is, the latest admitted first; nobody on a stranger's. At most one query."""
    return list(dict.fromkeys(learners_by_secret(_secrets()).values()))


def may_tie_views(learner_id: int) -> bool:
    """Whether this learner agreed to have video views kept with their record."""
    return has_consented(learner_id, ConsentKind.TIE_VIDEO_VIEWS)


def remember(response: Response, secret: str) -> None:
    """Give the phone its cookie for a year. Another person's secret stays; an older one of the same person goes."""
    newest_of_each: dict[int, str] = {}
    for held, learner_id in learners_by_secret([secret, *_secrets()]).items():
        newest_of_each.setdefault(learner_id, held)
    response.set_cookie(
        COOKIE,
        _SEPARATOR.join(list(newest_of_each.values())[:MOST_PEOPLE]),
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].base_url.startswith("https:"),
    )


def _secrets() -> list[str]:
    held = request.cookies.get(COOKIE, "")
    return [secret for secret in held.split(_SEPARATOR) if secret][:MOST_PEOPLE]
