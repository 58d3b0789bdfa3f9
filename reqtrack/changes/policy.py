"""What may be done to a change request, by whom, and why not. Pure: everything it needs to know comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reqtrack.changes.delegation import Origin, Person, Seat, excluded
from reqtrack.changes.standard import Limits
from reqtrack.errors import YES, Reason, Verdict, every, no
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.workflow.flow_rules import ROLE_WORDS
from reqtrack.workflow.flows import EMPTY, PASSES, Added, Flow
from reqtrack.workflow.tables import CHANGE, CHANGE_OPEN

OPEN = CHANGE_OPEN
# In these an assessor or a decider has it; in the first two nobody can decide yet.
TO_ASSESS = ("submitted", "assessing")
# The roles that can be asked to assess.
ASSESSING = tuple(role for role, given in ROLE_PERMISSIONS.items() if "change.assess" in given)
# Reasons that are about the person who asks: 403; all others are about the state of things: 409.
PERSONAL = (
    "no_permission",
    "own_request",
    "own_edits",
    "typed_in",
    "not_your_seat",
    "not_asked",
    "not_yours",
    "narrowed",
    "reauthentication",
)


@dataclass(frozen=True)
class Facts:
    """What decides who may do what. ``expected`` is None while nobody has assessed it; ``conflicts`` are (item key, field, its
    label), the field "" where the item was retired; ``awaited`` are the names of those whose assessment is still needed.

    ``flow``: how the project has its stages; ``step``: the added stage in which it stands; ``given``: what of it is there that a
    flow may ask for; ``formal``: each decision takes a password here; ``agreed``: it was agreed elsewhere, and is confirmed or denied
    by those named."""

    origin: Origin
    people: tuple[Person, ...] = ()
    assessors: frozenset[int] = frozenset()
    expected: Decimal | None = None
    must: bool = False
    over: bool = False
    due: bool = False
    conflicts: tuple[tuple[str, str, Any], ...] = ()
    outdated: bool = False
    awaited: tuple[str, ...] = ()
    has_reason: bool = True
    has_content: bool = True
    seats: tuple[Seat, ...] = ()
    emergency: bool = False
    standard: Verdict = YES
    flow: Flow = EMPTY
    step: Added | None = None
    given: frozenset[str] = frozenset()
    formal: bool = False
    agreed: bool = False


def status_of(verdict: Verdict) -> int:
    """403 when a reason is about the person, else 409."""
    return 403 if any(reason.code in PERSONAL for reason in verdict.reasons) else 409


def require(verdict: Verdict) -> None:
    """Go on, or refuse with every reason and the status they mean.

    Raises:
        Refused
    """
    verdict.require(status_of(verdict))


def stage_fits(key: str, stage: str, move: str, due: bool = False) -> Verdict:
    """Whether a move starts from this stage; a deferred change that came due is being decided again."""
    current = "deciding" if due and stage == "deferred" else stage
    if current in CHANGE.named(move).sources:
        return YES
    return no("wrong_stage", "%(key)s is %(stage)s: this cannot be done from there.", key=key, stage=stage)


def is_author(actor: Actor, project_id: int, origin: Origin) -> bool:
    """Who may speak for a change: who asked, who logged it, the project manager."""
    return actor.kind != "user" or actor.login in origin.authors or actor.may("change.manage", project_id)


def may_write(actor: Actor, project_id: int, key: str, stage: str, origin: Origin) -> Verdict:
    """Whether the actor may change what a change says: title, reason, package. Analysts help with the wording."""
    verdict = YES
    if stage not in OPEN:
        verdict += no("decided", "%(key)s is %(stage)s: what it says stays as it was decided.", key=key, stage=stage)
    if not actor.may("change.create", project_id):
        verdict += no("no_permission", "Your roles in this project do not let you write change requests.")
    elif not (is_author(actor, project_id, origin) or actor.may("requirement.write", project_id)):
        verdict += no("not_yours", "%(key)s is written by who asked for it, analysts and the project manager.", key=key)
    return verdict


# What a flow may ask of the change itself, where it is lacking.
LACKING = {
    "tier": Reason("needed", "Here it needs a priority before that: edit it and choose one.", {}, "tier"),
    "phase": Reason("needed", "Here it needs a phase before that: edit it and choose one.", {}, "phase"),
    "asked_by": Reason("needed", "Here it needs who asked for it before that: edit it and say so.", {}, "asked_by"),
    "edits": Reason(
        "needed", "Here it needs the edits themselves before that, not only the items that it is about.", {}, "edits"
    ),
    "attachment": Reason("needed", "Here it needs a file before that: attach one.", {}, "attachment"),
}


def narrowed(actor: Actor, project_id: int, facts: Facts, move: str) -> Verdict:
    """What the project's flow asks of a move beside all that is hard: a role, and what the change has to hold."""
    verdict = YES
    roles = facts.flow.roles.get(move, ())
    if roles and actor.kind == "user" and not actor.roles_in(project_id) & set(roles):
        message = "In this project this is done by: %(roles)s."
        verdict += no("narrowed", message, roles=tuple(ROLE_WORDS[one] for one in roles))
    return verdict + held(facts, move)


def held(facts: Facts, move: str) -> Verdict:
    """Whether the change holds what the project's flow asks of it before a move."""
    asks = facts.step.asks if facts.step is not None and move == "pass_on" else facts.flow.asks.get(move, ())
    return Verdict(tuple(LACKING[what] for what in asks if what in LACKING and what not in facts.given))


def clear(key: str, facts: Facts) -> Verdict:
    """Whether a change stands in the machine's own stage, and not in one that was added before what is done there."""
    if facts.step is None:
        return YES
    message = "%(key)s stands in “%(step)s”: it is passed on from there first."
    return no("in_step", message, key=key, step=facts.step.name)


def passers(people: Iterable[Person], step: Added, origin: Origin) -> tuple[Person, ...]:
    """Who passes on what stands in an added stage: the holders of its roles who neither asked for the change nor wrote it; where
    there is none, its holders; where there is none either, the project managers."""
    known = list(people)
    holders = [one for one in known if any(one.holds(role) for role in step.roles)]
    others = [one for one in holders if one.login not in excluded(origin)]
    return tuple(others or holders or [one for one in known if one.holds("project_manager")])


def may_pass_on(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """Whether the actor may pass a change on from the added stage in which it stands; or into the next one, where all that was
    asked for has been assessed and it went no further (its stages were changed meanwhile)."""
    verdict = YES
    if stage not in ("assessing", "deciding", "applied") or (facts.step is None and stage != "assessing"):
        return no("wrong_stage", "%(key)s is %(stage)s: this cannot be done from there.", key=key, stage=stage)
    if not actor.may(PASSES, project_id):
        verdict += no("no_permission", "Your roles in this project do not let you do this to %(key)s.", key=key)
    if facts.step is not None:
        who = passers(facts.people, facts.step, facts.origin)
        if actor.kind != "user" or actor.login not in {one.login for one in who}:
            message = "%(key)s is passed on from “%(step)s” by: %(who)s."
            names = tuple(one.name for one in who) or "–"
            verdict += no("not_your_seat", message, key=key, step=facts.step.name, who=names)
    elif not (is_author(actor, project_id, facts.origin) or actor.may("change.assess", project_id)):
        verdict += no("not_yours", "%(key)s is passed on by who asked for it or assesses it.", key=key)
    if stage == "assessing" and (facts.outdated or facts.awaited or facts.expected is None):
        verdict += no("assessment_missing", "%(key)s waits for an assessment of what it is now.", key=key)
    return verdict + narrowed(actor, project_id, facts, "pass_on")


def may_set_flows(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may say by which stages changes go: who manages the project, having given the password."""
    if not actor.may("project.manage", project_id):
        return no("no_permission", "Your roles in this project do not let you change its stages.")
    if actor.kind == "user" and not actor.reauthenticated:
        return no("reauthentication", "Stages are changed with your password.", field="password")
    return YES


def may_set_delegation(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may say by which table changes are decided: who manages the project, having given the password."""
    if not actor.may("project.manage", project_id):
        return no("no_permission", "Your roles in this project do not let you change how its changes are decided.")
    if actor.kind == "user" and not actor.reauthenticated:
        return no("reauthentication", "Who decides what is changed with your password.", field="password")
    return YES


def may_submit(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """Whether a draft may be submitted, with what is still needed."""
    verdict = every([stage_fits(key, stage, "submit"), may_write(actor, project_id, key, stage, facts.origin)])
    if not facts.has_reason:
        verdict += no("needed", "It still needs a reason: why should this be different?", field="reason")
    if not facts.has_content:
        verdict += no(
            "needed",
            "It still needs one item: pick what it is about, or write what should be different.",
            field="edits",
        )
    return verdict + facts.standard + narrowed(actor, project_id, facts, "submit")


def able_assessors(people: Iterable[Person], named: frozenset[int], may_assess: Mapping[int, bool]) -> list[Person]:
    """Who is asked to assess: those named who still can, else every analyst."""
    able = [one for one in people if may_assess.get(one.id)]
    asked = [one for one in able if one.id in named]
    return asked or [one for one in able if one.holds("analyst")]


def may_assess(actor: Actor, project_id: int, key: str, stage: str, asked: Sequence[Person]) -> Verdict:
    """Whether the actor may say what a change costs: they are among those asked, and it is not decided."""
    verdict = stage_fits(key, stage, "assess")
    if not actor.may("change.assess", project_id):
        verdict += no("no_permission", "Your roles in this project do not let you assess changes.")
    elif actor.id not in {one.id for one in asked}:
        who = tuple(one.name for one in asked)
        verdict += no("not_asked", "%(key)s is assessed by: %(who)s.", key=key, who=who or "–")
    return verdict


def may_decide(actor: Actor, project_id: int, key: str, stage: str, facts: Facts, move: str = "approve") -> Verdict:
    """Whether the actor sits in a seat that decides this change, and it is there to be decided."""
    verdict = stage_fits(key, stage, move, facts.due) + clear(key, facts)
    origin = facts.origin
    if actor.login == origin.asked_by:
        verdict += no("own_request", "You asked for %(key)s, so somebody else decides it.", key=key)
    elif actor.login == origin.logged_by and actor.login in excluded(origin):
        message = "You typed %(key)s in for somebody else: once they have confirmed the text, you may decide it."
        verdict += no("typed_in", message, key=key)
    elif actor.login in excluded(origin):
        verdict += no("own_edits", "You wrote what %(key)s proposes, so somebody else decides it.", key=key)
    elif not _decides(actor, facts) or actor.kind != "user":
        who = tuple(sorted({one.name for seat in facts.seats for one in seat.voters}))
        message = "By the delegation rule %(key)s is decided by: %(who)s."
        verdict += no("not_your_seat", message, key=key, who=who or "–")
    return verdict


def may_approve(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """``may_decide``, and nothing stands against putting it into effect."""
    verdict = may_decide(actor, project_id, key, stage, facts)
    if facts.agreed:
        message = "%(key)s was agreed elsewhere: those named confirm it, or it is sent back to be assessed."
        verdict += no("agreed", message, key=key)
    if facts.outdated:
        message = "What %(key)s proposes or touches has moved since it was assessed: ask for a new assessment first."
        verdict += no("assessment_outdated", message, key=key)
    elif facts.awaited:
        message = "%(key)s still waits for an assessment by %(who)s: ask for it first."
        verdict += no("assessment_missing", message, key=key, who=facts.awaited)
    for item, name, label in facts.conflicts:
        if name:
            message = "%(item)s: its %(name)s was changed since %(key)s was written. The author has to choose between the two."
            verdict += no("in_conflict", message, field=name, item=item, name=label, key=key)
        else:
            message = "%(item)s was retired since %(key)s was written. The author has to take its edits out."
            verdict += no("in_conflict", message, item=item, key=key)
    empty = [seat.role for seat in facts.seats if not seat.holders]
    # Of an emergency one approval is enough.
    if empty and not (facts.emergency and len(empty) < len(facts.seats)):
        verdict += no(
            "seat_empty", "Nobody may decide this: give somebody who neither asked for nor wrote it the role."
        )
    return verdict + narrowed(actor, project_id, facts, "approve")


def may_ask(actor: Actor, project_id: int, key: str, stage: str, facts: Facts, asked: Sequence[Person]) -> Verdict:
    """Whether the actor may ask back: an assessor or a decider, while it is with them."""
    verdict = stage_fits(key, stage, "ask")
    mine = {one.login for seat in facts.seats for one in seat.voters} | {one.login for one in asked}
    if facts.step is not None:
        mine |= {one.login for one in passers(facts.people, facts.step, facts.origin)}
    if not actor.may("comment.write", project_id):
        verdict += no("no_permission", "Your roles in this project do not let you do this to %(key)s.", key=key)
    elif actor.login not in mine and not actor.may("change.manage", project_id):
        verdict += no("not_your_seat", "Who assesses or decides %(key)s asks back; anybody may comment.", key=key)
    return verdict + narrowed(actor, project_id, facts, "ask")


def may_answer(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """Whether the actor may answer what was asked back: its authors, whoever wrote its edits, analysts."""
    verdict = stage_fits(key, stage, "answer")
    mine = is_author(actor, project_id, facts.origin) or actor.login in facts.origin.editors
    if not (mine or actor.may("requirement.write", project_id)):
        verdict += no("not_yours", "%(key)s is answered by who asked for it or wrote it.", key=key)
    return verdict


def may_withdraw(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """Whether the actor may take a change back: its author, the project manager."""
    verdict = stage_fits(key, stage, "withdraw")
    if not is_author(actor, project_id, facts.origin):
        verdict += no(
            "not_yours", "%(key)s can be taken back by who asked for it, and by the project manager.", key=key
        )
    return verdict + narrowed(actor, project_id, facts, "withdraw")


def may_reassess(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """Whether the actor may send a change back to its assessors: authors and deciders, when it is outdated, others were named, or
    only who wrote up that it was agreed elsewhere has said what it costs."""
    # What was agreed elsewhere stands assessed in an added stage.
    verdict = YES if stage == "assessing" and facts.agreed else stage_fits(key, stage, "reassess", facts.due)
    mine = {one.login for seat in facts.seats for one in seat.voters}
    if not (is_author(actor, project_id, facts.origin) or actor.login in mine):
        verdict += no("not_yours", "%(key)s is sent back to its assessors by who asked for it or decides it.", key=key)
    if not (facts.outdated or facts.awaited or facts.agreed):
        verdict += no("not_outdated", "The assessment of %(key)s is current.", key=key)
    return verdict


def may_close(actor: Actor, project_id: int, key: str, stage: str, facts: Facts) -> Verdict:
    """Whether the actor may close a change that is in effect."""
    verdict = stage_fits(key, stage, "close") + clear(key, facts)
    if not is_author(actor, project_id, facts.origin):
        verdict += no("not_yours", "%(key)s is closed by who asked for it, and by the project manager.", key=key)
    return verdict + narrowed(actor, project_id, facts, "close")


def may_revert(
    actor: Actor, project_id: int, key: str, stage: str, undone: Sequence[str] = (), gone: Sequence[str] = ()
) -> Verdict:
    """Whether the actor may draft the change that undoes this one.

    Args:
        undone: the keys of changes that undo it already.
        gone: the keys of items that it merged or split.
    """
    verdict = YES
    if stage not in ("applied", "closed"):
        verdict += no("wrong_stage", "%(key)s is %(stage)s: this cannot be done from there.", key=key, stage=stage)
    if not actor.may("change.create", project_id):
        verdict += no("no_permission", "Your roles in this project do not let you write change requests.")
    if undone:
        verdict += no("undone", "%(key)s is undone by %(keys)s already.", key=key, keys=tuple(undone))
    if gone:
        message = "%(key)s merged or split %(keys)s, which nothing brings back: write what should be different instead."
        verdict += no("merged", message, key=key, keys=tuple(gone))
    return verdict


def may_verify(actor: Actor, project_id: int, key: str, stage: str, acceptance: int, left: int, ready: int) -> Verdict:
    """Whether the actor may plan the round that verifies a change.

    Args:
        acceptance: how many acceptance scenarios it concerns; ``left``: how many of them are to be tested; ``ready``: how many of
            those the round would take.
    """
    verdict = YES
    if stage != "applied":
        verdict += no("wrong_stage", "%(key)s is %(stage)s: this cannot be done from there.", key=key, stage=stage)
    if not actor.may("round.manage", project_id):
        verdict += no("no_permission", "Your roles in this project do not let you plan rounds.")
    if stage == "applied" and not acceptance:
        verdict += no("nothing_to_test", "No acceptance scenario accepts what %(key)s changes.", key=key)
    elif stage == "applied" and not left:
        verdict += no("passed", "All that %(key)s concerns has passed on the text as it stands.", key=key)
    elif stage == "applied" and not ready:
        message = "What is left of %(key)s is in a round already, or says nothing to look for."
        verdict += no("nothing_ready", message, key=key)
    return verdict


def may_touch(actor: Actor, project_id: int, key: str, stage: str, origin: Origin, asked: Sequence[Person]) -> Verdict:
    """Whether the actor may put items into what a change touches, or take them out: who writes it, and who assesses it."""
    written = may_write(actor, project_id, key, stage, origin)
    if written or stage not in OPEN or actor.id not in {one.id for one in asked}:
        return written
    return YES


def may_place(tier: str | None, phase_id: int | None) -> Verdict:
    """Whether it is known what a change becomes once it is in effect: nobody is asked to choose."""
    verdict = YES
    if tier is None:
        verdict += no("required", "Choose its priority: what it edits has none.", field="tier")
    if phase_id is None:
        verdict += no("required", "Choose the phase that it goes into.", field="phase")
    return verdict


# -- standard changes --------------------------------------------------------------------------------------------------


def may_write_template(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may write the templates of standard changes, and put them away."""
    if actor.may("change.manage", project_id):
        return YES
    return no("no_permission", "Templates of standard changes are written by the project manager.")


def may_approve_template(actor: Actor, project_id: int, limits: Limits, writers: str) -> Verdict:
    """Whether the actor may approve beforehand whatever keeps within a template: an owner who did not write it."""
    verdict = YES
    if limits.archived:
        verdict += no("template_archived", "The template “%(name)s” is not used any more.", name=limits.name)
    if limits.approved_by and not limits.lapsed:
        verdict += no("template_approved", "The template “%(name)s” is approved already.", name=limits.name)
    if "business_owner" not in actor.roles_in(project_id) or actor.kind != "user":
        verdict += no("no_permission", "A template is approved by a business owner.")
    elif actor.login in writers.split():
        verdict += no("own_template", "You wrote the template “%(name)s”: another owner approves it.", name=limits.name)
    elif not actor.reauthenticated:
        verdict += no("reauthentication", "Approving a template takes your password.", field="password")
    return verdict


# -- no objection until a day ------------------------------------------------------------------------------------------


def may_pass(key: str, stage: str, facts: Facts, *, small: bool) -> Verdict:
    """Whether a change may take effect because nobody objects: it is within the first line's limit, and nothing stands against
    approving it."""
    verdict = stage_fits(key, stage, "approve") + clear(key, facts) + held(facts, "approve")
    if facts.formal or "reason" in facts.flow.asks.get("approve", ()):
        verdict += no(
            "formal", "Here each decision is somebody’s word, with a reason or a password: silence gives neither."
        )
    if facts.agreed:
        verdict += no("agreed", "%(key)s was agreed elsewhere: it takes the word of those named.", key=key)
    if not small:
        verdict += no("not_small", "%(key)s is above the limit of the first line: somebody decides it.", key=key)
    if facts.conflicts:
        verdict += no("in_conflict", "What %(key)s edits was changed since: its author has to choose first.", key=key)
    if facts.outdated or facts.awaited or facts.expected is None:
        verdict += no("assessment_missing", "%(key)s waits for an assessment of what it is now.", key=key)
    if any(not seat.holders for seat in facts.seats):
        verdict += no("seat_empty", "Nobody may decide it, so there is nobody who could object.")
    return verdict


def may_offer_silence(actor: Actor, project_id: int, key: str, stage: str, facts: Facts, *, small: bool) -> Verdict:
    """Whether the actor may put a change up for objections: its authors, the project manager, those who decide it."""
    verdict = may_pass(key, stage, facts, small=small)
    if not (is_author(actor, project_id, facts.origin) or _decides(actor, facts)):
        verdict += no("not_yours", "Who asked for %(key)s or decides it may put it up for objections.", key=key)
    return verdict


def may_object(actor: Actor, project_id: int, key: str, offered: bool, facts: Facts) -> Verdict:
    """Whether the actor may object: who decides it; who put it up may take that back."""
    verdict = YES
    if not offered:
        verdict += no("not_offered", "%(key)s is not up for objections.", key=key)
    if not (_decides(actor, facts) or is_author(actor, project_id, facts.origin)):
        verdict += no("not_your_seat", "Who decides %(key)s objects; anybody may comment.", key=key)
    return verdict


def _decides(actor: Actor, facts: Facts) -> bool:
    return actor.login in {one.login for seat in facts.seats for one in seat.voters}


# -- emergencies -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aftermath:
    """What is left of an emergency that is in effect. ``due``: it is one, and waits for its review; ``reviewers``: who may give it."""

    due: bool
    reviewed: bool = False
    assessed: bool = False
    reviewers: tuple[Person, ...] = ()


def may_review(actor: Actor, project_id: int, key: str, left: Aftermath) -> Verdict:
    """Whether the actor may record the review of an emergency."""
    verdict = YES
    if left.reviewed:
        verdict += no("reviewed", "%(key)s is reviewed already.", key=key)
    elif not left.due:
        verdict += no("no_emergency", "%(key)s is no emergency in effect.", key=key)
    elif not left.assessed:
        verdict += no("assessment_missing", "%(key)s has to be assessed before it is reviewed.", key=key)
    if actor.kind != "user" or actor.login not in {one.login for one in left.reviewers}:
        who = tuple(one.name for one in left.reviewers)
        verdict += no("not_your_seat", "%(key)s is reviewed by: %(who)s.", key=key, who=who or "–")
    return verdict
