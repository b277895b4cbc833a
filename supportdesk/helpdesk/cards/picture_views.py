"""Adding a picture to a card and taking it away, and the pictures themselves, for staff and for residents."""

from __future__ import annotations

from io import BytesIO

from flask import Response, render_template, request, send_file, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.permissions import Permission, public, requires
from supportdesk.helpdesk.cards import faq_views, pictures
from supportdesk.helpdesk.cards.forms import CardPictureForm
from supportdesk.helpdesk.cards.views import found_card
from supportdesk.helpdesk.views import blueprint

_A_DAY = 24 * 3600


@blueprint.route("/cards/<code>/pictures", methods=["GET", "POST"])
@requires(Permission.WRITE_CARDS)
def add_card_picture(code: str) -> Answer:
    """One picture more."""
    found, actor, now = found_card(code), current_actor(), clock.now()
    form = CardPictureForm()

    def act() -> str:
        assert form.pictures.ready is not None
        pictures.add_picture(found.id, form.pictures.ready, form.caption.data, actor=actor, now=now)
        return url_for("helpdesk.card", code=found.code)

    def page() -> str:
        return render_template("helpdesk/cards/picture.html", form=form, card=found, most=pictures.MOST_MEGABYTES)

    return answer_form(form, page, act, _("写真をのせました。"))


@blueprint.post("/cards/<code>/pictures/drop")
@requires(Permission.WRITE_CARDS)
def drop_card_picture(code: str) -> Answer:
    """Take a picture away."""
    found, actor, now = found_card(code), current_actor(), clock.now()
    name, back = request.form.get("name", ""), url_for("helpdesk.card", code=found.code)

    def act() -> str:
        pictures.drop_picture(found.id, name, actor=actor, now=now)
        return back

    return answer_press(act, _("写真をけしました。"), back=back)


@blueprint.get("/cards/pictures/<name>.jpg")
@requires(Permission.SEE_CARDS)
def card_picture(name: str) -> Response:
    """A picture for staff."""
    return send_file(BytesIO(pictures.bytes_of(name, public=False)), mimetype="image/jpeg")


@faq_views.blueprint.get("/faq/pictures/<name>.jpg")
@public
def picture(name: str) -> Response:
    """A picture for residents. Its name is never used for another."""
    answer = send_file(BytesIO(pictures.bytes_of(name, public=True)), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = f"public, max-age={_A_DAY}"
    return answer
