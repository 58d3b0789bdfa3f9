"""Rule 6: a strict content policy on every answer, nothing inline on any page, and one place where text becomes markup."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from flask import Response

from reqtrack.web.area import Area
from tests.architecture.prepared import Prepared
from tests.architecture.samples import stops
from tests.architecture.walks import Answer, walk, walk_of
from tests.support import reader

ROOT = Path(__file__).parents[2]
TEMPLATES = [*sorted((ROOT / "templates").glob("**/*.html")), *sorted((ROOT / "exports").glob("**/*.html"))]
PlantedHouse = Callable[[Area], Prepared]
STRICT = {
    "default-src": {"'self'", "'none'"}, "script-src": {"'self'"}, "style-src": {"'self'"}, "object-src": {"'none'"},
    "base-uri": {"'none'"}, "form-action": {"'self'", "'none'"}, "frame-ancestors": {"'none'"}, "img-src": {"'self'", "blob:"},
    "font-src": {"'self'"}, "media-src": {"'self'"}, "connect-src": {"'self'"},
}  # fmt: skip


def policy_complaints(headers: Mapping[str, str]) -> list[str]:
    """What is not strict in the headers of an answer."""
    parts = [part.split() for part in headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    policy = {part[0]: set(part[1:]) for part in parts}
    complaints = [f"no {name}" for name in ("default-src", "object-src", "base-uri", "form-action", "frame-ancestors")
                  if name not in policy]  # fmt: skip
    complaints += [
        f"{name} {' '.join(sorted(given))}" for name, given in policy.items() if not given <= STRICT.get(name, set())
    ]
    if headers.get("X-Content-Type-Options") != "nosniff":
        complaints.append("no nosniff")
    return complaints


@pytest.mark.parametrize("login", ["polymath", ""])
def test_every_answer_has_the_strict_policy(sqlite_house: Prepared, login: str) -> None:
    told = [f"{answer}: {what}" for answer in walk(sqlite_house, login) for what in policy_complaints(answer.headers)]
    assert told == []


def test_what_goes_wrong_has_it_too(sqlite_house: Prepared) -> None:
    client = sqlite_house.world.client("polymath")
    for method, url in [
        ("GET", "/nowhere"), ("POST", "/p/CRM/scope"), ("GET", "/static/nothing.css"), ("GET", "/p/NONE/scope"),
        ("POST", "/p/CRM/i/REQ-1/edit"), ("GET", "/api/v1/nowhere"), ("POST", "/api/v1/projects"), ("OPTIONS", "/projects"),
    ]:  # fmt: skip
        answer = client.open(url, method=method)
        assert answer.status_code >= 200
        assert policy_complaints(answer.headers) == [], f"{method} {url}"


def test_pages_of_somebody_are_kept_by_nobody(sqlite_house: Prepared) -> None:
    """S10: neither a proxy nor the back button shows what was there for somebody else."""
    told = [
        str(answer)
        for answer in walk(sqlite_house, "polymath")
        if "project" in answer.stop.arguments and "no-store" not in answer.headers.get("Cache-Control", "")
    ]
    assert told == []


def test_a_file_of_a_stranger_is_never_shown_in_the_site(sqlite_house: Prepared) -> None:
    """X3"""
    found = [
        one for one in walk(sqlite_house, "polymath") if one.stop.endpoint == "items.attachment" and one.status == 200
    ]
    assert found
    for answer in found:
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def one_of_each(answers: list[Answer]) -> list[Answer]:
    """The first good page of each route, and the first that is refused."""
    seen: dict[tuple[str, bool], Answer] = {}
    for answer in answers:
        if answer.mimetype == "text/html" and answer.text:
            seen.setdefault((answer.stop.rule, answer.status < 400), answer)
    return list(seen.values())


def test_no_page_has_anything_inline(sqlite_house: Prepared) -> None:
    """The strict reader of tests/support on every page: no inline script, style or handler, and sound HTML."""
    pages = one_of_each(walk(sqlite_house, "polymath"))
    assert len(pages) > 50
    assert [f"{answer}: {what}" for answer in pages for what in reader.complaints(answer.text)] == []


def test_the_walk_notices_a_weak_policy_and_an_inline_script(planted_house: PlantedHouse) -> None:
    """The rule broken on purpose, in three ways."""
    area = Area("planted", __name__, url_prefix="/planted")

    @area.page("/weak", "self")
    def weak() -> Response:
        return Response(
            "", headers={"Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline'"}
        )

    @area.page("/inline", "self")
    def inline() -> str:
        return "<!doctype html><html lang=en><title>t</title><h1 onclick='x()'>t</h1><script>x()</script>"

    made = planted_house(area)
    weak_one, inline_one = (
        walk_of(made, "polymath", [(stop, stop.url) for stop in stops(made) if stop.endpoint == f"planted.{name}"])[0]
        for name in ("weak", "inline")
    )
    assert "script-src 'self' 'unsafe-inline'" in policy_complaints(weak_one.headers)
    assert len(reader.complaints(inline_one.text)) == 2
    assert policy_complaints({}) != []


# -- where text becomes markup -----------------------------------------------------------------------------------------


def trusting(source: str) -> Iterator[int]:
    """Lines at which Python text is declared to be markup."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("Markup", "render_template_string") or (called == "from_string" and node.args):
                yield node.lineno


def test_only_rendering_declares_text_to_be_markup() -> None:
    told = []
    for path in sorted((ROOT / "reqtrack").glob("**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("reqtrack/rendering/"):
            told += [f"{name}:{line}" for line in trusting(path.read_text("utf-8"))]
    assert told == []


TRUSTED = re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\b")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=[\"']|\son\w+=[\"']")


def unescaped(template: str) -> list[str]:
    """What a template lets through or holds inline. Handlers and styles are looked for in its HTML alone."""
    html = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", template, flags=re.DOTALL)
    return [found.group() for found in (*INLINE.finditer(html), *TRUSTED.finditer(template))]


def test_no_template_lets_text_through_or_holds_anything_inline() -> None:
    told = {}
    for path in TEMPLATES:
        if found := unescaped(path.read_text("utf-8")):
            told[path.relative_to(ROOT).as_posix()] = found
    # Documents are printed by a fetcher that fetches nothing: their sheet may stand inside.
    assert {name: found for name, found in told.items() if not name.startswith("exports/")} == {}
    assert not any(TRUSTED.search(one) for found in told.values() for one in found)


def test_templates_are_escaped(sqlite_house: Prepared) -> None:
    environment = sqlite_house.app.jinja_env
    assert all(environment.autoescape(path.relative_to(ROOT / "templates").as_posix()) for path in TEMPLATES[:1])
    assert environment.from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    "planted", ["{{ text | safe }}", "{{ text|safe }}", "{% autoescape false %}", '<p style="x">', "<script>x</script>",
                '<a onclick="x()">'],
)  # fmt: skip
def test_the_search_of_templates_notices(planted: str) -> None:
    assert unescaped(planted)
    assert not unescaped("{{ ngettext('one', 'many', one='x') }} {# style='x' #}<p class='style'>on='x'</p>")


def test_the_search_of_sources_notices() -> None:
    assert list(trusting("from markupsafe import Markup\nshown = Markup(text)")) == [2]
    assert list(trusting("def rich(text: str) -> Markup: ...")) == []
