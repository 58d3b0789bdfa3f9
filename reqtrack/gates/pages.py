"""What the pages of gates show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.acceptance.queries.machines import titles_of
from reqtrack.accounts.models import Project
from reqtrack.changes.pages.stages import PRESET_WORDS
from reqtrack.errors import Reason
from reqtrack.gates import kinds, policy, queries, waiving, words
from reqtrack.gates.judging import Answer, Finding, Outcome
from reqtrack.gates.kinds import GATES
from reqtrack.gates.models import GateRules
from reqtrack.gates.queries.notes import with_notes
from reqtrack.gates.waiving import Held
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.requirements.queries import phases
from reqtrack.web.context import day
from reqtrack.web.problems import sentence
from reqtrack.web.words import listed, pair, sentences

# So many findings of a rule are shown; one waiver takes no more of them at once.
SHOWN = 50
# The tone, the icon and the word of each state of a waiver.
MARKS = {
    "asked": ("accent", "hourglass"),
    "in_force": ("ok", "check"),
    "expired": ("bad", "calendar-due"),
    "declined": ("bad", "x"),
    "withdrawn": ("", "arrow-back-up"),
}


def index(actor: Actor, project: Project, phase: Phase | None) -> dict[str, Any]:
    """All gates for a phase, the waivers, and what was passed."""
    found = queries.gates_of(project, phase)
    return {
        "rules": [_gate_line(project, found.answers[gate], gate, phase) for gate in GATES],
        "phases": phase_tabs(project, phase, "gates.index", {}),
        "waivers": waiver_lines(project, found.waivers),
        "passages": passage_lines(project, queries.passages(project.id)),
        "may_set": policy.may_set(actor, project.id),
        "may_ask": policy.may_ask(actor, project.id),
        "set_by": set_by(project, found.own),
        "phase": phase,
    }


def on_overview(actor: Actor, project: Project) -> list[dict[str, Any]]:
    """What the Overview tells of the gates, once there is something to test; nothing to those who read no gates."""
    if not actor.may("interview.read", project.id) or not queries.facts_of(project).acceptance:
        return []
    phase = queries.usual_phase(project)
    answers = queries.answers_of(project, phase)
    return [_gate_line(project, answers[gate], gate, phase) for gate in GATES]


def _gate_line(project: Project, answer: Answer, gate: str, phase: Phase | None) -> dict[str, Any]:
    return {
        "title": words.question(gate, phase),
        "href": gate_href(project, gate, phase),
        "state": tone(answer),
        "text": headline(answer),
        "figure": f"{answer.met} / {len(answer.outcomes)}",
    }


def set_by(project: Project, own: GateRules | None) -> str:
    """Whose rules they are."""
    if own is None:
        return str(_("The rules are those of the preset “%(preset)s”.", preset=PRESET_WORDS[project.preset][0]))
    return str(_("Rules set by %(name)s on %(day)s.", name=own.set_by, day=day(own.set_at)))


def gate_href(project: Project, gate: str, phase: Phase | None) -> str:
    """The page of a gate; the whole project is named, too, for without a word it is the phase that comes next."""
    return url_for("gates.show", project=project.key, gate=gate, phase=phase.number if phase is not None else "all")


def phase_tabs(
    project: Project, phase: Phase | None, endpoint: str, arguments: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The phases to choose from, none where there is nothing to choose."""
    known = phases(project.id)
    rows: list[tuple[str, str]] = [(str(one.number), one.name) for one in known] + [("all", str(_("Whole project")))]
    chosen = str(phase.number) if phase is not None else "all"
    return [
        {
            "label": name,
            "href": url_for(endpoint, project=project.key, phase=number, **arguments),
            "current": number == chosen,
        }
        for number, name in rows
    ] if known else []  # fmt: skip


def headline(answer: Answer) -> str:
    """The answer in one line."""
    if answer.stopped:
        return str(
            ngettext(
                "No, because %(num)s rule is not met", "No, because %(num)s rules are not met", len(answer.stopped)
            )
        )
    if answer.warned:
        return str(ngettext("Not yet: %(num)s rule warns", "Not yet: %(num)s rules warn", len(answer.warned)))
    if not answer.outcomes:
        return str(_("No rule is looked at"))
    return str(_("Yes, with waivers") if answer.waivers else _("Yes, everything is met"))


def tone(answer: Answer) -> str:
    """How a gate stands, in one word."""
    return "not_met" if answer.stopped else "warns" if answer.warned else "waived" if answer.waivers else "met"


def show(
    actor: Actor,
    project: Project,
    gate: str,
    phase: Phase | None,
    given: Mapping[str, str] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """One gate: its answer, each rule with what stands in its way, and the box in which it is passed."""
    found = queries.gates_of(project, phase)
    answer = found.answers[gate]
    findings = [one for outcome in answer.outcomes for one in outcome.found.findings[:SHOWN]]
    seen = queries.shown_keys(actor, project.id, findings)
    noted = with_notes(project.id, findings)
    asks = bool(policy.may_ask(actor, project.id))
    may = policy.may_pass(actor, project.id, answer, typed=False)
    return {
        "gate": gate,
        "phase": phase,
        "title": words.question(gate, phase),
        "answer": answer,
        "tone": tone(answer),
        "headline": headline(answer),
        "text": _below(answer),
        "rules": [_rule(project, gate, one, seen, noted, found.waivers, asks) for one in answer.outcomes],
        "phases": phase_tabs(project, phase, "gates.show", {"gate": gate}),
        "gates": [
            {"label": str(GATES[one]), "href": gate_href(project, one, phase), "current": one == gate} for one in GATES
        ],
        "may": may,
        "set_by": set_by(project, found.own),
        "passages": passage_lines(
            project,
            [one for one in queries.passages(project.id, gate) if phase is None or one.phase_id in (None, phase.id)],
        ),
        "given": given or {},
        "errors": {one.field: sentence(one) for one in reasons if one.field},
        "reasons": [sentence(one) for one in reasons if not one.field],
        "self_href": gate_href(project, gate, phase),
    }


def _below(answer: Answer) -> str:
    """The sentence under the answer: how many are met, and what it takes to pass."""
    met = str(_("%(met)s of %(all)s rules are met.", met=answer.met, all=len(answer.outcomes)))
    more = ""
    if answer.stopped:
        more = _("Once all are, or what is missing is excused by a signed waiver, it can be passed.")
    elif answer.warned:
        more = _("It can be passed all the same: what is open then is recorded with it.")
    elif answer.waivers:
        more = pair(_("By a waiver"), listed(answer.waivers))
    return sentences([met, more])


def _rule(
    project: Project, gate: str, one: Outcome, seen: frozenset[str], noted: Mapping[Finding, Finding], waivers: Sequence[Held],
    asks: bool,
) -> dict[str, Any]:  # fmt: skip
    shown = [
        each
        for each in one.found.findings[:SHOWN]
        if one.state != "met" and all(key in seen for key in queries.keys_in(each.subject))
    ]
    hidden = sum(not all(key in seen for key in queries.keys_in(each.subject)) for each in one.found.findings[:SHOWN])
    open_ = [{**words.told(project, noted.get(each, each)), "waived": one.waivers.get(each, ())} for each in shown]
    left = len(one.found.findings) - SHOWN
    more = [
        *([ngettext("%(num)s more", "%(num)s more", left)] if left > 0 else []),
        *([ngettext("%(num)s item you may not see", "%(num)s items you may not see", hidden)] if hidden else []),
    ]
    waive = url_for("gates.waiver_new", project=project.key, gate=gate, cover=_spelled(one)) if asks else ""
    return {
        "title": words.rule_title(one.set),
        "state": one.state if one.state != "not_met" else "not_met" if one.stops else "warns",
        "open": open_,
        "more": listed(more) if one.state != "met" else "",
        "waive": (_("Ask for a waiver"), waive) if waive and one.state == "not_met" else None,
        "notes": [] if one.state == "met" else [_said(project, held) for held in waivers if _concerns(held, gate, one)],
        "figure": words.figure(one),
    }


def _spelled(one: Outcome) -> list[str]:
    """What a waiver of this rule would cover: what is open, as far as it can be listed, else the rule as a whole."""
    if len(one.open) > SHOWN:
        return [waiving.spelled((one.name, "", None))]
    parts: list[str] = []
    for each in one.open:
        rows: list[int | None] = [row for row in each.rows if row is not None] or [None]
        parts += [waiving.spelled((one.name, each.subject, row)) for row in rows]
    return list(dict.fromkeys(parts))[: waiving.MOST_COVERED] if len(parts) <= 2 * SHOWN else [f"{one.name}:"]


def _concerns(held: Held, gate: str, one: Outcome) -> bool:
    """Whether a waiver that is asked for, in force or expired has to do with what a rule found."""
    if held.state not in ("asked", "in_force", "expired") or gate not in held.waiver.gates:
        return False
    subjects = {each.subject for each in one.found.findings}
    return any(
        rule in ("", one.name) and (subject in subjects or (not subject and rule == one.name))
        for rule, subject, _row in held.waiver.covers
    )


def _said(project: Project, held: Held) -> dict[str, Any]:
    """A waiver as a rule tells of it."""
    tone, icon = MARKS[held.state]
    return {
        "key": held.waiver.key,
        "href": url_for("gates.waiver", project=project.key, number=held.waiver.number),
        "text": held.waiver.reason.splitlines()[0][:300],
        "state": str(waiving.STATES[held.state]),
        "tone": tone,
        "icon": icon,
        "expires_on": held.waiver.expires_on,
        "by": held.waiver.asked_by_name,
    }


def waiver_lines(project: Project, waivers: Sequence[Held]) -> list[dict[str, Any]]:
    """Waivers in a list: what needs somebody first, newest first within."""
    order = ("expired", "asked", "in_force", "declined", "withdrawn")
    rows = sorted(waivers, key=lambda one: (order.index(one.state), -one.waiver.number))
    return [{**_said(project, one), "owner": one.waiver.owner_name} for one in rows]


def passage_lines(project: Project, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """What was passed, newest first."""
    return [
        {
            "number": row.number,
            "href": url_for("gates.passage", project=project.key, number=row.number),
            "gate": str(GATES[row.gate]),
            "what": listed([part for part in (row.phase_name or str(_("Whole project")), row.pilot) if part]),
            "at": row.at,
            "by": row.by_name,
        }
        for row in reversed(rows)
    ]


def passage(project: Project, row: Any) -> dict[str, Any]:
    """A passage as it was recorded."""
    return {
        "row": row,
        "gate": str(GATES[row.gate]),
        "phase": row.phase_name or str(_("Whole project")),
        "rules": [_recorded(one) for one in row.told],
    }


def _recorded(one: Mapping[str, Any]) -> dict[str, Any]:
    rule = kinds.RULES.get(one["rule"])
    title = str(rule.title) if rule is not None else one["rule"]
    state = one["state"] if one["state"] != "not_met" else "warns"
    waivers = sorted({key for finding in one["findings"] for key in finding[3]})
    subjects = [finding[0] for finding in one["findings"] if finding[0] and not finding[3]]
    return {
        "title": title,
        "state": state,
        "figure": f"{one['done']} / {one['total']}",
        "open": [],
        "more": "" if state == "met" or not subjects else pair(_("Open then"), listed(dict.fromkeys(subjects[:SHOWN]))),
        "recorded": pair(_("By a waiver"), listed(waivers)) if waivers and state != "met" else "",
    }


# -- waivers -------------------------------------------------------------------------------------------------------------


def waiver_words(actor: Actor, project: Project, waiver: Any) -> dict[str, Any]:
    """What a waiver says, for its page and for who signs it."""
    about = [queries.keys_in(subject) for _rule, subject, _row in waiver.covers]
    titles = titles_of(actor, project.id, sorted({key for keys in about for key in keys}))
    shown = [(one, keys) for one, keys in zip(waiver.covers, about, strict=True) if titles.keys() >= set(keys)]
    return {
        "waiver": waiver,
        "covers": [
            {
                "key": keys[0] if keys else "",
                "title": titles[keys[0]] if keys else "",
                "text": words.cover(rule, "" if keys else subject, row),
            }
            for (rule, subject, row), keys in shown
        ],
        "hidden": len(waiver.covers) - len(shown),
        "gates": words.gate_names(waiver.gates),
    }


def waiver(
    actor: Actor, project: Project, held: Held, given: Mapping[str, str] | None = None, reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The page of a waiver."""
    tone, icon = MARKS[held.state]
    return {
        **waiver_words(actor, project, held.waiver),
        "held": held,
        "state": str(waiving.STATES[held.state]),
        "tone": tone,
        "icon": icon,
        "may_withdraw": policy.may_withdraw(actor, held),
        "given": given or {},
        "errors": {one.field: sentence(one) for one in reasons if one.field},
    }
