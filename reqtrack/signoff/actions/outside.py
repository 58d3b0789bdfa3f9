"""Letting somebody outside sign by a one-time link with a code sent apart, and what they answer by it, without an account.

The link is used up by the answer, never by being opened; the two together prove who answers.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from reqtrack.accounts import links
from reqtrack.accounts.models import Project
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.record import recorded
from reqtrack.db import db, lock_project
from reqtrack.errors import invalid, no
from reqtrack.permissions import Actor
from reqtrack.signoff import outside, queries
from reqtrack.signoff.actions.answering import Given, answer_at, require
from reqtrack.signoff.models import Signature, SignLink, Signoff
from reqtrack.signoff.queries.outside import Opened, members, opened, state_of
from reqtrack.signoff.seats import OUTSIDE_ROLE


def make_link(
    actor: Actor, project: Project, signoff: Signoff, position: int, *, days: int = outside.DAYS
) -> tuple[SignLink, str]:
    """Make a link for somebody outside; the row and the secret, which is kept nowhere. Its code is passed on by somebody else. An
    earlier link of the same seat is worth nothing from then on.

    Raises:
        Refused: not the actor's to make (403), or nothing is waited for there (409). Invalid: nobody could pass the code on, or for so
            many days no link is good.
    """
    facts = queries.facts_of(actor, project, signoff, with_subject=False)
    seat = next((one for one in facts.seats if one.position == position), None)
    require(outside.may_make_link(actor, signoff, facts, seat))
    if not outside.tellers(members(project.id), actor.login):
        message = "Nobody here may pass the code on: it takes a manager, analyst, owner or sponsor beside you."
        raise invalid("seat", message, "no_teller")
    if not 1 <= days <= outside.MOST_DAYS:
        raise invalid("days", "A link is good for 1 to %(most)s days.", most=outside.MOST_DAYS)
    for row in db.session.execute(
        select(SignLink).where(
            SignLink.signoff_id == signoff.id, SignLink.position == position, SignLink.used_at.is_(None),
            SignLink.revoked_at.is_(None),
        )
    ).scalars():  # fmt: skip
        _take_back(actor, signoff, row)
    secret = links.new_secret()
    with recorded(actor, project.id, "signlink.made", signoff.key) as entry:
        row = SignLink(
            project_id=project.id, signoff_id=signoff.id, position=position, digest=digest_of(secret), wrong=0,
            made_by=actor.login, made_at=entry.at, expires_at=entry.at + timedelta(days=days),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        entry.after = {"link": row.id, "seat": position, "days": days}
    return row, secret


def code_of(row: SignLink) -> str:
    """The code of a link."""
    return links.code_of("sign code", row.id, row.digest)


def require_tellable(actor: Actor, signoff: Signoff, row: SignLink) -> None:
    """Whether the actor may pass the code of a link on.

    Raises:
        Refused: not theirs to pass on (403); the link is good no more (409).
    """
    able = outside.tellers(members(signoff.project_id), row.made_by)
    outside.may_tell(actor, row.made_by, able).require()
    if state_of(row) != "open" or signoff.state != "requested":
        no("settled", "This link is not good any more.").require(409)


def tell_code(actor: Actor, signoff: Signoff, row: SignLink) -> str:
    """Learn the code of somebody else's link, to pass it on another way than the link went.

    Raises:
        Refused: see ``require_tellable``.
    """
    require_tellable(actor, signoff, row)
    with recorded(actor, signoff.project_id, "signlink.code_told", signoff.key) as entry:
        entry.after = {"link": row.id, "seat": row.position}
    return code_of(row)


def revoke_link(actor: Actor, signoff: Signoff, row: SignLink) -> None:
    """Make a link worthless; once more changes nothing.

    Raises:
        Refused: not theirs to take back.
    """
    outside.may_revoke(actor, signoff.project_id, row.made_by).require()
    if row.revoked_at is None and row.used_at is None:
        _take_back(actor, signoff, row)


def _take_back(actor: Actor, signoff: Signoff, row: SignLink) -> None:
    with recorded(actor, signoff.project_id, "signlink.revoked", signoff.key) as entry:
        row.revoked_at = entry.at
        entry.after = {"link": row.id}


# -- answering ---------------------------------------------------------------------------------------------------------


def open_to_sign(secret: str) -> Opened:
    """What a link leads to, held until the transaction ends: its address does not name the project, so its lock is taken here.

    Raises:
        NotFound: it is worth nothing (why is not told).
    """
    found = opened(secret)
    lock_project(db.session.connection(), found.project.key)
    # What somebody else did while we waited for the lock.
    db.session.expire_all()
    return opened(secret)


def signer_of(found: Opened) -> Actor:
    """Who answers by a link: nobody with an account. Link and code are the permission, for this alone."""
    return Actor(id=0, login=found.taken.seat.outsider, name=found.taken.seat.outside, kind="system")


def code_fits(found: Opened, code: str) -> bool:
    """Whether the code is the link's. A wrong one is counted; the last one allowed shuts the link."""
    if links.same_code(code, code_of(found.row)):
        return True
    with recorded(signer_of(found), found.project.id, "signlink.wrong_code", found.signoff.key) as entry:
        found.row.wrong += 1
        entry.after = {"link": found.row.id, "wrong": found.row.wrong}
    return False


def sign_by_link(
    found: Opened,
    outcome: str,
    *,
    words: str = "",
    seen: str = "",
    seen_stale: str | None = None,
    address: str = "",
    device: str = "",
) -> Signature:
    """Sign (with ``words`` as remarks or, ``reserved``, as a reservation), or decline with them as the reason; uses the link up.

    Raises:
        Refused, Invalid: as ``signing.sign`` and ``decline``. The link is then good still.
    """
    if outcome not in ("signed", "reserved", "declined"):
        raise invalid(
            "outcome",
            "%(given)s is not one of: %(choices)s.",
            given=outcome[:40],
            choices=("signed", "reserved", "declined"),
        )
    actor, signoff = signer_of(found), found.signoff
    facts = queries.facts_of(actor, found.project, signoff)
    require(outside.waits(signoff, facts, found.taken.seat))
    given = Given(
        outcome="declined" if outcome == "declined" else "signed", words=words, reserved=outcome == "reserved", seen=seen,
        seen_stale=seen_stale, address=address, device=device, roles=(OUTSIDE_ROLE,), method="link",
        organisation=found.taken.organisation,
    )  # fmt: skip
    row = answer_at(actor, found.project, signoff, facts, found.taken.seat, given)
    with recorded(actor, found.project.id, "signlink.used", signoff.key) as entry:
        found.row.used_at = entry.at
        entry.after = {"link": found.row.id, "outcome": outcome, "made_by": found.row.made_by}
    return row
