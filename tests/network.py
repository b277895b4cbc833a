"""No test speaks to another machine: whoever tries is refused on the spot. Switched on by tests/conftest.py."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

_WATCHED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}
"""Which argument of each of Python's audit events holds the address."""


class OutsideWorld(RuntimeError):
    """A test tried to reach another machine."""


def stay_at_home() -> None:
    """Refuse every connection but those to this machine, for the rest of the process."""
    sys.addaudithook(_refuse_strangers)


def _refuse_strangers(event: str, arguments: tuple[Any, ...]) -> None:
    position = _WATCHED.get(event)
    if position is None:
        return
    if position == 1 and arguments[0].family not in {socket.AF_INET, socket.AF_INET6}:
        return
    address = arguments[position]
    host = address[0] if isinstance(address, tuple) else address
    if not is_here(host):
        raise OutsideWorld(f"a test tried to reach {host}")


def is_here(host: object) -> bool:
    """Is this a name or number of the machine we are on? A socket already connected gives none: it was asked before."""
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False
