"""Taking a ledger in by hand: first a preview that writes nothing, then the same file once more, to be written.

Between the two the file travels with the preview's form, packed and signed, so that nothing of it lies on any disk.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from flask import current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, TimestampSigner

from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer
from supportdesk.core.errors import DeskError
from supportdesk.core.once import once
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.core.tables import TableError, write_csv, write_xlsx
from supportdesk.learners.forms import ConfirmImportForm, UploadForm
from supportdesk.learners.importing import ImportPlan, plan_import, take_in
from supportdesk.learners.preview import preview_of, refused_table
from supportdesk.learners.views import blueprint

#: What the preview's form may carry, packed; a form's fields may be 2 MB together.
LARGEST_HELD = 1_900_000
#: A preview left lying overnight is looked at anew.
HELD_FOR = 12 * 3600
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.IMPORT_LEARNERS)
@with_fresh_password
def import_ledger() -> Answer:
    """Choose a ledger; see row by row what would become of it; then let it be written."""
    if request.method == "POST" and "held" in request.form:
        return _confirmed()
    form = UploadForm()
    if request.method == "GET":
        return render_template("learners/import.html", form=form)
    if not form.validate_on_submit():
        return render_template("learners/import.html", form=form), 422
    file = form.ledger.data
    assert file is not None
    try:
        return _preview(file.read(), file.filename or "")
    except DeskError as error:
        form.refuse(error)
        return render_template("learners/import.html", form=form), 422


def _preview(data: bytes, filename: str) -> str:
    with _readable():
        plan = plan_import(data, filename, today=clock.today())
    return render_template(
        "learners/import_preview.html",
        plan=plan,
        preview=preview_of(plan),
        form=ConfirmImportForm(formdata=None, data={"held": _packed(data, current_actor())}),
        filename=filename,
    )


@blueprint.post("/import/refused")
@requires(Permission.IMPORT_LEARNERS)
@with_fresh_password
def import_refused() -> Answer:
    """The rejected rows of the ledger that is looked at, with the reasons, to be put right and taken in later."""
    try:
        with _readable():
            plan = plan_import(_unpacked(request.form.get("held", ""), current_actor()), "", today=clock.today())
    except DeskError as error:
        return _begun_again(error)
    headings, rows = refused_table(plan)
    name = _("受け付けない行")
    if request.form.get("kind") == "csv":
        return send_file(
            BytesIO(write_csv(headings, rows)), "text/csv", as_attachment=True, download_name=f"{name}.csv"
        )
    table = write_xlsx(headings, rows, sheet=name)
    return send_file(BytesIO(table), _XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def _confirmed() -> Answer:
    form = ConfirmImportForm()
    actor, now = current_actor(), clock.now()
    try:
        data = _unpacked(form.held.data or "", actor)
        if not form.validate_on_submit():
            raise _stale()
        done: list[ImportPlan] = []

        def act() -> str:
            with _readable():
                done.append(take_in(data, "", actor=actor, now=now))
            return url_for("learners.index")

        location = once(form.token, now, act)
    except DeskError as error:
        return _begun_again(error)
    taken_in = sum(len(plan.new) for plan in done)
    if taken_in:
        flash(_("%(number)s人を登録しました。", number=taken_in), "good")
    else:
        flash(_("新しく登録した人はいません。"), "info")
    return redirect(location, 303)


def _begun_again(error: DeskError) -> Answer:
    upload = UploadForm(formdata=None)
    upload.refuse(error)
    return render_template("learners/import.html", form=upload), 422


@contextmanager
def _readable() -> Iterator[None]:
    """What is no ledger is told beside the file."""
    try:
        yield
    except TableError as error:
        raise DeskError(error.message, field="ledger") from error


def _packed(data: bytes, actor: Actor) -> str:
    held = _signer(actor).sign(base64.urlsafe_b64encode(zlib.compress(data, 9))).decode("ascii")
    if len(held) > LARGEST_HELD:
        raise DeskError(_("この画面で読みこむには大きすぎます。ファイルを分けてください。"), field="ledger")
    return held


def _unpacked(held: str, actor: Actor) -> bytes:
    """The file of the preview, if this person saw it today."""
    try:
        return zlib.decompress(base64.urlsafe_b64decode(_signer(actor).unsign(held, max_age=HELD_FOR)))
    except (BadSignature, UnicodeError) as error:
        raise _stale() from error


def _stale() -> DeskError:
    return DeskError(_("画面を開いてから時間がたちました。もう一度ファイルをえらんでください。"), field="ledger")


def _signer(actor: Actor) -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt=f"ledger:{actor.account_id}")
