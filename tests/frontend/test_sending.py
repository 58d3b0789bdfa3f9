"""How pages and the files of the frame travel: compressed where that is safe, kept by browsers until they change."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from reqtrack.web import sending
from tests.support.world import World

# 4-interface.md: what a first visit and each later page may weigh.
FIRST, AFTER = 250_000, 30_000
BROTLI = {"Accept-Encoding": "gzip, deflate, br"}
OUTSIDE = re.compile(r'(?:href|src)="(/static/[^"#]+)')
IMPORTS = re.compile(r'"\./([\w.]+\.js)"')


@pytest.fixture
def people(world: World) -> World:
    world.cast()
    return world


def files_of(client: object, page: str) -> dict[str, int]:
    """Every file that a page loads, scripts with what they import, by the bytes that travel."""
    found: dict[str, int] = {}
    ahead = set(OUTSIDE.findall(page)) | set(re.findall(r'href="(/static/[^"#]+icons\.svg)', page))
    while ahead:
        name = ahead.pop()
        answer = client.get(name, headers=BROTLI, buffered=True)  # type: ignore[attr-defined]
        assert answer.status_code == 200, name
        found[name] = len(answer.data)
        if name.endswith(".js"):
            text = brotli.decompress(answer.data) if answer.headers.get("Content-Encoding") else answer.data
            ahead |= {f"{name.rpartition('/')[0]}/{one}" for one in IMPORTS.findall(text.decode())} - set(found)
    return found


@pytest.mark.sqlite
def test_a_first_page_and_the_next_weigh_little(people: World) -> None:
    for number in range(50):
        people.requirement("analyst", title=f"Requirement {number}", statement="The system **shall** work. " * 5)
    client = people.client("analyst")
    answer = client.get("/p/CRM/requirements", headers=BROTLI, buffered=True)
    page = brotli.decompress(answer.data).decode()
    files = files_of(client, page)
    assert len([name for name in files if name.endswith(".js")]) > 15 and any("icons.svg" in name for name in files)
    assert sum(files.values()) + len(answer.data) < FIRST
    for path in ("/p/CRM/requirements", "/p/CRM/i/REQ-1", "/p/CRM/", "/p/CRM/settings", "/", "/p/CRM/scope/document"):
        assert 500 < len(client.get(path, headers=BROTLI, buffered=True).data) < AFTER, path


@pytest.mark.sqlite
def test_files_are_kept_for_ever_under_the_address_that_pages_name(people: World) -> None:
    client = people.client("analyst")
    named = OUTSIDE.findall(client.get("/p/CRM/").text)
    assert len(named) > 8
    for name in named:
        answer = client.get(name, headers=BROTLI, buffered=True)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", name
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.sqlite
@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_files_come_compressed_and_whole(app: Flask, encoding: str, unpack: object) -> None:
    client, folder = app.test_client(), Path(str(app.static_folder))
    for name in ("vendor/tabler.min.css", "js/main.js", "icons.svg"):
        answer = client.get(f"/static/{name}", headers={"Accept-Encoding": encoding})
        assert answer.headers["Content-Encoding"] == encoding
        assert unpack(answer.data) == (folder / name).read_bytes()  # type: ignore[operator]
        # Without the digest in the address, it is asked for each time; and answered shortly.
        assert answer.headers["Cache-Control"] == "no-cache"
        again = client.get(
            f"/static/{name}", headers={"Accept-Encoding": encoding, "If-None-Match": answer.headers["ETag"]}
        )
        assert (again.status_code, again.data) == (304, b"")
        plain = client.get(f"/static/{name}", headers={"Accept-Encoding": "identity"}, buffered=True)
        assert "Content-Encoding" not in plain.headers and plain.data == (folder / name).read_bytes()
        assert plain.mimetype == answer.mimetype != "text/plain"


@pytest.mark.sqlite
def test_an_address_of_before_is_answered_but_not_kept(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        today = sending.address("css/base.css")
    assert client.get(f"/static/{today}", buffered=True).status_code == 200
    before = client.get("/static/0123456789ab/css/base.css", buffered=True)
    assert before.status_code == 200 and "immutable" not in before.headers["Cache-Control"]
    for nowhere in (
        "0123456789ab/css/none.css",
        "../setup.cfg",
        "css/../../setup.cfg",
        "0123456789ab/../../setup.cfg",
        "css",
    ):
        assert client.get(f"/static/{nowhere}", headers=BROTLI, buffered=True).status_code == 404, nowhere


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("1", "utf-8")
    first = sending.digest_of(str(tmp_path))
    (tmp_path / "js" / "a.js").write_text("2", "utf-8")
    sending.digest_of.cache_clear()
    second = sending.digest_of(str(tmp_path))
    (tmp_path / "js" / "a.js").rename(tmp_path / "js" / "b.js")
    sending.digest_of.cache_clear()
    assert len({first, second, sending.digest_of(str(tmp_path))}) == 3


@pytest.mark.sqlite
def test_pages_are_compressed_but_not_beside_a_secret(people: World) -> None:
    client = people.client("project_manager")
    assert client.get("/p/CRM/", headers=BROTLI, buffered=True).headers["Content-Encoding"] == "br"
    assert client.get("/p/CRM/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    for site in ("same-origin", "none"):
        own = client.get("/p/CRM/", headers={**BROTLI, "Sec-Fetch-Site": site})
        assert own.headers["Content-Encoding"] == "br"
    # Who measures what another site's page asked for measures nothing.
    for site in ("cross-site", "same-site"):
        foreign = client.get("/p/CRM/", headers={**BROTLI, "Sec-Fetch-Site": site})
        assert foreign.status_code == 200 and "Content-Encoding" not in foreign.headers
    token = client.send("/account/tokens", {"name": "script", "scope": "read"}, headers=BROTLI)
    assert token.status_code == 201 and "Content-Encoding" not in token.headers
    invited = client.send("/p/CRM/invitations", {"roles": "tester", "name": "Newcomer"}, headers=BROTLI)
    assert "Content-Encoding" not in invited.headers
    link = re.search(r"/join/[a-z0-9]+", invited.text.lower())
    assert link is not None
    for path in (link.group(), "/sign-in"):
        answer = people.client().get(path, headers=BROTLI, buffered=True)
        assert answer.status_code == 200 and "Content-Encoding" not in answer.headers, path


@pytest.mark.sqlite
def test_the_worker_alone_may_stand_above_its_folder(people: World) -> None:
    client = people.client("analyst")
    with people.app.test_request_context():
        names = [sending.address(name) for name in (sending.WORKER, "js/main.js")]
    told = [client.get(f"/static/{name}", buffered=True).headers.get("Service-Worker-Allowed") for name in names]
    assert told == ["/", None]
