"""The documents: every page there, every word there, in both languages."""

import io
import re

import pytest
import zxingcpp
from jinja2 import UndefinedError
from PIL import Image, ImageOps
from pypdf import PdfReader

from reqtrack.rendering.fonts import exports_folder
from reqtrack.rendering.paper import compose
from tests.rendering.samples import HERE, WORDS, context, pages_of, sheet_of

NAMES = sorted(path.name.removesuffix(".json") for path in (HERE / "contexts").glob("*.json"))
PAGES = {
    "specification": (8, 11),
    "specification-draft": (4, 6),
    "change-record": (3, 4),
    "change-record-open": (1, 1),
    "impact": (1, 2),
    "acceptance-report": (3, 5),
    "certificate": (1, 2),
}


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def strings(value) -> list[str]:
    """All text of a context that is printed as it is: no Markdown, no enums, no metadata."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    if isinstance(value, dict):
        left_out = {
            "created",
            "address",
            "fingerprint",
            "state",
            "tier",
            "stage",
            "kind",
            "verdict",
            "status",
            "act",
            "op",
        }
        left_out |= {"statement", "text", "rationale", "segments", "lines", "cost", "organisation", "login", "result"}
        return [text for key, one in value.items() if key not in left_out for text in strings(one)]
    return []


@pytest.mark.parametrize("name", NAMES)
def test_it_has_its_pages_and_no_complaints(printed, name):
    made = printed(name)
    least, most = PAGES[name.split(".")[0]]
    assert least <= made.pages <= most
    assert made.pages == len(PdfReader(io.BytesIO(made.data)).pages)
    assert made.warnings == [] and made.missing == []


@pytest.mark.parametrize("name", NAMES)
def test_every_page_says_what_it_is(printed, name):
    made = printed(name)
    mark = bare(context(name)["mark"])
    texts = pages_of(made.data)
    covered = name.startswith("specification")
    for number, text in enumerate(texts[covered:], start=1 + covered):
        assert mark in text
        assert f"{number}/{made.pages}" in text


@pytest.mark.parametrize("name", [name for name in NAMES if "open" not in name and "draft" not in name])
def test_every_word_of_the_context_can_be_copied_from_it(printed, name):
    whole = "".join(pages_of(printed(name).data)).replace("\u2060", "")
    wanted = context(name)
    lost = [text for text in strings(wanted) if bare(text) not in whole and text != wanted.get("date")]
    if not name.startswith("specification"):
        lost = [
            text for text in lost if text not in (wanted["prepared_by"], wanted.get("key"), *wanted["project"].values())
        ]
    assert lost == []


@pytest.mark.parametrize("name", ["specification.zh", "certificate.en"])
def test_its_code_leads_to_the_check(printed, name):
    found = set()
    for page in PdfReader(io.BytesIO(printed(name).data)).pages:
        for image in page.images:
            code = ImageOps.expand(Image.open(io.BytesIO(image.data)).convert("L"), border=24, fill=255)
            found |= {read.text for read in zxingcpp.read_barcodes(code)}
    assert found == {context(name)["address"].upper()}


def test_a_signed_document_shows_its_whole_fingerprint(printed):
    digits = context("specification.zh")["fingerprint"].removeprefix("sha256:")
    texts = pages_of(printed("specification.zh").data)
    assert digits in texts[0]
    assert all(digits[:12] in text for text in texts[1:])


def test_a_draft_says_so_and_has_no_code(printed):
    made = printed("specification-draft.zh")
    texts = pages_of(made.data)
    assert "草稿" in texts[0] and "校验码" not in "".join(texts)


def test_contents_lead_to_the_pages_they_name(printed):
    reader = PdfReader(io.BytesIO(printed("specification.en").data))
    texts = [page.extract_text() for page in reader.pages]
    contents = next(text for text in texts if "Contents" in text)
    keys = re.findall(r"^(\d+)\s+(REQ-\d+) ", contents, re.M)
    assert len(keys) == 14
    for page, key in keys:
        assert key in texts[int(page) - 1]
        assert reader.get_page_number(reader.get_object(reader.named_destinations[key].page)) == int(page) - 1


def test_tags_carry_headings_tables_and_alternatives(printed):
    reader = PdfReader(io.BytesIO(printed("acceptance-report.zh").data))
    kinds, alternatives = [], []

    def walk(node):
        node = node.get_object()
        if not hasattr(node, "get"):
            return
        kinds.append(node.get("/S"))
        if "/Alt" in node:
            alternatives.append(node["/Alt"])
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            walk(child)

    walk(reader.root_object["/StructTreeRoot"]["/K"][0])
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/P", "/Figure"} <= set(kinds)
    assert any("通过 14" in text for text in alternatives)
    assert reader.root_object["/MarkInfo"]["/Marked"] and reader.root_object["/Lang"] == "zh-Hans"


@pytest.mark.parametrize("name", ["specification.en", "change-record.en", "acceptance-report.en", "certificate.en"])
def test_a_context_that_lacks_a_key_is_refused(name):
    whole = context(name)
    for key in whole:
        if key in ("date", "organisation", "address", "key", "fingerprint"):
            continue
        less = {k: v for k, v in whole.items() if k != key}
        with pytest.raises(UndefinedError):
            compose(exports_folder() / name.removesuffix(".en"), less, locale="en")


def test_what_people_type_is_text():
    nasty = "<script>alert(1)</script>{{ 7*7 }}<!--unit--></body>&amp;"
    whole = context("specification.en")
    requirement = whole["chapters"][0]["requirements"][0]
    requirement |= {"title": nasty, "statement": nasty + "\n\n- " + nasty, "rationale": nasty, "owner": nasty}
    html = sheet_of("specification.en", chapters=whole["chapters"]).html
    assert "<script" not in html and "49" not in html
    assert html.count("<!--unit-->") == 14 and html.count("</body>") == 1
    assert html.count("{{ 7*7 }}") == 6


def test_templates_have_no_inline_style_no_handlers_and_no_bypass():
    for path in exports_folder().rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"""\sstyle=|\son\w+=|\|\s*safe|Markup|<script""", text), path


def test_every_string_of_the_templates_has_a_chinese_sample():
    used = set()
    for path in exports_folder().rglob("*.html"):
        used |= {two or one for one, two in re.findall(r"""_\((?:'([^']*)'|"([^"]*)")""", path.read_text("utf-8"))}
        used |= set(re.findall(r"""ngettext\("([^"]*)\"""", path.read_text("utf-8")))
    assert used == set(WORDS)


@pytest.mark.parametrize(
    "folder", ["shared", "specification", "change-record", "impact", "acceptance-report", "certificate"]
)
def test_each_folder_says_what_it_takes(folder):
    assert (exports_folder() / folder / "context.md").read_text("utf-8").startswith("# ")
    assert (exports_folder() / folder / "print.css").is_file()
