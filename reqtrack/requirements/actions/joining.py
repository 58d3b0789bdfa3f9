"""Merging two items into one, splitting one in two, and taking that back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, Stale, Verdict, every, no
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import items_by_key
from reqtrack.permissions import Actor
from reqtrack.requirements import plan as plans
from reqtrack.requirements import policy
from reqtrack.requirements.actions import following, reasons
from reqtrack.requirements.plan import NEW, LinkMove, Plan, Write
from reqtrack.requirements.queries import joining
from reqtrack.requirements.queries.joining import merge_plan, split_plan

# Set by the changes area: (actor, project, title, reason, edits) → the key of the draft that proposes them.
PROPOSE: list[Callable[[Actor, Project, str, str, Sequence[Mapping[str, Any]]], str]] = []
OPEN_STAGES = policy.OPEN


def merge(
    actor: Actor,
    project: Project,
    gone: Item,
    kept: Item,
    choices: Mapping[str, str],
    *,
    seen: Mapping[str, int],
    reason: str = "",
) -> Item:
    """Merge one item into another: its words where chosen, links, evidence, comments and files go there, its key leads there.

    Args:
        choices: by field, whose words shall stand: kept, gone, both.
        seen: by key, the versions that were looked at.

    Raises:
        Refused: 403 no permission, 409 with every other reason; the code is *locked* where it takes a change request.
        Stale: one of them moved. Invalid: a choice that there is not.
    """
    plan = planned_merge(actor, gone, kept, choices, seen)
    locks(actor, plan).require(409)
    return _carry_out(actor, project, plan, reason)


def split(
    actor: Actor,
    project: Project,
    old: Item,
    parts: Sequence[Mapping[str, Any]],
    places: Mapping[str, Mapping[int, str]],
    *,
    seen: Mapping[str, int],
    reason: str = "",
) -> list[Item]:
    """Split an item in two new ones; its own key stays as the page that names both.

    Args:
        parts: two times values by field name, as the API takes them; what they leave out both take over.
        places: where links (by their id) and excerpts go: first, second, both (where nothing is said).

    Raises:
        As ``merge``.
    """
    plan = planned_split(actor, project, old, parts, places, seen)
    locks(actor, plan).require(409)
    _carry_out(actor, project, plan, reason)
    found = items_by_key(actor, project.id, following.heirs_of(old))
    return [found[key] for key in following.heirs_of(old)]


def propose_merge(
    actor: Actor,
    project: Project,
    gone: Item,
    kept: Item,
    choices: Mapping[str, str],
    *,
    seen: Mapping[str, int],
    reason: str,
) -> str:
    """The same as the draft of a change request, whose key is returned; it takes effect when that is decided."""
    plan = planned_merge(actor, gone, kept, choices, seen)
    title = "Merge %(gone)s into %(kept)s" if not _chinese(actor) else "把 %(gone)s 合并到 %(kept)s"
    return _propose(actor, project, plan, title % {"gone": gone.key, "kept": kept.key}, reason)


def propose_split(
    actor: Actor,
    project: Project,
    old: Item,
    parts: Sequence[Mapping[str, Any]],
    places: Mapping[str, Mapping[int, str]],
    *,
    seen: Mapping[str, int],
    reason: str,
) -> str:
    """A split as the draft of a change request; as ``propose_merge``."""
    plan = planned_split(actor, project, old, parts, places, seen)
    title = "Split %(old)s in two" if not _chinese(actor) else "把 %(old)s 拆成两条"
    return _propose(actor, project, plan, title % {"old": old.key}, reason)


def _chinese(actor: Actor) -> bool:
    return actor.locale.startswith("zh")


def _propose(actor: Actor, project: Project, plan: Plan, title: str, reason: str) -> str:
    # What is proposed needs no right to write: who decides has it.
    reason = reasons.checked(project.id, reason, "Say why: what is wrong today, and for whom?")
    return PROPOSE[0](actor, project, title, reason, plans.as_edits(plan))


# -- before ------------------------------------------------------------------------------------------------------------


def planned_merge(actor: Actor, gone: Item, kept: Item, choices: Mapping[str, str], seen: Mapping[str, int]) -> Plan:
    """What a merge comes to.

    Raises:
        As ``merge``, but for locks.
    """
    policy.may_merge(kept, gone, ()).require(409)
    _require_seen((gone, kept), seen)
    kind = KINDS[gone.kind]
    wrong = [name for name, choice in choices.items() if not _fits(kind, name, choice)]
    if wrong:
        message = "%(name)s: say kept, gone or, where two can stand together, both."
        raise Invalid(Reason("invalid", message, {"name": name[:40]}, f"fields.{name[:40]}") for name in wrong)
    return merge_plan(actor, kept, gone, choices, seen)


def _fits(kind: Any, name: str, choice: str) -> bool:
    if name not in kind.names or kind.field(name).type == "links":
        return False
    return choice in (plans.KEPT, plans.GONE) or (choice == plans.BOTH and plans.can_both(kind, name))


def planned_split(
    actor: Actor,
    project: Project,
    old: Item,
    parts: Sequence[Mapping[str, Any]],
    places: Mapping[str, Mapping[int, str]],
    seen: Mapping[str, int],
) -> Plan:
    """What a split comes to; raises as ``split``, but for locks."""
    policy.may_split(old, ()).require(409)
    _require_seen((old,), seen)
    reasons = _misfits(project, old, parts, places)
    if reasons:
        raise Invalid(reasons)
    return split_plan(actor, old, parts, places, seen)


def _misfits(
    project: Project, old: Item, parts: Sequence[Mapping[str, Any]], places: Mapping[str, Mapping[int, str]]
) -> list[Reason]:
    kind = KINDS[old.kind]
    reasons: list[Reason] = []
    if len(parts) != 2:
        return [Reason("invalid", "An item is split in two parts.", {}, "parts")]
    for at, part in enumerate(parts):
        linked = [name for name in part if name in kind.names and kind.field(name).type == "links"]
        reasons += [
            Reason("invalid", "Where links go is said by the link.", {}, f"parts.{at}.{name}") for name in linked
        ]
        if not str(part.get("title") or "").strip():
            reasons.append(Reason("required", "It needs a title.", {}, f"parts.{at}.title"))
        try:
            values.parse(kind, project, {name: value for name, value in part.items() if name not in linked})
        except Invalid as error:
            reasons += [Reason(one.code, one.message, one.params, f"parts.{at}.{one.field}") for one in error.reasons]
    titles = [" ".join(str(part.get("title") or "").split()).casefold() for part in parts]
    if titles[0] and titles[0] == titles[1]:
        reasons.append(Reason("same", "Two parts with one title cannot be told apart.", {}, "parts.1.title"))
    known = {"links": {tie.id for tie in joining.ties(old)}, "evidence": set(joining.excerpts_of(old))}
    for name, chosen in places.items():
        for number, place in chosen.items():
            if number not in known.get(name, ()):
                reasons.append(Reason("invalid", "%(key)s has no such link or quote.", {"key": old.key}, name))
            elif place not in ("first", "second", "both"):
                reasons.append(Reason("invalid", "It goes to the first, the second, or both.", {}, f"{name}.{number}"))
    return reasons


def _require_seen(items: Sequence[Item], seen: Mapping[str, int]) -> None:
    for item in items:
        if seen.get(item.key, item.version) != item.version:
            raise Stale(item.key, seen[item.key], item.version, {}, {})


def locks(actor: Actor, plan: Plan) -> Verdict:
    """The reasons why this cannot be done at once but by a change request.

    Raises:
        Refused: it cannot be done by this actor (403), or at all (409).
    """
    project = db.session.get_one(Project, plan.old.project_id)
    rights = [store.may_write(actor, item, KINDS[item.kind]) for item in _written(plan)]
    if plan.made:
        rights.append(store.may_create(actor, project, KINDS[plan.old.kind]))
    every(rights).require()
    verdict = every(_guards(actor, project, plan))
    told = policy.locks_of(verdict)
    if len(told.reasons) < len(verdict.reasons):
        verdict.require(409)
    return told


def _written(plan: Plan) -> list[Item]:
    return list({item.id: item for item in [plan.old, *(write.item for write in plan.writes)]}.values())


def _guards(actor: Actor, project: Project, plan: Plan) -> list[Verdict]:
    """What the kinds say to each save that the plan comes to."""
    found = [KINDS[plan.old.kind].guard(actor, plan.old, ("retired",), {}, "")]
    for write in plan.writes:
        kind = KINDS[write.item.kind]
        raw = {name: _without_new(value) for name, value in write.values.items()}
        found.append(kind.guard(actor, write.item, tuple(raw), values.parse(kind, project, raw), ""))
    return found


def _without_new(value: Any) -> Any:
    return [one for one in value if one not in NEW] if isinstance(value, list) else value


# -- doing it ----------------------------------------------------------------------------------------------------------


def _carry_out(actor: Actor, project: Project, plan: Plan, reason: str) -> Item:
    """All of the plan in one act, with one event that says what went where; returns the old item."""
    old, reason = plan.old, reasons.checked(project.id, reason)
    with recorded(actor, project.id, f"{old.kind}.{plan.way}", old.key, reason=reason) as entry:
        made = [_make(actor, project, old, fields) for fields in plan.made]
        names = dict(zip(NEW, (item.key for item in made), strict=False))
        versions = [_write(actor, project, write, names, reason) for write in plan.writes]
        moved = _link(actor, project, plan.links, names)
        before = (old.version, old.stage)
        retire(actor, old, reason)
        heirs = made or list(items_by_key(actor, project.id, plan.heirs).values())
        followed = following.follow(entry, old, heirs, plan.evidence)
        following.succeed(entry, old, heirs, plan.way)
        entry.before = {"stage": before[1]}
        entry.after = {
            "into": [item.key for item in heirs],
            "made": [[item.key, item.version] for item in made],
            "versions": [*(one for one in versions if one[1] != one[2] and one[0] != old.key)],
            "old": [_first(versions, old.key, before[0]), old.version],
            "links": moved,
            **followed,
        }
    return old


def _first(versions: Sequence[Sequence[Any]], key: str, now: int) -> int:
    return next((int(one[1]) for one in versions if one[0] == key), now)


def _make(actor: Actor, project: Project, old: Item, fields: Mapping[str, Any]) -> Item:
    kind = KINDS[old.kind]
    stage = old.stage if old.stage in OPEN_STAGES else ""
    return store.create(actor, project, kind, values.parse(kind, project, fields), stage=stage)


def _write(actor: Actor, project: Project, write: Write, names: Mapping[str, str], reason: str) -> list[Any]:
    kind = KINDS[write.item.kind]
    raw = {name: _named(value, names) for name, value in write.values.items()}
    before = write.item.version
    store.edit(actor, write.item, values.parse(kind, project, raw), reason=reason)
    return [write.item.key, before, write.item.version]


def _named(value: Any, names: Mapping[str, str]) -> Any:
    return [names.get(one, one) if isinstance(one, str) else one for one in value] if isinstance(value, list) else value


def _link(actor: Actor, project: Project, moves: Sequence[LinkMove], names: Mapping[str, str]) -> dict[str, Any]:
    """Make and end links; what is so already stays, and one that would be a circle at its new place is not made. Tells what was
    done."""
    told: dict[str, list[list[str]]] = {"added": [], "ended": []}
    keys = {names.get(key, key) for one in moves for key in (one.source, one.target)}
    items = items_by_key(actor, project.id, keys)
    for one in moves:
        source, target = (items[names.get(key, key)] for key in (one.source, one.target))
        live = _live_link(one.kind, source, target)
        if one.add and live is None:
            try:
                store.link(actor, one.kind, source, target)
            except Invalid:
                continue
        elif not one.add and live is not None:
            store.unlink(actor, live, source, target)
        else:
            continue
        told["added" if one.add else "ended"].append([one.kind, source.key, target.key])
    return told


def _live_link(kind: str, source: Item, target: Item) -> Link | None:
    """The live link of that kind between two items, if there is one."""
    wanted = (Link.kind == kind, Link.source_id == source.id, Link.target_id == target.id, Link.until.is_(None))
    return db.session.execute(select(Link).where(*wanted)).scalar()


def retire(actor: Actor, item: Item, reason: str = "", change: str = "") -> None:
    """Take an item out of force; a requirement is obsolete then."""
    store.edit(actor, item, {}, retired=True, reason=reason, change=change)
    if item.kind == "requirement" and item.stage != "obsolete":
        store.move(actor, item, "obsolete", reason=reason)


# -- in a change -------------------------------------------------------------------------------------------------------


def succeed_by_change(actor: Actor, project: Project, old: Item, told: Mapping[str, Any], change: str) -> None:
    """What follows when a change has merged or split an item: links that could not be proposed, evidence, comments and files.

    Args:
        told: ``merged_into`` or ``split_into`` (and ``links``) with the keys of what was made.
    """
    way = "merged" if told.get("merged_into") else "split"
    keys = [told["merged_into"]] if way == "merged" else list(told["split_into"])
    with recorded(actor, project.id, f"{old.kind}.{way}", old.key, reason=change) as entry:
        found = items_by_key(actor, project.id, keys)
        heirs = [found[key] for key in keys]
        links = [LinkMove(kind, source, target, add=True) for kind, source, target in told.get("links", ())]
        moved = _link(actor, project, links, {})
        # What a split made got its quotes when it was made.
        followed = following.follow(entry, old, heirs, None if way == "merged" else ())
        following.succeed(entry, old, heirs, way)
        entry.after = {"into": keys, "change": change, "links": moved, **followed}


# -- taking it back ----------------------------------------------------------------------------------------------------


def undo(actor: Actor, project: Project, old: Item) -> None:
    """Take a merge or a split back: all is as it was before, where nobody has gone on with it since.

    Raises:
        Refused: 403 no permission; 409 with every reason: it was done by a change, or something was worked on since.
    """
    done = following.done_to(old)
    if done is None:
        no("not_joined", "%(key)s was neither merged nor split.", key=old.key).require(409)
        return
    named = {key for key, *_rest in (*done["versions"], *done["made"])}
    items = items_by_key(actor, project.id, {*named, old.key, *done["into"], *following.ends_of(done)})
    facts = following.moved_since(old, done, items)
    rights = [
        store.may_write(actor, items[key], KINDS[items[key].kind]) for key in (old.key, *sorted(named & set(items)))
    ]
    every(rights).require()
    policy.may_undo(old, done.get("change", ""), facts).require(409)
    with recorded(actor, project.id, f"{old.kind}.restored", old.key) as entry:
        # First of all: its key names itself again, and what accepts an obsolete requirement is locked.
        for row in following.successions(old):
            db.session.delete(row)
        if old.stage != done["stage"]:
            store.move(actor, old, done["stage"])
        back = [
            LinkMove(kind, source, target, add=name == "ended")
            for name in ("added", "ended")
            for kind, source, target in done["links"][name]
        ]
        _link(actor, project, back, {})
        for key, before, _after in done["versions"]:
            _write_back(actor, project, items[key], before)
        for key, _version in done["made"]:
            links = [one.name for one in KINDS[old.kind].fields if one.type == "links"]
            store.edit(actor, items[key], dict.fromkeys(links, ()))
            retire(actor, items[key])
        following.unfollow(entry, old, done, items)
        _write_back(actor, project, old, done["old"][0], retired=False)
        entry.after = {"from": done["into"]}


def _write_back(actor: Actor, project: Project, item: Item, number: int, retired: bool | None = None) -> None:
    """Make an item say what it said in a version."""
    store.edit(actor, item, following.said_in(actor, project, item, number), retired=retired)
