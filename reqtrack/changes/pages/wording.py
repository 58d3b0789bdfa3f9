"""What a change touches and makes fall, and who is told: in words and drawings for its page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.changes.consequences import Fell
from reqtrack.changes.impact import Impact, Node
from reqtrack.changes.pages.cost import later_words, money
from reqtrack.changes.queries import ChangePage, TouchedPage
from reqtrack.items.kinds import KINDS
from reqtrack.web.words import listed, pair, person_days


def row(project: Project, key: str, title: str) -> dict[str, Any]:
    """An item with its link."""
    return {"key": key, "title": title, "href": _pages(project) + key}


def _pages(project: Project) -> str:
    """What the addresses of items begin with: an affected set may have a thousand."""
    return url_for("items.show", project=project.key, key="")


def tree(
    project: Project,
    touched: Impact,
    coming: bool = True,
    most: int | None = None,
    only: Collection[int] | None = None,
) -> list[dict[str, Any]]:
    """The affected set as a tree below the edited items; ``coming``: what it would do is still to come; ``most``: the nearest
    so many alone; ``only``: these alone, with what leads to them."""
    pages = _pages(project)
    return [_node(pages, one, coming, {}) for one in touched.tree(most, only)]


def _node(pages: str, node: Node, coming: bool, words: dict[int, str]) -> dict[str, Any]:
    """``words``: those of links said so far, by their identity: there are few, and to say one costs a look-up."""
    flags: list[tuple[Any, str, str]] = []
    if node.edited:
        flags.append((_("edited here"), "accent", ""))
    if node.stale and coming:
        told = ngettext("%(num)s result turns stale", "%(num)s results turn stale", node.stale)
        flags.append((told, "warn", "history"))
    if node.hand:
        flags.append((_("put in by hand"), "", "user-plus") if node.hand == "added" else (_("taken out"), "", "minus"))
    if id(node.word) not in words:
        words[id(node.word)] = str(node.word)
    return {
        "key": node.key,
        "href": pages + node.key if node.key else "",
        "title": node.title or _("1 item you may not see"),
        "relation": words[id(node.word)],
        "top": node.edited,
        "flags": flags,
        "children": [_node(pages, child, coming, words) for child in node.children],
    }


def rows(project: Project, touched: Impact, most: int | None = None) -> list[dict[str, Any]]:
    """The same as a table, with the path that led there."""
    pages = _pages(project)
    return [
        {"key": one.key, "title": one.title, "href": pages + one.key, "path": " → ".join(touched.path(one.id))}
        for one in touched.touched[:most]
    ]


def rivals_head(page: TouchedPage) -> str:
    """What heads the other open changes: of a change that is decided they are those of today."""
    return str(
        _("Other open changes on the same items")
        if page.dossier.open
        else _("Other changes on the same items that are open today")
    )


def rivals(project: Project, page: ChangePage | TouchedPage) -> list[dict[str, Any]]:
    """Other open changes on the same items, in sentences."""
    found: dict[str, dict[str, Any]] = {}
    for one in page.impact.rivals:
        told = found.setdefault(one.key, {**row(project, one.key, one.title), "same": [], "items": []})
        told["items"].append(one.item)
        if one.field:
            told["same"].append((one.item, KINDS[page.dossier.items[one.item].kind].field(one.field).label))
    for told in found.values():
        told["items"] = listed(dict.fromkeys(told["items"]))
        told["fields"] = listed(dict.fromkeys(pair(item, label) for item, label in told["same"]))
    return list(found.values())


# -- in one line ------------------------------------------------------------------------------------------------------


def summary(page: ChangePage) -> str:
    """In one line: how many items it edits and touches beyond, how much to test again, what it costs, how much later."""
    parts = []
    edited = len({one.item or one.position for one in page.dossier.edits})
    if edited:
        parts.append(ngettext("%(num)s item edited", "%(num)s items edited", edited))
    elif page.dossier.picked:
        about = len(page.dossier.picked)
        parts.append(ngettext("about %(num)s item", "about %(num)s items", about))
    if page.impact.affected:
        reached = len(page.impact.affected)
        parts.append(ngettext("%(num)s more touched", "%(num)s more touched", reached))
    parts.append(_again(page))
    if page.dossier.expected is not None:
        parts.append(person_days(page.dossier.expected))
    if money(page):
        parts.append(money(page))
    late = [one for one in page.price.phases if one.days_late]
    parts += [later_words(one) for one in late]
    return " · ".join(str(part) for part in parts)


def _again(page: ChangePage) -> str:
    """How much is to be tested again; of a change in effect, how much was."""
    if page.fell is not None:
        stale = page.fell.stale
        return (
            str(ngettext("%(num)s result turned stale", "%(num)s results turned stale", stale))
            if stale
            else str(_("no result turned stale"))
        )
    stale = page.impact.stale_results
    if not stale:
        return str(_("nothing to test again"))
    return str(ngettext("%(num)s result to test again", "%(num)s results to test again", stale))


# -- what falls, who is told -------------------------------------------------------------------------------------------


def falls(project: Project, page: ChangePage) -> list[dict[str, Any]]:
    """Results that turn stale, signatures that fall or go on; of a change in effect, those that did."""
    if not page.dossier.open:
        return [*stale_then(page.fell), *signed_then(page.fell)] if page.fell is not None else []
    found: list[dict[str, Any]] = []
    touched = page.impact
    if touched.stale_results:
        named = {item_id: one.key for item_id, one in touched.starts.items()} | {
            one.id: one.key for one in touched.touched
        }
        keys = [key for item_id, key in named.items() if item_id in touched.stale]
        words = ngettext("%(num)s result turns stale", "%(num)s results turn stale", touched.stale_results)
        first = url_for("items.show", project=project.key, key=keys[0]) if keys else ""
        found.append({"icon": "history", "tone": "warn", "text": words, "note": listed(keys), "href": first})
    return found + signed(page)


def signed(page: ChangePage | TouchedPage) -> list[dict[str, Any]]:
    """Signatures that fall, and those that are carried on; of a change in effect, those that did and were."""
    if page.fell is not None:
        return signed_then(page.fell)
    found: list[dict[str, Any]] = []
    for one in page.impact.signatures:
        names = listed(one.signers) or one.key
        if one.state == "carried":
            words = _("The scope signature of %(names)s goes on with this approval", names=names)
        else:
            words = _("The signature of %(names)s on the round's result falls", names=names)
        tone = "ok" if one.state == "carried" else "warn"
        found.append({"icon": "writing-sign", "tone": tone, "text": words, "note": one.subject, "href": ""})
    return found


def stale_then(fell: Fell) -> list[dict[str, Any]]:
    """The results that turned stale when the change took effect."""
    if not fell.stale:
        return []
    words = ngettext("%(num)s result turned stale", "%(num)s results turned stale", fell.stale)
    return [{"icon": "history", "tone": "warn", "text": words, "note": "", "href": ""}]


def signed_then(fell: Fell) -> list[dict[str, Any]]:
    """The signatures that went on or fell when the change took effect."""
    told = (
        (fell.carried, "ok", _("Scope signatures that went on")),
        (fell.superseded, "warn", _("Signatures that fell")),
    )
    return [
        {"icon": "writing-sign", "tone": tone, "text": words, "note": listed(keys), "href": ""}
        for keys, tone, words in told
        if keys
    ]


def told(page: ChangePage | TouchedPage) -> list[dict[str, Any]]:
    """Who is told once it is in effect."""
    owners = [
        {"text": name, "note": ngettext("owner of %(num)s item", "owner of %(num)s items", items)}
        for name, items in page.told.owners
    ]
    heard = [
        {"text": role, "note": ngettext("%(num)s person was heard", "%(num)s people were heard", people)}
        for role, people in page.told.roles
    ]
    return [*owners, *heard]


def tester(page: TouchedPage, number_of: int) -> str:
    """What a tester has to do with it: to test again, or, once it is in effect, what they were told of."""
    if page.fell is not None:
        return str(ngettext("was told of %(num)s scenario", "was told of %(num)s scenarios", number_of))
    return str(ngettext("tests %(num)s scenario again", "tests %(num)s scenarios again", number_of))
