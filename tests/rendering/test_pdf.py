"""Printing: closed to the outside, killable, the same in parts as in one."""

import ast
import io
import os
import re
import socket
import threading
import time
from pathlib import Path

import pytest
from pypdf import PdfReader

from reqtrack.rendering import pdf
from reqtrack.rendering.paper import Sheet
from reqtrack.rendering.pdf_process import PdfCancelled, PdfError, PdfTimeout, Printers
from tests.rendering.samples import pages_of, sheet_of

SLOW = "<html lang=en><body>" + "<table><tr><td>" * 12 + "x" * 10 + "</td></tr></table>" * 12 + "<p>word</p>" * 20_000


def job(sheet: Sheet, path, **more):
    return pdf._job("whole", sheet, sheet.html, path, False) | more


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def words_of(data: bytes, numbers: list[int]) -> list[list[tuple[str, float, float]]]:
    """Each piece of text of some pages with its place in points."""
    pages = []
    for page in (PdfReader(io.BytesIO(data)).pages[number] for number in numbers):
        found = []

        def visit(text, cm, tm, font, size, found=found):
            if text.strip():
                x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
                found.append((text.strip(), round(x, 2), round(y, 2)))

        page.extract_text(visitor_text=visit)
        pages.append(sorted(found, key=lambda piece: (round(piece[2]), round(piece[1]))))
    return pages


def test_nothing_but_what_is_handed_over_is_fetched(printers, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-words")
    server = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{server.getsockname()[1]}/"
    spaces = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'"
    inside = f"<svg {spaces}><image xlink:href='{address}svg'/></svg>"
    html = f"""<html lang=en><head><link rel=stylesheet href='{address}css'><link rel=attachment href='file://{secret}'>
        <style>@import url({address}import); @font-face {{ font-family: A; src: url({address}font) }}
        p {{ background: url({address}bg); font-family: A }}</style></head>
        <body><p>kept</p><img src='{address}img'><img src='file://{secret}'><img src="data:image/svg+xml,{inside}">
        <object data='{address}object'></object><embed src='file:///etc/passwd'><a rel=attachment href='file://{secret}'>x</a>
        <img src='ftp://127.0.0.1/x'><img src='app:font/../secret'></body></html>"""
    out = tmp_path / "out.pdf"
    said = printers.run([job(Sheet(html, "", ""), out)])
    server.settimeout(0.2)
    with pytest.raises(TimeoutError):
        server.accept()
    server.close()
    reader = PdfReader(io.BytesIO(out.read_bytes()))
    assert "kept" in reader.pages[0].extract_text()
    assert not list(reader.attachment_list) and b"the-secret-words" not in out.read_bytes()
    assert sum("not for paper" in text or "disallowed" in text for text in said[0]["warnings"]) >= 9


def test_a_document_in_parts_is_the_same_document(printed, in_parts):
    whole, parts = printed("specification.zh"), in_parts("specification.zh")
    assert parts.pages == whole.pages
    one, other = PdfReader(io.BytesIO(whole.data)), PdfReader(io.BytesIO(parts.data), strict=True)
    assert [sorted(text) for text in pages_of(whole.data)] == [sorted(text) for text in pages_of(parts.data)]
    assert set(one.named_destinations) == set(other.named_destinations)
    for name, place in one.named_destinations.items():
        there = other.named_destinations[name]
        assert one.get_page_number(one.get_object(place.page)) == other.get_page_number(other.get_object(there.page))

    def titles(outline):
        return [titles(entry) if isinstance(entry, list) else entry.title for entry in outline]

    assert titles(one.outline) == titles(other.outline)
    assert one.metadata == other.metadata


def test_stamped_numbers_stand_where_set_ones_would(printed, in_parts):
    whole, parts = printed("specification.en"), in_parts("specification.en")
    place = re.compile(r"\d+|\d+ ?/ ?\d+|/")
    for mine, theirs in zip(words_of(whole.data, [2, -1]), words_of(parts.data, [2, -1]), strict=True):
        assert mine and theirs
        left = [(x, y) for text, x, y in mine if place.fullmatch(text) and x < 70]
        there = [(x, y) for text, x, y in theirs if place.fullmatch(text) and x < 70]
        assert [x for x, _ in left] == pytest.approx([x for x, _ in there], abs=0.05)
        assert [y for _, y in left] == pytest.approx([y for _, y in there], abs=0.05)
        foot = [y for text, x, y in mine if "/" in text and x > 480]
        assert foot == pytest.approx([y for text, x, y in theirs if "/" in text and x > 480], abs=0.05)


@pytest.mark.parametrize("pages", [110, 290, 690, 1_400])
def test_each_process_gets_as_much_as_the_other(pages):
    """In parts that are small enough."""
    unit = "<!--unit--><p>" + "x" * 4_386
    assert round(pdf.estimated_pages(unit), 2) == 1.12
    pieces = pdf._pieces(f"<body>{'<!--chapter-->'}{unit * round(pages / 1.12)}<!--end--></body>", 150, 2)[1:]
    sizes = [piece.pages for piece in pieces]
    assert len(pieces) % 2 == 0 and max(sizes) <= 150 and max(sizes) - min(sizes) < 2
    assert round(sum(sizes)) == pages


def test_structure_of_parts_is_one_tree(in_parts):
    parts = in_parts("specification.en")
    reader = PdfReader(io.BytesIO(parts.data), strict=True)
    root = reader.root_object["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    assert list(numbers[::2]) == list(range(len(numbers) // 2))
    content = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for page in reader.pages:
        assert isinstance(content[page["/StructParents"]].get_object(), list)
        for note in page.get("/Annots", []):
            owner = content[note.get_object()["/StructParent"]].get_object()
            assert owner["/S"] in ("/Link", "/NonStruct")
    names = [node["/ID"] for node in _nodes(root["/K"][0]) if "/ID" in node]
    assert names and len(names) == len(set(names))


def _nodes(node):
    node = node.get_object()
    if hasattr(node, "get") and "/S" in node:
        yield node
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            yield from _nodes(child)


def test_a_page_that_takes_too_long_is_killed(tmp_path):
    with Printers(1, seconds=60, stall=60) as running:
        running.run([job(sheet_of("certificate.en"), tmp_path / "a.pdf")])
        running._stall = 0.3
        pid = running.pids[0]
        start = time.monotonic()
        with pytest.raises(PdfTimeout):
            running.run([job(Sheet(SLOW, "", ""), tmp_path / "b.pdf")])
        assert time.monotonic() - start < 10
    assert gone(pid)


def test_a_document_that_takes_too_long_is_killed(tmp_path):
    with pytest.raises(PdfTimeout), Printers(1, seconds=0.2) as running:
        running.run([job(Sheet(SLOW, "", ""), tmp_path / "a.pdf")])
    assert all(gone(pid) for pid in running.pids)


def test_it_stops_when_nobody_wants_it_any_more(tmp_path):
    unwanted = threading.Event()
    threading.Timer(0.5, unwanted.set).start()
    with pytest.raises(PdfCancelled), Printers(1, seconds=60, cancelled=unwanted.is_set) as running:
        running.run([job(Sheet(SLOW, "", ""), tmp_path / "a.pdf")])
    assert gone(running.pids[0])


def test_its_memory_is_told_and_not_that_of_who_began_it(tmp_path):
    heavy = b"x" * (600 << 20)
    with Printers(1, seconds=60) as running:
        said = running.run([job(sheet_of("certificate.en"), tmp_path / "a.pdf")])
    assert len(heavy) == 600 << 20 and 0 < said[0]["peak"] < 500


def test_a_killed_printer_is_an_error_not_a_wait(tmp_path):
    with Printers(1, seconds=60) as running:
        threading.Timer(0.3, lambda: os.kill(running.pids[0], 9)).start()
        with pytest.raises(PdfError, match="memory"):
            running.run([job(Sheet(SLOW, "", ""), tmp_path / "a.pdf")])


def test_a_page_that_cannot_be_set_is_an_error_and_the_printer_goes_on(printers, tmp_path):
    deep = "<html lang=en><body>" + "<table><tr><td>" * 400
    with pytest.raises(PdfError, match="could not be set"):
        printers.run([job(Sheet(deep, "", ""), tmp_path / "a.pdf")])
    assert pdf.print_sheet(sheet_of("certificate.en"), printers).pages == 1


def test_progress_never_goes_back_and_ends_full(printers):
    told = []
    made = pdf.print_sheet(sheet_of("specification.en"), printers, progress=lambda *now: told.append(now))
    assert told[-1] == (made.pages, made.pages)
    done = [now for now, _ in told]
    assert done == sorted(done) and len(done) >= 3
    assert all(now <= total for now, total in told)


def test_a_character_that_no_font_has_is_printed_as_its_number(printers):
    sheet = sheet_of(
        "certificate.en", statement="镕堃赟祎䶮 are names, \U000f0123 is nothing, and here is a tick: \u2713"
    )
    made = pdf.print_sheet(sheet, printers)
    text = PdfReader(io.BytesIO(made.data)).pages[0].extract_text()
    assert made.missing == ["\U000f0123"] and made.warnings == []
    assert "[U+F0123]" in text and "镕堃赟祎䶮" in text


def test_the_parent_loads_no_renderer_and_knows_no_web_and_no_database():
    heavy = {"weasyprint", "markdown", "nh3", "pymdownx", "pypdf", "fontTools", "flask", "flask_babel", "sqlalchemy"}
    for path in sorted(Path(pdf.__file__).parent.glob("*.py")):
        if path.stem.endswith("_child"):
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not heavy & {name.split(".")[0] for name in names}, path
