"""The door where phones hand in what they wrote without a network, their keys, and the page of what was held."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from supportdesk.accounts.actions import Action
from supportdesk.accounts.devices import device_of
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import answer_press
from supportdesk.core.database import transaction
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, door, requires
from supportdesk.extensions import csrf
from supportdesk.learners.dropbox.clocks import correction, instant
from supportdesk.learners.dropbox.keys import Sender, give_key, note_correction, sender_of
from supportdesk.learners.dropbox.operations import Sent, dismiss_held, record_held, take_in
from supportdesk.learners.dropbox.queries import held_entries

blueprint = Blueprint("dropbox", __name__, url_prefix="/dropbox", template_folder="../templates")

KEY_HEADER: Final = "X-Phone-Key"
#: A phone sends no more at once (static/js/outbox.js sends 20).
MOST_AT_ONCE: Final = 100
LARGEST: Final = 256 * 1024
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KIND = re.compile(r"[a-z_]{1,40}")
_OLDEST: Final = timedelta(days=400)


@blueprint.post("")
@csrf.exempt
@door
def drop() -> tuple[Response, int]:
    """Takes in JSON with a phone's key, without a log-in and without a CSRF token: a form of another site can send
    neither. Says of each entry that it is received or was known, and nothing else about anything.
    """
    if (request.content_length or 0) > LARGEST:
        return jsonify(error="too much"), 413
    if not request.is_json:
        return jsonify(error="json"), 400
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets, by the thousand
        body = None
    told = body if isinstance(body, dict) else {}
    entries = told.get("entries")
    if not isinstance(entries, list) or len(entries) > MOST_AT_ONCE:
        return jsonify(error="entries"), 422
    sender = sender_of(request.headers.get(KEY_HEADER, ""))
    if sender is None:
        return jsonify(error="key"), 401
    now, answers = clock.now(), {}
    put_right = _put_right(told.get("sent_at"), sender, now)
    for entry in entries:
        sent = _sent(entry, put_right, now)
        if sent is None:
            continue  # it has no name to keep it under: it stays on the phone
        with transaction():  # each for itself: one that fails keeps none of the others away
            new = take_in(sent, sender, now=now)
        answers[sent.uuid] = "received" if new else "known"
    return jsonify(answers), 200


def _put_right(sent_at: object, sender: Sender, now: datetime) -> timedelta:
    """What has to be added to what the phone's clock says; noted where it is another than before."""
    found = correction(sent_at, sender.correction, now)
    if found is not None and found != sender.correction:
        with transaction():
            note_correction(sender, found)
    return found or timedelta(0)


def _sent(entry: object, put_right: timedelta, now: datetime) -> Sent | None:
    if not isinstance(entry, dict):
        return None
    uuid, kind = str(entry.get("id")), str(entry.get("kind"))
    if not _UUID.fullmatch(uuid) or not _KIND.fullmatch(kind):
        return None
    seen = instant(entry.get("made_at"))
    observed_at = min(max(seen + put_right, now - _OLDEST), now) if seen else now
    return Sent(uuid, kind, observed_at, entry.get("content"))


@blueprint.post("/key")
@requires(Permission.OWN_ACCOUNT, surface="field")
def key() -> Response:
    """A key for this phone. It can hand in, and read nothing."""
    with transaction():
        token = give_key(device_of(request.user_agent.string), actor=current_actor(), now=clock.now())
    return jsonify(key=token)


@blueprint.get("/held")
@requires(Permission.OWN_ACCOUNT, surface="field")
def held() -> str:
    """What arrived and could not be recorded, with why and what to do."""
    page = held_entries(current_actor(), page_number())
    note_list(Action.VIEW_HELD, sorted({row.learner_id for row in page.rows if row.learner_id}))
    return render_template("learners/dropbox/held.html", page=page)


@blueprint.post("/held/<int:entry_id>/record")
@requires(Permission.OWN_ACCOUNT, surface="field")
def record(entry_id: int) -> BaseResponse:
    """Record it all the same."""
    actor, now, back = current_actor(), clock.now(), url_for("dropbox.held")

    def act() -> str:
        record_held(entry_id, actor=actor, now=now)
        return back

    return answer_press(act, _("記録しました。"), back=back)


@blueprint.post("/held/<int:entry_id>/dismiss")
@requires(Permission.OWN_ACCOUNT, surface="field")
def dismiss(entry_id: int) -> BaseResponse:
    """Leave it unrecorded."""
    actor, now, back = current_actor(), clock.now(), url_for("dropbox.held")

    def act() -> str:
        dismiss_held(entry_id, actor=actor, now=now)
        return back

    return answer_press(act, _("記録しないことにしました。届いた内容は残っています。"), back=back)
