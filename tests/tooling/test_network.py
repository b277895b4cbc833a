"""Tests reach this machine and no other."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from tests.network import OutsideWorld, is_here


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost", b"localhost", None, ""])
def test_this_machine_is_here(host: object) -> None:
    assert is_here(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "city.example", b"city.example"])
def test_other_machines_are_not_here(host: object) -> None:
    assert not is_here(host)


def test_a_stranger_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(OutsideWorld, match="city.example"):
        urllib.request.urlopen("http://city.example/")
    with socket.socket() as caller, pytest.raises(OutsideWorld, match="192.0.2.1"):
        caller.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as caller, pytest.raises(OutsideWorld, match="192.0.2.1"):
        caller.sendto(b"", ("192.0.2.1", 53))


def test_a_server_of_our_own_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as caller:
        assert caller.getpeername() == server.getsockname()
