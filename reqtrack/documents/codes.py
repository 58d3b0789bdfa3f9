"""What a code is that stands on the paper of a change: its record while it is undecided, its impact, and the pack of its decision.

All are of how things stood when they were made; who scans the code learns whether they still do. What was printed is known by the
job that made it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, cast, select

from reqtrack.accounts.models import Project
from reqtrack.changes import dossier
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Change
from reqtrack.db import db
from reqtrack.documents import decisions
from reqtrack.documents.contexts.impact import fingerprint
from reqtrack.jobs.models import Job
from reqtrack.signoff.codes import MOST, Proof

# What is not signed but printed with a code: its label, and what its fingerprint is now.
NOW: dict[str, tuple[object, Callable[[Dossier], str]]] = {
    "change-record": (_l("Change record"), lambda found: found.package_print),
    "impact": (_l("Impact of a change"), fingerprint),
    "decision-pack": (_l("Decision pack"), decisions.fingerprint_now),
}


def printed(code: str) -> list[Proof]:
    """The papers of changes that bear a code, the newest of each alone: genuine while what they tell still is so."""
    rows = db.session.execute(
        select(Job, Project.zone)
        .join(Project, Project.id == Job.project_id)
        .where(Job.state == "done", cast(Job.outcome, String).contains(f"sha256:{code}"))
        .order_by(Job.ended_at.desc())
        .limit(MOST)
    ).all()
    told: dict[tuple[int, str, str], Proof] = {}
    for row in rows:
        job: Job = row[0]
        name, key = job.payload.get("document", ""), job.payload.get("subject", "")
        if name not in NOW or job.ended_at is None or (job.project_id, name, key) in told:
            continue
        label, now = NOW[name]
        found = db.session.execute(
            select(Change).where(Change.project_id == job.project_id, Change.key == key)
        ).scalar()
        # That of an approved change is told of by its decision.
        if found is not None and name == "change-record" and found.stage in ("approved", "applied", "closed"):
            continue
        stands = found is not None and now(dossier.load(found)).startswith(code)
        told[job.project_id, name, key] = Proof(label, job.ended_at, "genuine" if stands else "superseded", row.zone)
    return list(told.values())
