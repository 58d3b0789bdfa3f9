"""Verbs on phases, and the moves of requirements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from reqtrack.accounts import names
from reqtrack.accounts.language import in_chinese
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db, plain_decimal
from reqtrack.errors import Invalid, NotFound, Reason, Refused, every, invalid, no
from reqtrack.items import moves, store
from reqtrack.items.models import Item
from reqtrack.items.queries import items_by_key
from reqtrack.permissions import Actor
from reqtrack.requirements import policy, queries
from reqtrack.requirements.models import Phase, Requirement
from reqtrack.workflow import machine
from reqtrack.workflow.tables import REQUIREMENT

PHASE_NAMES = ("name", "starts_on", "ends_on", "capacity_days")


def make_first_phase(actor: Actor, project: Project) -> None:
    """Give a new project its one phase, named in the language of who makes it."""
    _add(actor, project, {"name": "第一阶段" if in_chinese(actor, project) else "Phase 1"})


def add_phase(actor: Actor, project: Project, values: Mapping[str, Any]) -> Phase:
    """Add a phase at the end.

    The phase that came with the project is not doubled while nobody has filled it in: adding one of its name does.

    Args:
        values: ``name`` and, when known, ``starts_on``, ``ends_on`` (dates), ``capacity_days`` (decimal).

    Raises:
        Refused: no permission. Invalid: no name, a name that is taken, an end before the beginning.
    """
    policy.may_plan(actor, project.id).require()
    name = _named(values.get("name"))
    values = {**values, "name": name}
    same = [phase for phase in queries.phases(project.id) if phase.name.casefold() == name.casefold()]
    if same:
        if _untouched(same[0]) and len(values) > 1:
            change_phase(actor, project, same[0], values)
            return same[0]
        raise _taken(name)
    return _add(actor, project, values)


def _named(name: str | None) -> str:
    named = names.title_of(name or "")
    if not named:
        raise invalid("name", "A phase needs a name.", "required")
    return named


def _untouched(phase: Phase) -> bool:
    return phase.version == 1 and phase.starts_on is None and phase.ends_on is None and phase.capacity_days is None


def _taken(name: str) -> Exception:
    return invalid("name", "There is a phase named %(name)s already.", "taken", name=name)


def _add(actor: Actor, project: Project, values: Mapping[str, Any]) -> Phase:
    _check_dates(values.get("starts_on"), values.get("ends_on"))
    number = store.next_number(project.id, "PHASE")
    with recorded(actor, project.id, "phase.added", values["name"]) as entry:
        phase = Phase(
            project_id=project.id,
            number=number,
            created_at=entry.at,
            **{name: values.get(name) for name in PHASE_NAMES},
        )
        db.session.add(phase)
        db.session.flush()
        entry.subject = f"phase:{phase.id}"
        entry.after = {"id": phase.id, "number": number, **_shown(values)}
    return phase


def change_phase(
    actor: Actor, project: Project, phase: Phase, values: Mapping[str, Any], *, seen: int | None = None
) -> None:
    """Change a phase's name, dates or capacity; a save that changes nothing records nothing.

    Raises:
        Refused: no permission, or 409 when it was changed since version ``seen``. Invalid: as for ``add_phase``.
    """
    policy.may_plan(actor, project.id).require()
    if seen is not None and seen != phase.version:
        message = "%(name)s was changed while you edited it: you saw version %(seen)s, it is now version %(version)s."
        raise Refused((Reason("stale", message, {"name": phase.name, "seen": seen, "version": phase.version}),), 409)
    changed = {name: value for name, value in values.items() if name in PHASE_NAMES and getattr(phase, name) != value}
    if not changed:
        return
    if "name" in changed:
        changed["name"] = _named(changed["name"])
        others = {other.name.casefold() for other in queries.phases(project.id) if other.id != phase.id}
        if changed["name"].casefold() in others:
            raise _taken(changed["name"])
    _check_dates(changed.get("starts_on", phase.starts_on), changed.get("ends_on", phase.ends_on))
    before = _shown({name: getattr(phase, name) for name in changed})
    with recorded(actor, project.id, "phase.changed", f"phase:{phase.id}", before=before) as entry:
        for name, value in changed.items():
            setattr(phase, name, value)
        entry.after = {"id": phase.id, **_shown(changed)}


def _check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise invalid("ends_on", "A phase cannot end before it begins.")


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return plain_decimal(value) if isinstance(value, Decimal) else value


def available_moves(actor: Actor, item: Item) -> list[moves.Move]:
    """The moves that a requirement's page offers: all that start from its stage, refused ones with their reasons."""
    offered = machine.moves(REQUIREMENT, actor, item)
    return [moves.Move(one.name, one.label, one.to, verdict, one.asks) for one, verdict in offered]


def move(
    actor: Actor, item: Item, name: str, *, reason: str = "", until: str = "", seen_stage: str | None = None
) -> None:
    """Make one of the moves of a requirement's machine that people make (``workflow.tables.REQUIREMENT``).

    Raises:
        NotFound: there is no such move. Refused: 403 no permission, 409 wrong stage or moved since ``seen_stage``.
        Invalid: what the move asks for is missing.
    """
    try:
        wanted = REQUIREMENT.named(name)
    except KeyError:
        raise NotFound(name[:40]) from None
    verdict = machine.may(actor, item, wanted)
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)
    missing = machine.complete(wanted, reason, until)
    if not missing:
        raise Invalid(missing.reasons)
    until = until.strip()[:200]
    columns = {"deferred_until": until if wanted.to == "deferred" else None}
    after = {"until": until} if wanted.to == "deferred" else {}
    store.move(actor, item, wanted.to, seen_stage=seen_stage, reason=reason.strip(), columns=columns, after=after)


def make_move(actor: Actor, item: Item, name: str, given: Mapping[str, str]) -> None:
    """The hook of ``items.moves``."""
    move(
        actor,
        item,
        name,
        reason=given.get("reason", ""),
        until=given.get("until", ""),
        seen_stage=given.get("seen_stage") or None,
    )


def implement_phase(actor: Actor, project: Project, phase: Phase) -> list[Requirement]:
    """Say of all approved requirements of a phase that they are built; one event each. Returns those moved.

    Raises:
        Refused: no permission.
    """
    built = REQUIREMENT.named("implement")
    wanted = list(queries.in_stage(project.id, "approved", phase.id))
    every(machine.may(actor, item, built) for item in wanted).require()
    for item in wanted:
        store.move(actor, item, built.to, seen_stage="approved", reason=phase.name)
    return wanted


def confirm_tiers(actor: Actor, project: Project, keys: Sequence[str] | Literal["all"] = "all") -> list[str]:
    """Take the tiers that an import proposed as the tiers, once for all or for some; returns the keys confirmed.

    Each gets a version of its own; one event says that they were confirmed together. A tier given meanwhile stays.

    Raises:
        Refused: no permission. NotFound: one of the keys is not there.
    """
    if not actor.may("requirement.write", project.id):
        no("no_permission", "Your roles in this project do not let you sort its requirements.").require()
    wanted = [row.key for row in queries.with_proposed_tiers(actor, project.id)]
    if keys != "all":
        asked = {key.upper() for key in keys}
        missing = asked - set(items_by_key(actor, project.id, asked))
        if missing:
            raise NotFound(", ".join(sorted(missing)))
        wanted = [key for key in wanted if key in asked]
    if not wanted:
        return []
    with recorded(actor, project.id, "tiers.confirmed", project.key) as entry:
        for item in _requirements(project.id, wanted):
            proposed, item.proposed_tier = item.proposed_tier, None
            if item.tier is None:
                store.edit(actor, item, {"tier": proposed})
        entry.after = {"keys": wanted}
    return wanted


def _requirements(project_id: int, keys: Sequence[str]) -> list[Requirement]:
    found: list[Requirement] = []
    for at in range(0, len(keys), 400):
        found += queries.by_keys(project_id, keys[at : at + 400])
    return found
