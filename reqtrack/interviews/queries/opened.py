"""What the link of somebody who was heard leads to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from reqtrack import clock
from reqtrack.accounts.links import folded
from reqtrack.accounts.models import Project
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.interviews import policy
from reqtrack.interviews.models import Confirmation, Interview


@dataclass(frozen=True)
class Opened:
    """What a link leads to."""

    row: Confirmation
    interview: Interview
    project: Project


def names(person: ColumnExpressionArgument[Any]) -> ColumnElement[bool]:
    """The clause for interviews in which somebody was heard."""
    # The list of ids as text: [3,14] reads ,3,14,
    heard = func.replace(func.replace(type_coerce(Interview.stakeholders, Text), "[", ","), "]", ",")
    return heard.like(literal("%,").concat(cast(person, Text)).concat(",%"))


def opened(secret: str, answering: bool = False) -> Opened:
    """What the link of a secret leads to, found by the digest of the secret in one statement, whatever comes of it.

    Args:
        answering: it is to be answered, not only read: it was not yet.

    Raises:
        NotFound: unknown, out of date, taken back, used already, of somebody who was not heard after all (not told apart).
    """
    now = clock.now()
    waits = and_(
        Confirmation.confirmed_at.is_(None),
        Confirmation.expires_at > now,
        Interview.stage.in_(policy.CONFIRMABLE),
    )
    told = Confirmation.confirmed_at > now - timedelta(days=policy.WORDS_DAYS)
    found = db.session.execute(
        select(Confirmation, Interview, Project)
        .join(Interview, Interview.id == Confirmation.interview_id)
        .join(Project, Project.id == Confirmation.project_id)
        .where(
            Confirmation.digest == digest_of(folded(secret)),
            Confirmation.revoked_at.is_(None),
            Interview.retired.is_(False),
            names(Confirmation.stakeholder_id),
            waits if answering else or_(waits, told),
        )
    ).first()
    if found is None:
        raise NotFound("link")
    return Opened(*found)
