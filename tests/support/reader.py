"""A strict reader: every page that an app answers in any test must be sound HTML that the content policy lets live.

While the app answers, pages are only kept; they are read when the test is over, each once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import html5lib
from flask import Flask, Response, request

PAGES = "reader.pages"
DOCTYPE = re.compile(r"\s*<!doctype html>", re.IGNORECASE)
# A placeholder that nobody filled in, as in "%(name)s left".
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\{|\{%")

# What may differ between two pages of which one need be read only once: words, and values that no rule below looks at. A value or a
# text with a sign that a rule looks for stays, and so does all that breaks the form of a tag.
ESCAPED = "&(?:amp|lt|gt|#34|#39);"
FREE_VALUE = re.compile(
    rf' (datetime|title|href|value|content|action|placeholder|aria-label|alt|data-[\w-]+)="(?:[^"<>&%{{}}:]|{ESCAPED}|%[0-9A-F]{{2}})+"'
)
FREE_DATE = re.compile(r' (datetime|value)="[\d:T+.Z -]+"')
FREE_TEXT = re.compile(rf">\s*(?=[^<\s])(?:[^<>&%{{}}]|{ESCAPED})+<")
# The content of a page, in the frame that it shares with others; and what hangs on both.
MAIN = re.compile(r"<main\b[^<>]*>(.*)</main>", re.DOTALL)
TAG = re.compile(r"<([a-z]\w*)\b([^<>]*)>")
NAMED = re.compile(r"\s(id|for)=[\"']?([^\"'\s>]+)")


def collect(app: Flask) -> None:
    """Keep each HTML answer of the app, by its text, with the request that brought it first."""
    pages: dict[str, str] = {}
    app.extensions[PAGES] = pages

    @app.after_request
    def keep(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.direct_passthrough and response.status_code != 304:
            text = response.get_data(as_text=True)
            if text:
                pages.setdefault(text, f"{request.method} {request.full_path.rstrip('?')} → {response.status_code}")
        return response


def forget(app: Flask) -> None:
    """Begin anew: drop the pages kept so far."""
    app.extensions.get(PAGES, {}).clear()


def complaints_of(app: Flask) -> list[str]:
    """What is wrong with the pages an app answered, one line each."""
    pages: dict[str, str] = app.extensions.get(PAGES, {})
    return [f"{where}: {what}" for text, where in pages.items() for what in complaints(text)]


_read: dict[int, list[str]] = {}
_parts: dict[int, bool] = {}


def complaints(text: str) -> list[str]:
    """What is wrong with a page or (without a doctype) a fragment of one."""
    key = hash(_shape(text))
    if key not in _read:
        _read[key] = [] if _sound_in_parts(text) else list(_complaints(text))
    return _read[key]


def _sound_in_parts(text: str) -> bool:
    """Whether frame and content of a page are sound, each read once, and what hangs on both; where it is not so sure, False."""
    found = MAIN.search(text)
    if found is None or text.count("<main") != 1 or not DOCTYPE.match(text):
        return False
    tags = TAG.findall(text)
    ids = Counter(value for _, inner in tags for name, value in NAMED.findall(inner) if name == "id")
    meant = {value for tag, inner in tags if tag == "label" for name, value in NAMED.findall(inner) if name == "for"}
    if max(ids.values(), default=0) > 1 or meant - set(ids) or sum(tag == "h1" for tag, _ in tags) != 1:
        return False
    frame = f"{text[: found.start(1)]}<h1>.</h1>{text[found.end(1) :]}"
    return _sound(frame) and _sound(found[1])


def _sound(part: str) -> bool:
    key = hash(_shape(part))
    if key not in _parts:
        _parts[key] = not any(_complaints(part))
    return _parts[key]


def _shape(text: str) -> str:
    return FREE_TEXT.sub(">.<", FREE_DATE.sub(r' \1="."', FREE_VALUE.sub(r' \1="."', text)))


def _complaints(text: str) -> Iterator[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    whole = bool(DOCTYPE.match(text))
    # A fragment of table rows is sound only inside a table.
    container = "tbody" if re.match(r"\s*<tr[\s>]", text) else "div"
    tree = parser.parse(text) if whole else parser.parseFragment(text, container=container)
    for (line, _), code, details in parser.errors:
        yield f"line {line}: {html5lib.constants.E.get(code, code) % details}: {text.splitlines()[line - 1].strip()[:100]}"
    elements = [one for one in tree.iter() if isinstance(one.tag, str)]
    if whole:
        yield from _document(tree)
    ids = Counter(one.get("id") for one in elements if one.get("id"))
    yield from (f"the id {name!r} is there {count} times" for name, count in ids.items() if count > 1)
    for one in elements:
        yield from _element(one, set(ids) if whole else None)


def _document(tree: html5lib.treebuilders.etree.Element) -> Iterator[str]:
    html = tree if tree.tag == "html" else tree.find("html")
    if not html.get("lang"):
        yield "the page does not say its language"
    title = html.find("head/title")
    if title is None or not (title.text or "").strip():
        yield "the page has no title"
    headings = list(html.iter("h1"))
    if len(headings) != 1:
        yield f"the page has {len(headings)} main headings"


def _element(one: html5lib.treebuilders.etree.Element, ids: set[str] | None) -> Iterator[str]:
    name = f"<{one.tag}{' id=' + one.get('id') if one.get('id') else ''}>"
    for attribute, value in one.attrib.items():
        if attribute == "style" or str(attribute).startswith("on"):
            yield f"{name} has {attribute}=, which the content policy refuses"
        if attribute in ("href", "src", "action", "formaction") and value.strip().lower().startswith("javascript:"):
            yield f"{name} leads to a script"
        if PLACEHOLDER.search(value):
            yield f"{name} has {attribute}={value!r}: a placeholder nobody filled in"
    if (one.tag == "script" and not one.get("src")) or one.tag == "style":
        yield f"{name} is inline, which the content policy refuses"
    for text in (one.text, one.tail):
        if text and one.tag not in ("code", "pre", "textarea") and PLACEHOLDER.search(text):
            yield f"{name} says {text.strip()[:80]!r}: a placeholder nobody filled in"
    if one.tag == "img" and one.get("alt") is None:
        yield f"{name} has no alt"
    if one.tag == "label" and one.get("for") and ids is not None and one.get("for") not in ids:
        yield f"a label is for {one.get('for')!r}, which is not there"
    if one.tag == "form" and (one.get("method") or "get").lower() == "post" and not _has_token(one):
        yield f"{name} (to {one.get('action')}) has no form token"


def _has_token(form: html5lib.treebuilders.etree.Element) -> bool:
    return any(one.get("name") == "csrf_token" for one in form.iter("input"))
