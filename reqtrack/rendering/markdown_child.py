"""The Markdown engine, run in a process of its own (see ``markdown``), where it can be killed.

It is started by file name and imports nothing of reqtrack, so that it stays small. Protocol on standard input and output:
four bytes of length (big-endian), then that many bytes of UTF-8. An answer has one more byte in front: ``R`` ready, ``H``
HTML, ``F`` failed (the body is the name of the exception).
"""

from __future__ import annotations

import re
import signal
import struct
import sys
import xml.etree.ElementTree as etree
from typing import BinaryIO

import markdown
import nh3
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

# A parser that is stuck ends itself, should the parent be gone and nobody left to kill it.
STUCK_SECONDS = 5.0
MEMORY_BYTES = 512 * 1024 * 1024

TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("em", "strong", "del", "mark", "a", "img", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
# Only our own attachments may be shown as pictures: any other address would tell its owner who reads the text.
OWN_PICTURE = re.compile(r"/(?:[\w.~%-]+/)*attachments/[\w.~%/-]+")
BARE_LINK = r"(https?://[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+)"
HELD = re.compile(f"([ >]*){STX}[^{STX}{ETX}]*{ETX} *$")
DONE = re.compile(r"\[([ xX])\]\s")


class _Apart(Preprocessor):  # type: ignore[misc]
    """A fenced block stands as a paragraph of its own, also without blank lines around it."""

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        for line in lines:
            held = HELD.match(line)
            out.extend((held.group(1), line, held.group(1)) if held else (line,))
        return out


class _BareLink(InlineProcessor):  # type: ignore[misc]
    """``https://…`` in running text becomes a link; a closing stop or bracket stays outside of it."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:
        address = m.group(1).rstrip(".,;:!?'*")
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(".,;:!?'*")
        link = etree.Element("a", {"href": address})
        link.text = AtomicString(address)
        return link, m.start(0), m.start(0) + len(address)


class _Shape(Treeprocessor):  # type: ignore[misc]
    """Headings two levels down (the page has its own), ticks for task lists, foreign pictures as links."""

    def run(self, root: etree.Element) -> None:
        for node in root.iter():
            if len(node.tag) == 2 and node.tag[0] == "h" and node.tag[1].isdigit():
                node.tag = f"h{min(int(node.tag[1]) + 2, 6)}"
            elif node.tag == "li":
                _tick(node)
            elif node.tag == "img" and not OWN_PICTURE.fullmatch(node.get("src", "")):
                source, words = node.get("src", ""), node.get("alt", "")
                tail = node.tail
                node.clear()
                node.tag, node.text, node.tail = "a", words or source, tail
                node.set("href", source)


def _tick(node: etree.Element) -> None:
    """``[ ] text`` at the start of a list entry becomes an empty or ticked box."""
    first = node if (node.text or "").strip() or not len(node) or node[0].tag != "p" else node[0]
    if found := DONE.match(first.text or ""):
        first.text = ("\u2610 " if found.group(1) == " " else "\u2611 ") + (first.text or "")[found.end() :]


class _Plainer(Extension):  # type: ignore[misc]
    """What is typed stays: ``<b>`` is shown, not obeyed, so that ``<customer>`` in a requirement is never lost."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.preprocessors.register(_Apart(md), "apart", 22)
        md.inlinePatterns.register(_BareLink(BARE_LINK, md), "bare_link", 95)
        md.treeprocessors.register(_Shape(md), "shape", 5)


def _address(url: str) -> str | None:
    """Relative addresses: only those that stay on this site."""
    return url if url.startswith("/") and not url.startswith(("//", "/\\")) else None


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and not OWN_PICTURE.fullmatch(value):
        return None
    return value


def _engine() -> tuple[markdown.Markdown, nh3.Cleaner]:
    md = markdown.Markdown(
        extensions=["tables", "def_list", "sane_lists", "nl2br", "pymdownx.superfences"]
        + ["pymdownx.tilde", "pymdownx.mark", _Plainer()],
        extension_configs={
            "tables": {"use_align_attribute": True},
            # 5~10 in Chinese text is a range, not a subscript.
            "pymdownx.tilde": {"subscript": False},
            "pymdownx.highlight": {"use_pygments": False},
        },
        output_format="html",
    )
    cleaner = nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        tag_attribute_values={t: {"align": {"left", "right", "center"}} for t in ("th", "td")},
        attribute_filter=_attribute,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto"},
        url_relative=_address,
    )
    return md, cleaner


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until ``source`` ends."""
    md, cleaner = _engine()
    cleaner.clean(md.convert("# warm\n\n- *up*\n"))
    _answer(sink, b"R", b"")
    while len(head := source.read(4)) == 4:
        text = source.read(struct.unpack(">I", head)[0]).decode("utf-8")
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, STUCK_SECONDS)
        try:
            md.reset()
            kind, body = b"H", cleaner.clean(md.convert(text)).encode("utf-8")
        except Exception as problem:  # noqa: BLE001 - any fault of the parser means: shown as plain text
            kind, body = b"F", type(problem).__name__.encode()
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        _answer(sink, kind, body)


def _answer(sink: BinaryIO, kind: bytes, body: bytes) -> None:
    sink.write(kind + struct.pack(">I", len(body)) + body)
    sink.flush()


def main() -> None:
    """Entry of the child: bound its memory, then serve."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # not on this system; the time limit remains
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
