"""Standard changes: what a template's limits let pass without a decision, with every reason why not. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reqtrack.changes.package import Edit, written
from reqtrack.errors import YES, Verdict, no


@dataclass(frozen=True)
class Limits:
    """What an owner approved beforehand. ``fields`` and ``tiers`` empty: any. ``lapsed``: who approved it is no owner any more."""

    name: str
    approved_by: str
    archived: bool
    most_days: Decimal
    most_items: int
    fields: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    lapsed: bool = False


@dataclass(frozen=True)
class Extent:
    """What a change would do: how many items it edits, adds or retires, which fields it sets, by which other acts it changes the
    scope, what tiers it touches, which phases it would take over their capacity, and who wants it."""

    items: int
    fields: frozenset[str]
    acts: frozenset[str]
    tiers: frozenset[str]
    over: tuple[str, ...] = ()
    authors: frozenset[str] = frozenset()
    conflicts: bool = False


def extent(
    edits: Iterable[Edit],
    tiers_now: Collection[str | None],
    must: bool,
    tier: str | None,
    over: Iterable[str],
    authors: frozenset[str],
    conflicts: bool,
) -> Extent:
    """The extent of a package.

    Args:
        tiers_now: of what its edits change. must: whether it touches a must item in any way.
        tier: what new requirements without one would become.
    """
    found = list(edits)
    tiers = {one for one in tiers_now if one} | ({"must"} if must else set())
    tiers |= {str(one.new) for one in found if one.op == "set" and one.field == "tier" and one.new}
    made = [one.new.get("tier") or tier for one in found if one.op == "new" and one.kind == "requirement"]
    return Extent(
        items=len({one.item or f"NEW-{one.position}" for one in found} | written(found)),
        fields=frozenset(one.field for one in found if one.op == "set"),
        acts=frozenset(one.op for one in found if one.op != "set"),
        tiers=frozenset(tiers | {one for one in made if one}),
        over=tuple(over),
        authors=authors,
        conflicts=conflicts,
    )


def fits(key: str, limits: Limits | None, found: Extent, words: Any = str) -> Verdict:
    """Whether a change keeps within its template, all but its effort.

    Args:
        words: says a field's or an act's name in the reader's language.
    """
    if limits is None:
        return no("no_template", "%(key)s is a standard change: choose the template that it keeps to.", key=key)
    told: dict[str, Any] = {"key": key, "name": limits.name}
    verdict = YES
    if limits.archived:
        verdict += no("template_archived", "The template “%(name)s” is not used any more.", **told)
    elif not limits.approved_by:
        verdict += no("template_open", "The template “%(name)s” has not been approved yet.", **told)
    elif limits.lapsed:
        message = (
            "Who approved the template “%(name)s” is no business owner here any more: an owner has to approve it anew."
        )
        verdict += no("template_lapsed", message, **told)
    elif limits.approved_by in found.authors:
        message = "Who approved the template “%(name)s” hands in no change of their own by it."
        verdict += no("own_template", message, **told)
    if not found.items:
        verdict += no("needed", "By a template edits are applied as they stand: write what should be different.")
    if found.items > limits.most_items:
        message = "The template “%(name)s” is for %(most)s items at most, and %(key)s edits %(number)s."
        verdict += no("too_many_items", message, most=limits.most_items, number=found.items, **told)
    strange = sorted(found.fields - limits.fields) + sorted(found.acts) if limits.fields else []
    if strange:
        message = "The template “%(name)s” is not for this: %(what)s."
        verdict += no("other_fields", message, what=tuple(words(one) for one in strange), **told)
    higher = sorted(found.tiers - limits.tiers) if limits.tiers else []
    if higher:
        message = "The template “%(name)s” is not for items of these tiers: %(tiers)s."
        verdict += no("other_tiers", message, tiers=tuple(words(one) for one in higher), **told)
    if found.over:
        message = "It would take %(phases)s over its capacity: that is decided by people."
        verdict += no("over_capacity", message, phases=found.over)
    if found.conflicts:
        message = "What it edits was changed since it was written: its author has to choose between the two first."
        verdict += no("in_conflict", message)
    return verdict


def fits_days(limits: Limits, days: Decimal) -> Verdict:
    """Whether the estimate keeps within the template."""
    if days <= limits.most_days:
        return YES
    message = "The template “%(name)s” is for %(most)s person-days at most."
    return no("too_many_days", message, field="days", name=limits.name, most=limits.most_days)
