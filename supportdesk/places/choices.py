"""What forms and filters of every room choose among, in the words in which it stands there: districts and venues."""

from __future__ import annotations

from flask_babel import get_locale
from sqlalchemy import select

from supportdesk.extensions import db
from supportdesk.places.models import District


def district_choices() -> list[tuple[str, str]]:
    """(code, name in the page's language) of the city's districts, in the city's own order."""
    name = District.name_en if str(get_locale()) == "en" else District.name
    rows = db.session.execute(select(District.code, name.label("name")).order_by(District.position))
    return [(row.code, row.name) for row in rows]


def venue_in_words(name: str, nickname: str | None) -> str:
    """東部市民サービスセンター（いーぱる）: the venue, with what people call it."""
    return f"{name}（{nickname}）" if nickname else name
