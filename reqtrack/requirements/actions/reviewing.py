"""Looking at what came by import, and answering what looks like a duplicate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reqtrack.accounts.models import Project, User
from reqtrack.audit.record import recorded
from reqtrack.errors import NotFound, Verdict, every, invalid, no
from reqtrack.items import actions as talk
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements.actions import reasons
from reqtrack.requirements.queries import duplicates

# Set by the radar: (actor, project, subject, reason) keeps that two are two.
APART: list[Callable[[Actor, Project, str, str], None]] = []
NOTHING_CHOSEN = no("required", "Choose at least one.", "ids")
KEEP, ASK, DROP = "keep", "ask", "drop"


def review(
    actor: Actor,
    items: Sequence[Item],
    outcome: str,
    *,
    reason: str = "",
    asked: User | None = None,
) -> list[Item]:
    """Say of imported items that somebody has looked: they stay as they are, or they go (retired, with why). Asking somebody leaves
    them where they are, until they answered and somebody looks again.

    Args:
        reason: why they go; the question, where somebody is asked.

    Returns:
        Those that were not looked at before.

    Raises:
        Refused: 403, they may not write one of them; 409, one is locked. Invalid: no such outcome, or what it needs is missing.
    """
    if outcome not in (KEEP, ASK, DROP):
        raise invalid("outcome", "Say keep, ask or drop.")
    if outcome != ASK and items:
        reason = reasons.checked(items[0].project_id, reason, "Say why it goes." if outcome == DROP else "")
    if outcome == ASK and asked is None:
        raise invalid("asked", "Say whom you ask.", "required")
    waiting = [item for item in items if item.imported and not item.retired]
    if outcome == ASK:
        for item in waiting:
            talk.ask(actor, item, reason, asked)
        return waiting
    every(store.may_write(actor, item, KINDS[item.kind]) for item in waiting).require()
    if outcome == DROP:
        every(_may_go(actor, item) for item in waiting).require(409)
    for item in waiting:
        with recorded(actor, item.project_id, f"{item.kind}.reviewed", item.key, reason=reason) as entry:
            if outcome == DROP:
                store.edit(actor, item, {}, retired=True, reason=reason)
            item.imported = False
            entry.after = {"outcome": outcome}
    return waiting


def _may_go(actor: Actor, item: Item) -> Verdict:
    return KINDS[item.kind].guard(actor, item, ("retired",), {}, "")


def keep_apart(actor: Actor, project: Project, subject: str, reason: str) -> None:
    """Say that two that look alike are two, and why.

    Args:
        subject: their keys, as ``queries.Twin.subject`` names them.

    Raises:
        NotFound: they do not look alike, or the actor may not see them. Refused: 403 no permission, 409 answered already.
        Invalid: no reason.
    """
    pair = duplicates.pair_for(actor, project.id, subject)
    if pair is None:
        raise NotFound(subject[:80])
    if not reason.strip():
        raise invalid("reason", "Say why these are two.", "required")
    for keep in APART:
        keep(actor, project, pair.subject, reason)
