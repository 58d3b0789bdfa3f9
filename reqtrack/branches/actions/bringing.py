"""Bringing what a branch says to the main line: saved where that is free, else proposed as a change request, never around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reqtrack.accounts.language import in_chinese
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.baselines.content import contents_at, visible_keys
from reqtrack.branches import policy
from reqtrack.branches.actions.telling import keys_of, not_moved, reason_of, unknown
from reqtrack.branches.queries import Standing
from reqtrack.changes.actions.opening import log
from reqtrack.changes.actions.packaging import keep
from reqtrack.changes.actions.parsing import Line, refuse_merged, restoring
from reqtrack.changes.codec import decoded, keys_in, load, load_whole
from reqtrack.errors import Invalid, Reason
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor
from reqtrack.requirements.policy import OUT


@dataclass(frozen=True)
class Brought:
    """What became of it: ``saved`` are the keys whose text was saved at once, ``change`` the draft that proposes the rest ("":
    there was no rest)."""

    saved: tuple[str, ...]
    change: str


@dataclass(frozen=True)
class _Move:
    """What makes the main line say of an item what the branch says: fields by name, as content holds them; whether it goes
    (True) or comes back (False)."""

    item: Any
    now: Mapping[str, Any]
    fields: Mapping[str, Any] = field(default_factory=dict)
    retired: bool | None = None


def bring(
    actor: Actor, project: Project, found: Standing, keys: Iterable[str], reason: str, *, seen: int | None = None
) -> Brought:
    """Let the main line say what a branch says of these items.

    What may be edited freely by the actor is saved as a new version. What is agreed scope, what the branch left out, what the main
    line has retired, and what the actor may not write goes into the draft of one change request.

    Raises:
        Refused: 403 not theirs, or they may not write a change; 409 it is closed. Stale: something was decided since.
        Invalid: no reason, or nothing to bring of one of them.
    """
    branch = found.branch
    policy.require(policy.may_work(actor, branch, closed=found.closed))
    not_moved(found, seen)
    reason = reason_of(reason)
    moves = _moves(actor, found, keys_of(keys))
    free = [one for one in moves if _is_free(actor, one)]
    rest = [one for one in moves if one not in free]
    with recorded(actor, project.id, "branch.brought", branch.key, reason=reason) as entry:
        for one in free:
            store.edit(
                actor, one.item, _values(project.id, one), seen=one.item.version, reason=f"{branch.key}: {reason}"
            )
        change = _proposed(actor, project, branch.key, rest, reason) if rest else ""
        saved = tuple(one.item.key for one in free)
        entry.after = {"saved": list(saved), "change": change, "items": [one.item.key for one in moves]}
    return Brought(saved, change)


def _moves(actor: Actor, found: Standing, keys: Sequence[str]) -> list[_Move]:
    project_id = found.branch.project_id
    items = load_whole(project_id, visible_keys(actor, project_id, keys))
    if missing := [key for key in keys if key not in items]:
        raise unknown(missing)
    states = contents_at(project_id, [found.held[key] for key in keys if key in found.held])
    moves, reasons = [], []
    for key in keys:
        content = states[key].content if key in states else None
        move = _move(items[key], content, left_out=key in found.left_out)
        if isinstance(move, Reason):
            reasons.append(move)
        else:
            moves.append(move)
    if reasons:
        raise Invalid(reasons)
    return moves


def _move(item: Any, content: Mapping[str, Any] | None, *, left_out: bool) -> _Move | Reason:
    """What has to be done to an item, or why there is nothing."""
    refuse_merged(item, "items")
    now = store.content_of(item)
    if content is None:
        if not left_out:
            return Reason("unknown", "This branch says nothing of %(key)s.", {"key": item.key}, "items")
        return _Move(item, now, retired=True) if not item.retired else _same(item)
    if item.stage in OUT:
        message = "%(key)s is rejected or put off on the main line: take that back there first."
        return Reason("out", message, {"key": item.key}, "items")
    bound = [one.name for one in KINDS[item.kind].fields if one.text or one.scope]
    fields = {name: content.get(name) for name in bound if content.get(name) != now.get(name)}
    if not fields and not item.retired:
        return _same(item)
    return _Move(item, now, fields, False if item.retired else None)


def _same(item: Any) -> Reason:
    return Reason("same", "The main line says of %(key)s what the branch says.", {"key": item.key}, "items")


def _is_free(actor: Actor, move: _Move) -> bool:
    """Whether the actor may simply save it: nothing goes or comes back, they may write it, and it is no agreed scope."""
    item, kind = move.item, KINDS[move.item.kind]
    if move.retired is not None or not store.may_write(actor, item, kind):
        return False
    return bool(kind.guard(actor, item, tuple(move.fields), _values(item.project_id, move), ""))


def _values(project_id: int, move: _Move) -> dict[str, Any]:
    kind = KINDS[move.item.kind]
    return decoded(kind, move.fields, load(project_id, keys_in(kind, move.fields)))


def _proposed(actor: Actor, project: Project, branch: str, moves: Sequence[_Move], reason: str) -> str:
    """The key of the draft that proposes it."""
    keys = [one.item.key for one in moves]
    title, comma = ("从 {} 并入主线：{}", "、") if in_chinese(actor, project) else ("Take over from {}: {}", ", ")
    told = comma.join(keys[:5]) + (" …" if len(keys) > 5 else "")
    change = log(actor, project, title=title.format(branch, told), reason=reason)
    lines = [line for one in moves for line in _lines(one)]
    for position, line in enumerate(lines, 1):
        line.position = position
    keep(actor, change, lines)
    return str(change.key)


def _lines(move: _Move) -> list[Line]:
    item = move.item
    if move.retired:
        return [Line("retire", item, item.kind, base_version=item.version)]
    back = [restoring(item)] if move.retired is False else []
    sets = [
        Line("set", item, item.kind, name, item.version, move.now.get(name), new) for name, new in move.fields.items()
    ]
    return back + sets
