"""A waiver as a subject of signatures: its canonical content is signed (2-workflows.md, *Baseline*)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.errors import YES, NotFound, no
from reqtrack.gates import waiving
from reqtrack.gates.models import Waiver, WaiverWithdrawal
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.subjects import Outcome, Place, Subject, SubjectKind, number_in


def _waiver(project_id: int, number: int) -> Waiver:
    found = db.session.get(Waiver, (project_id, number))
    if found is None:
        raise NotFound(f"WVR-{number}")
    return found


def load(project_id: int, number: int) -> Subject:
    """A waiver as a subject.

    Raises:
        NotFound: there is none of that number.
    """
    found = _waiver(project_id, number)
    ready = YES
    if db.session.get(WaiverWithdrawal, (project_id, number)) is not None:
        ready += no("withdrawn", "%(key)s was withdrawn: there is nothing to sign.", key=found.key)
    project = db.session.get_one(Project, project_id)
    if found.expires_on < clock.today(project.zone):
        ready += no("expired", "The last day of %(key)s is past: ask for a new one.", key=found.key)
    return Subject(
        key=found.key,
        kind="waiver",
        title=called(found.reason),
        at=found.at,
        # Over what stands there now, which is compared with what was asked to be signed.
        fingerprint=waiving.print_of(found),
        counts={"covers": len(found.covers)},
        ready=ready,
        made_by=frozenset({found.asked_by}),
    )


def called(reason: str) -> str:
    """How a waiver is called: the first line of its reason."""
    return reason.splitlines()[0][:200] if reason else ""


def titles(places: Collection[Place]) -> dict[Place, str]:
    """What waivers are called."""
    own = (Waiver.project_id, Waiver.number)
    rows = db.session.execute(select(*own, Waiver.reason).where(tuple_(*own).in_(places)))
    return {(row.project_id, row.number): called(row.reason) for row in rows}


def outcomes(project_id: int, asked: Sequence[tuple[Signoff, Sequence[Signature]]]) -> dict[int, Outcome]:
    """What their columns say: the text of a waiver never moves, and whether it is expired the waiver tells."""
    return {signoff.id: Outcome(signoff.state) for signoff, _given in asked}


def completed(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """What a completed signature brings: the waiver is in force by being signed."""
    return {}


def content(project_id: int, number: int) -> dict[str, Any]:
    """The content that the fingerprint is over."""
    return waiving.content_of(_waiver(project_id, number))


def shown(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """What the page of a sign-off shows of it."""
    from reqtrack.gates.pages import waiver_words

    return waiver_words(actor, project, _waiver(project.id, number_in(signoff.subject)))


WAIVER = SubjectKind(
    prefix="WVR",
    name="waiver",
    label=_l("Waiver"),
    meaning=_l("I approve this exception until its day."),
    load=load,
    titles=titles,
    endpoint="gates.waiver",
    template="gates/_to_sign.html",
    shown=shown,
    outcomes=outcomes,
    completed=completed,
    content=content,
    said={"en": "I approve this exception until its day.", "zh": "我同意这一例外，到期为止。"},
    read="interview.read",
    holds=_l("It holds until the last day, for what is covered alone. The words cannot be changed any more."),
)
