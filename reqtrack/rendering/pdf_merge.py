"""Parts of a document, printed apart, joined: one file with page numbers, contents, links, bookmarks, structure and fonts.

A part is what ``pdf_child`` saves: numbered objects as written by pydyf, whose references are rewritten here. A general PDF
library would parse and clone every object; this takes a tenth of the time because it knows who wrote them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pydyf

MM = 72 / 25.4
# Strings are stepped over, so that words that look like a reference stay words.
TOKEN = re.compile(rb"\((?:[^\\()]|\\.)*\)|<[0-9a-fA-F]+>|(\d+) 0 R\b|/(StructParents?) (\d+)", re.S)
ASCENT, DESCENT = 1.16, 0.288
INK, SOFT = "0.086 0.094 0.106 rg", "0.337 0.357 0.384 rg"


class Part(NamedTuple):
    """What the child said of a part, and the file with its objects."""

    said: dict[str, Any]
    file: Path


class Frame(NamedTuple):
    """Where page numbers stand, in millimetres: margins, leading of a contents line; and whether the first page is a cover."""

    left: float
    right: float
    bottom: float
    leading: float
    cover: bool


class _Raw(pydyf.Object):  # type: ignore[misc]
    """An object that is already written."""

    def __init__(self, data: bytes, stream: bool) -> None:
        super().__init__()
        self._data = data
        self._stream = stream

    @property
    def data(self) -> bytes:
        return self._data

    @property
    def compressible(self) -> bool:
        return not self._stream


class _Apart(pydyf.Dictionary):  # type: ignore[misc]
    """A dictionary that is not packed with others: whoever reads it need not read them all."""

    compressible = False


class _Figures:
    """The font of the stamped numbers: three objects, and the width of a text in it."""

    def __init__(self, pdf: pydyf.PDF, file: Path) -> None:
        from fontTools.ttLib import TTFont

        font = TTFont(io.BytesIO(file.read_bytes()))
        names, metrics = font.getBestCmap(), font["hmtx"]
        widths = {code: metrics[names[code]][0] if code in names else 0 for code in range(32, 58)}
        self._widths = {chr(code): width for code, width in widths.items()}
        body = pydyf.Stream([file.read_bytes()], {"Length1": file.stat().st_size}, compress=True)
        pdf.add_object(body)
        about = pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": "/FIGURE+NotoSansSC-Regular",
                "Flags": 32,
                "FontBBox": pydyf.Array([0, -120, 600, 880]),
                "ItalicAngle": 0,
                "Ascent": 1160,
                "Descent": -288,
                "CapHeight": 733,
                "StemV": 80,
                "FontFile2": body.reference,
            }
        )
        pdf.add_object(about)
        self.font = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/TrueType",
                "BaseFont": "/FIGURE+NotoSansSC-Regular",
                "FirstChar": 32,
                "LastChar": 57,
                "Widths": pydyf.Array(list(widths.values())),
                "Encoding": "/WinAnsiEncoding",
                "FontDescriptor": about.reference,
            }
        )
        pdf.add_object(self.font)

    def width(self, text: str, size: float) -> float:
        return sum(self._widths[c] for c in text) * size / 1000


def join(parts: Sequence[Part], frame: Frame, figures: Path) -> bytes:
    """The parts in order as one PDF.

    Raises:
        ValueError: a part is not what ``pdf_child`` writes.
    """
    pdf = pydyf.PDF()
    catalog = _Apart(pdf.catalog)
    catalog.number = pdf.catalog.number
    pdf.objects[catalog.number] = pdf.catalog = catalog
    work = _Join(pdf, _Figures(pdf, figures), frame, sum(part.said["pages"] for part in parts))
    first_pages: list[int] = []
    for part in parts:
        first_pages.append(pdf.pages["Count"])
        work.number_anchors(part.said, first_pages[-1])
        pdf.pages["Count"] += part.said["pages"]
    pdf.pages["Count"] = 0
    for part, first in zip(parts, first_pages, strict=True):
        work.add(part, first)
    work.finish(parts[0].said)
    out = io.BytesIO()
    pdf.write(out, version=b"1.7", identifier=True, compress=True)
    return out.getvalue()


class _Join:
    """The file as it grows."""

    def __init__(self, pdf: pydyf.PDF, figures: _Figures, frame: Frame, total: int) -> None:
        self.pdf, self.figures, self.frame, self.total = pdf, figures, frame, total
        self.anchors: dict[str, tuple[int, float, float]] = {}
        self.bookmarks: list[tuple[int, str, int, float, float]] = []
        self.seen: dict[bytes, int] = {}
        self.nums = pydyf.Array()
        self.kids = pydyf.Array()
        self.next_key = 0
        self.tree = pydyf.Dictionary({"Nums": self.nums})
        self.root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
        self.top = pydyf.Dictionary({"Type": "/StructElem", "S": "/Document", "K": self.kids})
        self.tagged = False
        # A page turns its coordinates over and leaves them so: saved before it, restored before the stamp.
        self.save = pydyf.Stream([b"q"])
        pdf.add_object(self.save)

    def number_anchors(self, said: dict[str, Any], first: int) -> None:
        for name, (page, x, y) in said["anchors"].items():
            self.anchors.setdefault(name, (first + int(page), x, y))

    def add(self, part: Part, first: int) -> None:
        """Copy a part's objects under new numbers, its pages with their number and the numbers of its contents lines."""
        said, body = part.said, memoryview(part.file.read_bytes())
        numbers = self._numbers(said, body)
        pages = {number: at for at, number in enumerate(said["page_objects"])}
        stamps = self._stamps(said, first)
        start = 0
        for number, length, head in said["objects"]:
            data = bytes(body[start : start + length])
            start += length
            if number not in numbers or numbers[number][1]:
                continue
            dictionary = self._renumber(data[:head], numbers)
            if number in pages:
                stamp = pydyf.Stream([b"Q", stamps[pages[number]]], compress=True)
                self.pdf.add_object(stamp)
                around = b"/Contents [" + self.save.reference + rb" \1 " + stamp.reference + b"]"
                dictionary = re.sub(rb"/Contents (\d+ 0 R)", around, dictionary, count=1)
            elif number == said["fonts"]:
                dictionary = dictionary[:-2] + b"/Figures " + self.figures.font.reference + b">>"
            self._put(numbers[number][0], _Raw(dictionary + data[head:], head < length))
        for number in said["page_objects"]:
            self.pdf.pages["Kids"].extend([numbers[number][0], 0, "R"])
            self.pdf.pages["Count"] += 1
        self.bookmarks += [(level, label, first + page, x, y) for level, label, page, x, y in said["bookmarks"]]
        if "nums" in said:
            self._structure(said, numbers)
        if first == 0:
            for key, value in said["catalog"].items():
                self.pdf.catalog[key] = self._renumber(value.encode("latin-1"), numbers)

    def _numbers(self, said: dict[str, Any], body: memoryview) -> dict[int, tuple[int, bool]]:
        """Old number → new number, and whether that object is there already (roots; fonts and pictures seen before)."""
        if "nums" in said and not self.tagged:
            self.tagged = True
            for thing in (self.tree, self.root, self.top):
                self.pdf.add_object(thing)
        numbers: dict[int, tuple[int, bool]] = {said["root"]: (self.pdf.pages.number, True)}
        if "nums" in said:
            numbers[said["struct_root"]] = (self.root.number, True)
            numbers[said["struct_top"]] = (self.top.number, True)
            numbers[said["struct_tree"]] = (self.tree.number, True)
        start = 0
        for number, length, head in said["objects"]:
            data = body[start : start + length]
            start += length
            if number in numbers:
                continue
            whole = bytes(data) if head < length and b" 0 R" not in bytes(data[:head]) else b""
            if whole and whole in self.seen:
                numbers[number] = (self.seen[whole], True)
                continue
            place = _Raw(b"", False)
            self.pdf.add_object(place)
            numbers[number] = (place.number, False)
            if whole:
                self.seen[whole] = place.number
        return numbers

    def _put(self, number: int, thing: _Raw) -> None:
        thing.number = number
        self.pdf.objects[number] = thing

    def _renumber(self, data: bytes, numbers: dict[int, tuple[int, bool]]) -> bytes:
        def new(found: re.Match[bytes]) -> bytes:
            if found.group(1):
                return b"%d 0 R" % numbers[int(found.group(1))][0]
            if found.group(2):
                return b"/%b %d" % (found.group(2), int(found.group(3)) + self.next_key)
            return found.group()

        return TOKEN.sub(new, data)

    def _structure(self, said: dict[str, Any], numbers: dict[int, tuple[int, bool]]) -> None:
        for kid in said["struct_kids"]:
            self.kids.append(b"%d 0 R" % numbers[kid][0])
        for key, value in said["nums"]:
            self.nums.append(key + self.next_key)
            self.nums.append(self._renumber(value.encode("latin-1"), numbers))
        self.next_key += len(said["nums"])

    def _stamps(self, said: dict[str, Any], first: int) -> list[bytes]:
        """What is drawn on each page of a part after its own content."""
        drawn: list[list[bytes]] = [[] for _ in range(said["pages"])]
        for page, kind, name, top in said["links"]:
            if name in self.anchors:
                size = 9.5 if kind == "app-toc-head" else 8.5
                down = (self.frame.leading * MM - (ASCENT + DESCENT) * size) / 2 + ASCENT * size
                text = str(self.anchors[name][0] + 1)
                drawn[page].append(_text(text, self.frame.left * MM, top - down, size, SOFT))
        for at, (width, _) in enumerate(said["page_sizes"]):
            if self.frame.cover and first + at == 0:
                continue
            text, size, leading = f"{first + at + 1} / {self.total}", 7.5, 4 * MM
            down = (leading - (ASCENT + DESCENT) * size) / 2 + ASCENT * size
            x = width - self.frame.right * MM - self.figures.width(text, size)
            drawn[at].append(_text(text, x, (self.frame.bottom - 12.5) * MM - down, size, INK))
        return [b"/Artifact BMC\n" + b"\n".join(page) + b"\nEMC" if page else b"" for page in drawn]

    def finish(self, front: dict[str, Any]) -> None:
        """Bookmarks, named places, the head of the structure, and what the document says of itself."""
        pages = self.pdf.page_references
        names = pydyf.Array()
        for name in sorted(self.anchors, key=lambda n: pydyf.String(n).data):
            page, x, y = self.anchors[name]
            names.append(pydyf.String(name))
            names.append(pydyf.Array([pages[page], "/XYZ", x, y, 0]))
        if names:
            self.pdf.catalog["Names"] = pydyf.Dictionary({"Dests": pydyf.Dictionary({"Names": names})})
        if self.tagged:
            self.root["K"] = pydyf.Array([self.top.reference])
            self.root["ParentTree"] = self.tree.reference
            self.root["ParentTreeNextKey"] = self.next_key
            self.top["P"] = self.root.reference
            self.pdf.catalog["StructTreeRoot"] = self.root.reference
        for key, value in front["info"].items():
            self.pdf.info[key] = value.encode("latin-1")
        if self.bookmarks:
            outline = pydyf.Dictionary({"Type": "/Outlines"})
            self.pdf.add_object(outline)
            self._outline(outline, 0, len(self.bookmarks), pages)
            self.pdf.catalog["Outlines"] = outline.reference

    def _outline(self, parent: pydyf.Dictionary, start: int, end: int, pages: Sequence[bytes]) -> None:
        """The bookmarks from ``start`` to ``end`` as children of ``parent``; chapters are closed."""
        last: pydyf.Dictionary | None = None
        count, at = 0, start
        while at < end:
            level, label, page, x, y = self.bookmarks[at]
            until = at + 1
            while until < end and self.bookmarks[until][0] > level:
                until += 1
            place = pydyf.Array([pages[page], "/XYZ", x, y, 0])
            entry = pydyf.Dictionary({"Title": pydyf.String(label), "Parent": parent.reference, "Dest": place})
            self.pdf.add_object(entry)
            if last is None:
                parent["First"] = entry.reference
            else:
                last["Next"], entry["Prev"] = entry.reference, last.reference
            if until > at + 1:
                self._outline(entry, at + 1, until, pages)
                entry["Count"] = -entry["Count"]
            last, at, count = entry, until, count + 1
        if last is not None:
            parent["Last"], parent["Count"] = last.reference, count


def _text(text: str, x: float, y: float, size: float, colour: str) -> bytes:
    return f"q {colour} BT /Figures {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm ({text}) Tj ET Q".encode()
