"""Who may do what with feedback, and how it stands. Pure: everything it needs to know comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from reqtrack.errors import YES, Verdict, no
from reqtrack.feedback.models import OUTCOMES
from reqtrack.permissions import Actor

MOST_SAID = 5_000
MOST_CONTACT = 200
MOST_REPLY = 5_000
# What became of it → the stage in which that leaves it.
STAGE_OF = {"answer": "closed", "none": "closed", "defect": "taken_up", "change": "taken_up", "requirement": "taken_up"}
# Outcomes that need a sentence for the sender.
REPLIED = ("answer", "none")
# Outcomes that an item stands for.
MADE = ("defect", "change", "requirement")

# How feedback stands, as its sender is told.
STANDINGS = {
    "received": _l("It has arrived. Nobody has answered yet."),
    "looked_at": _l("Somebody is looking into it."),
    "answered": _l("Answered."),
    "not_taken_up": _l("Not taken up."),
    "defect": _l("Taken up as a defect."),
    "asked": _l("Taken up. It is not decided yet."),
    "yes": _l("Decided: yes."),
    "later": _l("Decided: later."),
    "no": _l("Decided: no."),
    "built": _l("Done: it is in the system."),
    "closed": _l("Closed."),
}
# The stage of the defect, change or requirement that was made of it → how the feedback stands.
BY_CHANGE = {
    "approved": "yes", "applied": "yes", "closed": "built", "deferred": "later", "rejected": "no", "withdrawn": "no",
}  # fmt: skip
BY_REQUIREMENT = {"approved": "yes", "implemented": "built", "deferred": "later", "rejected": "no", "obsolete": "no"}
# Fixed is not done yet: it is tested again.
BY_DEFECT = {"open": "defect", "fixed": "defect", "retest": "defect", "closed": "built", "not_a_defect": "no"}
BY_MADE = {"change": BY_CHANGE, "requirement": BY_REQUIREMENT, "defect": BY_DEFECT}
# Of what was split, the part that is furthest from done tells: the first of these.
FURTHEST = ("asked", "defect", "later", "yes", "built", "no")
# Nothing more is to be done about it.
DONE = ("answered", "not_taken_up", "no", "built", "closed")
# Stages of what was made, by its kind, in which the feedback counts as closed by itself.
DONE_BY = {kind: tuple(stage for stage, one in table.items() if one in DONE) for kind, table in BY_MADE.items()}


@dataclass(frozen=True)
class Picture:
    """A picture that passed the door and lies in the store."""

    digest: str
    kind: str
    size: int


def standing(stage: str, outcome: str | None, made: tuple[str, str] | None, retired: bool = False) -> str:
    """How feedback stands, as one of ``STANDINGS``.

    Args:
        made: ``(kind, stage)`` of the defect, change or requirement that was made of it; None where nothing was.
    """
    if retired:
        return "closed"
    if stage == "new":
        return "received"
    if outcome == "answer":
        return "answered"
    if outcome == "none":
        return "not_taken_up"
    if outcome in MADE:
        undecided = "defect" if outcome == "defect" else "asked"
        told = BY_MADE[made[0]].get(made[1], undecided) if made is not None and made[0] in BY_MADE else undecided
        return told if stage != "closed" or told in (*DONE, "yes", "later") else "closed"
    return "closed" if stage == "closed" else "looked_at"


def may_say(actor: Actor, project_id: int) -> Verdict:
    """Whether somebody who is signed in may give feedback."""
    if actor.may("comment.write", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you give feedback.")


def may_triage(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may answer feedback, take it up, group it, and make links for it."""
    if actor.may("feedback.triage", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you answer feedback or take it up.")


def may_end_link(actor: Actor, project_id: int, revoked: bool) -> Verdict:
    """Whether the actor may end a link for feedback."""
    verdict = may_triage(actor, project_id)
    return verdict + no("revoked", "This link is ended already.") if revoked else verdict


def may_group(actor: Actor, project_id: int, key: str, with_key: str) -> Verdict:
    """Whether the actor may say that one belongs to another."""
    verdict = may_triage(actor, project_id)
    if key == with_key:
        verdict += no("itself", "%(key)s cannot belong to itself.", field="with", key=key)
    return verdict


def outcome_fits(outcome: str, reply: str) -> Verdict:
    """Whether what is said of an outcome is enough."""
    if outcome not in OUTCOMES:
        return no(
            "invalid", "%(given)s is not one of: %(choices)s.", "outcome", given=outcome[:80], choices=tuple(OUTCOMES)
        )
    if outcome in REPLIED and not reply.strip():
        told = {"answer": "Write what they shall read.", "none": "Write why not: they read it."}
        return no("required", told[outcome], field="reply")
    return YES


def is_open(
    expires_at: datetime | None, revoked_at: datetime | None, archived_at: datetime | None, now: datetime
) -> bool:
    """Whether a link still takes feedback."""
    return revoked_at is None and archived_at is None and (expires_at is None or expires_at > now)
