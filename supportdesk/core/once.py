"""Doors that may be knocked on twice: a form's one-time token is written with what the form made.

The second post of the same form finds the token and is sent where the first one went. A token stands for one sender,
one form and what was typed in it: anything else that bears it is refused, never dropped as if it were done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from flask import current_app, has_request_context, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import String, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage

from supportdesk.core.database import Base, connection, table_of, transaction, write_along
from supportdesk.core.errors import DeskError
from supportdesk.extensions import db


class FormReceipt(Base):
    """A form that has been carried out, and where its sender was sent."""

    __tablename__ = "form_receipt"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    sending: Mapped[str] = mapped_column(comment="keyed digest of the sender, the address and what was typed")
    location: Mapped[str | None]
    received_at: Mapped[datetime]


#: A page that stood open for longer is not sent a second time.
_KEPT: Final = timedelta(days=90)
# Written once, at import: every booking passes through here.
_RECEIPT = table_of(FormReceipt)
_CLAIM: Final = {
    name: dialect.insert(_RECEIPT).on_conflict_do_nothing().returning(_RECEIPT.c.token)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_EARLIER: Final = select(_RECEIPT.c.sending, _RECEIPT.c.location).where(_RECEIPT.c.token == bindparam("wanted"))
_SETTLE: Final = (
    update(_RECEIPT).where(_RECEIPT.c.token == bindparam("settled")).values(location=bindparam("settled_at_address"))
)


_LONG_AGO: Final = delete(_RECEIPT).where(_RECEIPT.c.received_at < bindparam("then"))


class AlreadySent(DeskError):
    """The form's token was used before, by another account, in another form or with something else typed."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "この画面は、前に一度送られています。今の内容はまだ保存していません。たしかめて、もう一度送ってください。"
            )
        )


def once(token: str, now: datetime, act: Callable[[], str]) -> str:
    """Carry out `act` in one transaction unless this token was seen before; return the address to go to.

    `act` makes the thing and returns the address of its page. On PostgreSQL a second sender waits here for the first.
    When `act` raises, nothing is kept, the token included: the form may be sent again. Raises AlreadySent when the
    token was seen with something else.

    For views alone: who sends what is read from the request here, so that no view can leave a part of it out.
    """
    sending = _sending()
    with transaction():
        receipt = {"token": token, "sending": sending, "location": None, "received_at": now}
        claimed = connection().execute(_CLAIM[db.engine.dialect.name], receipt).first()
        if claimed is None:
            earlier = connection().execute(_EARLIER, {"wanted": token}).one()
            if earlier.sending != sending:
                raise AlreadySent
            return earlier.location or "/"
        location = act()
        write_along(_SETTLE, {"settled": token, "settled_at_address": location})
        return location


def forget_old(now: datetime) -> int:
    """Forget what was sent long ago: how many forms. Where somebody was led is nobody's business any more."""
    return connection().execute(_LONG_AGO, {"then": now - _KEPT}).rowcount


def _sending() -> str:
    """Who sends which form with what in it. Keyed: from a bare hash a birth date or a yes could be guessed."""
    if not has_request_context():
        return ""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    files = [(name, file.filename, _size(file)) for name, file in request.files.items(multi=True)]
    sent = repr((current_user.get_id(), request.full_path, fields, files)).encode()
    key = str(current_app.secret_key).encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    return hashlib.blake2b(sent, key=key, digest_size=16).hexdigest()


def _size(file: FileStorage) -> int:
    """The length of a file, which is left where its reader was."""
    place = file.stream.tell()
    size = file.stream.seek(0, 2)
    file.stream.seek(place)
    return size
