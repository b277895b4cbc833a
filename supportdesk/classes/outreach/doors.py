"""The public form's door: what keeps robots and floods out without a riddle, and lets the old and slow in.

A field that nobody sees stays empty, a form is not written in a few seconds, an address sends so many one after
another, and all of them together so many in an hour. Whoever is stopped is told how to go on, by telephone if need be.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select

from supportdesk.classes.outreach.models import Door, OutreachRequest
from supportdesk.classes.outreach.office import OUTREACH_FORM_SECONDS, OUTREACH_HOURLY, OUTREACH_PER_ADDRESS
from supportdesk.core import throttle
from supportdesk.core.errors import DeskError
from supportdesk.core.moments import clock_time
from supportdesk.core.office import OFFICE_PHONE
from supportdesk.extensions import db

_SALT: Final = "outreach form opened"
_HOUR: Final = timedelta(hours=1)


class TooQuick(DeskError):
    """The form was sent sooner than anybody writes it."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("もう一度、内容をたしかめてから、少し待って「送る」を押してください。"))


class Trapped(DeskError):
    """Something was written where people see no field: a robot, or a browser that fills in by itself."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            _l("書かなくてよい欄に、文字が入っていました。消しましたので、もう一度「送る」を押してください。")
        )


class TooMany(DeskError):
    """So many came altogether that the next one has to wait, or to telephone."""

    status = 429

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(
            _l(
                "今、申し込みがたくさん届いています。%(time)sをすぎてから送るか、お電話ください：%(phone)s",
                time=clock_time(opens_at),
                phone=OFFICE_PHONE.get(),
            )
        )


class TooManyFromHere(DeskError):
    """So many came from this address one after another: a house shares one, so that it is told what to do."""

    status = 429

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(
            _l(
                "同じインターネット回線から、つづけて申し込みが届きました。"
                "%(time)sをすぎてから送るか、お電話ください：%(phone)s",
                time=clock_time(opens_at),
                phone=OFFICE_PHONE.get(),
            )
        )


def opened_mark(at: float | None = None) -> str:
    """What the form bears, so that it is known when it was opened: by the machine's clock, for the desk's may stand."""
    return str(_signer().dumps(int(time.time() if at is None else at)))


def opened_at(mark: str) -> int | None:
    """When a form with this mark was opened; None when the mark is none of ours."""
    try:
        return int(_signer().loads(mark))
    except (BadSignature, TypeError, ValueError):
        return None


def demand_care(mark: str, trap: str) -> None:
    """Raises Trapped and TooQuick."""
    if trap:
        raise Trapped
    opened = opened_at(mark)
    if opened is None or time.time() - opened < OUTREACH_FORM_SECONDS.get():
        raise TooQuick


def take_turn(address: str, now: datetime) -> None:
    """Count an application from this address, in the transaction that keeps it. Raises TooManyFromHere, TooMany."""
    bucket = throttle.bucket_name("outreach", address)
    throttle.wait_in_turn(bucket, now)
    opens_at = throttle.blocked_until(bucket, now, free=OUTREACH_PER_ADDRESS.get())
    if opens_at is not None:
        raise TooManyFromHere(opens_at)
    recent = db.session.scalar(
        select(func.count())
        .select_from(OutreachRequest)
        .where(OutreachRequest.door == Door.FORM, OutreachRequest.received_at > now - _HOUR)
    )
    if (recent or 0) >= OUTREACH_HOURLY.get():
        raise TooMany(now + _HOUR)
    throttle.count_failure(bucket, now)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=_SALT)
