"""Files attached to a PDF by an incremental update (ISO 32000-1, 7.5.6): what was there stays, byte for byte.

pypdf writes such an update too, but first copies every object of the file: of a pack of six hundred pages that took longer than all
else that is done to it. Here its reader is asked for the catalogue alone, and its objects are written after the file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    create_string_object,
)


class File(NamedTuple):
    """One file: its bytes go in as they are. ``media_type`` of what they are once ``filter`` is undone; ``relation`` as in PDF 2.0."""

    name: str
    data: bytes
    relation: str
    description: str = ""
    media_type: str = ""
    filter: str = ""


def attached(pdf: bytes, files: Sequence[File]) -> bytes:
    """The PDF with files attached, the first of them as what the document itself is made of (``/AF``).

    Raises:
        pypdf.errors.PyPdfError: it is not a PDF.
    """
    reader = PdfReader(io.BytesIO(pdf))
    update = _Update(pdf, reader.trailer)
    places = {one.name: update.add(_about(one, update.add(_stream(one)))) for one in files}
    root = DictionaryObject(reader.root_object)
    found: Any = root["/Names"].get_object() if "/Names" in root else {}
    names = DictionaryObject(found)
    # What the renderer attached itself stands in one flat list.
    there = names["/EmbeddedFiles"].get_object()["/Names"] if "/EmbeddedFiles" in names else []  # type: ignore[index]
    known = {**dict(zip(map(str, there[::2]), there[1::2], strict=True)), **places}
    tree = [part for name in sorted(known) for part in (create_string_object(name), known[name])]
    names[NameObject("/EmbeddedFiles")] = _dictionary({"/Names": ArrayObject(tree)})
    root[NameObject("/Names")] = names
    root[NameObject("/AF")] = ArrayObject([places[files[0].name]])
    update.put(reader.trailer.raw_get("/Root").idnum, root)
    return update.ended()


def _stream(file: File) -> StreamObject:
    stream = StreamObject()
    told = {"/Type": NameObject("/EmbeddedFile")}
    if file.media_type:
        told["/Subtype"] = NameObject(f"/{file.media_type}")
    if file.filter:
        told["/Filter"] = NameObject(f"/{file.filter}")
    stream.update(_dictionary(told))
    stream.set_data(file.data)
    return stream


def _about(file: File, place: IndirectObject) -> DictionaryObject:
    name = create_string_object(file.name)
    told = {
        "/Type": NameObject("/Filespec"), "/F": name, "/UF": name, "/EF": _dictionary({"/F": place}),
        "/AFRelationship": NameObject(f"/{file.relation}"),
    }  # fmt: skip
    if file.description:
        told["/Desc"] = create_string_object(file.description)
    return _dictionary(told)


def _dictionary(values: Mapping[str, Any]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in values.items()})


class _Update:
    """Objects written after a PDF, and at last the table that tells where they are, of the kind that the PDF has itself."""

    def __init__(self, pdf: bytes, trailer: DictionaryObject) -> None:
        self.before = int(pdf[pdf.rindex(b"startxref") + len(b"startxref") :].split(maxsplit=1)[0])
        self.listed = pdf[self.before : self.before + 4] == b"xref"
        self.kept = {name: trailer.raw_get(name) for name in ("/Root", "/Info", "/ID") if name in trailer}
        self.size = int(trailer["/Size"])  # type: ignore[call-overload]
        self.places: dict[int, int] = {}
        self.out = io.BytesIO()
        self.out.write(pdf if pdf.endswith(b"\n") else pdf + b"\n")

    def put(self, number: int, thing: Any) -> None:
        """Write an object under a number; of one that was there before, this is what it is now."""
        self.places[number] = self.out.tell()
        self.out.write(b"%d 0 obj\n" % number)
        thing.write_to_stream(self.out)
        self.out.write(b"\nendobj\n")

    def add(self, thing: Any) -> IndirectObject:
        """Write a new object; returns the reference to it."""
        number, self.size = self.size, self.size + 1
        self.put(number, thing)
        return IndirectObject(number, 0, None)

    def ended(self) -> bytes:
        """The whole file."""
        here = self.out.tell()
        told = {**self.kept, "/Size": NumberObject(self.size), "/Prev": NumberObject(self.before)}
        if self.listed:
            self.out.write(b"xref\n")
            for number, at in sorted(self.places.items()):
                self.out.write(b"%d 1\n%010d 00000 n \n" % (number, at))
            self.out.write(b"trailer\n")
            _dictionary(told).write_to_stream(self.out)
        else:
            self._index(here, told)
        self.out.write(b"\nstartxref\n%d\n%%%%EOF\n" % here)
        return self.out.getvalue()

    def _index(self, here: int, told: dict[str, Any]) -> None:
        """The table as a stream, which tells of itself, too: a kind, a place in eight bytes and a generation for each object."""
        places = sorted({**self.places, self.size: here}.items())
        index = StreamObject()
        told |= {
            "/Type": NameObject("/XRef"), "/Size": NumberObject(self.size + 1),
            "/W": ArrayObject(map(NumberObject, (1, 8, 1))),
            "/Index": ArrayObject(NumberObject(part) for number, _at in places for part in (number, 1)),
        }  # fmt: skip
        index.update(_dictionary(told))
        index.set_data(b"".join(b"\x01" + at.to_bytes(8, "big") + b"\x00" for _number, at in places))
        self.out.write(b"%d 0 obj\n" % self.size)
        index.write_to_stream(self.out)
        self.out.write(b"\nendobj")
