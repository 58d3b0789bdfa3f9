"""The stages of an acceptance scenario: written, reviewed, ready; and back by itself where it is edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reqtrack.acceptance import policy
from reqtrack.acceptance.actions import standings
from reqtrack.acceptance.models import Acceptance
from reqtrack.acceptance.queries import readiness
from reqtrack.errors import NotFound, no
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.moves import Move
from reqtrack.permissions import Actor
from reqtrack.workflow import machine, tables

EDITED = "It was edited after it was ready."


def moves(actor: Actor, item: Acceptance) -> list[Move]:
    """The moves of a scenario, with why not. *Ready* is of the version that was read."""
    if item.retired:
        return []
    facts = {"ready": policy.may_be_ready(readiness.found_at(item))} if item.stage == "in_review" else {}
    return [
        Move(one.name, one.label, one.to, verdict, one.asks, str(item.version) if one.name == "ready" else "")
        for one, verdict in machine.moves(tables.ACCEPTANCE, actor, item, facts)
    ]


def make_move(actor: Actor, item: Acceptance, name: str, given: Mapping[str, str]) -> None:
    """Make one of them; who made it stands in the history.

    Args:
        given: ``reason``, ``seen_stage``, and for *ready* the version that was read as ``seen``; what is missing is not asked for.

    Raises:
        NotFound: no such move. Refused: with every reason; 409 when the scenario was changed meanwhile. Invalid: no reason given.
    """
    chosen = next((one for one in moves(actor, item) if one.name == name), None)
    if chosen is None:
        raise NotFound(name)
    lacks = any(one.code == "no_permission" for one in chosen.verdict.reasons)
    chosen.verdict.require(403 if lacks else 409)
    if given.get("seen") and given["seen"] != chosen.seen:
        message = "%(key)s was changed after you opened it: read what it says now."
        no("stale", message, key=item.key).require(409)
    reason = given.get("reason", "").strip()
    machine.complete(tables.ACCEPTANCE.named(name), reason).require(422)
    store.move(actor, item, chosen.to, seen_stage=given.get("seen_stage") or None, reason=reason)


def edited(actor: Actor, item: Acceptance, changed: Sequence[str]) -> None:
    """After a save: what was ready is a draft again where what it says was changed, visibly; of results, those count whose row is
    still there."""
    if "examples" in changed:
        standings.add_up(item.project_id, scenarios=[item.id])
    texts = {field.name for field in KINDS["acceptance"].fields if field.text}
    if item.stage == "ready" and texts.intersection(changed):
        store.move(actor, item, "draft", reason=EDITED)
        item.sent_back = True
