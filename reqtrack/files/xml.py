"""XML from outside: no document type, no entities, no network, no odd encodings, no endless depth."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from reqtrack.files.limits import DEFAULT, Limits
from reqtrack.files.problems import N_, FileProblem, Place, refuse

# What expat reads by itself. UTF-7 and its like hide markup from whoever looks at the bytes.
_NATIVE = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}
_TRANSCODED = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "windows-1252": "cp1252"}
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")


class _TooMuch(Exception):
    """Raised inside the parser when the tree grows past the limits."""


class Lined(Element):
    """An element that knows the line of the file on which it begins; 0 where that is not known."""

    __slots__ = ("line",)

    def __init__(self, tag: str, attrib: dict[str, str] | None = None, /) -> None:
        super().__init__(tag, attrib or {})
        self.line = 0


class _CountingBuilder(TreeBuilder):
    """A tree builder that gives up on depth and number, so that a hostile file never becomes a tree."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(element_factory=Lined)
        self._limits, self._depth, self._count = limits, 0, 0
        self.parser: Any = None

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > self._limits.xml_depth:
            raise _TooMuch("depth")
        if self._count > self._limits.xml_elements:
            raise _TooMuch("count")
        element = super().start(tag, attrs)
        if isinstance(element, Lined) and self.parser is not None:
            element.line = self.parser.CurrentLineNumber
        return element

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse_xml(data: bytes, limits: Limits = DEFAULT, place: Place | None = None) -> Lined:
    """The root element of an XML file; all elements know their ``line``.

    Raises:
        FileProblem: not well formed (with its line), a DOCTYPE, an encoding that is not read, or past the limits.
    """
    where = place or Place()
    builder = _CountingBuilder(limits)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_external=True)
    builder.parser = parser.parser
    try:
        parser.feed(_readable(data, where))
        root: Lined = parser.close()
    except DefusedXmlException:
        message = N_("The file contains a DTD or entities, which can smuggle in other files.")
        raise refuse("xml_dtd", message, where, N_("Save it without a document type.")) from None
    except _TooMuch as too_much:
        raise _too_much(str(too_much), limits, where) from None
    except ParseError as error:
        line = error.position[0]
        message = N_("The XML is not well formed.")
        raise refuse("xml", message, Place(where.file, where.member, line=line), N_("Export it again.")) from None
    return root


def _readable(data: bytes, place: Place) -> bytes:
    if not data.strip():
        raise refuse("empty", N_("The file is empty."), Place(place.file, place.member, line=1))
    declared = _DECLARED.match(data[:512])
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if name in _NATIVE:
        return data
    if name not in _TRANSCODED or declared is None:
        message = N_("The XML says that it is written in “%(encoding)s”, which is not read here.")
        raise refuse("xml_encoding", message, place, N_("Save it as UTF-8."), encoding=name)
    try:
        return data[declared.end() :].decode(_TRANSCODED[name]).encode("utf-8")
    except UnicodeDecodeError:
        message = N_("The XML says that it is written in “%(encoding)s”, but is not.")
        raise refuse("xml_encoding", message, place, N_("Save it as UTF-8."), encoding=name) from None


def _too_much(what: str, limits: Limits, place: Place) -> FileProblem:
    if what == "depth":
        message = N_("The XML is nested deeper than %(limit)s levels.")
        return refuse("xml_depth", message, place, limit=limits.xml_depth)
    message = N_("The XML holds more than %(limit)s elements.")
    return refuse("xml_count", message, place, N_("Split it into smaller files."), limit=limits.xml_elements)
