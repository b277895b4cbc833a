"""Callers who press as fast as they are answered: a few processes with plain sockets, so that they cost the servers
little of the machine. Batches of several contestants are sent in turn, so that a noise hits all of them.
"""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from statistics import median
from urllib.parse import urlencode, urlsplit

CALLERS = 4
#: What a browser in Japan asks for; both contestants are asked alike.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (bench)",
    "Accept": "text/html",
    "Accept-Language": "ja,en;q=0.8",
    "Connection": "close",
}
_WARM_UP = 60
_LONGEST_WAIT = 60


def request_for(
    url: str, path: str, *, cookies: dict[str, str] | None = None, fields: dict[str, str] | None = None, **more: str
) -> bytes:
    """The bytes of one request, made before the clock runs. With `fields` it is a POST; `more` are headers."""
    headers = {"Host": urlsplit(url).netloc, **BROWSER, **{name.replace("_", "-"): text for name, text in more.items()}}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    body = b""
    if fields is not None:
        body = urlencode(fields).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Content-Length"] = str(len(body))
    method = "GET" if fields is None else "POST"
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass
class Contestant:
    """One page of one server. `requests` gives the next ones; each must be answered with `status`."""

    name: str
    url: str
    status: int
    requests: Callable[[int], list[bytes]]
    rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return median(self.rates)


def ratios(one: Contestant, other: Contestant) -> list[float]:
    """How fast the one was in each round, when the other is 1."""
    return [ours / theirs for ours, theirs in zip(one.rates, other.rates, strict=True)]


class Callers:
    """The callers' processes, while a `with calling()` lasts."""

    def __init__(self, lines: Sequence[Connection]) -> None:
        self._lines = lines

    def compete(self, contestants: Sequence[Contestant], *, rounds: int, seconds: float, most: int = 0) -> None:
        """Fill in the contestants' rates. Each round sends a batch to each; who begins changes from round to round.

        A batch takes about so many `seconds`, and all batches of a contestant hold no more than `most` requests.
        """
        sizes = {one.name: max(CALLERS, int(self._rate(one, _WARM_UP) * seconds)) for one in contestants}
        if most:
            sizes = {name: min(size, (most - _WARM_UP) // rounds) for name, size in sizes.items()}
        for number in range(rounds):
            first = number % len(contestants)
            for one in [*contestants[first:], *contestants[:first]]:
                one.rates.append(self._rate(one, sizes[one.name]))

    def _rate(self, contestant: Contestant, size: int) -> float:
        requests = contestant.requests(size)
        for number, line in enumerate(self._lines):
            line.send((address_of(contestant.url), requests[number :: len(self._lines)], contestant.status))
        answers = [line.recv() for line in self._lines]
        for _begun, _ended, fault in answers:
            if fault:
                raise RuntimeError(f"{contestant.name}: {fault}")
        return len(requests) / (max(ended for _, ended, _ in answers) - min(begun for begun, _, _ in answers))


@contextmanager
def calling() -> Iterator[Callers]:
    """Callers who wait to be told what to send."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(CALLERS)]
    processes = [context.Process(target=_caller, args=(theirs,), daemon=True) for _, theirs in pairs]
    for process in processes:
        process.start()
    try:
        yield Callers([ours for ours, _ in pairs])
    finally:
        for (ours, _), process in zip(pairs, processes, strict=True):
            ours.send(None)
            process.join(timeout=_LONGEST_WAIT)


def _caller(line: Connection) -> None:
    """The life of one caller: a batch, its beginning and end and what went wrong with it, the next batch."""
    while (told := line.recv()) is not None:
        address, requests, status = told
        wanted, fault = f"HTTP/1.1 {status} ".encode(), ""
        begun = time.perf_counter()
        for request in requests:
            answer = send(address, request)
            if not answer.startswith(wanted):
                fault = f"{status} was expected, and this came: {answer[:600].decode(errors='replace')}"
                break
        line.send((begun, time.perf_counter(), fault))


def address_of(url: str) -> tuple[str, int]:
    """Where to connect."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


def send(address: tuple[str, int], request: bytes) -> bytes:
    """One request on a connection of its own, as gunicorn's sync worker wants it; the whole answer."""
    with socket.create_connection(address, timeout=_LONGEST_WAIT) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)
