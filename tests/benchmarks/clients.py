"""Clients that cost little beside the server that they measure: one socket each, kept open, headers hardly read."""

from __future__ import annotations

import http.client
import json
import re
import socket
import statistics
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle

from tests.benchmarks.processes import Running

WARM = 20
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Client:
    """A connection to a server on this machine. ``headers`` are sent with every request."""

    def __init__(self, port: int, headers: str = "") -> None:
        self.port = port
        self.head = f"Host: 127.0.0.1\r\nAccept-Language: en\r\n{headers}".encode()
        self.socket: socket.socket | None = None

    def ask(self, path: str, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
        """Status and body."""
        sent = f"{method} {path} HTTP/1.1\r\n".encode() + self.head
        if body:
            sent += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n".encode()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(sent + b"\r\n" + body)
        return self._answer(self.socket)

    def _answer(self, connection: socket.socket) -> tuple[int, bytes]:
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more(connection)
        head, rest = received[:end], [received[end + 4 :]]
        length = _LENGTH.search(head)
        assert length is not None, head
        left = int(length[1]) - len(rest[0])
        while left > 0:
            rest.append(self._more(connection))
            left -= len(rest[-1])
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head[9:12]), b"".join(rest)

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        part = connection.recv(262_144)
        assert part, "the server hung up"
        return part

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def signed_in(server: Running, login: str, password: str) -> str:
    """Sign in as a browser does; the header with the cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/sign-in")
    form = connection.getresponse()
    page, cookie = form.read().decode(), _cookie(form)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None, page[:500]
    body = urllib.parse.urlencode({"csrf_token": token[1], "login": login, "password": password, "next": "/"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/sign-in", body, headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    assert answer.status == 303, page[:2000]
    connection.close()
    return f"Cookie: {_cookie(answer)}\r\n"


def _cookie(answer: http.client.HTTPResponse) -> str:
    return next(
        one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", []) if one.startswith("reqtrack=")
    )


@dataclass
class Taken:
    """What some requests took: milliseconds each, statuses, seconds for all, the server's CPU for each in milliseconds."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int | str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * 0.95))]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds


def one_by_one(server: Running, client: Client, paths: Sequence[str], number: int = 200) -> Taken:
    """Ask for the paths in turn, one request at a time, after some to warm up."""
    taken = Taken()
    for path, _ in zip(cycle(paths), range(max(WARM, len(paths))), strict=False):
        status, body = client.ask(path)
        assert status == 200, (path, status, body[:500])
    cpu, begun = server.cpu(), time.perf_counter()
    for path, _ in zip(cycle(paths), range(number), strict=False):
        start = time.perf_counter()
        status, _body = client.ask(path)
        taken.times.append((time.perf_counter() - start) * 1000)
        taken.statuses[status] += 1
    taken.seconds = time.perf_counter() - begun
    taken.cpu = (server.cpu() - cpu) * 1000 / number
    return taken


Ask = Callable[[Client, int], tuple[int, bytes]]


def together(port: int, headers: str, connections: int, seconds: float, ask: Ask) -> Taken:
    """Several connections at once, each asking again as soon as it is answered. ``ask`` is given a running number."""
    taken, lock, numbers = Taken(), threading.Lock(), count(1)
    begun = time.perf_counter()

    def work() -> None:
        client = Client(port, headers)
        times: list[float] = []
        statuses: Counter[int | str] = Counter()
        for number in _until(begun + seconds, numbers, lock):
            start = time.perf_counter()
            try:
                status: int | str = ask(client, number)[0]
            except (OSError, AssertionError) as problem:
                status = type(problem).__name__
                client.close()
            times.append((time.perf_counter() - start) * 1000)
            statuses[status] += 1
        client.close()
        with lock:
            taken.times += times
            taken.statuses += statuses

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.seconds = time.perf_counter() - begun
    return taken


def _until(end: float, numbers: Iterator[int], lock: threading.Lock) -> Iterator[int]:
    while time.perf_counter() < end:
        with lock:
            number = next(numbers)
        yield number


def as_json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
