"""Saying something without an account: what is kept, what is refused, and that nothing typed is lost."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts import limits
from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.feedback import actions, forms, queries
from reqtrack.feedback.models import Feedback
from reqtrack.files.storage import Storage
from reqtrack.items import personal
from reqtrack.items.models import Attachment
from tests.feedback.conftest import PNG, Door, made_link, receipt
from tests.support.world import OPERATOR, World

SAID = "Scanning takes ten seconds each time, people queue."
CONTACT = "mobile 138 0000 1111"


def kept(world: World) -> list[Feedback]:
    return list(db.session.execute(select(Feedback).order_by(Feedback.id)).scalars())


def test_a_sentence_is_enough(door: Door) -> None:
    shown = door.sender().get(door.path)
    assert shown.status_code == 200 and "CRM 推广" in shown.text
    assert len(re.findall(r"<(?:input|textarea)[^>]* required", shown.text)) == 1
    answer = door.send(SAID)
    thanks = door.sender().get(answer.location)
    assert "Thank you" in thanks.text and receipt(answer) in thanks.text and "qr.png" in thanks.text
    with door.world.read() as scene:
        (item,) = kept(door.world)
        assert (item.key, item.stage, item.title, item.link_id) == (
            "FB-1",
            "new",
            "Poster in the warehouse · 1",
            door.number,
        )
        assert personal.get(scene.project.id, item.said) == SAID and item.contact is None
        # What was said stands in no event, neither does the secret of the sender's link.
        told = " ".join(
            f"{one.before} {one.after} {one.subject}" for one in db.session.execute(select(Event)).scalars()
        )
        assert SAID not in told and receipt(answer).rpartition("/")[2] not in told


def test_the_page_speaks_chinese_and_can_be_switched(door: Door) -> None:
    client = door.sender("zh-CN")
    assert 'lang="zh-Hans"' in client.get(door.path).text
    switch = re.search(r'href="(/language[^"]+)"', client.get(door.path).text)
    assert switch is not None
    assert client.get(unescape(switch.group(1))).location.endswith(door.path)
    assert 'lang="en"' in client.get(door.path).text


def test_a_picture_comes_along_without_its_traces(door: Door) -> None:
    text = b"\x00\x00\x00\x0atEXtGPS\x00121,31\x00\x00\x00\x00"
    traced = PNG[:33] + text + PNG[33:]
    answer = door.send(SAID, photo=(io.BytesIO(traced), "at home 2026-11-01.png"), contact=CONTACT)
    assert answer.status_code == 303
    with door.world.read():
        found = db.session.execute(select(Attachment)).scalar_one()
        assert (found.name, found.media_type, found.size) == ("FB-1.png", "png", len(PNG))
        store = Storage(door.world.app.config["SETTINGS"].data / "files")
        assert store.read(found.digest) == PNG
        number = found.id
    shown = door.world.client("tester").get(f"/p/CRM/feedback/FB-1/pictures/{number}")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/png", PNG)
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert door.world.client("implementer").get(f"/p/CRM/feedback/FB-1/pictures/{number}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"said": "  \n "}, "Write what you saw, in a few words."),
        ({"said": "x" * 5_001}, "This is 5001 characters long; at most 5000 fit."),
        ({"said": SAID, "contact": "c" * 201}, "This is 201 characters long; at most 200 fit."),
        (
            {"said": SAID, "photo": b"MZ\x00 a program"},
            "This is not a picture that can be shown",
        ),
        ({"said": SAID, "photo": b"\xff\xd8\xff\xe1\xff\xffcut"}, "This is not a picture"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_lost(door: Door, fields: dict[str, object], told: str) -> None:
    said = str(fields["said"])
    sent = {name: (io.BytesIO(value), "a.jpg") if isinstance(value, bytes) else value for name, value in fields.items()}
    answer = door.send(**sent)  # type: ignore[arg-type]
    assert answer.status_code == 422 and told in unescape(answer.text)
    if said.strip():
        assert said in unescape(answer.text)
    with door.world.read():
        assert kept(door.world) == []


def test_a_picture_that_is_too_large_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "LARGEST_PICTURE", 50)
    answer = door.send(SAID, photo=(io.BytesIO(PNG), "a.png"))
    assert answer.status_code == 422 and "The file is larger than" in answer.text and SAID in answer.text


def test_a_refused_form_keeps_its_picture(door: Door) -> None:
    client = door.sender()
    refused = client.send(door.path, {"said": "", "contact": CONTACT, "photo": (io.BytesIO(PNG), "a.png")})
    assert refused.status_code == 422 and CONTACT in refused.text and "Your picture is kept" in refused.text
    waiting = re.search(r'name="kept" value="([^"]+)"', refused.text)
    assert waiting is not None
    assert client.send(door.path, {"said": SAID, "kept": waiting.group(1)}).status_code == 303
    with door.world.read():
        assert db.session.execute(select(Attachment.media_type)).scalars().all() == ["png"]
    # A digest that we did not sign brings no file of ours along.
    assert (
        client.send(door.path, {"said": SAID + " again", "kept": '["' + "0" * 64 + '", "png", 5]'}).status_code == 303
    )
    with door.world.read():
        assert db.session.execute(select(func.count()).select_from(Attachment)).scalar() == 1


def test_the_same_sent_twice_is_one(door: Door) -> None:
    client = door.sender()
    once = "a" * 32
    answers = [client.send(door.path, {"once": once, "said": f"{SAID}\r\nTwice."}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    with door.world.read():
        assert len(kept(door.world)) == 1
    # The same form written anew, by the way back of the browser: another piece, with a link of its own.
    other = client.send(door.path, {"once": once, "said": "The price list is wrong."})
    assert other.status_code == 303 and other.location != answers[0].location
    with door.world.read():
        assert len(kept(door.world)) == 2


def test_who_sends_too_much_waits_and_keeps_what_they_typed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "feedback", (limits.parse("2 per minute"),))
    assert [door.send(f"{SAID} {number}").status_code for number in range(2)] == [303, 303]
    refused = door.send("One more thing")
    assert refused.status_code == 429 and "One more thing" in refused.text and "Wait a minute" in refused.text
    with door.world.read():
        assert len(kept(door.world)) == 2


def test_who_sends_too_much_fills_no_disk(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    files = door.world.app.config["SETTINGS"].data / "files"
    client = door.sender()
    refused = client.send(door.path, {"said": " ", "photo": (io.BytesIO(PNG), "a.png")})
    waiting = re.search(r'name="kept" value="([^"]+)"', refused.text)
    assert waiting is not None
    before = [path for path in files.rglob("*") if path.is_file()]
    assert len(before) == 1
    monkeypatch.setitem(limits.LIMITS, "feedback", (limits.parse("1 per hour"),))
    other = PNG[:33] + b"\x00" * 20 + PNG[33:]
    for name in ("one", "two"):
        refused = client.send(door.path, {"said": name, "photo": (io.BytesIO(other), "b.png")})
    assert refused.status_code == 429 and "choose it again" in refused.text
    assert [path for path in files.rglob("*") if path.is_file()] == before
    # One that was kept before still waits.
    again = client.send(door.path, {"said": "three", "kept": unescape(waiting.group(1))})
    assert again.status_code == 429 and "Your picture is kept" in again.text and "choose it again" not in again.text


def test_a_kept_picture_that_is_gone_is_none(door: Door) -> None:
    client = door.sender()
    refused = client.send(door.path, {"said": " ", "photo": (io.BytesIO(PNG), "a.png")})
    waiting = re.search(r'name="kept" value="([^"]+)"', refused.text)
    assert waiting is not None
    store = Storage(door.world.app.config["SETTINGS"].data / "files")
    store.remove(next(store.digests()))
    assert client.send(door.path, {"said": SAID, "kept": unescape(waiting.group(1))}).status_code == 303
    with door.world.read():
        assert db.session.execute(select(Attachment)).scalars().all() == []


def test_one_link_takes_only_so_much(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "feedback_link", (limits.parse("1 per minute"),))
    other = made_link(door.world, "Leaflet")
    assert door.send(SAID).status_code == 303
    client = door.sender()
    client.environ_base["REMOTE_ADDR"] = "10.1.1.1"
    refused = door.send(SAID, client)
    assert refused.status_code == 429 and "Too much is being sent here" in refused.text
    assert other.send(SAID, client).status_code == 303


# -- links that are not good -------------------------------------------------------------------------------------------


def bad(door: Door) -> dict[str, str]:
    """Secrets that lead nowhere, by why."""
    revoked, expired = made_link(door.world, "Revoked"), made_link(door.world, "Expired")
    with door.world.write("analyst") as scene:
        actions.end_link(scene.actor, queries.link_for(scene.project.id, revoked.number))
        from reqtrack.audit.record import recorded

        with recorded(OPERATOR, scene.project.id, "feedback_link.made", "x"):
            queries.link_for(scene.project.id, expired.number).expires_at = clock.now() - timedelta(seconds=1)
    door.world.project("OLD", "Old one")
    door.world.member("analyst", "analyst", project="OLD")
    with door.world.write("analyst", "OLD") as scene:
        archived = actions.make_link(scene.actor, scene.project, "Archived")[1]
    sent = Door(door.world, 0, archived).send(SAID)
    with door.world.write(project="OLD") as scene:
        accounts.archive_project(OPERATOR, scene.project)
    return {
        "guessed": "b" * 32, "odd": "%F0%9F%92%A9", "revoked": revoked.secret, "expired": expired.secret,
        "archived": archived, "a receipt": receipt(sent).rpartition("/")[2],
    }  # fmt: skip


def test_links_that_are_not_good_are_refused_alike(door: Door) -> None:
    secrets = bad(door)
    client = door.sender()
    shapes = set()
    for secret in secrets.values():
        read = client.get(f"/f/{secret}")
        sent = client.send(f"/f/{secret}", {"said": SAID, "photo": (io.BytesIO(PNG), "a.png")})
        became, code = client.get(f"/r/{secret}"), client.get(f"/r/{secret}/qr.png")
        for answer in (read, sent, became, code):
            # The switch of language names the page itself, whatever that is; the form token is new each time.
            text = re.sub(r'(href="/language|name="csrf-token" content=)[^>]*', "", answer.text)
            shapes.add((answer.status_code, answer.mimetype, text))
    assert len(shapes) == 1 and next(iter(shapes))[0] == 404
    with door.world.read():
        # The one that was sent before its project was archived, and no more.
        assert len(kept(door.world)) == 1
    # A picture that came by such a link was not even kept.
    files = door.world.app.config["SETTINGS"].data / "files"
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_capitals_of_a_code_lead_to_the_same_page(door: Door) -> None:
    client = door.sender()
    assert client.get(f"/F/{door.secret.upper()}").location == door.path
    own = receipt(door.send(SAID))
    assert client.get(own.upper()).location == own
    assert client.get(f"/f/{door.secret.upper()}").status_code == 200


def test_a_code_and_a_sheet_are_for_who_made_them(door: Door) -> None:
    client = door.world.client("analyst")
    assert client.get(f"{door.path}/qr.png").mimetype == "image/png"
    for language, said in (("en", "What did you see?"), ("zh", 'lang="zh-Hans"')):
        sheet = client.get(f"{door.path}/sheet?language={language}")
        assert sheet.status_code == 200 and said in sheet.text and door.secret in sheet.text
    assert client.get(f"/f/{'b' * 32}/sheet").status_code == 404
    assert door.sender().get(f"{door.path}/sheet").status_code == 303


def test_hostile_input_is_refused_in_a_sentence_or_kept_as_text(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.architecture.test_hostile import VALUES

    for name in ("feedback", "feedback_link", "link"):
        monkeypatch.setitem(limits.LIMITS, name, (limits.parse("10000 per minute"),))
    client = door.sender()
    for field in ("said", "contact", "once", "kept", "photo"):
        for value in VALUES:
            sendable = value.encode("utf-8", "surrogatepass") if "\ud800" in value else value
            answer = client.send(door.path, {"said": f"{SAID} {field}", field: sendable})
            assert answer.status_code in (303, 422), (field, value[:40], answer.status_code)
    markup = "<script>alert(1)</script> **bold** [x](javascript:y) REQ-1"
    receipt(door.send(markup, contact=markup[:200]))
    page = door.world.client("analyst").get("/p/CRM/feedback?q=bold").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "<strong>" not in page
    for method in ("GET", "POST"):
        for secret in ("%00", "x" * 3000, "..%2f..", "%ED%A0%80"):
            found = client.open(f"/f/{secret}", method=method, data={"csrf_token": client.token(), "said": SAID})
            assert found.status_code in (404, 405), (method, secret)
