"""Verbs on change requests. They take plain values and an explicit actor, and know nothing of forms and pages."""

from reqtrack.changes.actions.agreeing import agree_elsewhere, answer_agreement, replace_decider
from reqtrack.changes.actions.asking import ask_by_link, require_tellable, revoke_ask, tell_code
from reqtrack.changes.actions.assessing import assess
from reqtrack.changes.actions.concerning import leave_out, see, touch
from reqtrack.changes.actions.deciding import Decided, decide
from reqtrack.changes.actions.delegating import set_delegation
from reqtrack.changes.actions.moving import answer, ask, close, confirm, reassess, resume, submit, withdraw
from reqtrack.changes.actions.opening import edit_content, log, pick, set_assessors, unpick
from reqtrack.changes.actions.packaging import drop, propose, replace_edits, rewrite, save_item
from reqtrack.changes.actions.passing import pass_on
from reqtrack.changes.actions.reverting import revert
from reqtrack.changes.actions.reviewing import review
from reqtrack.changes.actions.silence import object_to, offer_silence, pass_by_silence
from reqtrack.changes.actions.staging import set_flows, told_flows, wanted_flows
from reqtrack.changes.actions.swapping import swap
from reqtrack.changes.actions.templates import (
    approve_template,
    archive_template,
    change_template,
    keep_to,
    write_template,
)
from reqtrack.changes.actions.verifying import close_if_passed, plan_verification
from reqtrack.workflow.flow_rules import unreadable

__all__ = [
    "Decided",
    "agree_elsewhere",
    "answer",
    "answer_agreement",
    "approve_template",
    "archive_template",
    "ask",
    "ask_by_link",
    "assess",
    "change_template",
    "close",
    "close_if_passed",
    "confirm",
    "decide",
    "drop",
    "edit_content",
    "keep_to",
    "leave_out",
    "log",
    "object_to",
    "offer_silence",
    "pass_by_silence",
    "pass_on",
    "pick",
    "plan_verification",
    "propose",
    "reassess",
    "replace_decider",
    "replace_edits",
    "require_tellable",
    "resume",
    "revert",
    "review",
    "revoke_ask",
    "rewrite",
    "save_item",
    "see",
    "set_assessors",
    "set_delegation",
    "set_flows",
    "submit",
    "swap",
    "tell_code",
    "told_flows",
    "touch",
    "unpick",
    "unreadable",
    "wanted_flows",
    "withdraw",
    "write_template",
]
