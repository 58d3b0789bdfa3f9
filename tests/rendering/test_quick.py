"""Quick templates say what plain ones say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup

from reqtrack.rendering.quick import PURE, Quick

ROOT = Path(__file__).parents[2]

SPOKEN = {"Save": "保存", "100 %%": "百分之 %%", "<b>": "<b>粗</b>", "Left": "左"}
GIVEN: dict[str, Any] = {
    "text": "<a> & 'b'", "safe": Markup("<i>x</i>"), "rows": [{"n": 1}, {"n": 2}], "nothing": None, "told": "Save",
}  # fmt: skip
TEMPLATES = [
    "{{ text }}{{ safe }}{{ 3 }}{{ nothing }}{{ missing }}{{ rows }}",
    "{{ _('Save') }}|{{ _('100 %%') }}|{{ _('<b>') }}|{{ _(told) }}|{{ _('Hello %(name)s', name=text) }}",
    "{% macro icon(name, tone='') %}<i class='{{ name }} {{ tone }}'></i>{% endmacro %}"
    "{{ icon('x') }}{{ icon('x') }}{{ icon('y', tone='bad') }}{{ icon(text) }}{{ icon(safe) }}",
    "{% macro box(title) %}<p>{{ title }}{{ caller(1) }}</p>{% endmacro %}"
    "{% for row in rows %}{% call(n) box(text) %}{{ row.n + n }}{{ loop.index }}{% endcall %}{% endfor %}",
    "{% set part %}{{ text }}{{ _('Save') }}{% endset %}{{ part }}{{ rows[0].get('n') }}{{ text.upper() }}",
    "{% autoescape false %}{{ text }}{{ _('<b>') }}{% endautoescape %}",
]


def environments() -> tuple[Environment, Environment]:
    """A quick one and a plain one, which speak the same language."""
    made = []
    for kind in (Quick, Environment):
        environment = kind(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            lambda text: SPOKEN.get(text, text), lambda one, many, n: one if n == 1 else many, newstyle=True
        )
        made.append(environment)
    quick = made[0]
    said: dict[str, Markup] = {}
    quick.words, quick.translate = lambda: said, lambda text: SPOKEN.get(text, text)
    quick.surroundings = lambda: ("zh",)
    return made[0], made[1]


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_comes_out_is_the_same(template: str) -> None:
    quick, plain = environments()
    wanted = plain.from_string(template).render(GIVEN)
    for _ in range(2):  # the second time from what was kept
        assert quick.from_string(template).render(GIVEN) == wanted


def test_a_text_is_escaped_wherever_it_goes() -> None:
    quick, _ = environments()
    assert quick.from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"
    assert quick.from_string("{% macro icon(n) %}{{ n }}{% endmacro %}{{ icon(text) }}").render(text="<") == "&lt;"
    assert quick.label("Left") == "左" and isinstance(quick.label("Left"), Markup)  # type: ignore[attr-defined]


def test_what_is_equal_and_drawn_differently_is_not_taken_for_each_other() -> None:
    quick, plain = environments()
    template = "{% macro icon(n) %}{{ n }}{% endmacro %}{{ icon(a) }}{{ icon(b) }}"
    for one, other in ((Markup("<i>"), "<i>"), (1, True), (0, False), (1, 1.0), (Decimal("2"), Decimal("2.00"))):
        for a, b in ((one, other), (other, one)):
            assert quick.from_string(template).render(a=a, b=b) == plain.from_string(template).render(a=a, b=b)


def test_what_was_drawn_in_one_language_is_not_said_in_another() -> None:
    quick, _ = environments()
    template = quick.from_string("{% macro icon(n) %}{{ _('Save') }}{{ n }}{% endmacro %}{{ icon('!') }}")
    assert template.render() == "保存!"
    quick.words, quick.translate, quick.surroundings = dict, lambda text: text, lambda: ("en",)  # type: ignore[attr-defined]
    assert template.render() == "Save!"


# What a kept macro may use beside its parameters: constants of its file, words, files of the frame, and other kept macros.
CONSTANT = {"_", "ngettext", "url_for", "STAGES", "STAGE_NAMES", "STATUSES", "TIERS", "stage_word", "varargs", "loop"}


def macros(folder: Path) -> Iterator[tuple[str, nodes.Macro]]:
    parser = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    for path in sorted(folder.rglob("*.html")):
        for macro in parser.parse(path.read_text("utf-8")).find_all(nodes.Macro):
            yield path.relative_to(folder).as_posix(), macro


def used(macro: nodes.Macro) -> set[str]:
    """Names that a macro's body reads and does not make."""
    read = {name.name for name in macro.find_all(nodes.Name) if name.ctx == "load"}
    return read - {name.name for name in macro.find_all(nodes.Name) if name.ctx in ("store", "param")}


def test_what_is_kept_hangs_on_nothing_but_what_it_is_given() -> None:
    found = [(place, macro) for place, macro in macros(ROOT / "templates") if macro.name in PURE]
    # The name says which macro it is: there is one of each.
    assert sorted(macro.name for _, macro in found) == sorted(PURE)
    for place, macro in found:
        assert used(macro) <= CONSTANT | PURE, f"{place}: {macro.name}"
        for call in macro.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "url_for":
                assert call.args == [nodes.Const("static")], f"{place}: {macro.name} leads somewhere"


def test_the_search_for_other_names_is_not_blind() -> None:
    parser = Environment(autoescape=True)
    (macro,) = parser.parse("{% macro icon(a) %}{% set b = a %}{{ b }}{{ actor.name }}{% endmacro %}").find_all(
        nodes.Macro
    )
    assert used(macro) == {"actor"}
