"""All machines, in one table. Until administrators can edit them (a later issue) this is where the rules stand."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from reqtrack.workflow.machine import Machine, Transition

REQUIREMENT = Machine(
    "requirement",
    ("draft", "in_review", "approved", "implemented", "deferred", "rejected", "obsolete"),
    (
        Transition("review", _l("Send to review"), ("draft",), "in_review", "requirement.write"),
        Transition("back", _l("Back to draft"), ("in_review",), "draft", "requirement.write"),
        Transition("defer", _l("Defer"), ("draft", "in_review"), "deferred", "requirement.decide", "until"),
        Transition("reject", _l("Reject"), ("draft", "in_review"), "rejected", "requirement.decide", "reason"),
        Transition("reopen", _l("Take up again"), ("deferred", "rejected"), "draft", "requirement.decide"),
        Transition("implement", _l("Implemented"), ("approved",), "implemented", "requirement.implement"),
        Transition(
            "unimplement", _l("Not implemented yet"), ("implemented",), "approved", "requirement.implement", "reason"
        ),
        # A completed scope signature approves; an applied change sends back to building, or takes out.
        Transition("sign", _l("Approved"), ("draft", "in_review"), "approved"),
        Transition("rework", _l("Changed by a change request"), ("implemented",), "approved"),
        Transition(
            "obsolete",
            _l("Obsolete"),
            ("draft", "in_review", "approved", "implemented", "deferred", "rejected"),
            "obsolete",
        ),
    ),
)

INTERVIEW = Machine(
    "interview",
    ("planned", "held", "written", "confirmed", "cancelled"),
    (
        Transition("hold", _l("Held"), ("planned",), "held", "interview.write"),
        Transition("write", _l("Written up"), ("planned", "held"), "written", "interview.write"),
        # The interviewee's own word; who may say it is the area's to judge.
        Transition("confirm", _l("Confirmed"), ("written",), "confirmed", "interview.read"),
        Transition("reopen", _l("Write on"), ("confirmed",), "written", "interview.write", "reason"),
        Transition("cancel", _l("Cancel"), ("planned", "held"), "cancelled", "interview.write", "reason"),
        Transition("plan", _l("Plan again"), ("cancelled",), "planned", "interview.write"),
        # Notes or excerpts were edited after the confirmation.
        Transition("edited", _l("Edited after it was confirmed"), ("confirmed",), "written"),
    ),
)

# Its stage says nothing that people move yet: what it is worth is computed (evidence).
SCENARIO = Machine("scenario", ("draft",), ())
ACCEPTANCE = Machine(
    "acceptance",
    ("draft", "in_review", "ready"),
    (
        Transition("review", _l("Send to review"), ("draft",), "in_review", "acceptance.write"),
        # Only what is concrete; the area asks its checker.
        Transition("ready", _l("It is ready"), ("in_review",), "ready", "acceptance.review"),
        Transition("back", _l("Back to draft"), ("in_review", "ready"), "draft", "acceptance.review", "reason"),
        Transition("edited", _l("Edited after it was ready"), ("ready",), "draft"),
    ),
)

# What is not decided yet. Everything in a change's package may be edited while it is in one of these.
CHANGE_OPEN = ("draft", "submitted", "assessing", "needs_information", "deciding", "deferred")

CHANGE = Machine(
    "change",
    (
        "draft", "submitted", "assessing", "needs_information", "deciding", "deferred", "approved", "applied", "closed",
        "rejected", "withdrawn",
    ),
    (
        Transition("submit", _l("Submit"), ("draft",), "assessing", "change.create"),
        Transition("assess", _l("Assess"), ("submitted", "assessing", "deciding"), "deciding", "change.assess"),
        Transition("reassess", _l("Ask for a new assessment"), ("deciding",), "assessing", "comment.write"),
        Transition("ask", _l("Ask back"), ("assessing", "deciding"), "needs_information", "comment.write", "reason"),
        Transition("answer", _l("Answer"), ("needs_information",), "deciding", "comment.write", "reason"),
        Transition("approve", _l("Approve"), ("deciding",), "approved", "project.read"),
        Transition("defer", _l("Defer"), ("deciding",), "deferred", "project.read", "until"),
        Transition("reject", _l("Reject"), ("deciding",), "rejected", "project.read", "reason"),
        Transition("resume", _l("Take up again"), ("deferred",), "deciding", "project.read"),
        Transition("withdraw", _l("Withdraw"), CHANGE_OPEN, "withdrawn", "change.create"),
        Transition("close", _l("Close"), ("applied",), "closed", "change.create"),
        # In the transaction of the last vote.
        Transition("apply", _l("In effect"), ("approved",), "applied"),
    ),
)  # fmt: skip

PROCESS = Machine("process", ("draft",), ())

FEEDBACK = Machine(
    "feedback",
    ("new", "taken_up", "closed"),
    (
        # Made a change, a requirement or a defect of; closed by itself when that is done.
        Transition("take_up", _l("Take up"), ("new",), "taken_up", "feedback.triage"),
        Transition("close", _l("Close"), ("new", "taken_up"), "closed", "feedback.triage"),
        Transition("reopen", _l("Take up again"), ("closed",), "new", "feedback.triage"),
    ),
)

# Once it is said to be mended, results move it (reqtrack/acceptance/defect_policy.py); who may press what is the area's to judge.
DEFECT = Machine(
    "defect",
    ("open", "fixed", "retest", "closed", "not_a_defect"),
    (
        Transition("fix", _l("Fixed"), ("open",), "fixed", "project.read"),
        Transition("not_a_defect", _l("Not a defect"), ("open",), "not_a_defect", "project.read", "reason"),
        Transition("reopen", _l("Open again"), ("closed", "not_a_defect"), "open", "project.read", "reason"),
        # For what no row shows any more: else its rows close it.
        Transition("close", _l("Close"), ("fixed", "retest"), "closed", "project.read"),
        Transition("take_up", _l("Tested again in part"), ("open", "fixed", "closed"), "retest"),
        Transition("pass", _l("Passed in all its rows"), ("open", "fixed", "retest"), "closed"),
        Transition("fail", _l("Failed again"), ("fixed", "retest", "closed"), "open"),
    ),
)

MACHINES = {one.kind: one for one in (REQUIREMENT, INTERVIEW, PROCESS, SCENARIO, ACCEPTANCE, CHANGE, FEEDBACK, DEFECT)}

# The lean preset shows five stages of a change; the others fold in, as (stages, the folded one, the word beside it or "").
LEAN = (
    ("draft", ("draft",)),
    ("assessing", ("submitted", "assessing")),
    ("deciding", ("deciding", "deferred", "approved")),
    ("applied", ("applied",)),
    ("closed", ("closed", "rejected", "withdrawn")),
)


def folded(stage: str, came_from: str | None = None) -> str:
    """The stage of the lean preset in which a change's stage is shown; ``came_from``: where an asked-back one was."""
    if stage == "needs_information":
        stage = came_from or "assessing"
    return next(shown for shown, stages in LEAN if stage in stages)
