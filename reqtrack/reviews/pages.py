"""The pages of reviews in words: what ``queries`` found, as the templates take it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack import clock, workdays
from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.items import present
from reqtrack.permissions import Actor
from reqtrack.requirements.queries import phases
from reqtrack.reviews import policy, queries
from reqtrack.reviews.models import AgendaLine, Review
from reqtrack.reviews.queries import Pending
from reqtrack.web.problems import sentence
from reqtrack.web.words import clauses, listed
from reqtrack.workflow.tables import CHANGE_OPEN

WHY = {
    "decide": _l("to decide"), "due": _l("came due again"), "conflict": _l("in conflict"), "suspect": _l("suspect link"),
    "radar": _l("to keep an eye on"), "carried": _l("not reached last time"), "hand": _l("put on by hand"),
}  # fmt: skip
OUTCOMES = {
    "approved": _l("Approved"), "rejected": _l("Rejected"), "deferred": _l("Deferred"), "asked_back": _l("Asked back"),
    "noted": _l("Noted"),
}  # fmt: skip
STATES = {"planned": _l("Planned"), "held": _l("Held"), "cancelled": _l("Cancelled")}
STANDINGS = {
    "open": (_l("not reached"), "", "circle-dashed"),
    "holds": (_l("in force"), "ok", "check"), "waits": (_l("to be confirmed"), "warn", "hourglass"),
    "otherwise": (_l("went another way since"), "warn", "alert-triangle"),
}  # fmt: skip
# What was said of a change and stands for nothing before those who decide confirm it.
SAID = {
    "approved": _l("said at the review: approve (to be confirmed)"), "rejected": _l("said at the review: reject (to be confirmed)"),
    "deferred": _l("said at the review: defer (to be confirmed)"), "asked_back": _l("said at the review: ask back (to be confirmed)"),
}  # fmt: skip
# How a subject that is no item is called: filled by the area that brings it up.
NAMES: list[Callable[[Project, str], tuple[Any, str] | None]] = []


def index(actor: Actor, project: Project) -> dict[str, Any]:
    """The list of reviews, what comes next first."""
    rows = queries.listing(project.id)
    today = clock.today(project.zone)
    return {
        "upcoming": [_row(project, one, today) for one in reversed(rows) if one.review.state == "planned"],
        "past": [_row(project, one, today) for one in rows if one.review.state != "planned"],
        "series": queries.series_of(project.id),
        "may": bool(policy.may_manage(actor, project.id)),
        "home": url_for("changes.board", project=project.key),
    }


def _row(project: Project, one: queries.ReviewRow, today: Any) -> dict[str, Any]:
    review = one.review
    return {
        "key": review.key,
        "href": url_for("reviews.show", project=project.key, key=review.key),
        "review": review,
        "lines": one.lines,
        "said": one.said,
        "state": STATES[review.state],
        "late": review.state == "planned" and review.planned_on < today,
        "today": review.planned_on == today,
    }


def new(project: Project, given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The form of a new review."""
    # In a week; when nobody works on that day, the next on which somebody does.
    day = clock.today(project.zone) + timedelta(days=6)
    day = workdays.of(project.calendar).later(day, 1) or day
    proposed = {
        "name": _("Review of changes"),
        "planned_on": day.isoformat(),
        "begins": "10:00",
        "minutes": 60,
        "place": "",
    }
    return {
        **_form(project, given or proposed, reasons),
        "weeks": (given or {}).get("weeks", 2),
        "home": url_for("reviews.index", project=project.key),
    }


def edit(
    project: Project, review: Review, given: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The form of one that is planned."""
    now = {"name": review.name, "planned_on": review.planned_on.isoformat(), "begins": review.begins,
           "minutes": review.minutes, "place": review.place, "people": review.present.split()}  # fmt: skip
    return {**_form(project, given or now, reasons), "review": review,
            "home": url_for("reviews.show", project=project.key, key=review.key)}  # fmt: skip


def _form(project: Project, given: Mapping[str, Any], reasons: Sequence[Reason]) -> dict[str, Any]:
    shown = [{"field": one.field or "", "sentence": sentence(one)} for one in reasons]
    return {
        "given": given,
        "people": sorted(queries.people(project.id).items(), key=lambda one: one[1]),
        "errors": {one["field"]: one["sentence"] for one in shown if one["field"]},
        "summary": shown,
    }


def show(
    actor: Actor, project: Project, review: Review, line: int = 0, given: Mapping[str, str] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:  # fmt: skip
    """The page of a review. ``line``: the one of which ``given`` was sent and refused for ``reasons``."""
    lines = queries.lines_of(review)
    subjects = queries.subjects_of(actor, project.id, lines)
    waiting = {one.line.id: one for one in queries.pending(actor, review, lines)}
    names = queries.people(project.id)
    may = bool(policy.may_write(actor, project.id, review.key, review.state))
    shown = [_line(actor, project, review, one, subjects, waiting.get(one.id)) for one in lines]
    mine = [one for one in waiting.values() if one.mine]
    return {
        "review": review,
        "state": STATES[review.state],
        "base": {"project": project.key, "key": review.key},
        "lines": shown,
        "groups": _groups(review, shown, line),
        "present": [names.get(one, one) for one in review.present.split()],
        "people": sorted(names.items(), key=lambda one: one[1]),
        "there": review.present.split(),
        "note": present.mask(actor, project.id, review.note) if review.note else "",
        "may": may,
        "new": _unknown(project, review) if may else 0,
        "mine": len(mine),
        "waiting": len(waiting),
        "outcomes": list(OUTCOMES.items()),
        "given": {"line": line, **(given or {})},
        "errors": _errors(reasons, "outcome", "note", "item", "people"),
        "home": url_for("reviews.index", project=project.key),
        "today": clock.today(project.zone) >= review.planned_on,
    }


def _errors(reasons: Sequence[Reason], *drawn: str) -> dict[str, str]:
    """What was refused, by the fields that the page draws; all else is told above them, under ""."""
    found: dict[str, list[str]] = {}
    for one in reasons:
        found.setdefault(one.field if one.field in drawn else "", []).append(sentence(one))
    return {name: clauses(dict.fromkeys(told)) for name, told in found.items()}


# What is folded, and how it is called.
FOLDED = {"items": _l("Items to look at again"), "findings": _l("Things to keep an eye on")}


def _groups(review: Review, lines: Sequence[dict[str, Any]], again: int) -> list[dict[str, Any]]:
    """The agenda in parts: the changes, open; the rest folded, unless somebody has something to say of it just now. Each line knows its
    place in the whole. In minutes, all of which something was said stands first."""
    parts: dict[str, list[dict[str, Any]]] = {"first": [], **{name: [] for name in FOLDED}}
    for place, one in enumerate(lines, 1):
        said = review.state == "held" and one["line"].outcome
        parts["first" if said else queries.group_of(one["line"])].append({**one, "place": place})
    return [
        {
            "title": FOLDED.get(name, ""),
            "lines": part,
            "open": any(one["line"].outcome or one["line"].id == again for one in part),
            "before": part[0]["place"] - 1,
        }
        for name, part in parts.items()
        if part
    ]


def _unknown(project: Project, review: Review) -> int:
    """How many lines would come onto the agenda if it were filled now."""
    known = {one.subject for one in queries.lines_of(review, taken_off=True)}
    return sum(1 for subject, _why in queries.computed(project) if subject not in known)


def called(project: Project, subject: str, subjects: Mapping[str, Any]) -> tuple[Any, str]:
    """``(title, address)`` of what a line is about; of what the reader may not see, neither."""
    if ":" in subject:
        found = next((told for name in NAMES if (told := name(project, subject)) is not None), None)
        return found or (subject.partition(":")[2], "")
    row = subjects.get(subject)
    if row is None:
        return "", ""
    return row.title, url_for("items.show", project=project.key, key=subject)


def _line(
    actor: Actor, project: Project, review: Review, one: AgendaLine, subjects: Mapping[str, Any], waits: Pending | None
) -> dict[str, Any]:
    title, href = called(project, one.subject, subjects)
    row = subjects.get(one.subject)
    # Of what the reader may not see, neither which it is nor what was said of it.
    hidden = queries.hidden(one, subjects)
    is_change = row is not None and row.kind == "change"
    if is_change and href:
        href = url_for("changes.show", project=project.key, key=one.subject)
    standing = (
        queries.outcome_of(one, row.stage if row is not None and is_change else "")
        if review.state == "held" and not hidden
        else ""
    )
    if standing == "waits" and waits is None:
        standing = "otherwise"
    return {
        "line": one,
        "key": "" if ":" in one.subject or hidden else one.subject,
        "title": title or _("something that you may not see"),
        "href": href,
        "stage": row.stage if row is not None and is_change else "",
        # Its stage says so.
        "why": "" if one.why == "decide" and (is_change or hidden) else WHY.get(one.why, one.why),
        "is_change": is_change,
        "emergency": row is not None
        and is_change
        and row.change_kind == "emergency"
        and row.stage in (*CHANGE_OPEN, "applied"),
        "outcome": "" if hidden else OUTCOMES.get(one.outcome, ""),
        "said": SAID.get(one.outcome, "") if is_change and not hidden and standing in ("", "waits") else "",
        "note": present.mask(actor, project.id, one.note) if one.note and not hidden else "",
        "hidden": hidden,
        "standing": STANDINGS.get(standing) if standing != "noted" else None,
        "names": listed(waits.names) if waits is not None else "",
        "carried": one.carried_id is not None and not hidden,
    }


def confirmation(
    actor: Actor,
    project: Project,
    review: Review,
    reasons: Sequence[Reason] = (),
    ticked: Collection[str] | None = None,
) -> dict[str, Any]:
    """The page on which all that was said is confirmed at once; ``ticked``: the subjects that were, where it was sent already."""
    lines = queries.lines_of(review)
    waiting = queries.pending(actor, review, lines)
    subjects = queries.subjects_of(actor, project.id, lines)
    mine = [one for one in waiting if one.mine]
    names = {one.id: one.name for one in phases(project.id)}
    return {
        "review": review,
        "base": {"project": project.key, "key": review.key},
        "mine": [_to_confirm(actor, project, one, subjects, names) for one in mine],
        "ticked": [one.line.subject for one in mine if ticked is None or one.line.subject in ticked],
        "nothing": _nothing(review, lines, waiting),
        "given": [_to_confirm(actor, project, one, subjects, names) for one in waiting if one.given],
        "others": [
            _to_confirm(actor, project, one, subjects, names) for one in waiting if not one.verdict and not one.given
        ],
        "password": any(one.proof for one in mine) and not actor.reauthenticated,
        "errors": _errors(reasons, "password"),
        "home": url_for("reviews.show", project=project.key, key=review.key),
    }


def _nothing(review: Review, lines: Sequence[AgendaLine], waiting: Sequence[Pending]) -> str:
    """Why there is nothing for the reader to confirm."""
    if review.state == "planned":
        return str(_("This review was not held yet: what is said there can be confirmed afterwards."))
    if review.state == "cancelled":
        return str(_("This review was cancelled: nothing was said there."))
    if any(one.given for one in waiting):
        return str(_("You have confirmed all that was yours to confirm. It takes effect when the others have, too."))
    if waiting:
        return str(_("Nothing waits for your word. What is still open is for others to confirm; each line says why."))
    if any(one.outcome in policy.DECISIONS for one in lines):
        return str(_("Nothing waits any more: what was said here is confirmed, or was decided another way since."))
    return str(_("Nothing was decided at this review: there is nothing to confirm."))


def _to_confirm(
    actor: Actor, project: Project, one: Pending, subjects: Mapping[str, Any], names: Mapping[int, str]
) -> dict[str, Any]:
    title, _href = called(project, one.line.subject, subjects)
    days = one.judged.found.expected
    return {
        "key": one.line.subject,
        "title": title,
        "href": url_for("changes.show", project=project.key, key=one.line.subject),
        "outcome": OUTCOMES[one.line.outcome],
        "code": one.line.outcome,
        "note": present.mask(actor, project.id, one.line.note) if one.line.note else "",
        "days": days,
        "tier": one.judged.tier or "",
        "phase": names.get(one.judged.phase_id or 0, ""),
        "seen": one.offer[:16],
        "reasons": [sentence(reason) for reason in one.verdict.reasons],
        "names": listed(one.names),
    }
