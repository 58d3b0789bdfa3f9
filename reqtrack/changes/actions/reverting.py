"""Undoing a change that is in effect: another change, drafted with the old values as its edits, under the same rules."""

from __future__ import annotations

import re

from reqtrack.accounts.models import Project
from reqtrack.changes import dossier, policy
from reqtrack.changes.actions.packaging import keep
from reqtrack.changes.actions.parsing import Line, restoring
from reqtrack.changes.codec import load
from reqtrack.changes.models import Change
from reqtrack.changes.queries import undoing
from reqtrack.db import db
from reqtrack.errors import invalid
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor

_HAN = re.compile("[\u3400-\u9fff]")


def revert(actor: Actor, change: Change) -> Change:
    """Draft the change that undoes this one: old values come back, what it made is retired, what it retired is brought back, links
    that it made end and those that it ended are made anew. What moved since is in conflict, for the author to choose.

    Raises:
        Refused: not theirs (403); not in effect, undone already, or it let items go on in others (409). Invalid: it did nothing.
    """
    found = dossier.load(change)
    undone = [key for key, _stage in undoing.undoing(change)]
    gone = undoing.merged_or_split(found)
    policy.require(policy.may_revert(actor, change.project_id, change.key, change.stage, undone, gone))
    lines = _items(change) + _links(change, found)
    if not lines:
        raise invalid("edits", "%(key)s changed nothing that could be undone.", key=change.key)
    for position, line in enumerate(lines, 1):
        line.position = position
    project = db.session.get_one(Project, change.project_id)
    told = {**_words(change), "kind": "normal", "tier": change.tier, "phase": change.phase_id}
    made: Change = store.create(actor, project, KINDS["change"], told, extra={"reverts_id": change.id})  # type: ignore[assignment]
    keep(actor, made, lines)
    return made


def _words(change: Change) -> dict[str, str]:
    """Title and reason, in the language of what is undone."""
    key, title = change.key, change.title
    if _HAN.search(title):
        return {"title": f"撤销 {key}：{title}"[:400], "reason": f"恢复到 {key} 生效之前的内容。"}
    return {"title": f"Undo {key}: {title}"[:400], "reason": f"Back to what stood before {key} took effect."}


def _items(change: Change) -> list[Line]:
    lines: list[Line] = []
    for one in undoing.what_it_did(change):
        item = one.item
        if one.before is None:
            if not item.retired:
                lines.append(Line("retire", item, item.kind, base_version=item.version))
            continue
        was, is_now = bool(one.before.get("retired")), bool(one.after.get("retired"))
        if is_now and not was and item.retired:
            lines.append(restoring(item))
        elif was and not is_now and not item.retired:
            lines.append(Line("retire", item, item.kind, base_version=item.version))
        lines += [
            Line("set", item, item.kind, name, one.last, one.after.get(name), one.before.get(name))
            for name in undoing.fields_moved(one)
        ]
    return lines


def _links(change: Change, found: dossier.Dossier) -> list[Line]:
    """A line for each item and kind of link: what was made goes, what was ended comes."""
    told = undoing.links_of(change, found)
    sources = load(change.project_id, {source for part in told.values() for _kind, source, _target in part})
    ends: dict[tuple[str, str], dict[str, list[str]]] = {}
    for part, name in (("ended", "add"), ("added", "remove")):
        for kind, source, target in told[part]:
            ends.setdefault((source, kind), {"add": [], "remove": []})[name].append(target)
    return [
        Line("link", sources[source], kind, f"link:{kind}", sources[source].version, None, both)
        for (source, kind), both in sorted(ends.items())
    ]
