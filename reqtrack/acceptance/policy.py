"""What may be done to acceptance scenarios, rounds and results, and why not. Pure: everything it needs to know comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reqtrack.acceptance.concrete import Finding
from reqtrack.acceptance.models import Result, Round
from reqtrack.errors import YES, Reason, Refused, Verdict, no
from reqtrack.items.kinds import Kind
from reqtrack.permissions import ROLE_PERMISSIONS, ROLES, Actor
from reqtrack.requirements.policy import labels, scope_fields


def may_edit(kind: Kind, key: str, changed: Sequence[str], locked: Sequence[str], change: str) -> Verdict:
    """The lock: what an acceptance scenario says is part of the scope of the approved requirements that it accepts.

    Args:
        key: of the acceptance scenario; "" for a new one.
        changed: names of the fields that the save would change, ``retired`` among them.
        locked: keys of the approved requirements that it accepts before or after the save.
        change: the key of the change request that brings the save, or "".
    """
    touched = scope_fields(kind, changed)
    if change or not locked or not touched:
        return YES
    requirements = tuple(locked)
    if not key:
        return no(
            "locked",
            "%(requirements)s is approved scope: a new acceptance scenario for it takes a change request.",
            field="accepts",
            requirements=requirements,
        )
    return no(
        "locked",
        "%(key)s accepts %(requirements)s, which is approved scope: changing its %(fields)s takes a change request.",
        field=touched[0],
        key=key,
        requirements=requirements,
        fields=labels(kind, touched),
    )


def may_be_ready(found: Sequence[Finding]) -> Verdict:
    """Whether the checker lets a scenario be ready: every finding is a reason why not."""
    reasons: list[Reason] = []
    for one in found:
        reason = Reason(one.code, one.message, dict(one.params), one.field)
        # The same of two steps is said once; the page shows each in its place.
        if reason not in reasons:
            reasons.append(reason)
    return Verdict(tuple(reasons))


# -- business data -------------------------------------------------------------------------------------------------------


def may_write_data(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may write the data dictionary and take business data in."""
    if actor.may("acceptance.write", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you write the data dictionary or data sets.")


# -- rounds and results --------------------------------------------------------------------------------------------------

# Roles whose holders may test.
TESTING_ROLES = tuple(role for role in ROLES if "result.record" in ROLE_PERMISSIONS[role])
# What needs a sentence: passing does not.
NOTED = ("failed", "blocked", "skipped")


@dataclass(frozen=True)
class Asked:
    """What must be known before a result is recorded: of the round, of the tester, of the scenario and row."""

    project_id: int
    round: str
    stage: str
    is_tester: bool
    key: str
    inside: bool
    retired: bool
    row: int | None
    row_count: int


@dataclass(frozen=True)
class Evidence:
    """A file that shows what was seen: its bytes lie in the store under ``digest``."""

    digest: str
    name: str
    media_type: str
    size: int


class TextMoved(Refused):
    """409: the text changed between what the tester read and what stands now. ``seen`` is the sequence of the text read."""

    def __init__(self, key: str, seen: int) -> None:
        self.key, self.seen = key, seen
        message = "%(key)s was changed after you opened it: read what it says now, then record what you saw."
        super().__init__((Reason("text_moved", message, {"key": key}, "seen"),), 409)


def may_record(actor: Actor, asked: Asked) -> Verdict:
    """Whether the actor may record a result, with every reason."""
    verdict = may_walk(actor, asked.project_id, asked.round, asked.is_tester)
    if asked.stage == "closed":
        verdict += no("closed", "%(round)s is closed: it takes no more results.", round=asked.round)
    if not asked.inside:
        verdict += no("not_in_round", "%(key)s is not in %(round)s.", key=asked.key, round=asked.round)
    if asked.retired:
        verdict += no("retired", "%(key)s was retired: it is not tested any more.", key=asked.key)
    return verdict


def may_walk(actor: Actor, project_id: int, key: str, is_tester: bool) -> Verdict:
    """Whether the actor may walk through a round as a tester."""
    verdict = YES
    if not actor.may("result.record", project_id):
        verdict += no("no_permission", "Your roles in this project do not let you record results.")
    if not is_tester:
        verdict += no("not_tester", "%(round)s names its testers, and you are not one of them.", round=key)
    return verdict


def is_author(actor: Actor, author: str) -> Verdict:
    """Whether what somebody filled in is sent by themself (``author``: their login; "": it is not known who filled it in)."""
    if not author or author == actor.login:
        return YES
    message = (
        "%(author)s filled this in, and %(login)s is signed in here now: it is sent when %(author)s signs in again."
    )
    return no("other_person", message, author=author[:200], login=actor.login)


@dataclass(frozen=True)
class Stale:
    """The result that counts for a row ("" where there is none), whether its text moved since, and who moved it (logins)."""

    verdict: str
    stale: bool
    authors: frozenset[str]


def may_affirm(actor: Actor, asked: Asked, stale: Stale) -> Verdict:
    """Whether the actor may let a pass stand on a text that moved since; never who moved it (2-workflows.md, *Acceptance*)."""
    verdict = may_record(actor, asked)
    if stale.verdict != "passed" or not stale.stale:
        message = "%(key)s has no pass here that turned stale: there is nothing to let stand."
        verdict += no("not_stale", message, key=asked.key)
    if actor.login in stale.authors:
        message = "You wrote what changed in %(key)s: somebody else says whether it still holds."
        verdict += no("own_change", message, key=asked.key)
    return verdict


def may_revoke(actor: Actor, found: Round, result: Result, revoked: bool) -> Verdict:
    """Whether the actor may say that a result was a mistake: who recorded it, or who manages rounds, while the round is open."""
    verdict = YES
    if not (actor.may("round.manage", found.project_id) or _own(actor, found, result)):
        message = "Result %(number)s is not yours: who recorded it may revoke it, or who manages rounds."
        verdict += no("not_yours", message, number=result.number)
    if found.stage == "closed":
        verdict += no("closed", "%(round)s is closed: it stays as it was signed.", round=found.key)
    if revoked:
        verdict += no("revoked", "Result %(number)s is revoked already.", number=result.number)
    return verdict


def _own(actor: Actor, found: Round, result: Result) -> bool:
    return result.tester == actor.login and actor.may("result.record", found.project_id)


@dataclass(frozen=True)
class Bringing:
    """What must be known before a machine's results come into a round: of the round, and whether the actor tests in it."""

    project_id: int
    round: str
    stage: str
    is_tester: bool


def may_bring(actor: Actor, asked: Bringing) -> Verdict:
    """Whether the actor may bring a machine's results into a round: who manages rounds, or a tester of this one."""
    verdict = YES
    if not actor.may("round.manage", asked.project_id):
        verdict += may_walk(actor, asked.project_id, asked.round, asked.is_tester)
    if asked.stage == "closed":
        verdict += no("closed", "%(round)s is closed: it takes no more results.", round=asked.round)
    return verdict


def row_exists(asked: Asked) -> Verdict:
    """Whether the row named is one of the scenario's: a number from 0, none where it has no example rows."""
    if asked.row is None and asked.row_count:
        message = "%(key)s has %(rows)s example rows: say which one, counted from 0."
        return no("no_row", message, field="row", key=asked.key, rows=asked.row_count)
    if asked.row is not None and not 0 <= asked.row < asked.row_count:
        message = "%(key)s has %(rows)s example rows, counted from 0: there is no row %(row)s."
        return no("no_row", message, field="row", key=asked.key, rows=asked.row_count, row=asked.row)
    return YES


def may_manage(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may make, change and close rounds."""
    if actor.may("round.manage", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you manage rounds.")


def may_change(actor: Actor, project_id: int, key: str, stage: str) -> Verdict:
    """Whether a round may still be changed."""
    verdict = may_manage(actor, project_id)
    if stage == "closed":
        verdict += no("closed", "%(round)s is closed: it stays as it was signed.", round=key)
    return verdict


def may_close(actor: Actor, project_id: int, key: str, stage: str) -> Verdict:
    """Whether a round may be closed: it runs."""
    verdict = may_manage(actor, project_id)
    if stage == "closed":
        verdict += no("closed", "%(round)s is closed already.", round=key)
    if stage == "planned":
        verdict += no("not_started", "Nothing was tested in %(round)s yet.", round=key)
    return verdict


def status_of(verdict: Verdict) -> int:
    """403 where it is about who asks, 409 where it is about the state of things."""
    personal = ("no_permission", "not_tester", "own_change", "not_yours")
    return 403 if any(one.code in personal for one in verdict.reasons) else 409
