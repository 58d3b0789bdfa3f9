"""What may be done to defects, and why not; and the stage that results give one. Pure: everything it needs to know comes in."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor
from reqtrack.workflow.tables import DEFECT

# Nothing more is to be done about it.
OVER = ("closed", "not_a_defect")
# It is said to be mended, and its rows want a result from after that.
RETESTED = ("fixed", "retest")
BY_HAND = tuple(dict.fromkeys(one.name for one in DEFECT.transitions if one.permission))
LONGEST_TITLE = 200
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Shows:
    """A failed result that a defect is to be raised of, or that is another sign of one."""

    number: int
    verdict: str
    revoked: bool


def stage_after(stage: str, fixed_seq: int | None, verdicts: Collection[str]) -> str:
    """The stage of a defect, from what its rows say since it was mended (2-workflows.md, *Acceptance*).

    Args:
        fixed_seq: the event of the newest time that it was said to be mended; None: it was not, or was opened again by hand.
        verdicts: of each row that can still be tested the verdict that counts and is newer than the fix, "" where there is none.
    """
    if fixed_seq is None or stage == "not_a_defect" or not verdicts:
        return stage
    if "failed" in verdicts:
        return "open"
    if all(one == "passed" for one in verdicts):
        return "closed"
    return "retest" if any(verdicts) else "fixed"


def may_raise(actor: Actor, project_id: int, shows: Shows) -> Verdict:
    """Whether the actor may raise a defect of a result, or add the result to one."""
    verdict = YES
    if not actor.may("defect.raise", project_id):
        verdict += no("no_permission", "Your roles in this project do not let you raise defects.")
    if shows.verdict != "failed":
        message = "Result %(number)s did not fail: a defect is raised of one that did."
        verdict += no("not_failed", message, number=shows.number)
    if shows.revoked:
        verdict += no("revoked", "Result %(number)s was revoked: it shows nothing any more.", number=shows.number)
    return verdict


def may_add(actor: Actor, project_id: int, shows: Shows, key: str, stage: str, retired: bool) -> Verdict:
    """Whether a result may be added to a defect as another sign of it."""
    verdict = may_raise(actor, project_id, shows)
    if stage in OVER:
        verdict += no("over", "%(key)s is done with: open it again first.", key=key)
    if retired:
        verdict += no("retired", "%(key)s is retired.", key=key)
    return verdict


def move_facts(actor: Actor, project_id: int, key: str, assignee: int | None, rows: int) -> dict[str, Verdict]:
    """What the moves of a defect need beside its stage.

    Args:
        assignee: the id of who is to mend it.
        rows: in how many rows that can still be tested it shows.

    Returns:
        A verdict for each move that people make, by its name.
    """
    write = actor.may("acceptance.write", project_id)
    return {
        "fix": _if(
            (assignee is not None and assignee == actor.id) or actor.may("defect.mend", project_id),
            "Who mends %(key)s says that it is fixed: it is neither yours, nor do you mend defects.", key,
        ),
        "reopen": _if(
            write or actor.may("result.record", project_id),
            "%(key)s is opened again by who tests, by an analyst or the project manager.", key,
        ),
        "not_a_defect": _if(
            write or actor.may("requirement.decide", project_id),
            "That %(key)s is no defect is said by an analyst, the project manager or the business owner.", key,
        ),
        "close": _if(write, "%(key)s is closed by an analyst or the project manager.", key) + _rows(key, rows),
    }  # fmt: skip


def _if(fine: bool, message: str, key: str) -> Verdict:
    return YES if fine else no("no_permission", message, key=key)


def _rows(key: str, rows: int) -> Verdict:
    if not rows:
        return YES
    return no("rows_close", "%(key)s closes by itself when all its rows passed.", key=key)


def status_of(verdict: Verdict) -> int:
    """403 where it is about who asks, 409 where it is about the state of things."""
    return 403 if any(one.code == "no_permission" for one in verdict.reasons) else 409


def title_from(scenario: str, wrong: Sequence[str]) -> str:
    """The title of a new defect: what was tested, and the first step that was wrong."""
    between = "：" if _HAN.search(scenario) else ": "
    title = f"{scenario}{between}{wrong[0]}" if wrong else scenario
    title = " ".join(title.split())
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip(" ,;，；、") + "…"
