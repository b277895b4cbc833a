"""A demo with invented people: four weeks past and four ahead of work in all five programmes.

Everything is done by the desk's own operations, in the order in which it would have happened, so that the demo holds
nothing that the desk could not have made. The same seed and day make the same demo, but for its random codes.
"""

from __future__ import annotations

from random import Random

from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.demo import (
    city,
    classes,
    consultations,
    doubles,
    handed,
    helpdesk,
    home,
    lottery,
    neighbours,
    numbers,
    outreach,
    rights,
    waiting,
)
from supportdesk.demo.people import PASSWORD, USERNAMES, load_people, make_hashes
from supportdesk.extensions import db

__all__ = ["PASSWORD", "USERNAMES", "demo_accounts_present", "make_demo"]


def make_demo(seed: int) -> None:
    """Fill a migrated, empty database."""
    now, dice = clock.now(), Random(seed)  # noqa: S311  # a demo's dice keep no secrets
    hashes = make_hashes()
    with transaction():
        cast = load_people(hashes, now)
        city.play(cast, now)
        classes.play(cast, dice, now)
        helpdesk.play(cast, dice, now)
        home.play(cast, dice, now)
        handed.play(cast, now)
        neighbours.play(cast, dice, now)
        doubles.play(cast, now)
        rights.play(cast, now)
        lottery.play(cast, dice, now)
        outreach.play(cast, now)
        numbers.play(cast, now)
        consultations.play(now)
        waiting.play(cast, now)


def demo_accounts_present() -> bool:
    """Whether this database holds the demo's log-ins."""
    names = db.session.scalars(select(Account.username).where(Account.username.in_(USERNAMES))).all()
    return len(names) == len(USERNAMES)
