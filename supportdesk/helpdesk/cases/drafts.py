"""What was typed without a network waits on the adviser's own computer, sealed with a key that this desk alone gives.

The page of a case brings the key of whoever is signed in (js/case-draft.js keeps and opens the text with it); the
computer itself does not keep it, so that the next person who logs in there can read nothing of what waits.
"""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

from flask import current_app

from supportdesk.helpdesk.cases.office import DRAFT_DAYS


class DraftPlace(NamedTuple):
    """Where the text of one case waits, whose it is, what opens it, and for how many days."""

    name: str
    account: int
    key: str
    days: int


def place_for(booking_id: int, account_id: int) -> DraftPlace:
    """The place of this account's text of this case."""
    return DraftPlace(f"booking:{booking_id}", account_id, _key_of(account_id), DRAFT_DAYS.get())


def _key_of(account_id: int) -> str:
    """256 bits for AES-GCM, the same at every log-in: what waits is opened after a lost session too."""
    secret = str(current_app.secret_key).encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    sealed = hashlib.blake2b(f"case-draft:{account_id}".encode(), key=secret, digest_size=32, person=b"case-draft")
    return base64.b64encode(sealed.digest()).decode()
