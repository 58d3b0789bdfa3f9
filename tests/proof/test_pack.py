"""What a pack is: valid by its schema, true to what it tells, and a PDF that any reader opens."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader, PdfWriter

from reqtrack.items.kinds import KINDS
from reqtrack.items.store import prints
from reqtrack.proof import check_pack, pack
from reqtrack.proof.pack import PackError
from reqtrack.rendering.redline import redline
from tests.proof import sample

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "sign-off-pack.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


DATA = {
    "declined": sample.declined,
    "baseline": sample.baseline,
    "round": sample.round_,
    "decision": sample.decision,
    "waiver": sample.waiver,
}


@pytest.mark.parametrize("kind", DATA)
def test_each_kind_of_subject_makes_a_pack_that_fits_the_schema_and_is_genuine(ring, kind):
    archive = pack.build(DATA[kind](), ring, sample.AT)
    VALIDATOR.validate(json.loads(archive))
    for data in (archive, pack.attach(sample.printed(), archive, ring)):
        report = check_pack.check(data, ring.trusted)
        assert report.genuine and report.known and report.document["signoff"]["subject_kind"] in (kind, "baseline")


def test_a_paper_signature_and_a_refusal_are_told_as_what_they_are(ring):
    report = check_pack.check(pack.build(sample.declined(), ring, sample.AT))
    english, chinese = ("\n".join(check_pack.lines_of(report, "f", lang)) for lang in ("en", "zh"))
    assert "paper, paper" in english and "方文 (sponsor): declined" in english and ": “Too early.”" in english
    assert "纸签" in chinese and "已拒绝" in chinese and "方文" in chinese


def test_a_decision_is_told_as_what_it_is(decided):
    report = check_pack.check(decided.archive)
    english, chinese = ("\n".join(check_pack.lines_of(report, "f", lang)) for lang in ("en", "zh"))
    assert "CR-1 of CRM was decided: approved, must, 一期: “I approve this scope.”" in english
    assert (
        "陈立群 (business_owner): approved, 2026-11-28 15:30:00+08:00 (Asia/Shanghai), electronic, passkey: “As agreed.”"
        in english
    )
    assert "Ada Miller (sponsor): approved, for 方文" in english
    assert (
        "已批准、必须有、一期" in chinese
        and "Ada Miller（发起人）：已批准，代 方文" in chinese
        and "通行密钥" in chinese
    )


@pytest.mark.parametrize(
    ("rule", "signed", "holds"),
    [
        ({"name": "all"}, 3, True), ({"name": "all"}, 2, False), ({"name": "any"}, 1, True), ({"name": "any"}, 0, False),
        ({"name": "number", "needed": 2}, 2, True), ({"name": "number", "needed": 2}, 1, False),
        ({"name": "number", "needed": 0}, 0, False), ({"name": "number"}, 3, False),
        ({"name": "per_role", "roles": ["a", "b"]}, 2, True), ({"name": "per_role", "roles": ["a", "b"]}, 1, False),
        ({"name": "per_role", "roles": []}, 3, False),
    ],
)  # fmt: skip
def test_the_rules_of_signing(rule, signed, holds):
    given = {"way": "electronic", "state": "requested"}
    signers = [{"roles": ["a"], **given}, {"roles": ["b", "c"], **given}, {"roles": ["c"], **given}]
    assert check_pack.complete(rule, signers, signers[:signed]) is holds


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


def test_a_table_of_objects_is_followed_by_a_table(ring, tested):
    """And a stream by a stream, as the standard wants it."""
    assert b"/XRef" not in tested.file
    assert tested.file.count(b"\nxref\n") == tested.file.count(b"\ntrailer\n") == 2
    out = io.BytesIO()
    writer = PdfWriter(io.BytesIO(sample.printed()), incremental=True)
    writer.add_metadata({"/Title": "x"})
    writer.write(out)
    made = pack.attach(out.getvalue(), tested.archive, ring, [sample.PICTURE])
    assert made.count(b"/XRef") == 2 and made.count(b"\nxref\n") == 1
    for data in (made, tested.file):
        reader = PdfReader(io.BytesIO(data), strict=True)
        assert len(list(reader.attachment_list)) == 2
        assert check_pack.check(data, ring.trusted).genuine


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
        reader = PdfReader(io.BytesIO(made), strict=True)
        names = {one.name for one in reader.attachment_list}
        assert "reqtrack-sign-off.json" in names and ("own.txt" in names) == ("attachments" in options)
        assert "approve" in reader.pages[0].extract_text()


def test_evidence_that_no_result_names_is_not_attached(ring, tested):
    with pytest.raises(PackError, match="no result names"):
        pack.attach(sample.printed(), tested.archive, ring, [pack.Evidence("other.png", b"other")])


def test_the_name_of_evidence_leads_nowhere(ring, tested):
    picture = sample.PICTURE._replace(name="../../etc/a\\b:c\n.png")
    made = pack.attach(sample.printed(), tested.archive, ring, [picture])
    names = {one.name for one in PdfReader(io.BytesIO(made)).attachment_list}
    assert names == {"reqtrack-sign-off.json", "0001-.._.._etc_a_b_c_.png"}


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
