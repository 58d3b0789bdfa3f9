"""Documents as PDF: the template is filled here, the page is set in child processes that can be killed.

A document of up to a hundred pages is set by one child. A longer one is cut where its template says (chapters,
requirements), set by two children at a time, and joined; a child then never holds more than a hundred and fifty pages.
"""

from __future__ import annotations

import base64
import html as entities
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from reqtrack.rendering import pdf_merge
from reqtrack.rendering.fonts import WEIGHTS, exports_folder, font_file, missing_glyphs, spelled
from reqtrack.rendering.paper import Sheet, compose
from reqtrack.rendering.pdf_process import PdfCancelled, PdfError, PdfTimeout, PdfUnavailable, Printers
from reqtrack.rendering.qr import blank_png, qr_png

__all__ = [
    "Pdf",
    "PdfCancelled",
    "PdfError",
    "PdfTimeout",
    "PdfUnavailable",
    "Printers",
    "print_sheet",
    "render_pdf",
]

SINGLE_PAGES = 100
PART_PAGES = 150
PROCESSES = 2
CUT = re.compile(r"<!--(chapter|unit|end)-->")
RUN = re.compile(r"<h1 [^>]*data-run=\"([^\"]*)\"")
HREF = re.compile(r"<a( class=\"(toc[^\"]*)\")? href=\"#([^\"]+)\"")
PAGE_MARGINS = re.compile(r"@page \{[^}]*?margin: [\d.]+mm ([\d.]+)mm ([\d.]+)mm ([\d.]+)mm", re.S)
LEADING = re.compile(r"html \{ font: [\d.]+pt/([\d.]+)mm")
# In a part neither the number of a page nor that of another chapter's pages is known: both are stamped when it is joined.
PART_STYLE = "\n@page { @bottom-right { content: none } }\n.toc::before { content: '' }\n"


class Pdf(NamedTuple):
    """A document: its bytes, how many pages, the characters printed as their number, and what the renderer refused."""

    data: bytes
    pages: int
    missing: list[str]
    warnings: list[str]
    peak_mib: int


class _Piece(NamedTuple):
    """A stretch of a document that is set by itself; ``run`` is the running head where it begins inside a chapter."""

    html: str
    pages: float
    run: str


def render_pdf(
    document: str | Path,
    context: Mapping[str, Any],
    *,
    locale: str,
    gettext: Callable[[str], str] = str,
    ngettext: Callable[[str, str, int], str] = lambda one, many, n: one if n == 1 else many,
    tagged: bool = False,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    seconds: float = 600.0,
    processes: int = PROCESSES,
    large: bool = False,
) -> Pdf:
    """Print a document of ``exports/`` (its folder or name) with the context that its ``context.md`` describes.

    ``locale`` is the document's language (``en``, ``zh…``); ``gettext`` and ``ngettext`` translate into it. ``tagged``
    adds the structure that screen readers need (PDF/UA). ``progress(done, total)`` counts pages, the total being an
    estimate until the end; ``cancelled()`` is asked several times a second. ``large``: it is known to be
    long before it is filled.

    Raises:
        PdfUnavailable: WeasyPrint or its system libraries are missing.
        PdfTimeout, PdfCancelled: it was stopped.
        PdfError: it could not be set.
        jinja2.UndefinedError: the context is not complete.
    """
    folder = document if isinstance(document, Path) else exports_folder() / document
    # The processes load while the template is filled.
    with Printers(processes if large else 1, seconds=seconds, cancelled=cancelled) as printers:
        sheet = compose(folder, context, locale=locale, gettext=gettext, ngettext=ngettext)
        return print_sheet(sheet, printers, tagged=tagged, progress=progress, processes=processes)


def print_sheet(
    sheet: Sheet,
    printers: Printers,
    *,
    tagged: bool = False,
    progress: Callable[[int, int], None] | None = None,
    processes: int = PROCESSES,
    single_pages: int = SINGLE_PAGES,
    part_pages: int = PART_PAGES,
) -> Pdf:
    """Print what ``compose`` made, by processes that may have printed others before; see ``render_pdf`` for the rest."""
    total = max(1, round(estimated_pages(sheet.html)))
    told = _Told(progress, total)
    with tempfile.TemporaryDirectory(prefix="reqtrack-pdf-") as place:
        apart = total > single_pages
        if apart:
            printers.grow(processes)
        sheet, missing = _printable(sheet, printers)
        if apart:
            pieces = _pieces(sheet.html, part_pages, processes)
            made = _print_parts(sheet, pieces, printers, Path(place), tagged, told.pages)
        else:
            file = Path(place) / "whole.pdf"
            said = printers.run([_job("whole", sheet, sheet.html, file, tagged)], told.pages)
            made = Pdf(file.read_bytes(), said[0]["pages"], [], said[0]["warnings"], said[0]["peak"])
    told.end(made.pages)
    return made._replace(missing=missing)


class _Told:
    """Progress that never goes back and ends full."""

    def __init__(self, progress: Callable[[int, int], None] | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def pages(self, done: int) -> None:
        done = min(done, self._total - 1)
        if self._progress and done > self._done:
            self._done = done
            self._progress(done, self._total)

    def end(self, pages: int) -> None:
        if self._progress:
            self._progress(pages, pages)


def estimated_pages(html: str) -> float:
    """About how many pages a filled template will take: 0.9 to 1.2 of the truth for a specification."""
    wide = sum(1 for char in html if char > "\u2e7f")
    return html.count("<!--unit-->") * 0.12 + (len(html) + 0.9 * wide) / 4_400


def _job(do: str, sheet: Sheet, html: str, out: Path, tagged: bool, part: int = 0) -> dict[str, Any]:
    qr = base64.b64encode(qr_png(sheet.address) if sheet.address else blank_png())
    return {
        "do": do,
        "html": html,
        "css": sheet.css + (PART_STYLE if do == "part" else ""),
        "files": {f"app:font/{weight}": str(font_file(weight)) for weight in WEIGHTS},
        "images": {"app:qr": qr.decode()},
        "tags": tagged,
        "out": str(out),
        "part": part,
    }


def _printable(sheet: Sheet, printers: Printers) -> tuple[Sheet, list[str]]:
    """The sheet with each character that no font here has replaced by its number, and those characters."""
    doubtful = sorted(missing_glyphs(entities.unescape(sheet.html)))
    if not doubtful:
        return sheet, []
    html = "<html lang='zh-Hans'><p>" + " ".join(map(entities.escape, doubtful))
    said = printers.run([_job("probe", sheet, html, Path("unused"), tagged=False)])
    lost = [chr(code) for code in said[0]["missing"]]
    return sheet._replace(html=sheet.html.translate({ord(char): spelled(char) for char in lost})), lost


def _print_parts(
    sheet: Sheet,
    pieces: Sequence[_Piece],
    printers: Printers,
    place: Path,
    tagged: bool,
    paged: Callable[[int], None],
) -> Pdf:
    home = {name: at for at, piece in enumerate(pieces) for name in re.findall(r'<[^<>]* id="([^"]+)"', piece.html)}
    opening, ending = sheet.html[: _body_end(sheet.html)], "</body></html>"
    files = [place / f"{number}.part" for number in range(len(pieces))]
    jobs = []
    for number, piece in enumerate(pieces):
        start = opening
        if piece.run:
            start = opening.replace('<body class="', f'<body data-run="{piece.run}" class="on ', 1)
        html = start + _links_apart(piece.html, number, home) + ending
        jobs.append(_job("part", sheet, html, files[number], tagged, number))
    # The largest first: then the two processes end at about the same time.
    order = sorted(range(len(jobs)), key=lambda number: -pieces[number].pages)
    said = dict(zip(order, printers.run([jobs[number] for number in order], paged), strict=True))
    parts = [pdf_merge.Part(said[number], files[number]) for number in range(len(pieces))]
    try:
        data = pdf_merge.join(parts, _frame(sheet), font_file("figures"))
    except (KeyError, IndexError, ValueError) as problem:
        raise PdfError(f"The parts of the document could not be joined: {problem!r}") from problem
    warnings = [text for part in parts for text in part.said["warnings"]]
    return Pdf(data, sum(p.said["pages"] for p in parts), [], warnings[:50], max(p.said["peak"] for p in parts))


def _body_end(html: str) -> int:
    """Where the body's own tag ends."""
    return html.index(">", html.index("<body")) + 1


def _pieces(html: str, most: float, processes: int = PROCESSES) -> list[_Piece]:
    """The front, then chapters: small ones together, large ones cut between requirements; each about a quarter, or an even share for
    each process, so that none is left with one piece more than the other.

    No piece is meant to have more than ``most`` pages.
    """
    cuts = list(CUT.finditer(html))
    first = next((cut.start() for cut in cuts if cut.group(1) == "chapter"), html.rindex("<!--end-->"))
    front = html[_body_end(html) : first]
    pieces = [_Piece(front, estimated_pages(front), "")]
    chapters: list[list[_Piece]] = []
    for cut, after in pairwise(cuts):
        if cut.start() >= first:
            text = html[cut.start() : after.start()]
            if cut.group(1) == "chapter":
                chapters.append([])
            chapters[-1].append(_Piece(text, estimated_pages(text), ""))
    pages = sum(piece.pages for chapter in chapters for piece in chapter)
    share = max(20.0, pages / max(4, processes * ceil(pages / most / processes)))
    room = False
    for chapter in chapters:
        portions = _portions(chapter, share)
        if room and len(portions) == 1 and pieces[-1].pages + portions[0].pages <= share:
            pieces[-1] = _glued([pieces[-1], portions[0]], "")
        else:
            pieces += portions
        room = len(portions) == 1
    return pieces


def _portions(chapter: list[_Piece], share: float) -> list[_Piece]:
    """A chapter whole, or where it is much more than its share, in even portions."""
    pages = sum(piece.pages for piece in chapter)
    # A tenth of a share over is no reason for a portion more: the pages are estimated.
    count = 1 if pages <= share * 1.25 else ceil(pages / share - 0.1)
    running = RUN.search(chapter[0].html)
    portions: list[list[_Piece]] = [[]]
    so_far = 0.0
    for piece in chapter:
        if so_far >= pages * len(portions) / count:
            portions.append([])
        portions[-1].append(piece)
        so_far += piece.pages
    return [_glued(portion, running.group(1) if n and running else "") for n, portion in enumerate(portions)]


def _glued(pieces: list[_Piece], run: str) -> _Piece:
    return _Piece("".join(piece.html for piece in pieces), sum(piece.pages for piece in pieces), run)


def _links_apart(html: str, number: int, home: dict[str, int]) -> str:
    """Links to what is not in this part become addresses that the join turns back into places."""

    def apart(found: re.Match[str]) -> str:
        named, kind, target = found.group(1) or "", found.group(2), found.group(3)
        if home.get(target) == number and not kind:
            return found.group()
        scheme = "app-part" if not kind else "app-toc-head" if " c" in kind else "app-toc"
        return f'<a{named} href="{scheme}:{target}"'

    return HREF.sub(apart, html)


def _frame(sheet: Sheet) -> pdf_merge.Frame:
    """Margins and leading from the style itself, so that stamped numbers stand where set ones would."""
    margins, leading = PAGE_MARGINS.search(sheet.css), LEADING.search(sheet.css)
    if margins is None or leading is None:
        raise PdfError("The style sheet does not say its margins.")
    right, bottom, left = (float(value) for value in margins.groups())
    return pdf_merge.Frame(left, right, bottom, float(leading.group(1)), 'class="cover"' in sheet.html)
