"""What a learner is called wherever one is named: as written, else in kana; or that they were erased.

Called by whatever reads names for pages, of every room.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, FromClause, func, literal

from supportdesk.core.japanese import shown_name


def known_as(name: str, kana: str) -> str:
    """The written name, or the kana while the kanji are not confirmed. Nobody is 「（消去済み）」."""
    return shown_name(name or kana) or _("（消去済み）")


def known_as_column(learner: FromClause) -> ColumnElement[Any]:
    """The same, as the database reads it from the learners' table."""
    name, kana = (func.nullif(learner.c[column], "") for column in ("name", "kana"))
    return func.coalesce(name, kana, literal(_("（消去済み）")))
