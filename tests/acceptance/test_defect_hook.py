"""Telling another tracker of defects: what is sent and how it is signed, what is tried again, and where nothing is ever sent."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance.actions import hook
from reqtrack.accounts.models import Project
from reqtrack.db import db, reading
from reqtrack.errors import Invalid, Refused
from reqtrack.jobs import outbound, queue
from reqtrack.jobs.models import Job
from tests.acceptance.conftest import Stage
from tests.acceptance.test_defects import moved

pytestmark = pytest.mark.sqlite

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "198.18.0.1", "192.0.2.1",
)  # fmt: skip


class Receiver:
    """A site of others: what it was sent, and the status that it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.location = ""


@contextmanager
def receiver() -> Iterator[tuple[Receiver, int]]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((dict(self.headers), body))
            self.send_response(told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield told, server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def set_hook(stage: Stage, address: str, by: str = "project_manager") -> str:
    with stage.world.write(by) as scene:
        return hook.set_hook(scene.actor, scene.project, address)


def work(stage: Stage) -> list[tuple[str, int, str]]:
    """Work all jobs that may be taken now: ``(state, attempts, error)`` of each hook job."""
    with stage.world.app.app_context():
        while (taken := queue.take("test")) is not None:
            queue.run("test", taken[0])
        with reading():
            jobs = db.session.execute(select(Job).where(Job.kind == hook.JOB).order_by(Job.id)).scalars()
            return [(job.state, job.attempts, job.error) for job in jobs]


@pytest.fixture
def opened(make_app: Any, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stage, Receiver, str]]:
    """A project that tells a site of ours, which the administrator opened."""
    with receiver() as (told, port):
        settings = stage.world.app.config["SETTINGS"]
        opened = settings.model_copy(update={"outbound_allow": f"127.0.0.1:{port}"})
        monkeypatch.setitem(stage.world.app.config, "SETTINGS", opened)
        secret = set_hook(stage, f"http://127.0.0.1:{port}/in?a=1")
        yield stage, told, secret


def test_each_event_is_sent_signed(opened: tuple[Stage, Receiver, str]) -> None:
    stage, told, secret = opened
    key = stage.world.item("defect", by="tester", title="屏幕变灰", severity="blocking")
    moved(stage, key, "fix")
    moved(stage, key, "close", by="analyst")
    moved(stage, key, "reopen", "again", by="tester")
    assert [one[:2] for one in work(stage)] == [("done", 1)] * 4
    bodies = [json.loads(body) for _headers, body in told.got]
    assert [one["event"] for one in bodies] == ["defect.raised", "defect.fixed", "defect.closed", "defect.reopened"]
    assert (bodies[0]["key"], bodies[0]["title"], bodies[0]["severity"]) == (key, "屏幕变灰", "blocking")
    for headers, body in told.got:
        wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Reqtrack-Signature"] == f"sha256={wanted}"
    assert len({headers["X-Reqtrack-Delivery"] for headers, _body in told.got}) == 4
    # No defect is nothing to tell of.
    moved(stage, key, "not_a_defect", "as agreed", by="analyst")
    assert len(work(stage)) == 4


def test_what_is_not_taken_is_tried_again_and_then_told(
    opened: tuple[Stage, Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, told, _secret = opened
    told.status = 503
    stage.world.item("defect", by="tester", title="Grey")
    assert work(stage) == [("waiting", 1, "127.0.0.1 answered 503")]
    manager = stage.world.client("project_manager")
    assert "127.0.0.1 answered 503 It is tried again." in manager.get("/p/CRM/settings").text
    assert "answered 503" not in stage.world.client("analyst").get("/p/CRM/settings").text
    # Not before its time: the waits grow.
    assert [one[1] for one in work(stage)] == [1]
    now = clock.now()
    for attempt, wait in enumerate(hook.WAITS, 2):
        now += timedelta(seconds=wait + 1)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert work(stage)[0][1] == attempt
    assert work(stage) == [("failed", len(hook.WAITS) + 1, "127.0.0.1 answered 503")]
    assert "It was given up." in manager.get("/p/CRM/settings").text


def test_no_redirect_is_followed(opened: tuple[Stage, Receiver, str]) -> None:
    stage, told, _secret = opened
    told.status, told.location = 307, "http://169.254.169.254/latest"
    stage.world.item("defect", by="tester", title="Grey")
    assert work(stage) == [("waiting", 1, "127.0.0.1 answered 307")] and len(told.got) == 1


def test_a_project_without_an_address_tells_nobody(stage: Stage) -> None:
    stage.world.item("defect", by="tester", title="Grey")
    assert work(stage) == []


def test_the_address_is_the_project_managers_and_its_secret_is_shown_once(stage: Stage) -> None:
    with pytest.raises(Refused):
        set_hook(stage, "https://tracker.example/hook", by="analyst")
    manager = stage.world.client("project_manager")
    sent = manager.send("/p/CRM/defects/hook", {"defect_hook": "https://tracker.example/hook"})
    assert sent.status_code == 303
    with stage.world.read("project_manager") as scene:
        secret = db.session.get_one(Project, scene.project.id).defect_hook_secret
    assert secret and len(secret) == 64
    assert secret in manager.get("/p/CRM/settings").text and secret not in manager.get("/p/CRM/settings").text
    assert "tracker.example" not in stage.world.client("analyst").get("/p/CRM/settings").text
    # The same again changes nothing; another address gets another secret; none ends it.
    assert set_hook(stage, "https://tracker.example/hook") == ""
    assert set_hook(stage, "https://other.example/hook") not in ("", secret)
    assert set_hook(stage, "") == ""
    base = "/api/v1/projects/CRM"
    headers = {"X-CSRFToken": manager.token(), "If-Match": manager.get(base).headers["ETag"]}
    patched = manager.patch(base, json={"defect_hook": "https://third.example/h"}, headers=headers)
    assert (patched.status_code, patched.json["defect_hook"]) == (200, "https://third.example/h")
    assert len(patched.json["defect_hook_secret"]) == 64 and "defect_hook_secret" not in manager.get(base).json
    assert "defect_hook" not in stage.world.client("tester").get(base).json


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://tracker.example/", "begins with https"), ("tracker.example", "begins with https"), ("https://", "names a host"),
        ("https://me:secret@tracker.example/", "Leave name and password"), ("https://x.example:99999/", "can be read"),
        ("https://tracker.example/\r\nX: y", "plain ASCII"), ("https://例子.example/", "plain ASCII"),
        ("https://[::1]/", "private network"), ("http://169.254.169.254/latest", "private network"),
        ("https://x.example/" + "a" * 400, "at most 400"), ("http://[::1", "can be read"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_says_why(stage: Stage, address: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        set_hook(stage, address)


def test_private_addresses_are_told_from_public_ones() -> None:
    assert [one for one in PRIVATE if outbound.is_public(ip_address(one))] == []
    assert all(outbound.is_public(ip_address(one)) for one in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_never_connected_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Also where only one of its addresses does."""
    found = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **more: pytest.fail("it connected"))
    with pytest.raises(outbound.Forbidden, match="private network"):
        outbound.post("https://tracker.example/", b"{}", {})


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers otherwise a second time (rebinding) gains nothing: it is looked up once."""
    asked: list[Any] = []

    def lookup(*args: Any, **more: Any) -> Any:
        asked.append(args)
        return [(0, 0, 0, "", ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", 80))]

    connected: list[Any] = []

    def connect(address: Any, *args: Any) -> Any:
        connected.append(address)
        raise OSError("stop here")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(outbound.Unreachable, match="stop here"):
        outbound.post("http://tracker.example/", b"{}", {})
    assert (len(asked), connected) == (1, [("8.8.8.8", 80)])


def test_the_administrator_opens_exactly_one_host_and_port() -> None:
    allow = "tracker.inside:8080, [fc00::7]:443"
    assert outbound.allowed("tracker.inside", 8080, allow) and outbound.allowed("fc00::7", 443, allow)
    for host, port in (("tracker.inside", 80), ("tracker.inside", 808), ("a.tracker.inside", 8080), ("inside", 8080)):
        assert not outbound.allowed(host, port, allow)


def test_who_speaks_slowly_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "MOST_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _from = listening.accept()
        with connection:
            connection.recv(1000)
            while not stop.wait(0.05):
                try:
                    connection.send(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    port = listening.getsockname()[1]
    try:
        with pytest.raises(outbound.Unreachable):
            outbound.post(f"http://127.0.0.1:{port}/", b"{}", {}, f"127.0.0.1:{port}")
    finally:
        stop.set()
        thread.join(5)
        listening.close()
