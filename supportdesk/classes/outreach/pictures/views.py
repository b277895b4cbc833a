"""The pages of a lecture's pictures, and the pictures themselves: for whoever may see the request, and nobody else."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from flask import Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_contact
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.outreach.locking import held_activity
from supportdesk.classes.outreach.office import OUTREACH_PICTURE_MEGABYTES, OUTREACH_PICTURES
from supportdesk.classes.outreach.pictures.forms import AddPicturesForm, CaptionForm
from supportdesk.classes.outreach.pictures.operations import (
    TAKES_PICTURES,
    add_pictures,
    amend_caption,
    delete_picture,
)
from supportdesk.classes.outreach.pictures.queries import bytes_of, picture_among
from supportdesk.classes.outreach.queries import request_details
from supportdesk.classes.outreach.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.errors import NotFound
from supportdesk.core.fields import DeskForm
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.security import LARGEST_UPLOAD, MEGABYTE

_TAKES_FILES: Final = ("outreach.result", "outreach.add_pictures")


@blueprint.url_value_preprocessor
def _let_pictures_in(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """All the pictures that a lecture may have, together, from those who may add them; one that is too large by itself
    is still read, so that this can be said beside its field.

    This runs before anything reads the form: the check of its CSRF token does, before the view is asked.
    """
    sends_pictures = endpoint in _TAKES_FILES and request.method == "POST"
    if sends_pictures and current_user.is_authenticated and current_user.may(Permission.SEE_OUTREACH):
        request.max_content_length = (
            LARGEST_UPLOAD + OUTREACH_PICTURES.get() * OUTREACH_PICTURE_MEGABYTES.get() * MEGABYTE
        )


@blueprint.errorhandler(413)
def _pictures_too_large(_error: Exception) -> tuple[str, int]:
    message = _(
        "写真は、1枚%(most)sMBまでです。前の画面にもどり、写真を小さくするか減らして、もう一度送ってください。",
        most=OUTREACH_PICTURE_MEGABYTES.get(),
    )
    return render_template("error.html", title=_("ファイルが大きすぎます"), message=message), 413


@blueprint.route("/<int:request_id>/pictures/new", methods=["GET", "POST"], endpoint="add_pictures")
@requires(Permission.SEE_OUTREACH, surface="field")
def add(request_id: int) -> Answer:
    """Pictures of a lecture whose result is written already, or will be."""
    actor, now = current_actor(), clock.now()
    found = request_details(actor, request_id)
    if found.request.state not in TAKES_PICTURES or not OUTREACH_PICTURES.get():
        raise NotFound
    form = AddPicturesForm()

    def act() -> str:
        add_pictures(
            request_id,
            form.pictures.ready,
            caption=form.caption.data,
            consent=bool(form.consent.data),
            actor=actor,
            now=now,
        )
        return _back_to(request_id)

    return answer_form(
        form,
        lambda: render_template("outreach/add_pictures.html", form=form, asked=found.request),
        act,
        _("写真を保存しました。"),
    )


@blueprint.route("/<int:request_id>/pictures/<name>", methods=["GET", "POST"])
@requires(Permission.SEE_OUTREACH, surface="field")
def picture(request_id: int, name: str) -> Answer:
    """One picture as large as it is kept; what it shows is said here."""
    actor, now = current_actor(), clock.now()
    found = request_details(actor, request_id)
    number, row = picture_among(request_id, name)
    form = CaptionForm(data={"caption": row.caption})

    def act() -> str:
        amend_caption(request_id, name, form.caption.data, actor=actor, now=now)
        return _back_to(request_id)

    return answer_form(
        form,
        lambda: render_template("outreach/picture.html", form=form, asked=found.request, picture=row, number=number),
        act,
        _("写真の説明を直しました。"),
    )


@blueprint.route("/<int:request_id>/pictures/<name>/delete", methods=["GET", "POST"], endpoint="delete_picture")
@requires(Permission.SEE_OUTREACH, surface="field")
def delete(request_id: int, name: str) -> Answer:
    """Ask once more, then take the picture away for good."""
    actor, now = current_actor(), clock.now()
    found = request_details(actor, request_id)
    form = DeskForm()
    if request.method == "GET":
        picture_among(request_id, name)

    def page() -> str:
        number, row = picture_among(request_id, name)
        return render_template(
            "outreach/delete_picture.html", form=form, asked=found.request, picture=row, number=number
        )

    def act() -> str:
        delete_picture(request_id, name, actor=actor, now=now)
        return _back_to(request_id)

    return answer_form(form, page, act, _("写真を消しました。"))


@blueprint.get("/<int:request_id>/pictures/<name>/<size>.jpg")
@requires(Permission.SEE_OUTREACH, surface="field")
def picture_file(request_id: int, name: str, size: str) -> Response:
    """The picture itself, small or large. Kept in no cache, as staff's pages; who looked at it closely is noted."""
    request_details(current_actor(), request_id)
    found = bytes_of(request_id, name, size)
    if size == "large":
        note_contact(Action.VIEW_OUTREACH_PICTURE, held_activity(request_id))
    return send_file(BytesIO(found), mimetype="image/jpeg")


def _back_to(request_id: int) -> str:
    return url_for("outreach.request_page", request_id=request_id, _anchor="pictures")
