"""The impact of a change: what it touches and why, what falls, which other changes want the same, who is told."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.changes import facts, queries
from reqtrack.changes.consequences import Fell
from reqtrack.changes.filed import Dossier
from reqtrack.changes.impact import Node, graph_of
from reqtrack.changes.models import Change
from reqtrack.changes.package import restores
from reqtrack.changes.pages.wording import rivals_head, tester
from reqtrack.changes.queries import TouchedPage
from reqtrack.documents.contexts.common import Context, Reader, shared
from reqtrack.items import present
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import SYSTEM
from reqtrack.web.words import listed, pair


def build(reader: Reader, change: Change) -> Context:
    """The context of ``exports/impact``."""
    page = queries.touched_page(reader.actor, change)
    return {
        **shared(reader, f"sha256:{fingerprint(page.dossier)}", change.key, []),
        "key": change.key,
        "title": change.title,
        "kicker": _("Impact of  %(key)s", key=change.key),
        "lead": _lead(page),
        "tree": nodes(page.impact.tree(), page.dossier),
        "hidden": page.impact.hidden,
        "out": _out(reader, page),
        "falls": [*falls(page), *_behind(reader, page)],
        "rivals_head": rivals_head(page),
        "rivals": _rivals(page),
        "told": _told(page),
    }


def _lead(page: TouchedPage) -> str:
    items = len(page.impact.affected)
    parts = [ngettext("%(num)s item is touched", "%(num)s items are touched", items)]
    if page.fell is not None:
        parts += [
            ngettext("%(num)s result turned stale", "%(num)s results turned stale", page.fell.stale),
            ngettext("%(num)s baseline fell behind", "%(num)s baselines fell behind", len(page.behind)),
        ]
    else:
        parts += [
            ngettext("%(num)s result to test again", "%(num)s results to test again", page.impact.stale_results),
            ngettext("%(num)s baseline falls behind", "%(num)s baselines fall behind", len(page.behind)),
        ]
    return " · ".join(str(one) for one in parts)


def fingerprint(dossier: Dossier) -> str:
    """Of what an impact is: the package, and the graph as it stands (on the usual depth)."""
    return facts.basis(dossier, graph_of(SYSTEM, dossier)[1])


def nodes(tree: list[Node], dossier: Dossier) -> list[Context]:
    """The affected set in the order of the walk, as the tree of a document takes it."""
    acts = _acts(dossier)
    rows: list[Context] = []

    def walk(node: Node, depth: int) -> None:
        if node.key:
            act = acts.get(node.key, "") if node.edited else ""
            own = _("edited by this change") if act else _("this change is about it")
            why = _("put in by hand") if node.hand == "added" else str(node.word) or own
            effect = _effect(node, act, dossier.open)
            rows.append({"depth": depth, "key": node.key, "title": node.title, "why": why, "effect": effect})
        for child in node.children:
            walk(child, min(depth + 1, 6))

    for top in tree:
        walk(top, 0)
    return rows


def _acts(dossier: Dossier) -> dict[str, str]:
    """What the change does with the items that it is about, by key; nothing of those that are only named."""
    done = dossier.change.stage in facts.IN_EFFECT
    acts: dict[str, str] = {}
    for one in dossier.edits:
        if one.op == "retire" and restores(one):
            acts[one.item] = _("was brought back") if done else _("is brought back")
        elif one.op == "retire":
            acts[one.item] = _("was retired") if done else _("is retired")
        elif one.op == "set" and one.item:
            acts.setdefault(one.item, _("got a new version") if done else _("gets a new version"))
    linked = _("its links changed") if done else _("its links change")
    # A link makes no version of what it begins at.
    ends = {*dossier.implied, *(one.item for one in dossier.edits if one.op == "link" and one.item)}
    return {**dict.fromkeys(ends, linked), **acts}


def _effect(node: Node, act: str, coming: bool) -> str:
    """What happens to an item of the tree; never nothing. ``coming``: it is still to happen: what is there to turn stale once it
    is in effect was found since."""
    if node.hand == "out":
        return str(_("taken out"))
    parts = [act] if act else []
    if node.stale and coming:
        parts.append(ngettext("%(num)s result turns stale", "%(num)s results turn stale", node.stale))
    if not parts:
        parts.append(_("stays as it is") if node.edited else _("is looked at again"))
    return listed(parts)


def falls(page: TouchedPage | queries.ChangePage) -> list[Context]:
    """Signatures that fall or are carried on, and results that turn stale; of a change in effect, those that did."""
    if page.fell is not None:
        return _fell(page, page.fell)
    found = [
        {
            "key": fate.key,
            "was": f"{fate.subject} {fate.title}".strip(),
            "becomes": _("carried on by this change") if fate.state == "carried" else _("superseded"),
        }
        for fate in page.impact.signatures
    ]
    if page.impact.stale_results:
        told = ngettext("%(num)s result", "%(num)s results", page.impact.stale_results)
        found.append({"key": "", "was": told, "becomes": _("stale")})
    return found


def _fell(page: TouchedPage | queries.ChangePage, fell: Fell) -> list[Context]:
    subjects = {one.key: f"{one.subject} {one.title}".strip() for one in page.impact.signatures}
    found = [
        {"key": key, "was": subjects.get(key) or _("a signature"), "becomes": words}
        for keys, words in ((fell.carried, _("carried on by this change")), (fell.superseded, _("superseded")))
        for key in keys
    ]
    if fell.stale:
        told = ngettext("%(num)s result", "%(num)s results", fell.stale)
        found.append({"key": "", "was": told, "becomes": _("turned stale")})
    return found


def _behind(reader: Reader, page: TouchedPage) -> list[Context]:
    return [
        {
            "key": one.key,
            "was": f"{one.name}, {reader.day(one.at)}",
            "becomes": _("a signed baseline, behind") if one.signed else _("a baseline, behind"),
        }
        for one in page.behind
    ]


def _out(reader: Reader, page: TouchedPage) -> list[Context]:
    names = {one.login: one.name for one in page.dossier.people}
    seen = {one.key for one in page.impact.reached.values() if one.id in page.impact.out and one.seen}
    return [
        {
            "key": key,
            "title": one.item.title,
            "reason": present.mask(reader.actor, page.project.id, one.reason),
            "who": names.get(one.author, one.author),
        }
        for key, one in page.dossier.by_hand.items()
        if key in seen
    ]


def _rivals(page: TouchedPage) -> list[Context]:
    found: dict[str, Context] = {}
    for one in page.impact.rivals:
        row = found.setdefault(one.key, {"key": one.key, "title": one.title, "fields": []})
        if one.field:
            label = KINDS[page.dossier.items[one.item].kind].field(one.field).label
            row["fields"].append(pair(one.item, label))
    return [{**row, "conflict": listed(dict.fromkeys(row.pop("fields")))} for row in found.values()]


def _told(page: TouchedPage) -> list[Context]:
    owners = [
        (name, ngettext("owner of %(num)s item", "owner of %(num)s items", number)) for name, number in page.told.owners
    ]
    heard = [
        (role, ngettext("%(num)s person was heard", "%(num)s people were heard", number))
        for role, number in page.told.roles
    ]
    testers = [(name, tester(page, number)) for name, number in sorted(page.testers.items())]
    return [{"who": str(who), "why": str(why)} for who, why in (*owners, *heard, *testers)]
