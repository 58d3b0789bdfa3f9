"""The interviewee's own word: asking for it, giving it, saying what is not so, choosing who sees whose words they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.links import new_secret
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.record import recorded
from reqtrack.db import db, lock_project
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.interviews import policy, queries
from reqtrack.interviews.actions.rights import index_again, reopen
from reqtrack.interviews.models import SHOWN_AS, Confirmation, Correction, Excerpt, Interview
from reqtrack.interviews.policy import INTERVIEWEE
from reqtrack.items import personal, store
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor

LOCALES = ("zh_Hans_CN", "en")
LONGEST_PASSAGE, LONGEST_WORDS = 2_000, 4_000
MOST_WORDS = 200  # of one answer; a page has a field for each paragraph, and most stay empty


@dataclass(frozen=True)
class Answer:
    """What somebody answers: who may see each of their quotes, what is not so ``(passage, words)``, whether the rest is so."""

    seen: str | None = None
    shown_as: Mapping[int, str] = field(default_factory=dict)
    words: Sequence[tuple[str, str]] = ()
    confirms: bool = False


# -- asking ------------------------------------------------------------------------------------------------------------


def ask(
    actor: Actor, interview: Interview, person: int, *, days: int = policy.LINK_DAYS, locale: str = ""
) -> tuple[Confirmation, str]:
    """Ask one of those who were heard; returns the row and the secret of its link, which is kept nowhere. An earlier link of
    theirs that was not answered is worth nothing from then on.

    Args:
        locale: the language of the page; "" is the one that they most likely read.

    Raises:
        Refused: not by this actor (403), not in this stage, or they have confirmed this very text (409).
        Invalid: they were not heard in it, or for so many days no link is good.
    """
    verdict = queries.may_ask(actor, interview)
    verdict.require(403 if any(one.code == "not_interviewer" for one in verdict.reasons) else 409)
    if person not in (interview.stakeholders or []):
        raise invalid("stakeholder", "This person was not heard in %(key)s.", key=interview.key)
    if not 1 <= days <= policy.MOST_LINK_DAYS:
        raise invalid("days", "A link is good for 1 to %(most)s days.", most=policy.MOST_LINK_DAYS)
    if locale and locale not in LOCALES:
        raise invalid("locale", "%(given)s is not one of: %(choices)s.", given=locale[:20], choices=LOCALES)
    if queries.has_confirmed(interview, person):
        no("confirmed_already", "They have confirmed this very text already.").require(409)
    before = queries.open_row(interview, person)
    if before is not None:
        _take_back(actor, interview, before)
    secret = new_secret()
    with recorded(actor, interview.project_id, "confirmation.asked", interview.key) as entry:
        row = Confirmation(
            project_id=interview.project_id, interview_id=interview.id, stakeholder_id=person, digest=digest_of(secret),
            locale=locale or _locale_of(actor, interview, person), asked_by=actor.login, asked_at=entry.at,
            expires_at=entry.at + timedelta(days=days),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        entry.after = {"confirmation": row.id, "days": days}
    settle_stage(actor, interview, "Somebody else was asked after they had been confirmed.")
    return row, secret


def _locale_of(actor: Actor, interview: Interview, person: int) -> str:
    names = (one.name for one in queries.people(actor, interview.project_id) if one.id == person)
    return queries.likely_locale(interview, next(names, ""))


def revoke(actor: Actor, interview: Interview, row: Confirmation) -> None:
    """Make a link worthless. Who had not answered by it is not asked any more; what was confirmed stays confirmed. One that is
    worth nothing already stays so.

    Raises:
        Refused: not by this actor (403), or there was no link (409).
    """
    _require_asker(actor, interview)
    if not row.digest:
        no("no_link", "This was answered without a link.").require(409)
    if row.revoked_at is not None:
        return
    _take_back(actor, interview, row)
    if row.confirmed_at is None:
        settle_stage(actor, interview)


def _take_back(actor: Actor, interview: Interview, row: Confirmation) -> None:
    with recorded(actor, interview.project_id, "confirmation.revoked", interview.key) as entry:
        row.revoked_at = entry.at
        entry.after = {"confirmation": row.id}


def _require_asker(actor: Actor, interview: Interview) -> None:
    if not policy.asks(actor, interview.project_id, interview.interviewer_id):
        no("not_interviewer", "Only the interviewer and analysts ask who was heard to confirm it.").require()


def settle(actor: Actor, interview: Interview, row: Correction) -> None:
    """Say that a correction was seen to. Saying it twice changes nothing.

    Raises:
        Refused: not by this actor.
    """
    _require_asker(actor, interview)
    if row.settled_at is not None:
        return
    with recorded(actor, interview.project_id, "correction.settled", interview.key) as entry:
        row.settled_at, row.settled_by = entry.at, actor.login
        entry.after = {"correction": row.id}


# -- answering ---------------------------------------------------------------------------------------------------------


def open_to_answer(secret: str) -> queries.Opened:
    """What a link leads to, held until the transaction ends: its address does not name the project, so its lock is taken here.

    Raises:
        NotFound: unknown, out of date, taken back, used already (not told apart).
    """
    found = queries.opened(secret, answering=True)
    lock_project(db.session.connection(), found.project.key)
    # What somebody else did while we waited for the lock.
    db.session.expire_all()
    return queries.opened(secret, answering=True)


def answer_by_link(found: queries.Opened, answer: Answer) -> None:
    """What somebody answers by their link, without an account. Confirming uses it up; correcting does not.

    Raises:
        Refused: the write-up moved since it was seen (409). Invalid: nothing, or something that does not fit, was said.
    """
    _answer(INTERVIEWEE, found.interview, found.row.stakeholder_id, found.row, "link", answer)


def answer_as(actor: Actor, interview: Interview, person: int | None, answer: Answer) -> None:
    """What somebody answers signed in, or says to the interviewer, on the interviewer's device.

    Args:
        person: which of those who were heard; None: whose word it is goes without saying.

    Raises:
        Refused: not by this actor (403), not now, or the write-up moved since it was seen (409). Invalid: as above.
    """
    verdict = queries.may_answer(actor, interview, person)
    verdict.require(403 if any(one.code == "not_interviewee" for one in verdict.reasons) else 409)
    person = queries.whose_word(actor, interview, person)
    own = person is not None and person == queries.own_person(actor, interview)
    row = queries.open_row(interview, person)
    _answer(actor, interview, person, row, "signed_in" if own else "face_to_face", answer)


def _answer(
    actor: Actor, interview: Interview, person: int | None, row: Confirmation | None, way: str, answer: Answer
) -> None:
    quotes = queries.said(interview)
    if answer.seen is not None and answer.seen != queries.print_of(interview, quotes, person):
        message = "The notes of %(key)s, or what was marked in them, changed since you opened it: read them again."
        no("moved", message, key=interview.key).require(409)
    own = {one.id: one.shown_as for one in quotes if person is not None and one.speaker == person}
    chosen = _chosen(answer.shown_as, own)
    words = _fitting(answer.words)
    if not (answer.confirms or words or chosen):
        raise invalid("words", "Write what is not right, beside the words that it is about.", "required")
    if chosen:
        _show(actor, interview, chosen)
    if not (answer.confirms or words):
        return
    with recorded(actor, interview.project_id, "confirmation.answered", interview.key) as entry:
        if row is None:
            row = Confirmation(
                project_id=interview.project_id, interview_id=interview.id, stakeholder_id=person, way=way,
                asked_by=actor.login, asked_at=entry.at, expires_at=entry.at,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
        row.way = way
        said = [_correct(interview, row, passage, body) for passage, body in words]
        if answer.confirms:
            row.confirmed_at, row.seen = entry.at, queries.print_of(interview, queries.said(interview), person)
        entry.after = {"confirmation": row.id, "way": way, "confirmed": answer.confirms, "corrections": said}
    settle_stage(actor, interview, "Somebody who was heard said that they are not right.")


def _chosen(given: Mapping[int, str], own: Mapping[int, str]) -> dict[int, str]:
    """What changes of who may see which of somebody's own words.

    Raises:
        Invalid: the words are not theirs, or there is no such choice.
    """
    for number, shown in given.items():
        if number not in own:
            raise invalid("shown_as", "These are not your words.")
        if shown not in SHOWN_AS:
            raise invalid(
                "shown_as", "%(given)s is not one of: %(choices)s.", given=shown[:20], choices=tuple(SHOWN_AS)
            )
    return {number: shown for number, shown in given.items() if own[number] != shown}


def _fitting(given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The corrections that say something.

    Raises:
        Invalid: they are too many or too long.
    """
    words, reasons = [], []
    for passage, body in given:
        try:
            said = text_of(body, LONGEST_WORDS).strip()
            if said:
                words.append((text_of(passage[:LONGEST_PASSAGE]).strip(), said))
        except Unfit as unfit:
            reasons.append(Reason("invalid", unfit.message, unfit.params, "words"))
    if len(words) > MOST_WORDS:
        reasons.append(
            Reason("invalid", "At most %(most)s corrections fit into one answer.", {"most": MOST_WORDS}, "words")
        )
    if reasons:
        raise Invalid(reasons)
    return words


def _show(actor: Actor, interview: Interview, chosen: Mapping[int, str]) -> None:
    """Let somebody's words be seen as they wish. That what nobody shall see backs nothing is asked where evidence is read."""
    with recorded(actor, interview.project_id, "excerpt.shown", interview.key) as entry:
        rows = db.session.execute(select(Excerpt).where(Excerpt.id.in_(chosen))).scalars().all()
        entry.before = {"shown_as": {str(row.id): row.shown_as for row in rows}}
        for row in rows:
            row.shown_as = chosen[row.id]
        # Whoever reads the interview sees more than before, or less.
        interview.updated_at = entry.at
        entry.after = {"shown_as": {str(number): shown for number, shown in chosen.items()}}
    index_again(interview)


def _correct(interview: Interview, row: Confirmation, passage: str, body: str) -> dict[str, str]:
    """Keep a correction; answers the digests of its texts, which the event tells."""
    texts = {"passage": personal.put(interview.project_id, passage), "body": personal.put(interview.project_id, body)}
    made = Correction(
        project_id=interview.project_id, confirmation_id=row.id, interview_id=interview.id, at=clock.now(), **texts
    )  # fmt: skip
    db.session.add(made)
    return texts


def settle_stage(actor: Actor, interview: Interview, why: str = "") -> None:
    """Confirmed is an interview when all who were asked have said so of its present text.

    Args:
        why: what happened that may have left it unconfirmed.
    """
    asked = queries.asked_of(interview)
    confirmed = queries.is_confirmed(asked, interview.stakeholders or [])
    if confirmed and interview.stage == "written":
        store.move(actor, interview, "confirmed")
    elif asked and not confirmed:
        reopen(actor, interview, why)
