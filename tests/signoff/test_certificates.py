"""A certificate's file is compared with what is here, and the first thing that differs is named."""

from __future__ import annotations

import io
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfWriter

from reqtrack import cli as command_line
from reqtrack import commands  # noqa: F401 - registers the commands
from reqtrack.audit.verify import verify_certificate
from reqtrack.rendering.certificate import embed_certificate
from reqtrack.signoff import certificates, queries
from tests.audit import rich
from tests.audit.tamper import Hand
from tests.support.databases import Database
from tests.support.world import World


@pytest.fixture
def hand(database: Database, world: World) -> Iterator[Hand]:
    rich.fill(world)
    opened = Hand(database)
    yield opened
    opened.close()


def data(world: World, number: int = 1) -> dict[str, Any]:
    with world.read("analyst") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, number)
        page = queries.page_of(scene.actor, signoff)
        return {
            "project": scene.project.key,
            "signoff": signoff.key,
            "subject": signoff.subject,
            "meaning": signoff.meaning,
            "fingerprint": signoff.fingerprint,
            "content": certificates.content_of(signoff),
            "signatures": [certificates.signature_data(row) for row in page.signatures],
        }


def found(world: World, told: Any) -> list[tuple[str, str]]:
    with world.app.app_context():
        return [(one.column, one.reason.code) for one in verify_certificate(told).problems]


def test_a_genuine_certificate_passes(hand: Hand, world: World) -> None:
    assert found(world, data(world)) == []
    with world.app.app_context():
        assert verify_certificate(data(world)).counts == {"certificates": 1, "signatures": 1}


def test_a_superseded_one_is_genuine_and_told_so(hand: Hand, world: World) -> None:
    from tests.signoff.test_signing import edit

    edit(world, "REQ-2", change="CR-99", statement="past the lock")
    with world.app.app_context():
        report = verify_certificate(data(world))
    assert report.ok and report.counts["superseded"] == 1


def test_whatever_is_changed_in_the_file_is_found(hand: Hand, world: World) -> None:
    whole = data(world)
    for name in ("project", "signoff", "subject", "meaning", "fingerprint"):
        assert found(world, {**whole, name: "BL-9" if name == "subject" else "x"}), name
    for name in whole["signatures"][0]:
        told = deepcopy(whole)
        told["signatures"][0][name] = 99 if name == "number" else "x"
        assert found(world, told), name
    told = deepcopy(whole)
    told["content"]["items"][1][1] = "0" * 64
    with world.app.app_context():
        report = verify_certificate(told)
    assert {one.column for one in report.problems} == {"content"}
    assert told["content"]["items"][1][0] in " ".join(one.sentence for one in report.problems)
    told = deepcopy(whole)
    del told["content"]["links"][0]
    assert ("content", "differs") in found(world, told)
    assert ("signatures", "unsigned") in found(world, {**whole, "signatures": []})
    assert ("signatures", "unsigned") in found(world, {name: whole[name] for name in whole if name != "signatures"})


def test_what_is_changed_in_the_database_is_found(hand: Hand, world: World) -> None:
    whole = data(world)
    for change, back in (
        ("UPDATE signatures SET signer_name = 'x' WHERE number = 1", ""),
        (
            "UPDATE links SET until = since WHERE kind = 'accepts'",
            "UPDATE links SET until = NULL WHERE kind = 'accepts'",
        ),
        ("UPDATE signoffs SET meaning = 'x' WHERE number = 1", ""),
    ):
        with hand.unguarded():
            hand.run(change)
        assert found(world, whole), change
        if back:
            hand.run(back)


@pytest.mark.parametrize(
    "odd",
    [
        {}, {"signoff": None}, {"content": 3.5}, {"content": {"items": "x", "links": [[{}]]}}, {"signatures": {"a": 1}},
        {"signatures": [None, 3, {"number": True}, {"number": "1"}]}, {"project": ["CRM"]}, {"signoff": "SGN-99999999999999"},
    ],
)  # fmt: skip
def test_an_odd_file_is_a_finding_and_never_a_traceback(hand: Hand, world: World, odd: dict[str, Any]) -> None:
    told = {**data(world), **odd} if odd else {}
    assert found(world, told)
    for one in found(world, told):
        assert one[1] != "unreadable" or odd.get("content") is not None


def test_a_withdrawn_signature_does_not_stand(hand: Hand, world: World) -> None:
    from reqtrack.signoff import actions

    whole = data(world)
    with world.write("business_owner") as scene:
        actions.withdraw(scene.actor, scene.project, queries.signoff_for(scene.actor, scene.project.id, 1), "看错了")
    assert ("state", "not_signed") in found(world, whole)


def test_remarks_are_part_of_what_was_signed(hand: Hand, world: World) -> None:
    from tests.signoff.test_signing import ask, sign

    number = ask(world)
    sign(world, "business_owner", number, remarks="Without the printed quote.")
    whole = data(world, number)
    assert whole["signatures"][0]["remarks"] == "Without the printed quote." and found(world, whole) == []
    del whole["signatures"][0]["remarks"]
    assert found(world, whole) == [("remarks", "differs")]


@pytest.mark.sqlite
def test_the_command_reads_the_file_through_the_door(
    hand: Hand, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the file is the same on both databases."""
    monkeypatch.setattr(command_line, "create_app", lambda: world.app)
    page = PdfWriter()
    page.add_blank_page(100, 100)
    page.write(plain := io.BytesIO())
    told = {
        "good": (embed_certificate(plain.getvalue(), data(world)), 0, "Sound: certificates 1, signatures 1."),
        "plain": (plain.getvalue(), 1, "The PDF carries no certificate of reqtrack."),
        "text": (b"no such thing", 1, "The file is not a PDF."),
        "torn": (plain.getvalue()[:60], 1, "The PDF is damaged and cannot be read"),
    }
    for name, (content, code, sentence) in told.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(content)
        done = CliRunner().invoke(command_line.cli, ["verify", "--certificate", str(file)])
        assert (done.exit_code, sentence in done.output, "Traceback" in done.output) == (code, True, False), done.output
    # Without a database nothing tells: it says so, and what would.
    monkeypatch.undo()
    monkeypatch.setenv("REQTRACK_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = CliRunner().invoke(command_line.cli, ["verify", "--certificate", str(tmp_path / "good.pdf")])
    assert done.exit_code == 1 and "Ask for the pack of the sign-off" in done.output, done.output
