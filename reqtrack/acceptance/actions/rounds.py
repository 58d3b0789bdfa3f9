"""Verbs on rounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from reqtrack.acceptance import policy
from reqtrack.acceptance.actions.results import checked_text
from reqtrack.acceptance.actions.round_facts import FACTS, checked, told
from reqtrack.acceptance.models import Round, RoundScenario, RoundTester
from reqtrack.acceptance.queries import choice, proof
from reqtrack.acceptance.queries import rounds as queries
from reqtrack.accounts.language import in_chinese
from reqtrack.accounts.models import Project, User
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.items import store
from reqtrack.items.models import Item
from reqtrack.items.queries import items_by_key
from reqtrack.permissions import Actor


def create_round(
    actor: Actor,
    project: Project,
    name: str = "",
    acceptance: Sequence[str] = (),
    testers: Sequence[str] = (),
    environment: str = "",
    **facts: Any,
) -> Round:
    """Plan a round. Everything may be left for later; without a name it is *Round n*.

    Args:
        acceptance: keys of acceptance scenarios, in the order in which they are to be tested.
        testers: logins.
        environment: what testers need to know beside the facts.
        facts: as in ``round_facts.FACTS``, and ``copied_from``: the number of the round that this one repeats.

    Raises:
        Refused: no permission. Invalid: a key that is not there or retired, a tester who may not record results.
    """
    policy.may_manage(actor, project.id).require()
    scenarios = _scenarios(actor, project.id, acceptance)
    people = _testers(project.id, testers)
    if facts.get("copied_from") is not None:
        _earlier(project.id, facts["copied_from"])
    number = store.next_number(project.id, "RND")
    key = f"RND-{number}"
    kept = checked({**facts, "environment": environment})
    with recorded(actor, project.id, "round.created", key) as entry:
        made = Round(
            project_id=project.id, number=number, name=_name(name) or _default_name(actor, project, number),
            created_at=entry.at, created_by=actor.login, machine_counts=project.machine_counts, **kept,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        _add(made, scenarios, 0)
        db.session.add_all(RoundTester(round_id=made.id, user_id=one.id) for one in people)
        entry.after = {
            "name": made.name,
            **{part: given for part, given in told(kept).items() if given or part == "environment"},
            "acceptance": [one.key for one in scenarios],
            "testers": [one.login for one in people],
        }
    return made


def change_round(
    actor: Actor,
    found: Round,
    *,
    name: str | None = None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    testers: Sequence[str] | None = None,
    seen: int | None = None,
    **facts: Any,
) -> Round:
    """Change a planned or running round; a save that changes nothing records nothing.

    Args:
        facts: as in ``round_facts.FACTS``; what is left out or None stays.
        add, remove: keys of acceptance scenarios; new ones come last.
        testers: the logins of all testers from now on.
        seen: the version that the editor saw.

    Raises:
        Refused: no permission; 409 closed, changed since ``seen``, or a scenario to remove has results. Invalid: as for
            ``create_round``.
    """
    verdict = policy.may_change(actor, found.project_id, found.key, found.stage)
    verdict.require(policy.status_of(verdict))
    _not_moved(found, seen)
    held = queries.keys_in(found)
    adding = [one for one in _scenarios(actor, found.project_id, add) if one.key not in held]
    removing = [one for one in _items(actor, found.project_id, remove) if one.key in held]
    tested = queries.with_results(found, [one.id for one in removing])
    if tested:
        message = "%(keys)s has results in %(round)s, so it stays in it."
        no("has_results", message, field="remove", keys=tuple(tested), round=found.key).require(409)
    before, after = _facts(found, name, testers, facts)
    before.update({"removed": [one.key for one in removing]} if removing else {})
    after.update({"added": [one.key for one in adding]} if adding else {})
    if not before and not after:
        return found
    with recorded(actor, found.project_id, "round.changed", found.key) as entry:
        for gone in removing:
            db.session.delete(db.session.get_one(RoundScenario, (found.id, gone.id)))
        _add(found, adding, _last_position(found) + 1)
        if "testers" in after:
            _set_testers(found, after["testers"])
        # Last, so that the version goes up once; flagged, so that it goes up for what hangs on the round, too.
        for part in ("name", *FACTS):
            if part in after:
                setattr(found, part, after[part])
        flag_modified(found, "name")
        entry.before, entry.after = told(before), told(after)
    return found


def close_round(actor: Actor, found: Round, reason: str = "", *, seen: int | None = None) -> Round:
    """Close a round: it takes no more results, and its result may be signed.

    Args:
        reason: needed where rows were never tested, or were tested on a text that moved since.

    Raises:
        Refused: no permission; 409 nothing tested yet, closed already, changed since ``seen``. Invalid: no reason.
    """
    verdict = policy.may_close(actor, found.project_id, found.key, found.stage)
    verdict.require(policy.status_of(verdict))
    _not_moved(found, seen)
    counts = queries.progress(actor, found).counts
    left = counts["untested"] + counts["stale"]
    reason = checked_text(reason, "reason").strip()
    if left and not reason:
        message = "%(rows)s rows are not tested on the text as it stands: say why the round is closed all the same."
        raise invalid("reason", message, "required", rows=left)
    with recorded(
        actor, found.project_id, "round.closed", found.key, reason=reason, before={"stage": found.stage}
    ) as entry:
        found.stage, found.closed_at, found.closed_by, found.closing = "closed", entry.at, actor.name, reason
        db.session.flush()
        entry.after = {"stage": "closed", "counts": dict(counts), "fingerprint": proof.round_fingerprint(found)}
    return found


def _earlier(project_id: int, number: int) -> None:
    wanted = select(Round.id).where(Round.project_id == project_id, Round.number == number)
    if db.session.execute(wanted).scalar() is None:
        raise invalid("copied_from", "There is no earlier round %(number)s in this project.", number=number)


def _name(given: str) -> str:
    return " ".join(checked_text(given, "name", 200).split())


def _default_name(actor: Actor, project: Project, number: int) -> str:
    return f"第 {number} 轮验收" if in_chinese(actor, project) else f"Round {number}"


def _items(actor: Actor, project_id: int, keys: Sequence[str]) -> list[Item]:
    """The acceptance scenarios of these keys, in that order, each once."""
    wanted = list(dict.fromkeys(key.strip().upper() for key in keys if key.strip()))
    found = {key: item for key, item in items_by_key(actor, project_id, wanted).items() if item.kind == "acceptance"}
    missing = [key for key in wanted if key not in found]
    if missing:
        message = "There is no acceptance scenario %(keys)s in this project."
        raise invalid("acceptance", message, keys=tuple(missing[:20]))
    return [found[key] for key in wanted]


def _scenarios(actor: Actor, project_id: int, keys: Sequence[str]) -> list[Item]:
    """As ``_items``, none of them retired."""
    found = _items(actor, project_id, keys)
    retired = [one.key for one in found if one.retired]
    if retired:
        raise invalid("acceptance", "%(keys)s was retired: it is not tested any more.", keys=tuple(retired))
    return found


def _testers(project_id: int, logins: Sequence[str]) -> list[User]:
    """The users of these logins; each may record results in the project."""
    wanted = list(dict.fromkeys(login.strip() for login in logins if login.strip()))
    able = {one.login for one in choice.may_test(project_id)} if wanted else set()
    unable = [login for login in wanted if login not in able]
    if unable:
        message = "%(login)s may not record results in this project: give them the role of tester first."
        raise Invalid([Reason("not_tester", message, {"login": login}, "testers") for login in unable])
    users = db.session.execute(select(User).where(User.login.in_(wanted))).scalars() if wanted else ()
    by_login = {user.login: user for user in users}
    return [by_login[login] for login in wanted]


def _add(found: Round, scenarios: Iterable[Item], position: int) -> None:
    for at, one in enumerate(scenarios, position):
        db.session.add(RoundScenario(round_id=found.id, acceptance_id=one.id, position=at))


def _last_position(found: Round) -> int:
    positions = select(RoundScenario.position).where(RoundScenario.round_id == found.id)
    return db.session.execute(positions.order_by(RoundScenario.position.desc()).limit(1)).scalar() or 0


def _not_moved(found: Round, seen: int | None) -> None:
    if seen is not None and seen != found.version:
        message = "%(key)s was changed while you edited it: you saw version %(seen)s, it is now version %(version)s."
        no("stale", message, key=found.key, seen=seen, version=found.version).require(409)


def _facts(
    found: Round, name: str | None, testers: Sequence[str] | None, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of name, testers and facts would change: as it is, and as it would be."""
    after = checked({part: value for part, value in facts.items() if value is not None or part == "due_on"})
    before: dict[str, Any] = {part: getattr(found, part) for part in ("name", *FACTS)}
    if name is not None and _name(name):
        after["name"] = _name(name)
    if testers is not None:
        before["testers"] = sorted(one.login for one in queries.named_testers(found))
        after["testers"] = sorted(one.login for one in _testers(found.project_id, testers))
    changed = [part for part, value in after.items() if value != before[part]]
    return {part: before[part] for part in changed}, {part: after[part] for part in changed}


def _set_testers(found: Round, logins: Sequence[str]) -> None:
    wanted = {one.id for one in _testers(found.project_id, logins)}
    for row in db.session.execute(select(RoundTester).where(RoundTester.round_id == found.id)).scalars():
        if row.user_id in wanted:
            wanted.discard(row.user_id)
        else:
            db.session.delete(row)
    db.session.add_all(RoundTester(round_id=found.id, user_id=one) for one in sorted(wanted))
