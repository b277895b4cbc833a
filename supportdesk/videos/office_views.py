"""The office's pages for the library: the list, adding and amending a video, the order, taking one out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.once import once
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.skills.queries import areas, skill_choices
from supportdesk.videos import queries
from supportdesk.videos.forms import RetireForm, VideoForm, stored_values
from supportdesk.videos.media import LARGEST_CAPTIONS, LARGEST_FILM, MEGABYTE, keep_captions, keep_film
from supportdesk.videos.models import Video
from supportdesk.videos.operations import (
    add_video,
    drop_forgotten_files,
    move_video,
    retire_video,
    save_video,
    show_video_again,
)
from supportdesk.videos.views import blueprint

_TAKES_FILMS: Final = ("videos.new", "videos.edit")
_STEPS: Final = {"up": -1, "down": 1}


@blueprint.url_value_preprocessor
def _let_films_in(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """A film may be larger than other uploads, from those who may add one.

    This runs before anything reads the form: the check of its CSRF token does, before the view is asked.
    """
    sends_film = endpoint in _TAKES_FILMS and request.method == "POST"
    if sends_film and current_user.is_authenticated and current_user.may(Permission.MANAGE_VIDEOS):
        request.max_content_length = LARGEST_FILM


@blueprint.errorhandler(413)
def _film_too_large(_error: Exception) -> tuple[str, int]:
    message = _(
        "動画のファイルは%(most)sMBまでです。短くするか、画質を下げてから、もう一度えらんでください。",
        most=LARGEST_FILM // MEGABYTE,
    )
    return render_template("error.html", title=_("ファイルが大きすぎます"), message=message), 413


@blueprint.get("/admin/videos")
@requires(Permission.MANAGE_VIDEOS)
def manage() -> str:
    """All videos in the library's order, retired ones last, with views and answers."""
    return render_template("videos/manage.html", page=queries.office_page(page_number()))


@blueprint.route("/admin/videos/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_VIDEOS)
def new() -> Answer:
    """Add a video."""
    form = _video_form()
    if request.method == "GET":
        return _form_page(form)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        added = add_video(form.plan(), actor=actor, now=now)
        return url_for("videos.sheet", code=added.code)

    return _carry_out(form, act, _("動画を登録しました。この紙を印刷して、配ることができます。"))


@blueprint.route("/admin/videos/<code>", methods=["GET", "POST"])
@requires(Permission.MANAGE_VIDEOS)
def edit(code: str) -> Answer:
    """Amend a video. Its code stays, so that what was printed goes on leading to it."""
    video = _video(code)
    if request.method == "GET":
        values = stored_values(video, queries.skill_codes_of(video.id))
        return _form_page(_video_form(formdata=None, data=values), video)
    form, actor, now, video_id = _video_form(), current_actor(), clock.now(), video.id

    def act() -> str:
        save_video(video_id, form.plan(), actor=actor, now=now)
        return url_for("videos.manage")

    return _carry_out(form, act, _("動画の内容を直しました。"), video)


@blueprint.route("/admin/videos/<code>/retire", methods=["GET", "POST"])
@requires(Permission.MANAGE_VIDEOS)
def retire(code: str) -> Answer:
    """Say what becomes of the code that was handed out; then take the video out of the library.

    Of one that is out already, the video in its place can be changed.
    """
    video = _video(code)
    others = [(row.id, f"{row.area} – {row.title}") for row in queries.shown_videos() if row.id != video.id]
    form = RetireForm(others, data={"successor": video.successor_id})
    actor, now, video_id = current_actor(), clock.now(), video.id
    said = _("代わりの動画を変えました。") if video.retired_at else _("動画の公開を終えました。")

    def act() -> str:
        retire_video(video_id, form.successor.data, actor=actor, now=now)
        return url_for("videos.manage")

    return answer_form(form, lambda: render_template("videos/retire.html", form=form, video=_video(code)), act, said)


@blueprint.post("/admin/videos/<code>/show-again")
@requires(Permission.MANAGE_VIDEOS)
def show_again(code: str) -> Answer:
    """Put a retired video back into the library. Pressed twice it is put back once."""
    video_id, actor, now = _video(code).id, current_actor(), clock.now()

    def act() -> str:
        show_video_again(video_id, actor=actor, now=now)
        return url_for("videos.manage")

    return answer_press(act, _("動画を公開にもどしました。分野のいちばん下に出ています。"))


@blueprint.post("/admin/videos/<code>/move")
@requires(Permission.MANAGE_VIDEOS)
def move(code: str) -> Answer:
    """Move a video up or down in its area. Pressed twice it moves once."""
    video_id, actor, now = _video(code).id, current_actor(), clock.now()
    steps = _STEPS.get(request.form.get("way", ""), 0)

    def act() -> str:
        move_video(video_id, steps, actor=actor, now=now)
        return url_for("videos.manage", page=page_number(), _anchor=code)

    return answer_press(act)


def _carry_out(form: VideoForm, act: Callable[[], str], done: str, video: Video | None = None) -> Answer:
    """Keep the files that are good whatever else is wrong; then, if nothing is, do it."""
    valid = form.validate_on_submit()
    kept = _keep_files(form)
    if valid and kept:
        try:
            location = once(form.token, clock.now(), act)
        except DeskError as error:
            form.refuse(error)
        else:
            flash(done, "good")
            return redirect(location, 303)
    return _form_page(form, _video(video.code) if video else None), 422


def _keep_files(form: VideoForm) -> bool:
    """Whether every file handed in could be kept; the form says why one could not."""
    drop_forgotten_files(now=clock.now())
    good = True
    for field, name, keep in (
        (form.film, form.kept_film, keep_film),
        (form.captions, form.kept_captions, keep_captions),
    ):
        if field.data is None:
            continue
        try:
            name.data = keep(field.data.stream)
        except DeskError as error:
            form.refuse(error)
            good = False
    return good


def _video_form(**options: object) -> VideoForm:
    return VideoForm([(area.code, area.name) for area in areas()], skill_choices(), **options)


def _form_page(form: VideoForm, video: Video | None = None) -> str:
    return render_template(
        "videos/form.html",
        form=form,
        video=video,
        most=LARGEST_FILM // MEGABYTE,
        most_captions=LARGEST_CAPTIONS // MEGABYTE,
    )


def _video(code: str) -> Video:
    video = queries.video_to_edit(code)
    if video is None:
        raise NotFound
    return video
