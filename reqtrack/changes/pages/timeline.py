"""What happened to a change, newest first: its events in words, and what was said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.audit.models import Event
from reqtrack.changes.models import OPTIONS
from reqtrack.changes.queries import ChangePage
from reqtrack.errors import Reason
from reqtrack.items import present
from reqtrack.items.kinds import KINDS
from reqtrack.items.pages import rich
from reqtrack.permissions import ADMINISTRATOR, Actor
from reqtrack.rendering.keys import whole
from reqtrack.web.context import day, moment
from reqtrack.web.problems import sentence
from reqtrack.web.words import clauses, listed, person_days
from reqtrack.workflow.flows import Flow

# What is said of a change that needs no vote, or that was in effect before it was assessed.
UNVOTED = {
    "silence_offered": _l("put it up for objections until %(until)s"),
    "objected": _l("objected: it waits for a decision"),
    "silence_ended": _l("took it off: it waits for a decision"),
    "reviewed": _l("recorded the review of this emergency"),
    "template_chosen": _l("chose by which template it passes"),
    "estimated": _l("estimated it: %(days)s"),
    "seen": _l("saw what it changes for them"),
    "put_off": _l("cancelled the review that it was put off until: it comes back with %(until)s"),
}
# What was asked by link, and agreed elsewhere, by the event's name.
ELSEWHERE = {
    "ask.made": _l("asked %(name)s by a link to decide"),
    "ask.code_told": _l("had the code of the link for %(name)s shown, to pass it on"),
    "ask.revoked": _l("took a link back"),
    "ask.answered": _l("answered by a link from %(name)s"),
    "ask.wrong_code": _l("a wrong code was given for a link"),
    "change.agreed_elsewhere": _l("wrote up that it was agreed elsewhere on %(day)s"),
    "change.agreement_confirmed": _l("confirmed that it was agreed so"),
    "change.agreement_denied": _l("said that it was not agreed so"),
    "change.decider_replaced": _l("has %(name)s confirm it instead of %(gone)s"),
}
# Told by the comment itself, or by the move beside it.
SILENT = ("comment.written", "question.written", "answer.written", "question.answered", "link.added", "link.ended")


def option_word(name: str) -> str:
    """What an option is called."""
    return str(OPTIONS.get(name, name))


def timeline(actor: Actor, project: Project, page: ChangePage) -> list[dict[str, Any]]:
    """Entries as ``components/item.html`` draws them."""
    entries = [entry for event in page.events if (entry := _event(actor, project, page, event)) is not None]
    for said in page.comments:
        comment = said.comment
        entries.append(
            {
                "kind": comment.kind,
                "who": comment.author_name,
                "text": {"question": _("asked"), "answer": _("answered")}.get(comment.kind, _("commented")),
                "at": clock.iso(comment.at),
                "when": moment(comment.at),
                "note": rich(project, present.mask(actor, project.id, said.body)),
                "order": (comment.at, 0),
            }
        )
    return _folded(sorted(entries, key=lambda entry: entry["order"], reverse=True))


# What was done on the way, and says nothing that is not on the page: folded where several stand together.
ON_THE_WAY = (
    "change.package_edited", "change.edited", "change.assessors_named", "change.template_chosen", "change.estimated",
    "change.seen", "change.verifying", "ask.code_told", "ask.wrong_code", "ask.revoked",
)  # fmt: skip
# Of a decision, set with it: never worth a line of its own.
WITH_IT = frozenset(("stage", "tier", "phase"))


def _folded(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, in which entries that nobody looks for stand together, folded; all can be opened."""
    found: list[dict[str, Any]] = []
    run: list[dict[str, Any]] = []
    for entry in [*entries, None]:
        if entry is not None and entry.get("minor"):
            run.append(entry)
            continue
        if len(run) > 1 or (run and run[0]["minor"] == "always"):
            told = ngettext("%(num)s small step", "%(num)s small steps", len(run))
            found.append({"kind": "more", "text": told, "more": run})
        else:
            found += run
        run = []
        if entry is not None:
            found.append(entry)
    return found


def _minor(event: Event, after: Mapping[str, Any], note: Any) -> str:
    """Whether an entry may be folded: ``always``, where others stand beside it (``beside``), or never (""): it says something."""
    if event.action not in ON_THE_WAY or note:
        return ""
    return "always" if event.action == "change.edited" and set(after) <= WITH_IT else "beside"


def _event(actor: Actor, project: Project, page: ChangePage, event: Event) -> dict[str, Any] | None:
    if event.action in SILENT:
        return None
    after: Mapping[str, Any] = json.loads(event.after) if event.after else {}
    before: Mapping[str, Any] = json.loads(event.before) if event.before else {}
    told = _words(project, page, event, before, after)
    if told is None:
        return None
    if event.action == "change.assessed":
        told["note"] = present.mask(actor, project.id, told["note"]) if told["note"] else ""
    entry = {
        "who": event.actor_name,
        "at": clock.iso(event.at),
        "when": moment(event.at),
        "note": event.reason,
        "order": (event.at, event.seq),
        **told,
    }
    return {**entry, "text": whole(entry["text"]), "minor": _minor(event, after, entry["note"])}


def _words(
    project: Project, page: ChangePage, event: Event, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any] | None:
    verb = event.action.partition(".")[2]
    if verb == "created":
        return {"kind": "created", "text": _("logged it")}
    if verb == "edited":
        labels = [str(KINDS["change"].field(name).label) for name in after if name in KINDS["change"].names]
        href = url_for("items.history", project=project.key, key=page.change.key, number=_version(event))
        return {"kind": "revision", "text": _("changed %(fields)s", fields=listed(labels)), "href": href, "note": ""}
    if verb in ("moved", "restaged"):
        return _moved(page.dossier.flow, before, after)
    if verb == "package_edited":
        return _edited(page, after)
    if verb == "assessed":
        days = after.get("expected")
        return {"kind": "decision", "text": _("assessed it: %(days)s", days=person_days(float(days)) if days else "–"),
                "note": after.get("note") or ""}  # fmt: skip
    if verb == "assessors_named":
        roles = [str(ROLE_NAMES.get(role, role)) for role in after.get("roles", ())]
        who = listed([*(_name(page, login) for login in after.get("assessors", ())), *roles])
        kept = [_name(page, login) for login in after.get("spoken", ())]
        note = _("Not asked any more, but counted for what they said: %(who)s", who=listed(kept)) if kept else ""
        return {"kind": "move", "text": _("named who assesses it: %(who)s", who=who or "–"), "note": note}
    if verb == "confirmed":
        return {"kind": "signature", "text": _("confirmed the text: that is what I asked for")}
    if verb in ("touched", "untouched"):
        item = after.get("item", "")
        put = verb == "touched"
        text = (
            _("put %(key)s into what it touches", key=item)
            if put
            else _("took %(key)s out of what it touches", key=item)
        )
        return {"kind": "link", "text": text}
    if verb == "verifying":
        return {"kind": "result", "text": _("planned %(round)s to verify it", round=after.get("round", ""))}
    if verb == "decided":
        return {"kind": "decision", "text": _decided(page, after)}
    if verb == "applied":
        made = after.get("made", ())
        changed = [key for key, _version in after.get("versions", ())]
        return {"kind": "change", "text": _("put it into effect: %(keys)s", keys=listed([*changed, *made]) or "–")}
    return _elsewhere(page, event.action, before, after) or _unvoted(verb, after)


def _elsewhere(
    page: ChangePage, action: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any] | None:
    if action not in ELSEWHERE:
        return None
    told = {"name": _name(page, after.get("asked_by") or after.get("decider") or "")}
    if action == "change.decider_replaced":
        told["gone"] = before.get("name") or ""
    if action == "change.agreed_elsewhere":
        told["day"] = day(date.fromisoformat(after["agreed_on"]))
    return {"kind": "decision", "text": ELSEWHERE[action] % told}


def _unvoted(verb: str, after: Mapping[str, Any]) -> dict[str, Any] | None:
    if verb not in UNVOTED:
        return None
    until = after.get("until")
    told = {"until": until if verb == "put_off" else day(date.fromisoformat(until))} if until else {}
    if "expected_effort_days" in after:
        told["days"] = person_days(float(after["expected_effort_days"]))
    text = UNVOTED[verb] % told if told else UNVOTED[verb]
    why = clauses(sentence(Reason("", message, params)) for message, params in after.get("why", ()))
    return {"kind": "decision", "text": text, **({"note": why} if why else {})}


def _name(page: ChangePage, login: str) -> str:
    person = page.dossier.named(login)
    return person.name if person else login


def _version(event: Event) -> int:
    seals = json.loads(event.seals) if event.seals else []
    return next((int(key.split(":")[1]) for table, key, _seal in seals if table == "versions"), 1)


def _moved(flow: Flow, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    stage = after.get("stage") or after.get("came_from", "")
    # What brought these about is told beside them.
    if stage in ("approved", "needs_information") or "answer" in after:
        return None
    old, new = (flow.name(before.get("stage", ""), after.get("from")), flow.name(stage, after.get("sub_stage")))
    return {
        "kind": "move", "text": _("moved it"), "from": before.get("stage", ""), "to": stage, "from_name": old, "to_name": new,
        **({"note": _("The stages of this project were changed.")} if after.get("restaged") else {}),
        **({"note": _("It was edited: those who had passed it on look at it again.")} if after.get("edited") else {}),
    }  # fmt: skip


def _edited(page: ChangePage, after: Mapping[str, Any]) -> dict[str, Any]:
    edits = len(after.get("edits", ()))
    text = ngettext("edited the package: %(num)s edit", "edited the package: %(num)s edits", edits)
    voided = after.get("voided") or ()
    note = (
        _("Votes given before are void: %(who)s", who=listed(_name(page, login) for login in voided)) if voided else ""
    )
    return {"kind": "revision", "text": text, "note": note}


def _decided(page: ChangePage, after: Mapping[str, Any]) -> str:
    if after.get("method") == "template":
        return str(_("put it into effect by the template “%(name)s”", name=after.get("name") or "–"))
    if after.get("method") == "silence":
        return str(_("let it pass: nobody objected"))
    if after.get("option"):
        return str(_("accepted an option instead: %(option)s", option=option_word(after["option"])))
    words = {
        "approved": _("approved it"),
        "rejected": _("rejected it"),
        "deferred": _("deferred it until %(until)s", until=after.get("until") or "–"),
    }
    parts = [words.get(str(after.get("outcome")), "")]
    if after.get("behalf"):
        parts.append(_("for %(name)s", name=_name(page, after["behalf"])))
    if after.get("seat") == ADMINISTRATOR:
        parts.append(_("as administrator, since nobody else may"))
    return " · ".join(str(part) for part in parts)
