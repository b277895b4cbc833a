"""How gunicorn serves the desk: `gunicorn --config python:supportdesk.serving`, as `supportdesk serve` starts it."""

from __future__ import annotations

import gc
from typing import Final

wsgi_app: Final = "supportdesk:create_app()"
workers: Final = 2
#: The desk is made once, and the workers are forks of it: they start at once and share its memory.
preload_app: Final = True
#: So that a slow phone that fetches a film or hands one in does not keep a whole process.
threads: Final = 4
#: It would stand in the home folder of whoever starts the desk; nobody here uses it.
control_socket_disable: Final = True


def when_ready(_server: object) -> None:
    """What was made with the desk lives as long as it does: the collector of garbage need not look at it again, in the
    middle of somebody's page, nor does looking at it part the memory that the workers share.
    """
    gc.collect()
    gc.freeze()
