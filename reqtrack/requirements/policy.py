"""What may be done to a requirement, and why not. Pure: everything it needs to know comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.errors import YES, Verdict, every, no
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements.plan import KINDS_JOINED

# In these stages the scope content belongs to the signature: it changes by an applied change only.
LOCKED = ("approved", "implemented", "obsolete")
# Not yet agreed: what may still be edited freely, and what a completed scope sign-off approves.
OPEN = ("draft", "in_review")
# How the mark *retired* reads in an enumeration of what would change.
RETIRED = _l("being in force")
# No part of the scope any more (or not now): left out of baselines and of the phases' load.
OUT = ("deferred", "rejected", "obsolete")


def scope_fields(kind: Kind, changed: Iterable[str]) -> list[str]:
    """Those of the changed names that belong to the scope content (``retired`` does)."""
    bound = {field.name for field in kind.fields if field.text or field.scope} | {"retired"}
    return [name for name in changed if name in bound]


def labels(kind: Kind, names: Sequence[str]) -> tuple[Any, ...]:
    """Field names as people read them."""
    return tuple(kind.field(name).label if name in kind.names else RETIRED for name in names)


def may_edit(kind: Kind, key: str, stage: str, changed: Sequence[str], change: str) -> Verdict:
    """The lock: from approval on, scope content changes by a change request only; working facts stay open.

    Args:
        changed: names of the fields that the save would change, ``retired`` among them.
        change: the key of the change request that brings the save, or "".
    """
    touched = scope_fields(kind, changed)
    if change or stage not in LOCKED or not touched:
        return YES
    return no(
        "locked",
        "%(key)s is approved scope: changing its %(fields)s takes a change request.",
        field=touched[0],
        key=key,
        fields=labels(kind, touched),
    )


def guard(actor: Actor, item: Item | None, changed: Sequence[str], values: Mapping[str, Any], change: str) -> Verdict:
    """The requirement's guard, asked before each save: see ``may_edit``. A new requirement is never locked."""
    if item is None:
        return YES
    return may_edit(KINDS["requirement"], item.key, item.stage, changed, change)


def may_plan(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may add and change phases."""
    if actor.may("project.manage", project_id) or actor.may("requirement.write", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you plan its phases.")


def may_silence(actor: Actor, project_id: int, everywhere: bool) -> Verdict:
    """Whether the actor may let a finding of the text checker stand: at an item, or a rule ``everywhere`` in the project."""
    if actor.may("requirement.write", project_id) or (not everywhere and actor.may("requirement.draft", project_id)):
        return YES
    if everywhere:
        return no("no_permission", "Your roles in this project do not let you switch off a rule for its requirements.")
    return no("no_permission", "Your roles in this project do not let you say what may stand in its requirements.")


def may_merge(kept: Item, gone: Item, writes: Iterable[Verdict]) -> Verdict:
    """Whether one of two items may be merged into the other.

    Args:
        writes: for each item that it would write to, whether the actor may.
    """
    verdict = every(writes)
    if gone.kind not in KINDS_JOINED:
        verdict += no("wrong_kind", "Requirements and scenarios are merged; %(key)s is neither.", key=gone.key)
    if kept.id == gone.id:
        return verdict + no("itself", "%(key)s cannot be merged into itself.", "into", key=gone.key)
    if kept.kind != gone.kind:
        message = "%(one)s and %(other)s are of different kinds: only what is of one kind is merged."
        verdict += no("other_kind", message, "into", one=gone.key, other=kept.key)
    for item, field in ((kept, "into"), (gone, None)):
        if item.retired:
            verdict += no("retired", "%(key)s is retired already.", field, key=item.key)
    if kept.stage in ("rejected", "obsolete"):
        message = "%(key)s is no part of the scope any more, so nothing goes on in it."
        verdict += no("out", message, "into", key=kept.key)
    return verdict


def may_split(old: Item, writes: Iterable[Verdict]) -> Verdict:
    """Whether an item may be split in two; as ``may_merge``."""
    verdict = every(writes)
    if old.kind not in KINDS_JOINED:
        verdict += no("wrong_kind", "Requirements and scenarios are split; %(key)s is neither.", key=old.key)
    if old.retired:
        verdict += no("retired", "%(key)s is retired already.", key=old.key)
    return verdict


def locks_of(verdict: Verdict) -> Verdict:
    """Of the reasons why something may not be written, those that a change request gets past."""
    return Verdict(tuple(reason for reason in verdict.reasons if reason.code == "locked"))


def may_undo(old: Item, change: str, worked_on: Sequence[str]) -> Verdict:
    """Whether a merge or a split can be taken back.

    Args:
        change: the key of the change request that brought it, or "".
        worked_on: the keys of what it touched and somebody has worked on since.
    """
    verdict = YES
    if change:
        message = "%(change)s brought this for %(key)s: taking it back takes another change request."
        verdict += no("by_change", message, key=old.key, change=change)
    if worked_on:
        message = "Somebody has worked on %(keys)s since, so that it cannot be put back as it was."
        verdict += no("worked_on", message, keys=tuple(worked_on))
    return verdict
