"""Quick templates say what plain ones say."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment
from markupsafe import Markup

from reqtrack.rendering.quick import Quick

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
    quick.words, quick.translate, quick.place = lambda: said, lambda text: SPOKEN.get(text, text), lambda: ""
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
