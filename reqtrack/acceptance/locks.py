"""The acceptance scenario's guard: finds the approved requirements that a save would touch and asks the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reqtrack.acceptance import policy
from reqtrack.errors import YES, Verdict
from reqtrack.items.kinds import KINDS, register
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements.policy import LOCKED
from reqtrack.requirements.queries import locked_accepted_by


def guard(actor: Actor, item: Item | None, changed: Sequence[str], values: Mapping[str, Any], change: str) -> Verdict:
    """Asked before each save of an acceptance scenario: see ``policy.may_edit`` (at most one query)."""
    if change:
        return YES
    before = locked_accepted_by(item.id) if item is not None else []
    after = [other.key for other in values.get("accepts") or () if other.stage in LOCKED]
    return policy.may_edit(
        KINDS["acceptance"], item.key if item else "", changed, list(dict.fromkeys([*before, *after])), change
    )


def init() -> None:
    """Put the guard on the kind."""
    register(replace(KINDS["acceptance"], guard=guard))
