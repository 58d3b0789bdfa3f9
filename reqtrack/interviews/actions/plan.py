"""The plan of whom to hear: how many people of a cell."""

from __future__ import annotations

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db, whole_number
from reqtrack.errors import invalid, no
from reqtrack.interviews.models import VoiceTarget
from reqtrack.interviews.queries import plan
from reqtrack.items.models import Item
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor

MOST = 9_999


def set_target(
    actor: Actor,
    project: Project,
    *,
    job_role: str,
    department: str,
    target: str | int,
    process: Item | None = None,
    seen: int | None = None,
) -> VoiceTarget:
    """Say how many people of a job role in a department shall be heard, on one process or on any. 0: nobody needs to be.

    Args:
        seen: the version of the target that was seen; None where none was.

    Raises:
        Invalid: neither a job role nor a department, or no number. Refused: 403; 409, somebody else set it meanwhile.
    """
    if not actor.may("interview.write", project.id):
        no("no_permission", "Your roles in this project do not let you do this.").require()
    role, where = _line("job_role", job_role), _line("department", department)
    if not role and not where:
        raise invalid("job_role", "A cell of the plan needs a job role or a department.", "required")
    number = whole_number(str(target).strip())
    if number is None or number > MOST:
        raise invalid("target", "This must be a whole number up to %(most)s.", most=MOST)
    row = plan.target_of(project.id, role, where, process.id if process else None)
    if row is not None and row.target == number:
        return row
    if seen != (row.version if row is not None else None):
        message = "The target of this cell is %(target)s now: somebody set it meanwhile."
        now = {"target": row.target, "version": row.version} if row is not None else {"target": "–", "version": None}
        no("stale", message, "target", **now).require(409)
    before = {"target": row.target} if row is not None else None
    with recorded(actor, project.id, "voice_target.set", "voices", before=before) as entry:
        if row is None:
            row = VoiceTarget(
                project_id=project.id, job_role=role, department=where, process_id=process.id if process else None
            )
            db.session.add(row)
        row.target = number
        db.session.flush()
        entry.subject = f"voice-target:{row.id}"
        entry.after = {
            "job_role": role, "department": where, "process": process.key if process else None, "target": number,
        }  # fmt: skip
    return row


def _line(name: str, given: str) -> str:
    try:
        return " ".join(text_of(given or "", 200).split())
    except Unfit as unfit:
        raise invalid(name, unfit.message, **unfit.params) from None
