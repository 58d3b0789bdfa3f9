"""Two items become one, one becomes two, and all is put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.db import reading, whole_number
from reqtrack.errors import Invalid, Reason, Refused, Stale, unseen
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import item_for
from reqtrack.requirements import actions, plan, twin_pages
from reqtrack.requirements.queries.joining import partner
from reqtrack.requirements.views.scope import area
from reqtrack.web.answers import answer, page


def _item(key: str) -> Item:
    item: Item = item_for(g.actor, g.project_id, key)
    g.place = KINDS[item.kind].place
    return item


def _seen(item: Item, kept: Item | None = None) -> dict[str, int]:
    """The versions that the form says it shows: of the item, and of the one that it goes on in."""
    found = {item.key: whole_number(request.form.get("seen", ""))}
    if kept is not None:
        found[kept.key] = whole_number(request.form.get("seen_into", ""))
    if None in found.values():
        raise unseen()
    return {key: number for key, number in found.items() if number is not None}


def _as_change() -> bool:
    return request.form.get("way") == "change"


# -- merging -----------------------------------------------------------------------------------------------------------


@area.page("/items/<key>/merge", "change.create")
def merge(project: str, key: str) -> Response:
    item = _item(key)
    given = request.args.to_dict()
    try:
        kept = partner(g.actor, g.project_id, item.key, given["into"]) if given.get("into", "").strip() else None
    except Invalid as error:
        return _merge_form(item, None, given, error.reasons, 422)
    return _merge_form(item, kept, given)


def _merge_form(
    item: Item, kept: Item | None, given: Mapping[str, str], reasons: tuple[Reason, ...] = (), status: int = 200
) -> Response:
    return page(
        "requirements/merge.html", status, **twin_pages.merge_form(g.actor, g.project, item, kept, given, reasons)
    )


@area.act("/items/<key>/merge", "change.create", endpoint="do_merge")
def do_merge(project: str, key: str) -> Response:
    item, given = _item(key), request.form.to_dict()
    kept = None
    choices = {name.removeprefix("field-"): value for name, value in given.items() if name.startswith("field-")}
    reason = given.get("reason", "")
    try:
        kept = partner(g.actor, g.project_id, item.key, given.get("into", ""))
        seen = _seen(item, kept)
        if _as_change():
            change = actions.propose_merge(g.actor, g.project, item, kept, choices, seen=seen, reason=reason)
            return answer(url_for("items.show", project=project, key=change))
        actions.merge(g.actor, g.project, item, kept, choices, seen=seen, reason=reason)
    except (Invalid, Refused, Stale) as problem:
        if problem.status == 403:
            raise
        with reading():  # nothing is written: nobody waits while this is drawn
            return _merge_form(item, kept, given, problem.reasons, problem.status)
    return answer(url_for("items.show", project=project, key=item.key))


# -- splitting ---------------------------------------------------------------------------------------------------------


@area.page("/items/<key>/split", "change.create")
def split(project: str, key: str) -> Response:
    return page("requirements/split.html", **twin_pages.split_form(g.actor, g.project, _item(key), {}))


@area.act("/items/<key>/split", "change.create", endpoint="do_split")
def do_split(project: str, key: str) -> Response:
    item, given = _item(key), request.form.to_dict()
    reason = given.get("reason", "")
    try:
        seen = _seen(item)
        parts, places = _parts(item), _places()
        if _as_change():
            change = actions.propose_split(g.actor, g.project, item, parts, places, seen=seen, reason=reason)
            return answer(url_for("items.show", project=project, key=change))
        made = actions.split(g.actor, g.project, item, parts, places, seen=seen, reason=reason)
    except (Invalid, Refused, Stale) as problem:
        if problem.status == 403:
            raise
        with reading():  # nothing is written: nobody waits while this is drawn
            shown = twin_pages.split_form(g.actor, g.project, item, given, problem.reasons)
            return page("requirements/split.html", problem.status, **shown)
    flash(_("%(old)s was split into %(one)s and %(other)s.", old=item.key, one=made[0].key, other=made[1].key))
    return answer(url_for("items.show", project=project, key=item.key))


def _parts(item: Item) -> list[dict[str, Any]]:
    return [
        {
            name: request.form[f"part-{at}-{name}"]
            for name in plan.fields_of(item.kind)
            if f"part-{at}-{name}" in request.form
        }
        for at in (0, 1)
    ]


def _places() -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {"links": {}, "evidence": {}}
    for name, value in request.form.items():
        part, _dash, rest = name.partition("-")
        number = whole_number(rest)
        if part in ("link", "excerpt") and number is not None:
            found["links" if part == "link" else "evidence"][number] = value
    return found


@area.act("/items/<key>/restoration", "change.create")
def restore(project: str, key: str) -> Response:
    item = _item(key)
    actions.undo(g.actor, g.project, item)
    flash(_("%(key)s is as it was before.", key=item.key))
    return answer(url_for("items.show", project=project, key=item.key))
