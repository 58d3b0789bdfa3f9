"""WeasyPrint in a process of its own, where it can be killed (see ``pdf_process``). Imports nothing of reqtrack.

Jobs come in on standard input, each four bytes of length (big-endian) and that much JSON. Lines of JSON go out:
``{"ready"}``, ``{"page": n}`` for each page laid out, then ``{"done": {…}}`` or ``{"failed": name, "why": words}``.
A result is written to the file that the job names; nothing else is written, read or fetched but what the job lists.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import io
import json
import logging
import re
import struct
import sys
from pathlib import Path
from typing import Any

# A part of 120 pages with tags takes 420 MiB of addresses; a table of 10 000 rows, about 850.
MEMORY_BYTES = 1200 * 1024 * 1024
CATALOG = ("Lang", "MarkInfo", "ViewerPreferences", "Metadata")
# Links that lead to another part of the document, and those of its contents, beside which the page number is stamped.
ELSEWHERE = re.compile(r"app-(part|toc|toc-head):")
MISSING = re.compile(r"\(U\+([0-9A-F]{4,6})\)")


def say(**what: Any) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class _Pages(logging.Handler):
    """Tells the parent of each page; with it the parent knows that the child is alive."""

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, str) and "Creating layout - Page" in record.msg and record.args:
            say(page=record.args[0] if isinstance(record.args, tuple) else 0)


class _Warnings(logging.Handler):
    """Keeps what WeasyPrint complains of: characters without a glyph, addresses that were refused."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: set[int] = set()
        self.others: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if "notdef" in text and (found := MISSING.search(text)):
            self.missing.add(int(found.group(1), 16))
        elif len(self.others) < 50:
            self.others.append(text[:300])


def fetcher(job: dict[str, Any]) -> Any:
    """A fetcher that serves what the job lists by name and refuses every other address, ``file:`` and ``data:`` too."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Paper(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            # A refusal is logged and the page is made without it: one bad address in a text must not stop a document.
            super().__init__(allowed_protocols=("app",), allow_redirects=False, fail_on_errors=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in job["files"]:
                return URLFetcherResponse(url, Path(job["files"][url]).read_bytes(), {"Content-Type": "font/ttf"})
            if url in job["images"]:
                return URLFetcherResponse(url, base64.b64decode(job["images"][url]), {"Content-Type": "image/png"})
            raise ValueError(f"not for paper: {url[:80]}")

    return Paper()


def layout(job: dict[str, Any]) -> Any:
    """The laid out document."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    serve, fonts = fetcher(job), FontConfiguration()
    style = CSS(string=job["css"], url_fetcher=serve, font_config=fonts, base_url="app:")
    html = HTML(string=job["html"], url_fetcher=serve, base_url="app:")
    return html.render(stylesheets=[style], font_config=fonts, presentational_hints=False)


def whole(job: dict[str, Any]) -> dict[str, Any]:
    """A finished PDF into the job's file."""
    document = layout(job)
    options = {"pdf_variant": "pdf/ua-1"} if job["tags"] else {"pdf_tags": False}
    document.write_pdf(job["out"], **options)
    return {"pages": len(document.pages)}


def part(job: dict[str, Any]) -> dict[str, Any]:
    """The objects of a part into the job's file, unnumbered pages and open links, for ``pdf_merge`` to join."""
    document = layout(job)
    kept: dict[str, Any] = {}

    def capture(_: Any, pdf: Any) -> None:
        kept.update(_dump(job, document, pdf))
        raise _Captured

    options = {"pdf_variant": "pdf/ua-1"} if job["tags"] else {"pdf_tags": False}
    with contextlib.suppress(_Captured):
        document.write_pdf(io.BytesIO(), finisher=capture, **options)
    return kept


class _Captured(Exception):
    """The objects are saved; the part itself need not be written."""


def _dump(job: dict[str, Any], document: Any, pdf: Any) -> dict[str, Any]:
    """Write the objects one after the other; return where they are and what the merge must know of them."""
    import pydyf

    _open_links(pdf, pydyf)
    tags = _tags(job, pdf, pydyf) if job["tags"] else {}
    index: list[list[int]] = []
    outlines = int(pdf.catalog["Outlines"].split()[0]) if "Outlines" in pdf.catalog else -1
    with open(job["out"], "wb") as sink:
        for thing in pdf.objects:
            if thing.free == "f" or thing in (pdf.pages, pdf.catalog) or thing.number == outlines or _is_outline(thing):
                continue
            data = thing.data
            head = data.index(b"\nstream\n") if isinstance(thing, pydyf.Stream) else len(data)
            index.append([thing.number, len(data), head])
            sink.write(data)
    catalog = {key: _text(value) for key, value in pdf.catalog.items() if key in CATALOG}
    return {
        "pages": len(document.pages),
        "objects": index,
        "size": len(pdf.objects),
        "root": pdf.pages.number,
        "page_objects": [int(n) for n in pdf.pages["Kids"][::3]],
        "page_sizes": [[page.width * 0.75, page.height * 0.75] for page in document.pages],
        "fonts": _font_resource(pdf, pydyf),
        "anchors": _anchors(document),
        "bookmarks": [
            [level, label, number, x * 0.75, (page.height - y) * 0.75]
            for number, page in enumerate(document.pages)
            for level, label, (x, y), _ in page.bookmarks
        ],
        "links": _links(document),
        "catalog": catalog,
        "info": {k: _text(v) for k, v in pdf.info.items()},
        **tags,
    }


def _text(value: Any) -> str:
    data = value.data if hasattr(value, "data") else value
    return data.decode("latin-1") if isinstance(data, bytes) else str(data)


def _anchors(document: Any) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for number, page in enumerate(document.pages):
        for name, (x, y, *_) in page.anchors.items():
            found.setdefault(name, [number, x * 0.75, (page.height - y) * 0.75])
    return found


def _is_outline(thing: Any) -> bool:
    """Bookmarks are made anew for the whole; a part's own are left out."""
    return isinstance(thing, dict) and "Title" in thing and "Dest" in thing and "Type" not in thing


def _links(document: Any) -> list[list[Any]]:
    """Contents lines: page, kind of line, target, top. The page number is stamped beside them."""
    found: dict[tuple[int, str, str], float] = {}
    for number, page in enumerate(document.pages):
        for _, target, rectangle, _ in page.links:
            kind, _, name = target.partition(":")
            if kind in ("app-toc", "app-toc-head"):
                # A line has a rectangle for its block and others for what is in it; the block's is the highest.
                top = (page.height - rectangle[1]) * 0.75
                found[number, kind, name] = max(top, found.get((number, kind, name), 0.0))
    return [[*key, top] for key, top in found.items()]


def _open_links(pdf: Any, pydyf: Any) -> None:
    """Links to another part were laid out as foreign addresses; make them named places again."""
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Dictionary) and thing.get("Subtype") == "/Link" and "A" in thing:
            address = thing["A"]["URI"].string
            if found := ELSEWHERE.match(address):
                del thing["A"]
                thing["Dest"] = pydyf.String(address[found.end() :])
                if "Contents" in thing:
                    thing["Contents"] = pydyf.String(address[found.end() :])


def _font_resource(pdf: Any, pydyf: Any) -> int:
    """Number of the dictionary that names this part's fonts, to which the font of the page numbers is added."""
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Dictionary) and isinstance(thing.get("Font"), bytes):
            return int(thing["Font"].split()[0])
    raise ValueError("no font resource")


def _tags(job: dict[str, Any], pdf: Any, pydyf: Any) -> dict[str, Any]:
    """Numbers of the structure's roots, and the entries that map content to structure; header ids made unique."""
    root = pdf.objects[int(pdf.catalog["StructTreeRoot"].split()[0])]
    top = pdf.objects[int(root["K"][0].split()[0])]
    nums = pdf.objects[int(root["ParentTree"].split()[0])]["Nums"]
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Dictionary) and isinstance(thing.get("ID"), pydyf.String):
            thing["ID"].string = f"{job['part']}.{thing['ID'].string}"
    entries = [[int(nums[n]), _text(nums[n + 1])] for n in range(0, len(nums), 2)]
    return {
        "struct_root": root.number,
        "struct_top": top.number,
        "struct_tree": int(root["ParentTree"].split()[0]),
        "struct_kids": [int(kid.split()[0]) for kid in top["K"]],
        "nums": entries,
    }


def probe(job: dict[str, Any]) -> dict[str, Any]:
    """Which of the job's characters no font of this machine can draw."""
    layout(job).write_pdf(io.BytesIO())
    return {"pages": 0}


def main() -> None:
    """Bound the memory, load WeasyPrint, answer jobs until the input ends. The cyclic collector runs between jobs only."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # not on this system; the parent's watch remains
    try:
        import weasyprint
    except (ImportError, OSError) as problem:
        say(unavailable=f"{type(problem).__name__}: {problem}"[:300])
        return
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    progress = logging.getLogger("weasyprint.progress")
    progress.setLevel(logging.INFO)
    progress.handlers, progress.propagate = [_Pages()], False
    gc.disable()
    say(ready=weasyprint.__version__)
    source = sys.stdin.buffer
    while len(head := source.read(4)) == 4:
        job = json.loads(source.read(struct.unpack(">I", head)[0]))
        warnings = _Warnings()
        logging.getLogger("weasyprint").handlers = [warnings]
        try:
            result = {"whole": whole, "part": part, "probe": probe}[job["do"]](job)
            say(done={**result, "missing": sorted(warnings.missing), "warnings": warnings.others, "peak": _peak()})
        except Exception as problem:  # noqa: BLE001 - whatever it is, the parent is told and decides
            say(failed=type(problem).__name__, why=str(problem)[:300])
        gc.collect()


def _peak() -> int:
    """The most memory that this process has held, in MiB; 0 where the system does not say.

    Linux tells it of the program itself; what ``getrusage`` tells there counts the process that started it, too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        held = next((line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")), "0")
        return int(held) // 1024
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
