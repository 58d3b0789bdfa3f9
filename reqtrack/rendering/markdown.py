"""Markdown to safe HTML. The one function through which text of users becomes markup.

Caps are checked first; parsing happens in a warm process beside this one, which is killed when a text takes more than
300 ms; then, and on any fault, the text is shown as it was typed. Results are kept by the digest of the text.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from reqtrack.rendering.markdown_worker import Worker

LIMIT_SECONDS = 0.3
MAX_CHARS = 100_000
MAX_LINES = 5_000
MAX_OPEN_BRACKETS = 300
MAX_DEPTH = 24
CACHE_ENTRIES = 4_096
CACHE_CHARS = 8_000_000
# A failure is remembered briefly: a machine that was busy for a moment must not leave a text plain for ever.
RETRY_SECONDS = 60.0

KEY = re.compile(r"(?<![A-Za-z0-9_/&#.-])([A-Z]{1,8}-[1-9][0-9]{0,8})(?!-?[A-Za-z0-9_])")
TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')
LEADS = re.compile(r"</?(?:a|img)\b")
QUOTES = re.compile(r"^[ ]{0,3}(?:>[ ]?)+", re.MULTILINE)
INDENT = re.compile(r"^[ \t]+(?=\S)", re.MULTILINE)


class _Cache:
    """Newest texts by digest, bounded by number and size; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, tuple[Markup, float]] = OrderedDict()
        self._chars = 0

    def get(self, key: bytes) -> Markup | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or (entry[1] and entry[1] < time.monotonic()):
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: bytes, html: Markup, seconds: float = 0.0) -> None:
        with self._lock:
            if key in self._entries:
                self._chars -= len(self._entries.pop(key)[0])
            self._entries[key] = (html, time.monotonic() + seconds if seconds else 0.0)
            self._chars += len(html)
            while self._entries and (len(self._entries) > CACHE_ENTRIES or self._chars > CACHE_CHARS):
                self._chars -= len(self._entries.popitem(last=False)[1][0])

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._chars = 0


_cache = _Cache()
_worker = Worker()


def to_html(text: str | None) -> Markup:
    """Safe HTML of a Markdown text; never raises for a text, never waits for one much longer than ``LIMIT_SECONDS``.

    What is beyond the caps, or what the parser cannot do in time, comes back escaped in ``<pre class="plain">``.
    """
    if not text or not text.strip():
        return Markup("")
    key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    if (html := _cache.get(key)) is not None:
        return html
    if not within_caps(text):
        html = as_typed(text)
        _cache.put(key, html)
        return html
    answer = _worker.convert(text, LIMIT_SECONDS)
    if answer is None:
        html = as_typed(text)
        _cache.put(key, html, RETRY_SECONDS)
    else:
        html = Markup(answer)
        _cache.put(key, html)
    return html


def prerender(texts: Iterable[str | None]) -> None:
    """Fill the cache, so that ``to_html`` of these texts costs nothing inside a transaction."""
    for text in texts:
        to_html(text)


def warm() -> None:
    """Start the parser's process now, not with the first text."""
    _worker.warm()


def as_typed(text: str) -> Markup:
    """The text escaped, line for line."""
    return Markup('<pre class="plain">') + escape(text) + Markup("</pre>")


def within_caps(text: str) -> bool:
    """Whether the text is of a size and nesting that a parser may be given."""
    if len(text) > MAX_CHARS or text.count("\n") > MAX_LINES:
        return False
    if abs(text.count("[") - text.count("]")) > MAX_OPEN_BRACKETS:
        return False
    if any(m.group().count(">") > MAX_DEPTH for m in QUOTES.finditer(text)):
        return False
    return all(len(m.group().expandtabs(4)) <= 4 * MAX_DEPTH for m in INDENT.finditer(text))


def linkify_keys(html: Markup, resolve: Callable[[str], str | None]) -> Markup:
    """Safe HTML in which keys such as ``REQ-12`` are links, outside of links and code.

    ``resolve(key)`` gives the address of what the reader may see, or None for a key that stays a word. ``html`` must be
    ``Markup`` (what ``to_html`` gives); anything else is escaped first.
    """
    out: list[str] = []
    shut = 0
    for n, part in enumerate(TAG.split(str(escape(html)))):
        if n % 2:
            name = part.strip("</>").split(" ", 1)[0]
            if name in ("a", "code", "pre"):
                shut += -1 if part.startswith("</") else 1
            out.append(part)
        else:
            out.append(part if shut else KEY.sub(lambda m: _link(m, resolve), part))
    return Markup("".join(out))


def unlinked(html: Markup) -> Markup:
    """Safe HTML without what leads elsewhere: the words of links stay, pictures go."""
    return Markup("".join(part for part in TAG.split(str(escape(html))) if not LEADS.match(part)))


def _link(found: re.Match[str], resolve: Callable[[str], str | None]) -> str:
    href = resolve(found.group(1))
    if href is None:
        return found.group()
    return f'<a class="rq-key" data-key="{found.group(1)}" href="{escape(href)}">{found.group(1)}</a>'


def keys_in(text: str | None) -> list[str]:
    """The keys that a text names, each once, in order: look them up together, then ``linkify_keys``."""
    return list(dict.fromkeys(KEY.findall(text or "")))


LINK = re.compile(r"!?\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}(?: \"[^\"\n]{0,300}\")?\)")
FENCE = re.compile(r"^[ >]*(?:```|~~~)[^\n]*$", re.MULTILINE)
RULE = re.compile(r"^[ >]*(?:[|:][ |:-]*-[ |:-]*|[-*_=]{3,}[ ]*)$", re.MULTILINE)
LEAD = re.compile(
    r"^[ \t]*(?:>[ \t]?)*(?:#{1,6}[ \t]+|[-*+][ \t]+(?:\[[ xX]\][ \t])?|\d{1,9}[.)][ \t]+)?", re.MULTILINE
)
MARKS = re.compile(
    r"(?<![\d\s])\*{1,3}|\*{1,3}(?![\d\s])|~~|==(?!=)|`+|(?<![A-Za-z0-9])_{1,2}|_{1,2}(?![A-Za-z0-9])|\\(?=[\\`*_{}\[\]()#+.!|~-])"
)


def plain(text: str | None) -> str:
    """The words of a Markdown text on one line, without its signs: for search and snippets. Takes linear time."""
    if not text:
        return ""
    text = LINK.sub(r"\1", RULE.sub("", FENCE.sub("", text)))
    text = MARKS.sub("", LEAD.sub("", text))
    return " ".join(text.replace("|", " ").split())
