"""What ``verify`` looks at besides seals: that branches hold what their fingerprints were made of, when opened and when closed."""

from __future__ import annotations

from sqlalchemy import select

from reqtrack.audit.checks.run import Run, register_check
from reqtrack.branches import content
from reqtrack.branches.models import ScopeBranch
from reqtrack.branches.queries import standing
from reqtrack.db import db
from reqtrack.errors import Reason


def register() -> None:
    """Add this check to ``verify``."""
    register_check("scope_branches", check_branches)


def check_branches(run: Run) -> None:
    """The versions that each branch pins have its fingerprints."""
    wanted = select(ScopeBranch).order_by(ScopeBranch.project_id, ScopeBranch.number)
    if run.project_id is not None:
        wanted = wanted.where(ScopeBranch.project_id == run.project_id)
    for branch in db.session.execute(wanted).scalars().all():
        key = f"{branch.project_id}:{branch.number}"
        said = standing(branch)
        if content.print_of(content.held(branch, ())) != branch.fingerprint:
            reason = Reason("wrong_print", "The versions that it began with do not have its fingerprint.")
            run.report.add("scope_branches", key, reason, "fingerprint")
        if said.closing is not None and content.print_of(said.held) != said.closing.fingerprint:
            reason = Reason("wrong_print", "The versions that it held in the end do not have its fingerprint.")
            run.report.add("branch_closings", key, reason, "fingerprint")
