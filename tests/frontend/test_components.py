"""Every macro renders; what it renders holds no inline script or style, escapes what it is given, and says what it must."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.frontend.catalogue import COMPONENTS, PAGE, ROOT, macros, page
from tests.frontend.conftest import Somebody, frame

FILES = sorted(COMPONENTS.glob("*.html"))
EVIL = '"><script>alert(1)</script>&'


class Reader(HTMLParser):
    """Collects what a page may not hold, and what it refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.open: list[str] = []
        self.unclosed: list[str] = []

    VOID = frozenset(("meta", "link", "input", "br", "img", "hr", "wbr", "rect", "line", "path", "circle", "use"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "style" in values or any(name.startswith("on") for name in values) or tag == "style":
            self.inline.append(f"<{tag} {attrs}>")
        if tag == "script" and "src" not in values:
            self.inline.append("<script> without src")
        if str(values.get("href", "")).lower().startswith(("javascript:", "data:")):
            self.inline.append(f"<{tag} {values['href']}>")
        if values.get("id"):
            self.ids.append(str(values["id"]))
        for name in ("for", "aria-describedby", "aria-labelledby", "data-dialog", "data-quote-to", "data-take"):
            self.refers += str(values.get(name) or "").split()
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unclosed.append(tag)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def call(env: Environment, file: str, expression: str, **values: object) -> str:
    """One macro's HTML. ``expression`` is a call, e.g. ``stage("draft")``."""
    name = expression.partition("(")[0]
    return env.from_string(f'{{% from "components/{file}.html" import {name} %}}{{{{ {expression} }}}}').render(
        **values
    )


def test_gallery_holds_nothing_inline_and_is_well_formed(gallery: str) -> None:
    reader = read(gallery)
    assert reader.inline == []
    assert reader.unclosed == [] and reader.open == []
    assert sorted(name for name in set(reader.ids) if reader.ids.count(name) > 1) == []
    assert sorted(set(reader.refers) - set(reader.ids)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_macro_is_used(path: Path) -> None:
    """By the gallery, a layout, or another component: a macro that nothing shows cannot be looked at."""
    sources = {one: one.read_text("utf-8") for one in (ROOT / "templates").glob("**/*.html")}
    shown = "".join(text for one, text in sources.items() if one.parent.name in ("gallery", "layouts", "errors"))
    for signature in macros(path):
        name = signature.partition("(")[0]
        uses = len(re.findall(rf"\b{name}\(|call(?:\([^)]*\))? {name}\b", shown))
        inside = len(
            re.findall(
                rf"(?<!macro )\b{name}\(", "".join(text for one, text in sources.items() if one.parent == COMPONENTS)
            )
        )
        assert uses + inside > 0, f"{path.name}: nothing shows {name}"


def test_catalogue_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tests.frontend.catalogue"


@pytest.mark.parametrize(
    ("file", "expression"),
    [
        ("icons", "person(evil, evil)"),
        ("icons", "icon('x', label=evil)"),
        ("buttons", "button(evil, reasons=[evil])"),
        ("buttons", "button(evil, name=evil, value=evil, attrs={'title': evil})"),
        ("buttons", "button(evil, href=evil, hide_label=True)"),
        ("buttons", "post_button(evil, evil, {'a': evil}, confirm=evil)"),
        ("buttons", "menu_post(evil, evil, reasons=[evil])"),
        ("buttons", "copy_button(evil, evil)"),
        ("marks", "stage(evil, evil)"),
        ("marks", "stage(evil)"),
        ("marks", "status(evil)"),
        ("marks", "tier(evil, evil)"),
        ("marks", "key(evil, evil)"),
        ("marks", "fingerprint(evil)"),
        ("forms", "text('a', evil, evil, evil, evil, evil, placeholder=evil)"),
        ("forms", "textarea('a', evil, evil)"),
        ("forms", "select('a', evil, [(evil, evil)], evil)"),
        ("forms", "radios('a', evil, [(evil, evil, evil)])"),
        ("forms", "lines('a', evil, [evil], add=evil)"),
        ("forms", "examples('a', evil, [evil], [[evil]])"),
        ("forms", "error_summary([{'field': evil, 'sentence': evil}])"),
        ("conflict", "conflict([{'name': 'a', 'label': evil, 'mine': evil, 'theirs': evil}], evil, 3, {'b': [evil]})"),
        ("redline", "redline([{'op': 'ins', 'text': evil}, {'op': 'del', 'text': evil}, {'op': 'same', 'text': evil}])"),
        ("redline", "becomes(evil, evil)"),
        ("page", "item_head(evil, evil, evil, [{'label': evil, 'action': evil, 'reasons': [evil]}], flags=[(evil, '')])"),
        ("page", "facts([(evil, evil)])"),
        ("item", "quote(evil, evil, evil, evil, evil, evil)"),
        ("item", "timeline([{'kind': 'comment', 'who': evil, 'text': evil, 'note': evil, 'at': evil, 'when': evil}])"),
        ("item", "links([{'label': evil, 'links': [{'key': evil, 'href': evil, 'title': evil, 'suspect': {'why': evil}}]}])"),
        ("change", "impact([{'key': evil, 'href': evil, 'title': evil, 'why': evil}], [])"),
        ("change", "capacity(evil, evil, 3, 2, [('must', 3)], unit=evil)"),
        ("sign", "signature(evil, evil, evil, evil, note=evil)"),
        ("sign", "qr(evil, evil, evil)"),
        ("palette", "hits([{'label': evil, 'hits': [{'href': evil, 'icon': 'x', 'key': evil, 'title': evil}]}])"),
        ("palette", "hits([], evil)"),
        ("messages", "progress(evil, 1, 2, evil)"),
        ("run", "run_card(dict(acceptance=evil, title=evil, row=0, rows=1, data=[(evil, evil)], steps=[dict(text=evil)]), evil, evil)"),
    ],
)  # fmt: skip
def test_what_is_given_is_escaped(env: Environment, file: str, expression: str) -> None:
    html = call(env, file, expression, evil=EVIL)
    assert "<script" not in html
    assert "alert(1)" in html
    assert read(html).inline == []


def test_a_refused_button_stays_in_reach_and_says_every_reason(env: Environment) -> None:
    html = call(env, "buttons", 'submit("Sign", name="outcome", value="signed", reasons=["One.", "Two."])')
    assert 'aria-disabled="true"' in html and " disabled" not in html
    assert 'type="button"' in html and "outcome" not in html, "without a script it must not send"
    assert "One." in html and "Two." in html


def test_a_link_that_is_refused_leads_nowhere(env: Environment) -> None:
    assert "<a" not in call(env, "buttons", 'button("Edit", href="/edit", reasons=["Locked."])')


def test_the_form_frame_carries_token_version_and_draft(env: Environment) -> None:
    html = env.from_string(
        '{% from "components/forms.html" import form %}{% call form("/save", seen=4, draft="CRM:x", files=True) %}in{% endcall %}'
    ).render()
    assert 'name="csrf_token" value="form-token"' in html
    assert 'name="seen" value="4"' in html
    assert 'data-draft="CRM:x"' in html and 'enctype="multipart/form-data"' in html and "in" in html


def test_a_get_form_carries_no_token(env: Environment) -> None:
    html = env.from_string(
        '{% from "components/forms.html" import form %}{% call form("/", method="get") %}{% endcall %}'
    ).render()
    assert "csrf_token" not in html


def test_a_field_names_its_error_and_hint(env: Environment) -> None:
    html = call(env, "forms", 'text("worst", "Worst", 0, hint="Days", error="Too small.")')
    assert 'value="0"' in html, "zero is a value"
    assert 'aria-invalid="true"' in html and 'aria-describedby="f-worst-error f-worst-hint"' in html
    assert read(html).refers and set(read(html).refers) <= set(read(html).ids)


def test_the_example_table_is_one_textarea_of_tabs(env: Environment) -> None:
    html = call(env, "forms", 'examples("examples", "Examples", ["a", "b"], [["1", "2"], ["3", ""]])')
    body = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.DOTALL)
    assert body is not None and body[1] == "a\tb\n1\t2\n3\t"


def test_lines_repeat_the_name_and_leave_a_blank(env: Environment) -> None:
    html = call(env, "forms", 'lines("given", "Given", ["one", "two"], spare=1)')
    assert re.findall(r'name="given" value="(\w*)"', html) == ["one", "two", ""]


@pytest.mark.parametrize(("limit", "over", "line"), [("100", False, True), ("90", True, True), ("none", False, False)])
def test_capacity_says_when_it_is_over_and_when_it_is_unknown(
    env: Environment, limit: str, over: bool, line: bool
) -> None:
    html = call(env, "change", f'capacity("Phase 1", "", 96, {limit}, [("must", 56), ("should", 40)])')
    assert ("rq-c-over" in html) is over and ("rq-bad" in html) is over
    assert ("rq-c-limit" in html) is line
    assert ("not given yet" in html) is not line


def test_capacity_parts_end_at_the_load(env: Environment) -> None:
    html = call(env, "change", 'capacity("P", "", 120, 100, [("must", 80), ("later", 40)], scale=200)')
    widths = [float(one) for one in re.findall(r'class="rq-c-(?:must|later|over)"[^>]*width="([\d.]+)%"', html)]
    assert sum(widths) == pytest.approx(60), "120 of 200"


def test_who_may_not_decide_gets_reasons_and_no_form(env: Environment) -> None:
    html = call(env, "change", 'decision_box("/x", reasons=["You wrote it."])')
    assert "You wrote it." in html and "<form" not in html


def test_who_may_decide_gets_one_press(env: Environment) -> None:
    html = call(
        env,
        "change",
        'decision_box("/x", tiers=[("must", "Must")], phases=[("1", "One")], tier="must", phase="1", seen=2)',
    )
    assert re.findall(r'name="outcome" value="(\w+)"', html) == ["approved", "question", "deferred", "rejected"]
    assert html.count("checked") == 2 and " required" not in html


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("陈立群", "立群"), ("陈立新", "立新"), ("赵磊", "赵磊"), ("岚", "岚"), ("何敏（质量部）", "何敏"), ("何敏 QA", "何敏"),
        ("Anna Keller", "AK"), ("Anna maria Koch", "AK"), ("Anna", "An"), ("Q", "Q"), (" ", "–"), ("", "–"),
        ("（王芳）", "–"), ("(外部) 王芳", "王芳"), ("（外部）王芳", "王芳"), ("王芳 (销售)", "王芳"), ("何敏（质量部", "何敏"),
        ("(王芳", "王芳"), ("Keller (QA)", "Ke"), ("Anna (Ops) Keller", "AK"), ("(ext) Anna Keller", "AK"), ("ß straße", "SS"),
        ("ﬁ ﬂ", "FF"), ("ｗａｎｇ", "wa"), ("·陈", "陈"), ("👩 Li", "Li"), ("👩", "–"), ("…", "–"), ("Jean-Luc O’Neill", "JO"),
    ],
)  # fmt: skip
def test_two_characters_tell_people_apart(env: Environment, name: str, shown: str) -> None:
    assert f">{shown}<" in call(env, "icons", f'avatar("{name}")')
    assert f">{shown}</span>{name}<" in call(env, "icons", f'person("{name}")')


def test_nobody_waits_with_a_blank_figure(env: Environment) -> None:
    assert "not given yet" in call(env, "page", 'facts([("Capacity", none)])')
    assert "not given yet" in call(env, "page", 'figures([{"value": none, "note": "Rate"}])')


def test_a_bar_without_anything_to_add_up_has_no_figure(env: Environment) -> None:
    bars = '[{"name": "Not in a phase yet", "note": "3 requirements", "load": %s, "limit": none, "parts": [], "open": true}]'
    html = call(env, "change", f"capacities({bars % '0'})")
    assert "person-day" not in html and "not given yet" not in html and ">0<" not in html and "3 requirements" in html
    html = call(env, "change", f"capacities({bars % '2'})")
    assert ">2 person-days<" in html and "not given yet" not in html and ">2<" in html
    # A phase has a capacity, only nobody has said which.
    html = call(env, "change", 'capacities([{"name": "Phase 1", "load": 0, "limit": none, "parts": []}])')
    assert ">capacity not given yet<" in html and "0 person-days" not in html


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("signed_in", [True, False])
def test_the_problem_page_shows_every_reason_and_a_way_out(env: Environment, status: int, signed_in: bool) -> None:
    given = frame() | {"actor": Somebody if signed_in else None}
    html = env.get_template("errors/problem.html").render(
        status=status, title="A title", reasons=["First.", "Second."], **given
    )
    assert "First." in html and "Second." in html and "<h1" in html
    assert f'data-status="{status}"' in html
    assert ("rq-side" in html) is signed_in
    assert read(html).inline == [] and read(html).unclosed == []


def test_the_problem_page_sets_two_texts_side_by_side(env: Environment) -> None:
    class Form(dict[str, list[str]]):
        def getlist(self, name: str) -> list[str]:
            return self[name]

    class Request:
        form = Form(csrf_token=["x"], seen=["3"], statement=["mine"], tags=["a", "b"], password=["secret"])
        full_path = "/p/CRM/requirements/REQ-1?"
        headers: dict[str, str] = {}

    html = env.get_template("errors/problem.html").render(
        status=409, title="Moved", reasons=["Moved."], **frame() | {"version": 5}, seen=3, request=Request(),
        mine={"statement": "mine"}, current={"statement": "theirs", "title": "same"}, labels={"statement": "Text"},
    )  # fmt: skip
    assert 'name="seen" value="5"' in html
    assert "theirs" in html and ">\nmine</textarea>" in html and "<h3>Text</h3>" in html
    assert re.findall(r'name="tags" value="(\w)"', html) == ["a", "b"]
    assert "secret" not in html, "a password is never written back"


@pytest.mark.parametrize("layout", ["app", "plain", "run", "fragment"])
def test_layouts_render_without_any_context(env: Environment, layout: str) -> None:
    html = env.from_string(f'{{% extends "layouts/{layout}.html" %}}{{% block content %}}HERE{{% endblock %}}').render()
    assert html.count("HERE") == 1
    assert read(html).inline == [] and read(html).unclosed == []


def test_a_page_with_a_rail_shows_its_content_once(env: Environment) -> None:
    source = '{% extends "layouts/app.html" %}{% block content %}HERE{% endblock %}{% block rail %}RAIL{% endblock %}'
    html = env.from_string(source).render(**frame())
    assert html.count("HERE") == 1 and html.count("RAIL") == 1 and "rq-cols" in html


def test_a_page_may_name_a_macro_as_the_context_does(env: Environment) -> None:
    """Imports of a page share their names with the context: `status` is both a macro and the number of a refusal."""
    source = '{% extends "layouts/app.html" %}{% from "components/marks.html" import status, tier, stage, key, count %}'
    html = env.from_string(source).render(**frame())
    assert 'data-status="200"' in html and "Macro" not in html


def test_the_document_says_language_theme_and_author(env: Environment) -> None:
    html = env.from_string('{% extends "layouts/app.html" %}').render(
        **frame() | {"html_lang": "zh-Hans", "theme": "dark"}
    )
    assert '<html lang="zh-Hans" data-bs-theme="dark" data-density="comfortable">' in html
    assert 'data-actor="anna"' in html and '<meta name="csrf-token" content="form-token">' in html
