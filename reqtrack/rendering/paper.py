"""A document's context and its template in, HTML and a style sheet out: everything about paper but the printing.

Templates look nothing up: they get the context, the words of the document's language, and the filters below.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

from reqtrack.rendering.fonts import exports_folder
from reqtrack.rendering.markdown import TAG, to_html
from reqtrack.rendering.redline import HAN

# The plain space of the face is 0.224 em wide, breaks, and vanishes at a line's end: the right gap between Han and Latin.
GAP = re.compile(rf"(?<=[{HAN}])(?=[A-Za-z0-9%$€¥])|(?<=[A-Za-z0-9%$€¥])(?=[{HAN}])")
ENDS = re.compile(r"[\x00-\xff\u2018\u201c]")
FIRST_HAN = re.compile(f"[{HAN}]")
LATIN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
BLOCKS = {"p", "li", "td", "th", "dt", "dd"}
# A text without any of these is a plain paragraph; it is most texts, and it is cheap.
SIGNS = re.compile(r"[*`#|\[\]<>\\~_]|==|^\s*(?:[-+]|\d{1,9}[.)])\s|https?://|^(?:\s{4}|\t)|^:\s", re.M)
ROOT = re.compile(r":root(?::lang\((\w+)\))?\s*\{(.*?)\n\}", re.S)
# A table of up to so many rows is not parted between pages.
KEPT_ROWS = 9
FIRST_LINE = re.compile(r"<p( lang=\"[\w-]+\")?>")
BOXES = str.maketrans({"\u2610": "\u25a1", "\u2611": "\u2713"})


class Sheet(NamedTuple):
    """A document ready to be printed: its HTML, its style, and the text of its QR code (empty for none)."""

    html: str
    css: str
    address: str


def words(value: object) -> Markup:
    """Escaped text set for reading: a gap between Han and Latin, no short last word or lone last character on a line."""
    text = str(escape("" if value is None else value)).translate(BOXES)
    return Markup(_set(text))


def _set(text: str) -> str:
    text = text.replace(" %", "\u00a0%").replace("  ", "\u00a0\u00a0 ")
    if text.isascii():
        if len(text) > 60 and " " in text[-7:]:
            at = text.rindex(" ")
            text = f"{text[:at]}\u00a0{text[at + 1 :]}"
        return text
    text = GAP.sub(" ", text)
    if len(text) > 24 and not ENDS.search(text[-4:]):
        text = text[:-4] + "\u2060".join(text[-4:])
    return text


def hexes(value: str) -> str:
    """A fingerprint without its ``sha256:``."""
    return (value or "").rpartition(":")[2]


def short(value: str) -> str:
    """The first twelve digits of a fingerprint in groups of four."""
    digits = hexes(value)[:12]
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


def groups(value: str) -> Markup:
    """A whole fingerprint in groups of four, on two lines."""
    digits = hexes(value)
    parts = [escape(digits[n : n + 4]) for n in range(0, len(digits), 4)]
    return Markup("<br>").join(Markup(" ").join(part) for part in (parts[:8], parts[8:]) if part)


def number(value: float | None, places: int | None = None) -> str:
    """A figure: thousands parted by a comma, one decimal where there is one (or ``places``), a dash for nothing."""
    if value is None:
        return "–"
    if places is not None:
        return f"{value:,.{places}f}"
    return f"{round(value):,}" if round(value, 1) == round(value) else f"{value:,.1f}"


def language_of(text: object, document: str) -> str:
    """The language of a text where it is not the document's own (``zh-Hans`` or ``en``), else an empty string.

    A text is Chinese when it has at least as many Han characters as Latin words: English may name 客户, Chinese may name SAP.
    """
    some = str(text or "")[:400]
    han, latin = len(FIRST_HAN.findall(some)), len(LATIN.findall(some))
    if not han and not latin:
        return ""
    own = "zh-Hans" if han >= latin else "en"
    return "" if own[:2] == document[:2] else own


def lang(text: object, document: str) -> Markup:
    """The ``lang`` attribute of a text in another language than the document's, or nothing."""
    other = language_of(text, document)
    return Markup(' lang="{}"').format(other) if other else Markup("")


def prose(text: str | None, document: str = "en", label: str = "") -> Markup:
    """A Markdown text as paragraphs of the text column, the first with its label in the margin."""
    html = str(_blocks(text, document))
    if not html or not label:
        return Markup(html)
    margin = Markup("<b>{}</b>").format(label)
    if found := FIRST_LINE.match(html):
        return Markup('<p class="l"' + (found.group(1) or "") + ">") + margin + Markup(html[found.end() :])
    return Markup('<p class="l k">') + margin + Markup("</p>") + Markup(html)


def _blocks(text: str | None, document: str) -> Markup:
    text = (text or "").strip()
    if not text:
        return Markup("")
    if not SIGNS.search(text):
        parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
        return Markup("").join(Markup("<p{}>{}</p>").format(lang(part, document), _lines(part)) for part in parts)
    return Markup(_for_print(str(to_html(text)), document))


def _for_print(html: str, document: str) -> str:
    """What the Markdown function gives, for paper: headings stay out of the contents, no pictures, no dead links."""
    parts = TAG.split(html)
    out: list[str] = []
    depth = 0
    for n, part in enumerate(parts):
        if n % 2 == 0:
            out.append(part if depth else _set(part.translate(BOXES)))
            continue
        name = part.strip("</>").split(" ", 1)[0]
        closing = part.startswith("</")
        if name in ("pre", "code"):
            depth += -1 if closing else 1
        if name in BLOCKS and not closing:
            part = f"{part[:-1]}{lang(_words_of(parts, n, name), document)}>"
        out.append(_tag(part, name, closing, html))
    return "".join(out).strip()


def _words_of(parts: Sequence[str], start: int, name: str) -> str:
    """The text of the element that opens at ``start``, as far as its first closing tag."""
    end = next((n for n in range(start + 2, len(parts), 2) if parts[n] == f"</{name}>"), len(parts))
    return "".join(parts[start + 1 : end : 2])


def _tag(part: str, name: str, closing: bool, html: str) -> str:
    """One tag as paper has it."""
    if name in ("h3", "h4", "h5", "h6"):
        return "</p>" if closing else '<p class="mh">'
    if name == "img":
        found = re.search(r'alt="([^"]*)"', part)
        return f"[{found.group(1)}]" if found and found.group(1) else ""
    if name == "a" and not closing and 'href="http' not in part and 'href="mailto:' not in part:
        return "<a>"
    if name == "table" and not closing:
        return '<table class="md">' if html.count("<tr") > KEPT_ROWS else '<table class="md keep">'
    return part


def marks(segments: Sequence[Sequence[str]]) -> Markup:
    """A redline ``[["same" | "ins" | "del", text], …]`` as running text: what went struck, what came underlined and bold."""
    out: list[Markup] = []
    struck = ""
    for op, text in segments:
        core = text.strip()
        if op == "same" or not core:
            out.append(_lines(text))
            struck = ""
            continue
        if op == "ins" and struck and (struck[-1] + text[0]).isascii() and not text[0].isspace():
            out.append(Markup(" "))  # or the last struck letter and the first new one read as one word
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        tag = "del" if op == "del" else "ins"
        out += [_lines(text[:start]), Markup(f"<{tag}>"), _lines(core), Markup(f"</{tag}>"), _lines(text[end:])]
        struck = text if op == "del" else ""
    return Markup("").join(out)


def _lines(text: str) -> Markup:
    return Markup("<br>").join(words(line) for line in text.split("\n"))


# ---- style: tokens are put in before rendering, since resolving var() for every element costs 4 % of a run --------------
@functools.cache
def style(folder: Path, language: str) -> str:
    """The shared style and the document's own, with its tokens replaced by their values."""
    source = "".join((place / "print.css").read_text("utf-8") for place in (exports_folder() / "shared", folder))
    tokens: dict[str, str] = {}
    for tongue, body in ROOT.findall(source):
        if not tongue or language.startswith(tongue):
            tokens.update(re.findall(r"(--[\w-]+):\s*([^;]+);", body))
    source = re.sub(r"/\*.*?\*/", "", ROOT.sub("", source), flags=re.S)
    return re.sub(r"var\((--[\w-]+)\)", lambda found: tokens[found.group(1)], source)


@functools.cache
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, exports_folder() / "shared"]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )
    environment.filters.update(t=words, short=short, groups=groups, num=number, prose=prose, marks=marks)
    environment.globals.update(lang=lang)
    return environment


def compose(
    folder: Path,
    context: Mapping[str, Any],
    *,
    locale: str,
    gettext: Callable[[str], str] = str,
    ngettext: Callable[[str, str, int], str] = lambda one, many, n: one if n == 1 else many,
) -> Sheet:
    """Fill a document's ``page.html`` with its context in the words of ``locale`` (``en``, or any ``zh…``).

    ``gettext`` and ``ngettext`` translate message ids; named placeholders are filled, and escaped, here.

    Raises:
        jinja2.UndefinedError: the context lacks a key that ``context.md`` of the folder asks for.
    """

    def one(msgid: str, **values: Any) -> Markup:
        return Markup(gettext(msgid)) % values if values else Markup(gettext(msgid))

    def many(singular: str, plural: str, num: int, **values: Any) -> Markup:
        return Markup(ngettext(singular, plural, num)) % {"num": num, **values}

    language = "zh-Hans" if locale.lower().startswith("zh") else "en"
    template = _environment(folder).get_template("page.html")
    comma = "、" if language == "zh-Hans" else ", "
    html = template.render(d=context, language=language, _=one, ngettext=many, listed=comma.join)
    return Sheet(html, style(folder, language), str(context.get("address") or ""))
