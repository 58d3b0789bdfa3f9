"""What a change touches, as a list, a tree and a picture; what falls, who is told; filtered by kind and by how far it is away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.changes import impact, queries, reach
from reqtrack.changes.models import Change
from reqtrack.changes.pages import wording
from reqtrack.changes.pages.again import again_words
from reqtrack.changes.queries import TouchedPage
from reqtrack.changes.reach import Reached
from reqtrack.db import whole_number
from reqtrack.items import present
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor
from reqtrack.web.context import day
from reqtrack.web.problems import sentence
from reqtrack.web.words import beside

VIEWS = ("tree", "list", "picture")
DEPTHS = (1, 2, 3, 4, 6, 10, 20)
# A picture of more tells nobody anything; the list goes on.
DRAWN = 600
LISTED = 500


def touched(
    actor: Actor,
    project: Project,
    change: Change,
    args: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The page. ``args``: view, kind, depth as the address says them; what is none of the choices is as if it were not said."""
    depth = whole_number(args.get("depth", "")) or reach.DEPTH
    page = queries.touched_page(actor, change, depth if depth in DEPTHS else reach.DEPTH)
    kind = args.get("kind", "")
    view = args.get("view", "tree")
    view = view if view in VIEWS else "tree"
    shown = [one for one in page.impact.touched if kind not in KINDS or one.kind == kind]
    return {
        "item": change,
        "page": page,
        "base": {"project": project.key, "key": change.key},
        # Where one is, for what is done here: the same is shown again.
        "here": {
            "project": project.key,
            "key": change.key,
            **{n: args[n] for n in ("view", "kind", "depth") if n in args},
        },
        "view": view,
        "views": views_of(project, change, view, kind, page.depth),
        "filters": _filters(page, kind),
        "kind": kind,
        "tree": _tree(project, page, shown, kind) if view == "tree" else [],
        "rows": _rows(project, page, shown[: DRAWN if view == "picture" else LISTED]),
        "starts": [_start(project, one) for one in page.impact.starts.values()],
        "further": max(0, len(shown) - (DRAWN if view == "picture" else LISTED)) if view != "tree" else 0,
        "number": len(shown),
        "out": _out(actor, project, page),
        "stale": _stale(project, page),
        "to_test": page.impact.stale_results if page.fell is None else page.fell.stale,
        "signed": wording.signed(page),
        "behind": _behind(project, page),
        "rivals": wording.rivals(project, page),
        "rivals_head": wording.rivals_head(page),
        "told": _told(page),
        "of_scope": " ".join(queries.scope_kinds()),
        "reasons": [sentence(one) for one in page.may_touch.reasons],
        "again": again_words(page.again, "hand"),
        "errors": dict(errors or {}),
        "given": dict(given or {}),
        "may_export": actor.may("export.make", project.id),
    }


def views_of(
    project: Project, change: Change, view: str = "", kind: str = "", depth: int = reach.DEPTH
) -> list[dict[str, Any]]:
    """The ways to look at what a change touches; ``view``: which one is open ("" the change's own page)."""
    words = {"tree": (_("Tree"), "list-tree"), "list": (_("List"), "list"), "picture": (_("Picture"), "sitemap")}
    told: dict[str, Any] = {"kind": kind or None, "depth": depth if depth != reach.DEPTH else None}
    return [
        {
            "label": label,
            "icon": icon,
            "current": name == view,
            "href": url_for(
                "changes.impact", project=project.key, key=change.key, view=None if name == "tree" else name, **told
            ),
        }
        for name, (label, icon) in words.items()
    ]


def _filters(page: TouchedPage, kind: str) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for one in page.impact.touched:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    kinds = [(name, beside(KINDS[name].label_plural, number)) for name, number in counts.items()]
    if kind in KINDS and kind not in counts:
        kinds.append((kind, beside(KINDS[kind].label_plural, 0)))
    depths = [(str(one), ngettext("%(num)s link away", "%(num)s links away", one)) for one in DEPTHS]
    return {"kinds": kinds, "depths": depths, "depth": str(page.depth)}


def _tree(project: Project, page: TouchedPage, shown: list[Reached], kind: str) -> list[dict[str, Any]]:
    only = {one.id for one in shown} if kind in KINDS else None
    return wording.tree(project, page.impact, page.dossier.open, LISTED, only)


def _start(project: Project, one: Any) -> dict[str, Any]:
    return {**wording.row(project, one.key, one.title), "kind": one.kind, "label": KINDS[one.kind].label}


def _rows(project: Project, page: TouchedPage, shown: list[Reached]) -> list[dict[str, Any]]:
    """The table; ``parent`` and ``link`` are what the picture is drawn from."""
    keys = {**{one.id: one.key for one in page.impact.reached.values() if one.seen}}
    keys |= {one.id: one.key for one in page.impact.starts.values()}
    return [
        {
            **wording.row(project, one.key, one.title),
            "kind": one.kind,
            "label": KINDS[one.kind].label,
            "parent": keys.get(one.parent, "…" if one.parent else ""),
            "link": str(impact.word_of(one)),
            "depth": one.depth,
            "path": page.impact.path(one.id) if one.parent else [_("put in by hand")],
            "stale": page.impact.stale.get(one.id, 0) if page.fell is None else 0,
            "by_hand": not one.parent,
        }
        for one in shown
    ]


def _out(actor: Actor, project: Project, page: TouchedPage) -> list[dict[str, Any]]:
    """What was taken out by hand, with why and by whom."""
    seen = {one.key for one in page.impact.reached.values() if one.id in page.impact.out and one.seen}
    names = {one.login: one.name for one in page.dossier.people}
    return [
        {
            **wording.row(project, key, one.item.title),
            "reason": present.mask(actor, project.id, one.reason),
            "who": names.get(one.author, one.author),
            "when": day(one.at),
        }
        for key, one in page.dossier.by_hand.items()
        if key in seen
    ]


def _stale(project: Project, page: TouchedPage) -> list[dict[str, Any]]:
    """The acceptance scenarios whose results turn stale; of a change in effect, how many did."""
    if page.fell is not None:
        return wording.stale_then(page.fell)
    concerned: list[Any] = [*page.impact.starts.values(), *(one for one in page.impact.reached.values() if one.seen)]
    return [
        {
            "text": f"{one.key} {one.title}",
            "href": wording.row(project, one.key, one.title)["href"],
            "note": ngettext("%(num)s result", "%(num)s results", page.impact.stale[one.id]),
        }
        for one in concerned
        if one.id in page.impact.stale
    ]


def _behind(project: Project, page: TouchedPage) -> list[dict[str, Any]]:
    return [
        {
            "icon": "stack-2",
            "tone": "warn",
            "text": f"{one.key} {one.name}",
            "note": _("signed, %(day)s", day=day(one.at)) if one.signed else day(one.at),
            "href": url_for("baselines.show", project=project.key, number=one.key.removeprefix("BL-")),
        }
        for one in page.behind
    ]


def _told(page: TouchedPage) -> list[dict[str, Any]]:
    testers = [{"text": name, "note": wording.tester(page, number)} for name, number in sorted(page.testers.items())]
    return [*wording.told(page), *testers]
