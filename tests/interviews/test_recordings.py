"""Recordings and photos of an interview: kept by what they are, heard on the page, by who may know whose voice it is."""

from __future__ import annotations

import io
import struct

import pytest

from reqtrack.files.door import open_upload
from tests.interviews.test_interviews import prepared
from tests.support.caller import Caller
from tests.support.world import World


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def movie(brand: bytes, *tracks: bytes) -> bytes:
    """A box file (MP4, M4A, HEIC) of a brand with tracks of these kinds."""
    head = box(b"ftyp", brand + b"\x00\x00\x00\x00" + brand + b"isom")
    return (
        head
        + box(b"moov", b"".join(box(b"hdlr", b"\x00" * 8 + track + b"\x00" * 13) for track in tracks))
        + b"\x00" * 32
    )


WAV = b"RIFF" + struct.pack("<I", 36 + 800) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
WAV += b"data" + struct.pack("<I", 800) + b"\x80" * 800
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (movie(b"M4A ", b"soun"), "m4a"),
        (movie(b"mp42", b"soun"), "m4a"),
        (movie(b"isom", b"soun", b"vide"), "video"),
        (movie(b"3gp4", b"soun"), "m4a"),
        (movie(b"qt  ", b"vide"), "video"),
        (movie(b"heic", b"pict"), "heic"),
        (movie(b"mif1", b"pict"), "heic"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 50, "mp3"),
        (b"\xff\xfb\x90\x00" + b"\x00" * 400, "mp3"),
        (b"\xff\xf3\x64\xc4" + b"\x00" * 400, "mp3"),
        (b"\xff\xf1\x50\x80\x02\x1f\xfc" + b"\x00" * 50, "aac"),
        (b"OggS\x00\x02" + b"\x00" * 50, "ogg"),
        (b"fLaC\x00\x00\x00\x22" + b"\x00" * 50, "flac"),
        (b"#!AMR\n\x3c\x00\x01" + b"\x00" * 50, "amr"),
        (WAV, "wav"),
        (b"RIFF\x00\x00\x00\x00AVI LIST" + b"\x00" * 50, "video"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB\x87\x81\x04" + b"\x00A_OPUS" + b"\x00" * 50, "weba"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB\x87\x81\x04" + b"\x00V_VP8A_OPUS" + b"\x00" * 50, "video"),
        (b"\x1a\x45\xdf\xa3\x9fB\x82\x88matroska" + b"\x00" * 50, "video"),
        # What only looks like it.
        ("\ufeff一二三".encode("utf-16-le"), "text"),
        (b"ID3 is a tag format", "text"),
        (b"OggS is a magic word\n", "text"),
        (b"\xff\xfe" + "a,b\n1,2\n".encode("utf-16-le"), "text"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"),
    ],
)
def test_a_file_is_told_by_its_bytes(data: bytes, kind: str) -> None:
    assert open_upload(data, "whatever.txt").kind == kind


def attached(world: World, data: bytes, name: str, field: str = "file") -> str:
    key = prepared(world)
    answer = world.client("analyst").send(f"/p/CRM/i/{key}/attachments", {field: (io.BytesIO(data), name)})
    assert answer.status_code == 303
    return key


def test_a_recording_is_played_on_the_page_from_any_place(world: World) -> None:
    key = attached(world, WAV, "会议.wav", "recording")
    browser = world.client("analyst")
    page = browser.get(f"/p/CRM/interview/{key}").text
    url = f"/p/CRM/i/{key}/attachments/1/shown"
    assert f'<audio controls preload="metadata" src="{url}"' in page
    with browser.get(url) as whole:
        assert (whole.data, whole.mimetype, whole.headers["X-Content-Type-Options"]) == (WAV, "audio/wav", "nosniff")
        assert "media-src 'self'" in whole.headers["Content-Security-Policy"]
    with browser.get(url, headers={"Range": "bytes=10-19"}) as part:
        assert part.status_code == 206 and part.data == WAV[10:20]
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(WAV)}"


@pytest.mark.parametrize("login", ["project_manager", "business_owner", "auditor", "tester"])
def test_a_voice_is_heard_by_who_may_know_whose_it_is(world: World, login: str) -> None:
    key = attached(world, WAV, "张伟.wav")
    browser = world.client(login)
    page = browser.get(f"/p/CRM/interview/{key}").text
    assert "heard by the interviewer and by analysts only" in page and "<audio" not in page and "张伟" not in page
    for what in ("", "/shown"):
        assert browser.get(f"/p/CRM/i/{key}/attachments/1{what}").status_code == 404
    caller = Caller(world, login)
    (told,) = caller("GET", "/attachments").json["items"]
    assert told["href"] is None and told["name"] == "销售部.wav"


def test_the_interviewer_hears_it_too(world: World) -> None:
    key = prepared(world, interviewer="project_manager")
    sent = {"file": (io.BytesIO(WAV), "a.wav")}
    assert world.client("analyst").send(f"/p/CRM/i/{key}/attachments", sent).status_code == 303
    with world.client("project_manager").get(f"/p/CRM/i/{key}/attachments/1/shown") as heard:
        assert heard.data == WAV


def test_a_photo_is_shown_small_to_who_may_know_who_was_heard(world: World) -> None:
    key = attached(world, PNG, "Formular.png", "photo")
    url = f"/p/CRM/i/{key}/attachments/1/shown"
    browser = world.client("analyst")
    assert f'<img src="{url}"' in browser.get(f"/p/CRM/interview/{key}").text
    with browser.get(url) as shown:
        assert shown.mimetype == "image/png"
    others = world.client("business_owner")
    page = others.get(f"/p/CRM/interview/{key}").text
    assert "A photo: seen by the interviewer and by analysts only." in page and url not in page
    for path in (url, url.removesuffix("/shown")):
        assert others.get(path).status_code == 404


def test_a_photo_of_anything_else_is_seen_by_its_readers(world: World) -> None:
    world.cast()
    world.requirement("analyst", title="A form", statement="A form is filled in.")
    sent = {"photo": (io.BytesIO(PNG), "form.png")}
    assert world.client("analyst").send("/p/CRM/i/REQ-1/attachments", sent).status_code == 303
    with world.client("auditor").get("/p/CRM/i/REQ-1/attachments/1/shown") as shown:
        assert shown.mimetype == "image/png"


@pytest.mark.parametrize(
    "data", [b"<svg onload='x()'/>", b"<!doctype html><script>x()</script>", b"%PDF-1.7", movie(b"heic", b"pict")]
)
def test_all_else_is_only_downloaded(world: World, data: bytes) -> None:
    key = attached(world, data, "photo.png")
    browser = world.client("analyst")
    assert browser.get(f"/p/CRM/i/{key}/attachments/1/shown").status_code == 404
    with browser.get(f"/p/CRM/i/{key}/attachments/1") as file:
        assert file.mimetype == "application/octet-stream"
        assert file.headers["Content-Disposition"].startswith("attachment")
