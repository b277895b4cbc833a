"""The residents' pages: frequent questions by field and by words, and one answer. Nobody logs in here."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for

from supportdesk.core import clock
from supportdesk.core.answers import Answer
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import public
from supportdesk.helpdesk.cards import queries
from supportdesk.helpdesk.cards.pictures import pictures_of
from supportdesk.helpdesk.cards.views import asked_for
from supportdesk.helpdesk.cards.words import CARD_DEVICES, PHONES
from supportdesk.skills.queries import areas

blueprint = Blueprint("faq", __name__, template_folder="../templates")


@blueprint.get("/faq")
@public
def index() -> str:
    """Questions by field, or those that the words find."""
    fields = areas()
    wanted = asked_for(frozenset(area.code for area in fields))
    chosen = wanted.text or wanted.area_code
    page = queries.shelf(
        wanted.text,
        page_number(),
        device=wanted.device,
        area_code=wanted.area_code,
        public=True,
        today=clock.today(),
    )
    return render_template(
        "helpdesk/faq/index.html",
        page=page,
        wanted=wanted,
        chosen=chosen,
        areas=fields,
        counts=queries.counts_of_areas(),
        phones=PHONES,
        devices=CARD_DEVICES,
        today=clock.today(),
    )


@blueprint.get("/faq/<code>")
@public
def card(code: str) -> Answer:
    """One answer. The code of a card that was taken out leads to its successor."""
    found = queries.card_by_code(code)
    if found is None or not found.public:
        return _unknown()
    if found.retired_at is not None:
        if found.successor and found.successor[2]:
            return redirect(url_for("faq.card", code=found.successor[0]), 302)
        return _unknown()
    return render_template(
        "helpdesk/faq/card.html", card=found, pictures=pictures_of(found.id), devices=CARD_DEVICES, today=clock.today()
    )


def _unknown() -> tuple[str, int]:
    return render_template("helpdesk/faq/unknown.html"), 404
