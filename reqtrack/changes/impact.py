"""What a change touches, computed: the affected set with its paths, why the edited items exist, results that turn stale,
signatures that fall or are carried, other open changes on the same items, each phase's load before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial
from itertools import islice
from typing import Any

from reqtrack.audit.seals import digest
from reqtrack.changes import hands, reach
from reqtrack.changes import load as loads
from reqtrack.changes.dossier import Dossier, ItemNow, Rival
from reqtrack.changes.load import PhaseLoad, Weight
from reqtrack.changes.package import Edit, touches_text
from reqtrack.changes.reach import Reached
from reqtrack.changes.stakes import Fate, at_stake
from reqtrack.changes.stakes import signatures as fates
from reqtrack.items.kinds import LINKS
from reqtrack.items.queries import items_by_key, sees_all
from reqtrack.permissions import Actor
from reqtrack.requirements.policy import OUT


@dataclass(frozen=True)
class Node:
    """An item in the tree of what is touched. ``word``: how the link reads from the item above; ``stale``: results that turn
    stale; ``hand``: put in by hand (*added*) or taken out (*out*). An item that the reader may not see has no key and no title."""

    key: str
    title: str
    kind: str
    word: Any
    stage: str
    edited: bool
    stale: int
    path: tuple[str, ...]
    hand: str
    children: list[Node] = field(default_factory=list)


@dataclass
class Impact:
    """See the module. ``starts`` are the edited and picked items by id; ``reached`` what the walk found, with what was put in by
    hand; ``out`` are the ids of what was taken out of it by hand; ``asks_why`` walks the other way."""

    starts: Mapping[int, ItemNow]
    reached: Mapping[int, Reached]
    asks_why: Callable[[], Mapping[int, Reached]]
    stale: Mapping[int, int]
    signatures: Sequence[Fate]
    rivals: Sequence[Rival]
    phases: Sequence[PhaseLoad]
    graph_print: str
    out: frozenset[int] = frozenset()
    _paths: dict[int, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def why(self) -> Mapping[int, Reached]:
        """What drives the starts: pages tell it, a decision does not need it."""
        return self.asks_why()

    @property
    def affected(self) -> list[Reached]:
        """What is affected, nearest first, without what was taken out by hand."""
        return [one for one in self.reached.values() if one.id not in self.out]

    @property
    def touched(self) -> list[Reached]:
        """What is affected and visible to the reader, nearest first."""
        return [one for one in self.affected if one.seen]

    @property
    def hidden(self) -> int:
        """How many affected items the reader may not see."""
        return sum(not one.seen for one in self.affected)

    @property
    def stale_results(self) -> int:
        return sum(self.stale.values())

    @property
    def superseded(self) -> list[Fate]:
        return [one for one in self.signatures if one.state == "superseded"]

    @property
    def conflicts(self) -> list[str]:
        """The keys of other open changes on the same items, in order."""
        return list(dict.fromkeys(one.key for one in self.rivals))

    def path(self, item_id: int) -> tuple[str, ...]:
        """The keys from an edited item to an affected one; what may not be seen in between is ``…``."""
        way = self._paths.get(item_id)
        if way is None:
            one = self.reached.get(item_id)
            above = self.path(one.parent) if one is not None and one.parent else ()
            way = self._paths[item_id] = (*above, self._key(item_id))
        return way

    def _key(self, item_id: int) -> str:
        if item_id in self.starts:
            return self.starts[item_id].key
        one = self.reached[item_id]
        return one.key if one.seen else "…"

    def tree(self, most: int | None = None, only: Collection[int] | None = None) -> list[Node]:
        """The edited items, each with what it drives below it, then what was put in by hand; ``most``: the nearest so many alone;
        ``only``: these alone, with what leads to them."""
        kept = self._leading(self.reached if only is None else only)
        below: dict[int, list[Reached]] = {}
        for one in islice((one for one in self.reached.values() if one.id in kept), most):
            below.setdefault(one.parent, []).append(one)
        return [
            *(self._start(item, below) for item in self.starts.values()),
            *(self._node(one, below) for one in below.get(0, ())),
        ]

    def _leading(self, wanted: Collection[int]) -> set[int]:
        """Those of the items that are affected, and all on the ways to them."""
        kept: set[int] = set()
        for item_id in wanted:
            if item_id in self.out:
                continue
            at = item_id
            while at in self.reached and at not in kept:
                kept.add(at)
                at = self.reached[at].parent
        return kept

    def _start(self, item: ItemNow, below: Mapping[int, list[Reached]]) -> Node:
        stale = self.stale.get(item.id, 0)
        top = Node(item.key, item.title, item.kind, "", item.stage, True, stale, (item.key,), "")
        top.children.extend(self._node(one, below) for one in below.get(item.id, ()))
        return top

    def _node(self, one: Reached, below: Mapping[int, list[Reached]]) -> Node:
        way = self.path(one.id)
        stale = self.stale.get(one.id, 0)
        shown = (one.key, one.title) if one.seen else ("", "")
        hand = "out" if one.id in self.out else "" if one.parent else "added"
        node = Node(*shown, one.kind, word_of(one), one.stage, False, stale, way, hand)
        node.children.extend(self._node(child, below) for child in below.get(one.id, ()))
        return node


def word_of(one: Reached) -> Any:
    """How the link reads from the item above it (the driver) to this one; "" where a person put it in."""
    if not one.link:
        return ""
    kind = LINKS[one.link]
    return kind.label if kind.drives in ("source", "both") else kind.inverse


def of_dossier(
    actor: Actor,
    dossier: Dossier,
    phase_id: int | None = None,
    *,
    phases: bool = True,
    graph: bool = True,
    depth: int = reach.DEPTH,
) -> Impact:
    """The impact of a change (at most six statements; one more where something was put in by hand that the actor may not see).

    Args:
        phase_id: the phase that it would go into; its own when None.
        phases: whether to look at what the phases carry, too.
        graph: whether to take the graph's fingerprint, too.
        depth: how many links away; an assessment stands on the usual depth.
    """
    project_id = dossier.change.project_id
    starts = {one.id: one for one in dossier.items.values()}
    reached = hands.added(actor, dossier, reach.downstream(actor, project_id, starts, depth, ends=hands.ends(dossier)))
    out = hands.left_out(dossier, reached)
    stale, rounds = at_stake(_testing(dossier, starts, reached))
    return Impact(
        starts=starts,
        reached=reached,
        asks_why=partial(reach.upstream, actor, project_id, starts),
        stale=stale,
        signatures=fates(project_id, dossier.moved, rounds),
        rivals=_seen_rivals(actor, dossier),
        phases=_phases(dossier, phase_id or dossier.change.phase_id) if phases else [],
        graph_print=graph_print(starts.values(), hands.without(reached, out)) if graph else "",
        out=out,
    )


def _seen_rivals(actor: Actor, dossier: Dossier) -> Sequence[Rival]:
    """The other changes that the actor may see: an implementer knows of those that they are asked to assess."""
    project_id = dossier.change.project_id
    if not dossier.rivals or sees_all(actor, project_id):
        return dossier.rivals
    seen = items_by_key(actor, project_id, {one.key for one in dossier.rivals})
    return [one for one in dossier.rivals if one.key in seen]


def graph_of(actor: Actor, dossier: Dossier) -> tuple[dict[int, Reached], str]:
    """The affected set of a change and its graph fingerprint alone."""
    starts = [one.id for one in dossier.items.values()]
    reached = hands.added(
        actor, dossier, reach.downstream(actor, dossier.change.project_id, starts, ends=hands.ends(dossier))
    )
    affected = hands.without(reached, hands.left_out(dossier, reached))
    return affected, graph_print(dossier.items.values(), affected)


def graph_prints(actor: Actor, dossiers: Iterable[Dossier]) -> dict[int, str]:
    """The graph fingerprints of changes, by id, in two statements for each project."""
    by_project: dict[int, list[Dossier]] = {}
    for one in dossiers:
        by_project.setdefault(one.change.project_id, []).append(one)
    found: dict[int, str] = {}
    for project_id, mine in by_project.items():
        starts = {one.change.id: [item.id for item in one.items.values()] for one in mine}
        ends = {one.change.id: hands.ends(one) for one in mine}
        walked = reach.downstream_of_many(actor, project_id, starts, ends=ends)
        many = {one.change.id: hands.affected(one, walked[one.change.id]) for one in mine}
        links = reach.links_among({item_id for name in many for item_id in (*starts[name], *many[name])})
        for one in mine:
            found[one.change.id] = graph_print(one.items.values(), many[one.change.id], links)
    return found


def graph_print(
    starts: Iterable[ItemNow], reached: Mapping[int, Reached], links: Iterable[tuple[str, int, int]] | None = None
) -> str:
    """The graph fingerprint: sorted (key, scope_print) of the edited and affected items and the links among them.

    Stages, results, other changes and comments are not in it, so they make no assessment outdated.

    Args:
        links: those among more items than these, where they are known already.
    """
    items: dict[int, tuple[str, str]] = {one.id: (one.key, one.scope_print) for one in starts}
    items.update((one.id, (one.key, one.scope_print)) for one in reached.values())
    keys = {item_id: key for item_id, (key, _print) in items.items()}
    known = reach.links_among(items) if links is None else links
    among = sorted((kind, keys[a], keys[b]) for kind, a, b in known if a in keys and b in keys)
    # Canonical JSON (db.canonical) of what is plain ASCII: keys, fingerprints and names of links.
    told = {"items": sorted(items.values()), "links": among}
    return digest(json.dumps(told, sort_keys=True, separators=(",", ":")))


def _phases(dossier: Dossier, phase_id: int | None) -> list[PhaseLoad]:
    carried = loads.phases(dossier.change.project_id, without=dossier.change.id)
    return phases_with(dossier, carried, phase_id, dossier.change.tier)


def weights(dossier: Dossier) -> dict[str, Weight]:
    """What the edited requirements weigh now."""
    found = {}
    for one in dossier.items.values():
        if one.kind == "requirement":
            effort = one.content.get("effort_days")
            live = one.stage not in OUT and not one.retired
            found[one.key] = Weight(one.phase_id, Decimal(effort) if effort else None, live, one.tier or "")
    return found


def _testing(dossier: Dossier, starts: Mapping[int, ItemNow], reached: Mapping[int, Reached]) -> set[int]:
    """Acceptance scenarios whose text, or whose requirement's text, the change would change."""
    changed = {one.item for one in dossier.edits if touches_text(one)} | _owners_of_links(dossier.edits)
    ids = {item_id for item_id, one in starts.items() if one.key in changed}
    return _tested_by(ids, starts, reached)


def _owners_of_links(edits: Iterable[Edit]) -> set[str]:
    """The items whose text a change of *accepts* changes: the acceptance scenarios at that end."""
    found: set[str] = set()
    for one in edits:
        if one.op == "link" and one.kind == "accepts" and not one.item.startswith("ACC-"):
            found.update(one.new["add"] + one.new["remove"])
    return found


def _tested_by(changed: Collection[int], starts: Mapping[int, ItemNow], reached: Mapping[int, Reached]) -> set[int]:
    own = {item_id for item_id in changed if starts[item_id].kind == "acceptance"}
    return own | {one.id for one in reached.values() if one.link == "accepts" and one.parent in changed}


def must_touched(dossier: Dossier, tier: str | None) -> bool:
    """Whether a must item is touched: its scope content changes, or it is picked; it is made so, or added as such.

    Args:
        tier: what new requirements without one would become.
    """
    if any(one.tier == "must" for one in (*dossier.items.values(), *dossier.moved.values())):
        return True
    for one in dossier.edits:
        if one.op == "set" and one.field == "tier" and one.new == "must":
            return True
        if one.op == "new" and one.kind == "requirement" and (one.new.get("tier") or tier) == "must":
            return True
    return False


def phases_with(
    dossier: Dossier, phases: Sequence[PhaseLoad], phase_id: int | None, tier: str | None = None
) -> list[PhaseLoad]:
    """The phases as they would be if the change went into this one, as that tier; of one in effect, as they are."""
    if dossier.change.stage in loads.APPLIED:
        # What its edits estimate is with their requirements by now: only what it took beside them is told apart.
        change = dossier.change
        own = loads.own_days(dossier.expected, change.estimated_days or loads.NOTHING)
        mine = {} if change.phase_id is None else {(change.phase_id, change.tier or ""): own}
        return loads.with_moves(loads.phases(change.project_id, without=change.id), mine)
    told = loads.moves(dossier.edits, weights(dossier), dossier.expected, phase_id, tier or "")
    return loads.with_moves(phases, told)
