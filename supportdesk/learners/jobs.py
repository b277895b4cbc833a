"""What the register puts in order every night. Listed in supportdesk/scheduler.py."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.learners.dropbox.keys import forget_keys
from supportdesk.learners.dropbox.operations import forget_receipts
from supportdesk.learners.merging.operations import forget_particulars
from supportdesk.learners.merging.pairs import likely_pairs, note_likely_pairs


def search_pairs(now: datetime) -> int:
    """Put on the work list who may be one person; how many pairs were found, known ones too."""
    found = likely_pairs()  # before the transaction: it takes a while, and nobody's work is to wait for it
    with transaction():
        note_likely_pairs(found, now)
    return len(found)


def forget_undone(now: datetime) -> int:
    """Forget what was kept so that a merge can be taken back, once it no longer can."""
    with transaction():
        return forget_particulars(now)


def forget_handed_in(now: datetime) -> int:
    """Forget the receipts of what phones handed in, and the keys of phones that nobody uses any more."""
    with transaction():
        return forget_receipts(now) + forget_keys(now)
