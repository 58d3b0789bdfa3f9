"""Asking somebody to decide by a one-time link with a code sent apart, and what they answer by it, without being signed in.

The link is used up by the answer, never by being opened; the two together prove who answers. The answer is theirs: the same
policy judges it as if they were signed in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import links
from reqtrack.accounts.links import new_secret
from reqtrack.accounts.models import User
from reqtrack.accounts.sessions import actor_of, digest_of
from reqtrack.audit.record import recorded
from reqtrack.changes import asking, dossier, facts, policy
from reqtrack.changes.actions.agreeing import answer_agreement
from reqtrack.changes.actions.deciding import decide
from reqtrack.changes.actions.judging import judged, placed
from reqtrack.changes.actions.moving import ask
from reqtrack.changes.models import AskLink, Change
from reqtrack.changes.package import saw
from reqtrack.changes.queries.asking import Opened, opened
from reqtrack.db import db, lock_project
from reqtrack.errors import invalid, no
from reqtrack.permissions import Actor

ANSWERS = ("approved", "rejected", "question", "yes", "no")


def ask_by_link(actor: Actor, change: Change, decider: str, *, days: int = asking.DAYS) -> tuple[AskLink, str]:
    """Ask somebody to decide; the row and the secret of its link, which is kept nowhere. Its code is passed on by somebody else
    (``tell_code``). An earlier link of theirs to the same change is worth nothing from then on.

    Raises:
        Refused: not the actor's to ask (403), or it is not there to be decided (409). Invalid: they do not decide it, or for so
            many days no link is good.
    """
    found, _touched, _rule, told = judged(actor, change)
    policy.require(asking.may_ask(actor, change.project_id, change.key, change.stage, told))
    person = next((one for one in asking.askable(actor, told, found.named_still) if one.login == decider.strip()), None)
    if person is None:
        raise invalid("decider", "They do not decide %(key)s: choose one of those who do.", key=change.key)
    if not asking.tellers(found.people, found.origin, actor.login, person.login):
        message = (
            "Nobody here may pass the code on: it takes a manager, analyst, owner or sponsor who neither makes the link, nor decides,"
            " nor wants %(key)s."
        )
        raise invalid("decider", message, "no_teller", key=change.key)
    if not 1 <= days <= asking.MOST_DAYS:
        raise invalid("days", "A link is good for 1 to %(most)s days.", most=asking.MOST_DAYS)
    for row in db.session.execute(
        select(AskLink).where(
            AskLink.change_id == change.id, AskLink.user_id == person.id, AskLink.used_at.is_(None), AskLink.revoked_at.is_(None)
        )
    ).scalars():  # fmt: skip
        _take_back(actor, change, row)
    secret = new_secret()
    with recorded(actor, change.project_id, "ask.made", change.key) as entry:
        row = AskLink(
            project_id=change.project_id, change_id=change.id, user_id=person.id, digest=digest_of(secret),
            asked_by=actor.login, asked_at=entry.at,
            expires_at=entry.at + timedelta(days=days), wrong=0,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        entry.after = {"ask": row.id, "decider": person.login, "days": days}
    return row, secret


def code_of(row: AskLink) -> str:
    """The code of a link."""
    return links.code_of("ask code", row.id, row.digest)


def require_tellable(actor: Actor, change: Change, row: AskLink) -> User:
    """Whose link it is whose code the actor may pass on.

    Raises:
        Refused: not theirs to pass on (403); the link is good no more (409).
    """
    found = dossier.load(change)
    decider = db.session.get_one(User, row.user_id)
    able = asking.tellers(found.people, found.origin, row.asked_by, decider.login)
    asking.may_tell(actor, change.key, row.asked_by, able).require()
    if row.used_at or row.revoked_at or row.expires_at <= clock.now() or row.wrong >= asking.MOST_WRONG:
        no("settled", "This link is not good any more.").require(409)
    return decider


def tell_code(actor: Actor, change: Change, row: AskLink) -> str:
    """Learn the code of somebody else's link, to pass it on to who decides, another way than the link went.

    Raises:
        Refused: see ``require_tellable``.
    """
    decider = require_tellable(actor, change, row)
    with recorded(actor, change.project_id, "ask.code_told", change.key) as entry:
        entry.after = {"ask": row.id, "decider": decider.login}
    return code_of(row)


def revoke_ask(actor: Actor, change: Change, row: AskLink) -> None:
    """Make a link worthless; once more changes nothing.

    Raises:
        Refused: not theirs to take back.
    """
    asking.may_revoke(actor, change.project_id, row.asked_by).require()
    if row.revoked_at is None and row.used_at is None:
        _take_back(actor, change, row)


def _take_back(actor: Actor, change: Change, row: AskLink) -> None:
    with recorded(actor, change.project_id, "ask.revoked", change.key) as entry:
        row.revoked_at = entry.at
        entry.after = {"ask": row.id}


# -- answering ---------------------------------------------------------------------------------------------------------


def open_to_answer(secret: str) -> Opened:
    """What a link leads to, held until the transaction ends: its address does not name the project, so its lock is taken here.

    Raises:
        NotFound: it is worth nothing (why is not told).
    """
    found = opened(secret)
    lock_project(db.session.connection(), found.project.key)
    # What somebody else did while we waited for the lock.
    db.session.expire_all()
    return opened(secret)


def code_fits(found: Opened, code: str) -> bool:
    """Whether the code is the link's. A wrong one is counted; the last one allowed shuts the link."""
    if links.same_code(code, code_of(found.row)):
        return True
    with recorded(decider_of(found), found.project.id, "ask.wrong_code", found.change.key) as entry:
        found.row.wrong += 1
        entry.after = {"ask": found.row.id, "wrong": found.row.wrong}
    return False


def decider_of(found: Opened) -> Actor:
    """Who is asked, with the roles held now; the link and its code are the proof that it is they."""
    return replace(actor_of(found.user)[0], reauthenticated=False)


def answer_by_link(found: Opened, outcome: str, *, reason: str = "", seen: str | None = None, address: str = "") -> str:
    """Decide, or ask back, as who is asked; uses the link up. The stage that the change is in then.

    Args:
        outcome: approved (with the tier and phase that the page shows), rejected or question (each with words); of what was
            agreed elsewhere yes, or no (with words).

    Raises:
        Refused: the policy says no (403, 409), or it was edited since ``seen`` (409). Invalid: no words. The link is then good still.
    """
    if outcome not in ANSWERS:
        raise invalid("outcome", "%(given)s is not one of: %(choices)s.", given=outcome[:40], choices=ANSWERS)
    actor, change = decider_of(found), found.change
    chosen = placed(actor, change)
    # The page offers no choice of tier and phase: they are part of what was seen.
    if seen and not saw(seen, facts.silent_print(chosen.found, chosen.tier, chosen.phase_id)):
        message = "What %(key)s proposes was edited since you opened it."
        no("package_moved", message, key=change.key).require(409)
    if outcome in ("yes", "no"):
        answer_agreement(actor, change, outcome == "yes", reason, address=address, method="link")
    elif outcome == "question":
        if not reason.strip():
            raise invalid("reason", "Write what you want to know.", "required")
        ask(actor, change, reason)
    else:
        tier, phase_id = (chosen.tier, chosen.phase_id) if outcome == "approved" else (None, None)
        decide(actor, change, outcome, tier=tier, phase_id=phase_id, reason=reason, address=address, method="link")
    with recorded(actor, change.project_id, "ask.answered", change.key) as entry:
        found.row.used_at = entry.at
        entry.after = {"ask": found.row.id, "outcome": outcome, "asked_by": found.row.asked_by}
    return change.stage
