"""Whether a pack can be made of the decision on a change, and by whom: a pack leaves nothing out, so it is made by who may see all."""

from __future__ import annotations

from collections.abc import Iterable

from reqtrack.changes import facts, votes
from reqtrack.changes.models import Change
from reqtrack.changes.queries import ChangePage
from reqtrack.errors import YES, Verdict, no
from reqtrack.items import present
from reqtrack.items.queries import sees_all
from reqtrack.permissions import Actor


def is_decided(change: Change) -> Verdict:
    """Before, there is nothing to be packed."""
    if change.stage in facts.SETTLED:
        return YES
    return no("undecided", "%(key)s is not decided yet: its pack can be made then.", key=change.key)


def is_kept(page: ChangePage) -> Verdict:
    """Whether what was decided still is what the change says."""
    given = votes.that_decided(page.dossier)
    if given and all(one.package_print == page.dossier.package_print for one in given):
        return YES
    message = "%(key)s does not say any more what was decided: no pack can be made of that."
    return no("package_moved", message, key=page.change.key)


def shows_all(actor: Actor, project_id: int, said: Iterable[str]) -> Verdict:
    """Whether somebody may see all that stands in it: its events tell of all phases, and in its sealed rows nothing can be covered.

    Args:
        said: the reasons that stand in those rows; they may name who was heard.
    """
    named = any(present.mask(actor, project_id, one) != one for one in said if one)
    if sees_all(actor, project_id) and not named:
        return YES
    return no("hidden", "It holds what you may not see, and a pack leaves nothing out: ask somebody who may.")


def may_pack(actor: Actor, page: ChangePage) -> Verdict:
    """Whether the reader of a change may have the pack of its decision: the first reason why not."""
    for verdict in (is_decided(page.change), is_kept(page)):
        if not verdict:
            return verdict
    said = [one.reason for one in votes.that_decided(page.dossier)]
    told = [one.reason for one in page.events if one.seals or one.action == "change.applied"]
    return shows_all(actor, page.change.project_id, [*said, *told])
