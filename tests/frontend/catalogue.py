"""The macros of templates/components: found by reading them, written down in docs/components.md.

    python -m tests.frontend.catalogue     writes the page anew; a test fails when it is not up to date
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "templates" / "components"
PAGE = ROOT / "docs" / "components.md"
MACRO = re.compile(r"\{%-?\s*macro\s+(\w+\(.*?\))\s*-?%\}", re.DOTALL)
HEAD = re.compile(r"\A\{#-?\s*(.*?)\s*-?#\}", re.DOTALL)

INTRO = """\
# Building pages from components

<!-- Written by `python -m tests.frontend.catalogue` from the comments on top of templates/components/*.html. -->

A page extends a layout and fills its blocks; everything on it comes from a macro. No page brings its own style or script.

    {% extends "layouts/app.html" %}
    {% from "components/page.html" import crumbs, item_head, section %}
    {% block title %}REQ-12{% endblock %}
    {% block breadcrumbs %}{{ crumbs([(_('Scope'), url_for(…)), ("REQ-12", "")]) }}{% endblock %}
    {% block heading %}{{ item_head("REQ-12", item.title, item.stage, moves) }}{% endblock %}
    {% block content %}{% call section(_('What was said'), 3) %}…{% endcall %}{% endblock %}
    {% block rail %}…{% endblock %}

| layout | for | blocks |
|---|---|---|
| `layouts/app.html` | every page of somebody signed in | `title breadcrumbs back heading lede actions content rail sheet cols rail_css scripts` |
| `layouts/plain.html` | sign-in, one-time links, the public verify page | `title heading lede content aside scripts` |
| `layouts/run.html` | run mode | `title content scripts` |
| `layouts/fragment.html` | answers to htmx: the content alone | `content` |

`back` holds only a URL (a phone's back arrow; leave it empty on top-level pages). `rail` may stay empty: then there is one column.
`sheet` takes css words, e.g. `rq-sheet--read` for narrower reading pages.

## What the context gives the layouts
All optional: `actor` (`name login initials`), `html_lang`, `theme`, `density`, `project` (`key name`), `projects` (list or function: `key name href`),
`nav` (`name label icon href current count`, optionally `hot children`), `tabs`, `create_menu` (`label icon href`), `person_menu` (the same),
`help_href`, `next_locale_href`, `next_locale_label`, `profile_href`, `sign_out_href` (POST), `palette_url`, `sign_in_href`, `version`.
Icons are names of Tabler Icons listed in `static/vendor/icons.txt` (add a name, then run `static/vendor/refresh.py`) or our own: `s0 s1 s2 s3 s4 spause
sask sno` (stages), `t1 t2 t3` (tiers), `dfull dhalf dnone dfail dstale` (coverage).

## What attributes do (static/js; all pages work without)
| attribute | effect |
|---|---|
| `data-draft="CRM:new-change"` on a form | what is typed is kept per person, offered again, forgotten after a submit that ends in a redirect |
| `data-draft-keep` on a form | the page shows what was typed itself (refused, conflict): nothing is offered |
| `data-dialog="id"` on a link or button; `data-dialog-now` on a dialog | opens the dialog; opens it at once |
| `data-dialog-close` | closes the dialog it is in |
| `data-poll="url"` (and `data-poll-every="5"`) | asks for the fragment that replaces this element, until it comes without the attribute |
| `data-copy="text"` or `data-copy-from="#id"` | copies |
| `data-hotkey="e"` | the key presses it, and the list under `?` names it |
| `data-list` with `data-item` inside | `j` `k` walk; Enter follows the item's first link |
| `data-search` | `/` goes there |
| `data-confirm="sentence"` on a form | asks first |
| `data-submit-on-change` on a select | sends its form |
| `data-rows="name"`, `data-examples`, `data-drop-file`, `data-markdown`, `data-notes`, `data-run-card`, `data-bulk` | made by the macros below |
| `data-take="id"` with `data-value` | puts the value into the field |

Every POST form is sent once, however often it is pressed. htmx requests carry the form token by themselves. An answer's header
`HX-Trigger: {"toast": {"text": "…", "undo": "/url"}}` shows a toast.
Forms: an answer of 303 means done; 409 and 422 render the form again with `error`s, the frame marked `attrs={"data-draft-keep": ""}`.

## Macros
"""


def macros(path: Path) -> list[str]:
    """The signatures of a file's macros, in order, without those that only translators read."""
    found = [re.sub(r"\s+", " ", one) for one in MACRO.findall(path.read_text("utf-8"))]
    return [one for one in found if not one.startswith("words_to_translate")]


def page() -> str:
    """docs/components.md, whole."""
    parts = [INTRO]
    for path in sorted(COMPONENTS.glob("*.html")):
        head = HEAD.match(path.read_text("utf-8"))
        if head is None:
            raise ValueError(f"{path.name} does not say what it holds")
        comment = head[1].partition("\n")
        parts.append(f"### components/{path.name}\n\n{comment[0].partition(': ')[2]}\n\n```text\n{comment[2].rstrip()}\n```\n")
        parts.append("Signatures:\n\n" + "\n".join(f"- `{one}`" for one in macros(path)) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")
