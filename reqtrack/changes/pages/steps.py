"""What a change's page shows of its way: how long each step waited, until when one may object, what is left of an emergency."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack import clock, workdays
from reqtrack.changes import facts, policy, waits
from reqtrack.changes.actions.silence import LEAST
from reqtrack.changes.queries import ChangePage
from reqtrack.permissions import Actor
from reqtrack.web.context import number
from reqtrack.web.problems import sentence
from reqtrack.web.words import listed

STEPS = {"submitted": _l("Until somebody may assess it"), "assessing": _l("Assessing"), "deciding": _l("Deciding")}
HOUR, DAY = 3_600, 86_400


def span(seconds: int) -> str:
    """So long, as one says it: hours on the first day, then days."""
    if seconds < HOUR:
        return str(_("less than an hour"))
    if seconds < DAY:
        return str(ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR))
    days = round(seconds / DAY, 1)
    return str(ngettext("%(days)s day", "%(days)s days", 1 if days == 1 else 2, days=number(days)))


def steps(page: ChangePage) -> list[dict[str, Any]]:
    """The steps of a change so far, oldest first, with what was not counted since it was asked back."""
    found = []
    project, change = page.project, page.change
    for one in waits.steps_of(change):
        running = one.ended_at is None
        since = change.paused_at if running else None
        back = one.paused + (int((clock.now() - since).total_seconds()) if since is not None else 0)
        due = waits.due_on(project, one.began_at, one.paused) if running and since is None else None
        found.append(
            {
                "stage": one.stage,
                "name": page.dossier.flow.names.get(one.stage) or STEPS.get(one.stage, one.stage),
                "span": span(one.seconds(since)),
                "running": running,
                "stands": since is not None,
                "back": span(back) if back >= HOUR else "",
                "due": due,
                "late": due is not None and clock.today(project.zone) > due,
            }
        )
    return found


def silence(actor: Actor, page: ChangePage) -> dict[str, Any]:
    """Whether it takes effect unless somebody objects, and whether that may be offered."""
    change, project = page.change, page.project
    where = (actor, change.project_id, change.key)
    calendar, today = workdays.of(project.calendar), clock.today(project.zone)
    offer = policy.may_offer_silence(*where, page.stage, page.facts, small=page.rule.small)
    return {
        "until": change.silent_until,
        "void": change.silent_print is not None
        and change.silent_print != facts.silent_print(page.dossier, page.tier, page.phase_id),
        "may_offer": bool(offer) and change.silent_until is None and page.change.stage == "deciding",
        "may_object": bool(policy.may_object(*where, change.silent_until is not None, page.facts)),
        "first": calendar.later(today, LEAST),
        "proposed": calendar.later(today, max(LEAST, project.waiting_days)),
        "who": listed(dict.fromkeys(one.name for seat in page.rule.seats for one in seat.voters)),
    }


def emergency(actor: Actor, page: ChangePage) -> dict[str, Any] | None:
    """What is left of an emergency in effect; None where it is none."""
    change = page.change
    if change.review_due_on is None or change.stage not in facts.IN_EFFECT:
        return None
    left = facts.aftermath(page.dossier)
    verdict = policy.may_review(actor, change.project_id, change.key, left)
    return {
        "due": change.review_due_on,
        "late": left.due and clock.today(page.project.zone) > change.review_due_on,
        "reviewed": change.reviewed_at,
        "assessed": left.assessed,
        "may_assess": not left.assessed and bool(page.verdicts["assess"]),
        "assessors": listed(one.name for one in page.asked),
        "may_review": bool(verdict),
        "reasons": [sentence(one) for one in verdict.reasons],
        "reviewers": listed(one.name for one in left.reviewers),
    }
