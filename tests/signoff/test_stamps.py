"""The installation's seal on signatures, its keys at a fixed address, and the sign-off pack made of them."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text

from reqtrack.acceptance.policy import Evidence
from reqtrack.audit.seals import raw_columns, seal_of
from reqtrack.audit.verify import verify, verify_certificate
from reqtrack.db import db
from reqtrack.documents import actions as documents
from reqtrack.errors import Refused
from reqtrack.files.storage import Storage
from reqtrack.proof import check_pack
from reqtrack.proof.seal import FOLDER, Ring
from reqtrack.signoff import actions, stamps
from reqtrack.signoff.certificates import of_pack
from reqtrack.signoff.models import Signature
from reqtrack.signoff.queries import signoff_for
from tests.acceptance.conftest import Stage
from tests.support.world import World


def signed(stage: Stage, key: str) -> str:
    """A closed round with a picture, signed by the business owner; the key of the sign-off."""
    world = stage.world
    picture = Storage(world.app.config["SETTINGS"].data / "files").put(b"a picture")
    number = stage.round(key)
    stage.record(number, key, 0, "passed", evidence=[Evidence(picture, "shot.png", "image/png", 9)])
    stage.record(number, key, 1, "failed", "two customers")
    stage.close(number)
    with world.write("project_manager") as scene:
        asked = actions.request(scene.actor, scene.project, f"RND-{number}", "我接受这个结果。", ["business_owner"])
        name = asked.key
    with world.write("business_owner") as scene:
        actor = replace(scene.actor, reauthenticated=True)
        actions.sign(actor, scene.project, signoff_for(scene.actor, scene.project.id, name))
    return name


def test_each_signature_bears_the_seal_of_the_installation(stage: Stage, phones: str) -> None:
    signed(stage, phones)
    with stage.world.read():
        row = db.session.execute(select(Signature)).scalar_one()
        held = stamps.held()
        assert held is not None and row.stamp_key == held.current.id
        assert stamps.check(raw_columns(row), held)
        # A row made by hand, whose seal is right in itself, does not bear the installation's.
        forged = {**raw_columns(row), "signer_name": "Somebody else"}
        forged["seal"] = seal_of(forged)
        assert [one.code for one in stamps.check(forged, held).reasons] == ["wrong_seal"]
        assert stamps.check({**raw_columns(row), "stamp": None, "stamp_key": None}, held)  # one of before
        stranger = {**raw_columns(row), "stamp_key": "0" * 16}
        assert [one.code for one in stamps.check(stranger, held).reasons] == ["unknown_key"]
        assert [one.code for one in stamps.check(raw_columns(row), None).reasons] == ["no_keys"]
    with stage.world.app.app_context():
        assert verify().ok


def test_what_was_signed_before_a_rotation_stays_good(stage: Stage, phones: str) -> None:
    signed(stage, phones)
    Ring.open(stage.world.app.config["SETTINGS"].data / FOLDER).rotate()
    with stage.world.app.app_context():
        assert verify().ok


def test_verify_notices_a_signature_with_another_seal(stage: Stage, phones: str) -> None:
    signed(stage, phones)
    folder = Path(stage.world.app.config["SETTINGS"].data) / FOLDER
    for path in folder.iterdir():
        path.unlink()
    Ring.make(folder)  # another installation's
    with stage.world.app.app_context():
        report = verify()
    assert "unknown_key" in {one.reason.code for one in report.problems}


def pack_of(world: World, name: str, login: str = "business_owner") -> bytes:
    with world.read(login) as scene:
        actor, project = scene.actor, scene.project
        db.session.expunge_all()
    with world.app.app_context():
        return documents.produce(actor, project, "sign-off-pack", name, "zh_Hans_CN")[1]


def test_a_pack_of_a_round_is_genuine_and_agrees_with_the_data(stage: Stage, phones: str) -> None:
    name = signed(stage, phones)
    made = pack_of(stage.world, name)
    trusted = Ring.open(stage.world.app.config["SETTINGS"].data / FOLDER).trusted
    report = check_pack.check(made, trusted)
    assert report.genuine and report.known and report.left_out == 0, [one.sentence() for one in report.findings]
    assert report.document is not None
    assert [one["columns"]["verdict"] for one in report.document["results"]] == ["passed", "failed"]
    assert b"a picture" in made  # the evidence is in it, as it is
    read = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))
    assert "验收的需求：REQ-1" in read and "前提：" in read and "操作：" in read and "应看到：" in read
    with stage.world.app.app_context():
        assert verify_certificate(of_pack(report.document)).ok
        lied = json.loads(json.dumps(report.document))
        lied["signatures"][0]["columns"]["signer_name"] = "Somebody else"
        assert not verify_certificate(of_pack(lied)).ok
    for at in range(100, len(made), len(made) // 40):
        assert not check_pack.check(made[:at] + bytes([made[at] ^ 4]) + made[at + 1 :], trusted).genuine


def test_a_forged_stamp_in_a_pack_is_found(stage: Stage, phones: str) -> None:
    """Also by one who has the keys to seal packs: the stamp is over the signature's own columns."""
    from reqtrack.documents.contexts.common import Reader
    from reqtrack.documents.packs import held_by, pack_data
    from reqtrack.proof.pack import PackError, build

    name = signed(stage, phones)
    with stage.world.app.test_request_context("/"), stage.world.read("business_owner") as scene:
        reader = Reader(scene.actor, scene.project, "en")
        data = pack_data(reader, held_by(reader, signoff_for(scene.actor, scene.project.id, name)))
        columns = data["signatures"][0]["columns"]
        columns["stamp"] = columns["stamp"][:-2] + ("00" if columns["stamp"][-2:] != "00" else "11")
        data["signatures"][0]["seal"] = check_pack.row_seal(columns)
        with pytest.raises(PackError, match="does not bear the seal"):
            build(data, stamps.ring())


def test_a_pack_leaves_nothing_out(stage: Stage, phones: str) -> None:
    """Who may not see all of it gets none."""
    name = signed(stage, phones)
    with pytest.raises(Refused, match="leaves nothing out"):
        pack_of(stage.world, name, "implementer")


@pytest.mark.sqlite
def test_the_keys_are_shown_to_anybody(stage: Stage, phones: str) -> None:
    client = stage.world.client()
    assert "Nothing was sealed here yet." in client.get("/V/keys").text or "In use" in client.get("/V/keys").text
    signed(stage, phones)
    held = Ring.open(stage.world.app.config["SETTINGS"].data / FOLDER)
    assert held.current.public.hex() in client.get("/V/keys").text.replace(" ", "")
    told = client.get("/V/keys", headers={"Accept": "application/json"}).json
    assert [one["id"] for one in told["keys"]] == [held.current.id]
    program = client.get("/V/check_pack.py", buffered=True)
    assert (
        program.status_code == 200
        and "def main" in program.text
        and "attachment" in program.headers["Content-Disposition"]
    )


def test_a_stamp_is_no_secret_of_the_database(stage: Stage, phones: str) -> None:
    """The private key is in the data folder, for its owner's eyes; the database has none."""
    signed(stage, phones)
    folder = stage.world.app.config["SETTINGS"].data / FOLDER
    (private,) = folder.glob("*.key")
    assert private.stat().st_mode & 0o077 == 0
    with stage.world.read():
        stored = db.session.execute(text("SELECT stamp FROM signatures")).scalars().all()
    assert private.read_text().strip() not in stored
