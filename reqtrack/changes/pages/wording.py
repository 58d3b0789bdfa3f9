"""What a change touches, costs and makes fall, and who is told: in words and drawings for its page."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.changes.impact import Impact, Node
from reqtrack.changes.load import PhaseLoad
from reqtrack.changes.queries import ChangePage, TouchedPage
from reqtrack.items.kinds import KINDS
from reqtrack.web.context import day, number
from reqtrack.web.words import listed


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
        told["fields"] = listed(dict.fromkeys(f"{item}: {label}" for item, label in told["same"]))
    return list(found.values())


# -- what it costs -----------------------------------------------------------------------------------------------------


def money(page: ChangePage) -> str:
    """The cost in the project's currency, "" where it is not known or not for the reader."""
    return "" if page.cost is None else amount(page.cost, page.project.currency)


def amount(value: Decimal, currency: str) -> str:
    """Money as the reader writes it, without decimals where there are none."""
    whole = value == value.to_integral_value()
    pattern = "¤#,##0" if whole else None
    shown = format_currency(value, currency, pattern, locale=str(get_locale()), currency_digits=not whole)
    return str(shown)


def summary(page: ChangePage) -> str:
    """In one line: how many items, how much to test again, what it costs, how much later."""
    parts = []
    reached = len(page.impact.starts) + len(page.impact.affected)
    if reached:
        parts.append(ngettext("%(num)s item is touched", "%(num)s items are touched", reached))
    stale = page.impact.stale_results
    parts.append(
        ngettext("%(num)s result to test again", "%(num)s results to test again", stale)
        if stale
        else _("nothing to test again")
    )
    if page.dossier.expected is not None:
        parts.append(_("%(days)s person-days", days=number(page.dossier.expected)))
    if money(page):
        parts.append(money(page))
    late = [one for one in page.impact.phases if one.days_late]
    parts += [
        ngettext("%(phase)s ends %(num)s working day later", "%(phase)s ends %(num)s working days later", one.days_late or 0,
                 phase=one.name)
        for one in late
    ]  # fmt: skip
    return " · ".join(str(part) for part in parts)


def costs(page: ChangePage) -> dict[str, Any]:
    """Effort, money and days, and who said so."""
    said = page.dossier.newest_said
    figures = []
    if page.dossier.expected is not None:
        figures.append({"value": number(page.dossier.expected), "unit": _("person-days"), "note": _spread(page)})
        if money(page):
            rate = amount(page.project.day_rate or Decimal(0), page.project.currency)
            figures.append({"value": money(page), "unit": "", "note": _("at %(rate)s a person-day", rate=rate)})
        elif page.project.day_rate is None:
            figures.append({"value": None, "unit": "", "note": _("cost: the project has no day rate")})
    figures += [
        {
            "value": f"+{one.days_late}",
            "unit": ngettext("working day", "working days", one.days_late or 0),
            "note": f"{one.name}: {day(one.ends_on)} → {day(one.end_after)}",
        }
        for one in page.impact.phases
        if one.days_late
    ]
    return {
        "figures": figures,
        "said": [
            {"who": one.name, "when": day(one.at), "note": one.note, "schedule": one.schedule_note, "risk": one.risk,
             "days": number(one.expected), "old_text": one.package_print != page.dossier.package_print}
            for one in said
        ],
    }  # fmt: skip


def _spread(page: ChangePage) -> str:
    said = page.dossier.newest_said
    if len(said) != 1 or (said[0].best is None and said[0].worst is None):
        return str(ngettext("%(num)s assessment", "%(num)s assessments", len(said)))
    one = said[0]
    return str(
        _(
            "best %(best)s · likely %(likely)s · worst %(worst)s",
            best=number(one.best if one.best is not None else one.likely),
            likely=number(one.likely),
            worst=number(one.worst if one.worst is not None else one.likely),
        )
    )


def bars(page: ChangePage) -> list[dict[str, Any]]:
    """Each phase that the change adds to or takes from: its load without it, and with it; none for what came to nothing."""
    drawn: list[dict[str, Any]] = []
    if page.change.stage in ("rejected", "withdrawn"):
        return drawn
    without = _("now") if page.dossier.open else _("without this change")
    for one in page.impact.phases:
        if one.added or one.id == page.phase_id:
            drawn.append(_bar(one, without, Decimal(0)))
            drawn.append(_bar(one, _("with this change"), one.added))
    return drawn


def _bar(one: PhaseLoad, note: str, added: Decimal) -> dict[str, Any]:
    parts = [(tier, one.by_tier.get(tier, Decimal(0))) for tier in ("must", "should", "later", "", "change")]
    if added > 0:
        parts.insert(1, ("add", added))
    elif added < 0:
        parts = _less(parts, -added)
    return {"name": one.name, "note": note, "load": one.before + added, "limit": one.capacity_days, "parts": parts}


def _less(parts: Sequence[tuple[str, Decimal]], days: Decimal) -> list[tuple[str, Decimal]]:
    """The parts of a bar after some days went, taken from its end."""
    left: list[tuple[str, Decimal]] = []
    for code, own in reversed(parts):
        gone = min(own, days)
        days -= gone
        left.insert(0, (code, own - gone))
    return left


# -- what falls, who is told -------------------------------------------------------------------------------------------


def falls(project: Project, page: ChangePage) -> list[dict[str, Any]]:
    """Results that turn stale, signatures that fall or go on; of a change in effect, those that did."""
    if not page.dossier.open:
        return _fell(page)
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
    """Signatures that fall, and those that are carried on."""
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


def _fell(page: ChangePage) -> list[dict[str, Any]]:
    """What fell when the change took effect, as its event tells."""
    applied = next((json.loads(event.after) for event in page.events if event.action == "change.applied"), None)
    if applied is None:
        return []
    found: list[dict[str, Any]] = []
    stale = int(applied.get("stale_results") or 0)
    if stale:
        words = ngettext("%(num)s result turned stale", "%(num)s results turned stale", stale)
        found.append({"icon": "history", "tone": "warn", "text": words, "note": "", "href": ""})
    for name, words in (("carried", _("Scope signatures that went on")), ("superseded", _("Signatures that fell"))):
        if applied.get(name):
            note = listed(applied[name])
            found.append(
                {
                    "icon": "writing-sign",
                    "tone": "ok" if name == "carried" else "warn",
                    "text": words,
                    "note": note,
                    "href": "",
                }
            )
    return found


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
