"""*Not a duplicate*: the answer that two look alike and are two. It is kept as a finding that is let stand, for as long as both are
there."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import invalid, no
from reqtrack.interviews.queries import tells_names
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor
from reqtrack.radar import policy
from reqtrack.radar.models import Acceptance
from reqtrack.requirements.queries.duplicates import CHECK

# Two that are not one will not become one by waiting.
FOR_GOOD = timedelta(days=3650)


def keep_apart(actor: Actor, project: Project, subject: str, reason: str) -> None:
    """Keep that the two of a subject are two, and why.

    Raises:
        Refused: 403 no permission; 409 it was answered already. Invalid: no reason, or one that names an interviewee.
    """
    policy.may_accept(actor, project.id).require()
    try:
        said = text_of(reason or "", 2000).strip()
    except Unfit as unfit:
        raise invalid("reason", unfit.message, **unfit.params) from None
    if not said:
        raise invalid("reason", "Say why these are two.", "required")
    if tells_names(project.id, [said]):
        message = "Everybody reads this, and it names somebody who was interviewed: say their job role."
        raise invalid("reason", message, "names")
    mine = (Acceptance.project_id == project.id, Acceptance.name == CHECK, Acceptance.subject == subject)
    standing = db.session.execute(select(Acceptance).where(*mine, Acceptance.until.is_(None))).scalar()
    today = clock.today(project.zone)
    if standing is not None and standing.expires_on >= today:
        no("answered", "Somebody said already that these are two.").require(409)
    with recorded(actor, project.id, "finding.accepted", f"check:{CHECK}", reason=said) as entry:
        if standing is not None:
            standing.until = entry.seq
            db.session.flush()
        expires_on = today + FOR_GOOD
        row = Acceptance(
            project_id=project.id, name=CHECK, subject=subject, reason=said, expires_on=expires_on, author=actor.login,
            at=entry.at, since=entry.seq,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        entry.after = {"check": CHECK, "acceptance": row.id, "expires_on": str(expires_on)}
