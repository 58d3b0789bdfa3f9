"""Filters of the templates, QR codes, fonts, certificates."""

import contextlib
import io
import json
import zlib

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter

from reqtrack.files import killable
from reqtrack.files.problems import FileProblem
from reqtrack.rendering import certificate, certificate_child, paper, pdf
from reqtrack.rendering.certificate import embed_certificate, read_certificate
from reqtrack.rendering.fonts import WEIGHTS, font_file, missing_glyphs, spelled
from reqtrack.rendering.qr import blank_png, qr_png
from reqtrack.rendering.redline import redline
from tests.rendering.samples import sheet_of


def test_a_gap_between_han_and_latin_and_no_lone_last_character():
    assert paper.words("共51份报价，5%到8%") == "共 51 份报价，5% 到 8%"
    assert paper.words("<b> & 试") == "&lt;b&gt; &amp; 试"
    long = "系统应当让销售代表在一个页面上完成拜访记录，可以修改一次。"
    assert paper.words(long).replace("\u2060", "") == long and "\u2060" in paper.words(long)
    assert paper.words(None) == ""


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_setting_a_text_loses_no_letter(text):
    kept = "".join(paper.words(text).unescape().replace("\u2060", "").replace("\u00a0", " ").split())
    assert kept == "".join(text.translate(paper.BOXES).replace("\u2060", "").replace("\u00a0", " ").split())


def test_fingerprints_are_read_in_groups_of_four():
    print_ = "sha256:" + "0123456789abcdef" * 4
    assert paper.short(print_) == "0123 4567 89ab"
    assert paper.groups(print_).count("<br>") == 1 and paper.groups(print_).replace("<br>", " ").count(" ") == 15
    assert paper.short("") == "" and paper.groups("") == ""
    assert paper.groups("sha256:<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(None, None, "–"), (0, None, "0"), (11700, None, "11,700"), (6.5, None, "6.5"), (6.04, None, "6"), (6, 1, "6.0")],
)
def test_figures(value, places, text):
    assert paper.number(value, places) == text


def test_a_text_in_the_other_language_says_so():
    assert paper.lang("The field 客户 is required", "zh-Hans") == ' lang="en"'
    assert paper.lang("使用SAP系统", "en") == ' lang="zh-Hans"'
    assert paper.lang("使用SAP系统", "zh-Hans") == paper.lang("12 %", "en") == paper.lang("", "en") == ""


def test_prose_sets_paragraphs_lists_and_labels():
    assert paper.prose("一\n二\n\n三", "zh-Hans") == "<p>一<br>二</p><p>三</p>"
    assert paper.prose("plain", "en", "Rationale") == '<p class="l"><b>Rationale</b>plain</p>'
    assert paper.prose("- 一", "en", "Why").startswith('<p class="l k"><b>Why</b></p><ul>')
    assert paper.prose("原话", "en", "Why") == '<p class="l" lang="zh-Hans"><b>Why</b>原话</p>'
    assert paper.prose("", "en", "Why") == paper.prose(None) == ""
    assert paper.prose("x", "en", "<b>").startswith('<p class="l"><b>&lt;b&gt;</b>')


def test_markdown_on_paper_has_no_headings_pictures_or_dead_links():
    html = paper.prose(
        "# 标题\n\n![图](/p/attachments/1) [内](/p/x) [外](https://e.example/)\n\n- [x] 好\n\n|a|\n|-|\n|1|", "zh-Hans"
    )
    assert '<p class="mh">标题</p>' in html and "<h3" not in html and "<img" not in html and "[图]" in html
    assert "<a>内</a>" in html and 'href="https://e.example/"' in html
    assert "✓ 好" in html and '<table class="md keep">' in html


def test_marks_show_a_redline():
    pieces = redline("limit of 5 % now", "limit of 8 % now")
    assert paper.marks(pieces) == "limit of <del>5\u00a0%</del> <ins>8\u00a0%</ins> now"
    assert paper.marks([["ins", " <b> "]]) == " <ins>&lt;b&gt;</ins> "
    assert paper.marks([["same", "a\nb"]]) == "a<br>b"


def test_placeholders_are_escaped():
    sheet = sheet_of("specification.en", project={"key": "<i>", "name": "%(x)s & <b>"})
    assert "%(x)s &amp; &lt;b&gt; (&lt;i&gt;)" in sheet.html and "<b> (" not in sheet.html


def test_style_has_no_token_left():
    for name in ("specification.en", "certificate.zh"):
        css = sheet_of(name).css
        assert "var(" not in css and ":root" not in css
    assert "5.5mm" in sheet_of("certificate.zh").css


def test_a_qr_code_is_small_sharp_and_readable():
    data = qr_png("https://req.example.com/V/5b7ae0c2914d")
    image = Image.open(io.BytesIO(data))
    assert image.mode == "1" and image.size == (25 * 6, 25 * 6) and len(data) < 600
    code = ImageOps.expand(image.convert("L"), border=24, fill=255)
    assert [read.text for read in zxingcpp.read_barcodes(code)] == ["HTTPS://REQ.EXAMPLE.COM/V/5B7AE0C2914D"]
    assert Image.open(io.BytesIO(blank_png())).size == (1, 1)


@pytest.mark.parametrize("text", ["", "x" * 4_000])
def test_what_fits_no_code_is_refused(text):
    with pytest.raises(ValueError):
        qr_png(text)


def test_the_fonts_have_names_and_signs_in_both_weights():
    assert missing_glyphs("镕堃赟祎䶮𬭎 ●◎○✓×■–→…“”《》Äéžжαあア①㎡℃≤ \n\t\u200b\u2060\ufe0f") == set()
    assert missing_glyphs("a😀\U000f0000") == {"😀", "\U000f0000"}
    assert spelled("😀") == "[U+1F600]"


def test_coverage_is_that_of_the_fonts():
    from fontTools.ttLib import TTFont

    maps = []
    for weight in WEIGHTS:
        with TTFont(font_file(weight), lazy=True) as font:
            maps.append(set(font.getBestCmap()))
    both = {chr(code) for code in maps[0] & maps[1]}
    assert missing_glyphs("".join(both)) == set()
    outside = {chr(code) for code in range(0x4E00, 0x20000) if code not in maps[0] and not 0xD800 <= code < 0xE000}
    assert missing_glyphs("".join(outside)) >= {c for c in outside if "\u3400" < c < "\u4e00"}


DATA = {
    "subject": "BL-4",
    "fingerprint": "sha256:" + "ab" * 32,
    "signatures": [{"name": "郭建民", "at": "2025-05-06T12:31:40Z"}],
}


def test_a_certificate_travels_in_the_file(printed):
    page = printed("certificate.zh")
    carried = embed_certificate(page.data, DATA)
    assert read_certificate(carried) == DATA
    reader = PdfReader(io.BytesIO(carried))
    assert len(reader.pages) == page.pages and "/StructTreeRoot" in reader.root_object
    assert embed_certificate(page.data, dict(reversed(DATA.items()))) == carried


def attached(page: bytes, body: bytes) -> bytes:
    """A PDF that carries these bytes for a certificate."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(page)))
    writer.add_attachment("reqtrack-certificate.json", body)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_certificate_is_refused_in_a_sentence(printed):
    """Here the child's work is done without a child, which takes its time."""
    page = printed("certificate.zh").data
    for body in (
        b"{",
        b"[]",
        b'{"format":"other/1"}',
        b'{"format":"reqtrack-certificate/1","x":NaN}',
        b"[" * 5_000,
        b"\xff",
    ):
        with pytest.raises(FileProblem):
            certificate_child.read(attached(page, body))
    for bad in (b"%PDF-", b"%PDF-1.7\n%%EOF", page):
        with pytest.raises(FileProblem):
            certificate_child.read(bad)
    for bad in (b"", b"x", b"<html>", zlib.compress(page)):
        with pytest.raises(FileProblem, match="not a PDF"):
            read_certificate(bad)


def test_a_damaged_certificate_never_ends_in_a_traceback(printed):
    carried = embed_certificate(printed("certificate.en").data, DATA)
    for at in range(0, len(carried), max(1, len(carried) // 60)):
        damaged = carried[:at] + bytes([carried[at] ^ 0x55]) + carried[at + 1 :]
        with contextlib.suppress(FileProblem):
            assert isinstance(certificate_child.read(damaged), dict)
    for end in range(0, len(carried), len(carried) // 20):
        with contextlib.suppress(FileProblem):
            assert certificate_child.read(carried[:end]) == DATA


def test_a_certificate_is_taken_apart_in_a_child(printed, monkeypatch):
    """What takes too long or too much there is one refused file; a file too large is not even begun."""
    page = printed("certificate.en").data
    called = []
    real = killable.run_killable
    monkeypatch.setattr(
        certificate,
        "run_killable",
        lambda where, *given, **more: (called.append(where), real(where, *given, **more))[1],
    )
    with pytest.raises(FileProblem, match=r"mine.pdf: The certificate in the PDF is damaged"):
        read_certificate(attached(page, b"{"), "mine.pdf")
    assert called == ["reqtrack.rendering.certificate_child:read"]
    monkeypatch.setattr(certificate, "run_killable", lambda *given, **more: real(*given, **{**more, "seconds": 0.01}))
    with pytest.raises(FileProblem, match="took longer"):
        read_certificate(embed_certificate(page, DATA), "mine.pdf")
    monkeypatch.setattr(certificate, "MAX_FILE", 1000)
    with pytest.raises(FileProblem, match="large"):
        read_certificate(io.BytesIO(page), "mine.pdf")


def test_only_plain_data_is_embedded(printed):
    page = printed("certificate.en").data
    for bad in ({"format": "mine"}, {"x": float("nan")}):
        with pytest.raises(ValueError):
            embed_certificate(page, bad)
    assert json.dumps(read_certificate(embed_certificate(page, {})), sort_keys=True) == "{}"


def test_markup_is_made_of_text_only():
    assert isinstance(paper.prose("x"), Markup) and isinstance(paper.marks([]), Markup)
    assert isinstance(pdf.estimated_pages("<p>"), float)
