"""Taking a baseline."""

from __future__ import annotations

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.baselines import policy, queries
from reqtrack.baselines.models import Baseline
from reqtrack.db import canonical
from reqtrack.errors import invalid
from reqtrack.items import store
from reqtrack.permissions import Actor


def take(
    actor: Actor, project: Project, name: str, prepared: queries.Prepared | None = None, *, drafts: bool = True
) -> Baseline:
    """Take a baseline of the project's scope as it is now.

    Args:
        drafts: also the requirements that nobody has reviewed.
        prepared: what ``queries.prepare`` computed before the write lock; it is used when nothing was written since,
            else computed again.

    Raises:
        Refused: no permission. Invalid: no name, or there is nothing in the scope.
    """
    policy.may_take(actor, project.id).require()
    name = " ".join(name.split())[:200]
    if not name:
        raise invalid("name", "A baseline needs a name.", "required")
    number = store.next_number(project.id, "BL")
    with recorded(actor, project.id, "baseline.taken", f"BL-{number}") as entry:
        if prepared is None or (prepared.seq, prepared.drafts) != (entry.seq - 1, drafts):
            prepared = queries.prepare_at(project.id, entry.seq, drafts=drafts)
        if not prepared.keys:
            raise invalid("name", "There is nothing in the scope yet.", "empty")
        baseline = Baseline(
            project_id=project.id,
            number=number,
            name=name,
            seq=entry.seq,
            keys=canonical(list(prepared.keys)),
            counts=canonical(dict(prepared.counts)),
            fingerprint=prepared.fingerprint,
            author=actor.login,
            author_name=actor.name,
            at=entry.at,
        )
        entry.seal(baseline)
        entry.after = {"name": name, "fingerprint": prepared.fingerprint, "counts": dict(prepared.counts)}
        if not drafts:
            entry.after["drafts"] = False
    return baseline
