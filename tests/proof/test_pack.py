"""What a pack is: valid by its schema, true to what it tells, and a PDF that any reader opens."""

import copy
import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from reqtrack.items.kinds import KINDS
from reqtrack.items.store import prints
from reqtrack.proof import check_pack, pack
from reqtrack.proof.pack import PackError
from reqtrack.rendering.redline import redline
from tests.proof import sample

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "sign-off-pack.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def decision():
    """A decision on a change, by one vote."""
    package = {"title": "More rows", "reason": "Sales asked.", "touches": ["REQ-1"], "edits": []}
    data = sample.baseline()
    over = check_pack.canonical({"package": package, "outcome": "approved", "tier": "must", "phase": None})
    vote = sample.sealed({
        "project_id": 3, "number": 5, "change_id": 1, "decider": "chen", "decider_name": "陈立群", "seat": "business_owner",
        "outcome": "approved", "tier": "must", "phase_id": None, "reason": "", "until": "", "expected_effort_days": 200,
        "package_print": sample.sha(check_pack.canonical(package)), "at": "2026-11-28T07:30:00.000000Z", "method": "password",
        "address": "",
    })  # fmt: skip
    event = sample.event(50, "0" * 64, [["decisions", "3:5", vote["seal"]]], "change.decided")
    told = {
        "name": "陈立群", "login": "chen", "roles": ["business_owner"], "state": "signed", "at": vote["at"], "zone": None,
        "way": "electronic", "method": "password", "on_behalf_of": None, "reservation": None, "reason": None, "signature": 5,
    }  # fmt: skip
    data["signoff"].update(subject="CR-1", subject_kind="decision", signers=[told], rule={"name": "any"})
    data |= {
        "over": over.decode(), "fingerprint": "sha256:" + sample.sha(over), "items": [], "redline": None,
        "signatures": [pack.row(vote, table="decisions", event=50)], "events": [pack.row(event)],
    }  # fmt: skip
    return data


def waiver():
    data = sample._pack("WVR-1", "waiver", {"reason": "no printer yet", "until": "2027-01-31"}, [])
    data["signoff"]["state"] = "requested"
    data["signoff"]["signers"].append(sample.waiting("方文", "fang"))
    return data


DATA = {"baseline": sample.baseline, "round": sample.round_, "decision": decision, "waiver": waiver}


@pytest.mark.parametrize("kind", DATA)
def test_each_kind_of_subject_makes_a_pack_that_fits_the_schema_and_is_genuine(ring, kind):
    archive = pack.build(DATA[kind](), ring, sample.AT)
    VALIDATOR.validate(json.loads(archive))
    for data in (archive, pack.attach(sample.printed(), archive, ring)):
        report = check_pack.check(data, ring.trusted)
        assert report.genuine and report.known and report.document["signoff"]["subject_kind"] == kind


def test_the_schema_is_one_and_refuses_what_does_not_belong(ring, tested):
    Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(tested.archive)
    assert VALIDATOR.is_valid(document)
    for name in document:
        assert not VALIDATOR.is_valid({key: value for key, value in document.items() if key != name}), name
    assert not VALIDATOR.is_valid({**document, "more": 1})
    assert not VALIDATOR.is_valid({**document, "made_at": "2026-11-29"})


def test_the_checker_computes_prints_as_the_program_does():
    kind = {"text": ["title"], "scope": ["tier"]}
    for name, found in KINDS.items():
        fields = {
            "text": [field.name for field in found.fields if field.text],
            "scope": [field.name for field in found.fields if field.scope],
        }
        content = {field.name: [f"{field.name} 电池"] for field in found.fields}
        for told in (content, {**content, "retired": True}, {}):
            assert check_pack.prints(told, fields) == prints(found, told), name
    assert check_pack.prints({"title": "a"}, kind) != check_pack.prints({"title": "b"}, kind)


def test_a_redline_of_the_program_leads_to_the_new_text():
    old, new = "Sales imports 50 rows，十秒内完成。", "Sales imports 500 rows，二十秒内完成。"
    assert check_pack._leads_to({"segments": [list(one) for one in redline(old, new)]}) == new


def test_the_archive_is_the_same_bytes_for_the_same_data(ring):
    assert pack.build(sample.baseline(), ring, sample.AT) == pack.build(sample.baseline(), ring, sample.AT)


def test_the_pages_stay_as_they_were_printed_and_the_attachments_come_out(tested):
    pdf = sample.printed()
    assert tested.file.startswith(pdf)
    reader = PdfReader(io.BytesIO(tested.file))
    assert len(reader.pages) == 1 and b"I approve this scope." in reader.pages[0].get_contents().get_data()
    found = {one.name: one for one in reader.attachment_list}
    assert found["reqtrack-sign-off.json"].content == tested.archive
    assert found["0001-screen.png"].content == sample.PICTURE.data
    assert found["reqtrack-sign-off.json"].pdf_object["/AFRelationship"] == "/Data"
    assert reader.root_object["/AF"][0]["/F"] == "reqtrack-sign-off.json"


@pytest.mark.skipif(not shutil.which("pdfdetach"), reason="needs poppler")
def test_another_reader_takes_the_archive_out(tested, tmp_path):
    (tmp_path / "pack.pdf").write_bytes(tested.file)
    done = subprocess.run(
        ["pdfdetach", "-saveall", "pack.pdf"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "reqtrack-sign-off.json").read_bytes() == tested.archive


def test_what_weasyprint_prints_takes_the_seal(ring, scope):
    weasyprint = pytest.importorskip("weasyprint")
    for options in (
        {},
        {"pdf_variant": "pdf/ua-1"},
        {"attachments": [weasyprint.Attachment(string="x", name="own.txt")]},
    ):
        pdf = weasyprint.HTML(string="<html lang=en><title>Pack</title><p>I approve this scope.").write_pdf(**options)
        made = pack.attach(pdf, scope.archive, ring)
        assert made.startswith(pdf) and check_pack.check(made, ring.trusted).genuine
        reader = PdfReader(io.BytesIO(made))
        names = {one.name for one in reader.attachment_list}
        assert "reqtrack-sign-off.json" in names and ("own.txt" in names) == ("attachments" in options)
        assert "approve" in reader.pages[0].extract_text()


def test_evidence_that_no_result_names_is_not_attached(ring, tested):
    with pytest.raises(PackError, match="no result names"):
        pack.attach(sample.printed(), tested.archive, ring, [pack.Evidence("other.png", b"other")])


def test_evidence_that_is_left_out_is_counted(ring, tested):
    report = check_pack.check(pack.attach(sample.printed(), tested.archive, ring))
    assert report.genuine and report.left_out == 1
    assert check_pack.check(tested.file).left_out == 0


def test_a_row_without_its_seal_is_not_packed():
    row = sample.signature(1, "chen", "陈立群", fingerprint="x")
    assert pack.row(row, table="signatures", event=1)["seal"] == row["seal"]
    with pytest.raises(PackError):
        pack.row({**row, "meaning": "another"})
    with pytest.raises(PackError):
        pack.row({name: value for name, value in row.items() if name != "seal"})


def edits():
    """What may not be in a pack, and where the checker says that it is."""
    fake = "0" * 64

    def reseal(data, table, at, **columns):
        one = data[table][at]
        one["columns"].update(columns)
        one["hash" if "hash" in one else "seal"] = check_pack.row_seal(one["columns"])

    return {
        "a fingerprint": ("fingerprint", lambda d: d.update(fingerprint="sha256:" + fake)),
        "what is signed": ("fingerprint", lambda d: d.update(over=d["over"] + " ")),
        "a text": ("items", lambda d: d["items"][0].update(content=d["items"][0]["content"].replace("500", "50"))),
        "a print": ("items", lambda d: d["items"][0].update(text_print=fake)),
        "a text less": ("items", lambda d: d["items"].pop()),
        "a text more": ("items", lambda d: d["items"].append(sample.item("REQ-7", "requirement", title="x"))),
        "a text twice": ("items", lambda d: d["items"].append(d["items"][0])),
        "another text": ("items", lambda d: d["items"].__setitem__(0, sample.item("REQ-1", "requirement", title="x"))),
        "the fields of a print": ("items", lambda d: d["kinds"]["requirement"]["text"].remove("statement")),
        "a signature's name": ("signatures", lambda d: d["signatures"][0]["columns"].update(signer_name="Eve")),
        "a signature resealed": ("signatures", lambda d: reseal(d, "signatures", 0, signer_name="Eve")),
        "a signature over another": ("signatures", lambda d: reseal(d, "signatures", 0, fingerprint="sha256:" + fake)),
        "another meaning": ("signatures", lambda d: d["signoff"].update(meaning={"en": "I have read it."})),
        "an event less": ("signatures", lambda d: d["events"].pop()),
        "an event's time": ("events", lambda d: d["events"][0]["columns"].update(at="2026-01-01T00:00:00.000000Z")),
        "an event resealed": ("events", lambda d: reseal(d, "events", 0, reason="x")),
        "an event twice": ("events", lambda d: d["events"].append(d["events"][1])),
        "a signature less": ("signers", lambda d: d["signatures"].pop()),
        "a signer's name": ("signers", lambda d: d["signoff"]["signers"][0].update(name="Eve")),
        "a signer's role": ("signers", lambda d: d["signoff"]["signers"][0].update(roles=["sponsor"])),
        "a signer's time": ("signers", lambda d: d["signoff"]["signers"][0].update(at="2026-01-01T00:00:00.000000Z")),
        "a paper signature": ("signers", lambda d: d["signoff"]["signers"][0].update(way="paper")),
        "who it is for": ("signers", lambda d: d["signoff"]["signers"][1].update(on_behalf_of=None)),
        "a reservation": ("signers", lambda d: d["signoff"]["signers"][1].update(reservation=None)),
        "a signer less": ("signers", lambda d: d["signoff"]["signers"].pop()),
        "one who waits": ("signers", lambda d: d["signoff"]["signers"].append(sample.waiting("方文", "fang"))),
        "too few": ("signers", lambda d: d["signoff"].update(rule={"name": "number", "needed": 3})),
        "a role that is missing": ("signers", lambda d: d["signoff"].update(rule={"name": "per_role", "roles": ["sponsor"]})),
        "no rule": ("signers", lambda d: d["signoff"].update(rule={"name": "whoever"})),
        "a redline": ("redline", lambda d: d["redline"]["changes"][0]["segments"].pop()),
        "a value": ("redline", lambda d: d["redline"]["changes"][1].update(new="later")),
        "a line": ("redline", lambda d: d["redline"]["changes"][2]["lines"].pop(0)),
        "what was added": ("redline", lambda d: d["redline"]["added"].append("REQ-99")),
        "what was removed": ("redline", lambda d: d["redline"]["removed"].append("REQ-1")),
    }  # fmt: skip


@pytest.mark.parametrize("what", edits())
def test_a_pack_that_does_not_agree_with_itself_is_not_made(ring, what):
    where, edit = edits()[what]
    data = copy.deepcopy(sample.baseline())
    edit(data)
    with pytest.raises(PackError) as told:
        pack.build(data, ring, sample.AT)
    assert check_pack.PLACES[where][0] in str(told.value)


ROUND_EDITS = {
    "a verdict": ("results", lambda d: d["results"][0]["columns"].update(verdict="failed")),
    "a result less": ("results", lambda d: d["results"].pop()),
    "another scenario": ("results", lambda d: d["results"][0].update(acceptance="ACC-2")),
    "a file's digest": ("results", lambda d: d["results"][0]["evidence"][0].update(sha256="0" * 64)),
    "a file less": ("results", lambda d: d["results"][0]["evidence"].pop()),
    "no text as tested": ("items", lambda d: d["items"].pop()),
}


@pytest.mark.parametrize("what", ROUND_EDITS)
def test_a_round_that_does_not_agree_with_itself_is_not_made(ring, what):
    where, edit = ROUND_EDITS[what]
    data = copy.deepcopy(sample.round_())
    edit(data)
    with pytest.raises(PackError) as told:
        pack.build(data, ring, sample.AT)
    assert check_pack.PLACES[where][0] in str(told.value)


def test_a_decision_over_another_package_is_not_made(ring):
    data = decision()
    data["over"] = data["over"].replace("More rows", "Fewer rows")
    data["fingerprint"] = "sha256:" + hashlib.sha256(data["over"].encode()).hexdigest()
    with pytest.raises(PackError, match="something else"):
        pack.build(data, ring, sample.AT)


def test_what_the_program_sets_is_not_taken_from_the_data(ring):
    for more in ({"format": "x"}, {"made_at": "x"}, {"seal": {}}):
        with pytest.raises(ValueError):
            pack.build({**sample.baseline(), **more}, ring, sample.AT)
    data = sample.baseline()
    data["installation"]["keys"] = []
    with pytest.raises(ValueError):
        pack.build(data, ring, sample.AT)


def test_a_pack_is_not_dated_back_before_its_key(ring):
    with pytest.raises(PackError, match="not in use"):
        pack.build(sample.baseline(), ring, sample.AT.replace(year=2020))
