"""What rules found, in the reader's words, each with what mends it and the page where that is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.gates.judging import Finding, Outcome
from reqtrack.gates.kinds import GATES, RULES, Set
from reqtrack.gates.queries import keys_in
from reqtrack.requirements.models import Phase
from reqtrack.web.words import beside, clauses, listed, pair

# (the sentence, the verb that mends it, the endpoint and its arguments)
Told = tuple[str, str, str, Mapping[str, Any]]


def _item(text: str, verb: str, key: str, **more: Any) -> Told:
    return text, verb, "items.show", {"key": key, **more}


def _rows(one: Finding, text: str) -> str:
    rows = [row + 1 for row in one.rows if row is not None]
    return (
        pair(_("Row %(row)s", row=rows[0]) if len(rows) == 1 else _("Rows %(rows)s", rows=listed(rows)), text)
        if rows
        else text
    )


def _result(one: Finding, text: str, verb: str = "") -> Told:
    """What is the matter with results: what the tester wrote, and their page, where there is one."""
    said = _rows(one, pair(text, one.params["note"]) if one.params.get("note") else text)
    if one.params.get("result"):
        return said, verb or _("See the result"), "acceptance.result", {"number": one.params["result"]}
    return _item(said, verb or _("Look at it"), one.subject)


def _again(one: Finding) -> str:
    return str(ngettext("Test %(num)s row again", "Test %(num)s rows again", len(one.rows)))


def _walked(one: Finding) -> Told:
    step = one.params.get("step")
    text = _("It broke off at step %(step)s.", step=step)
    if one.params.get("acceptance"):
        text = _("It broke off at step %(step)s, at %(key)s.", step=step, key=one.params["acceptance"])
    return _item(text, _("See the process"), one.subject)


SENTENCES: dict[str, Callable[[Finding], Told]] = {
    "nothing_must": lambda one: (
        _("No requirement is must: nobody has said yet what has to work."), _("Sort"), "requirements.scope", {}
    ),
    "no_evidence": lambda one: _item(_("Nothing that anybody said backs it."), _("Add evidence"), one.subject),
    "no_scenario": lambda one: _item(_("It arises from no business scenario."), _("Name one"), one.subject),
    "no_acceptance": lambda one: (
        _("It has no acceptance scenario yet."), _("Add one"), "items.new", {"plural": "acceptance", "accepts": one.subject}
    ),
    "no_owner": lambda one: _item(_("Nobody is its owner."), _("Name an owner"), one.subject),
    "question": lambda one: _item(
        ngettext("%(num)s question is open.", "%(num)s questions are open.", one.params["number"]), _("Answer"), one.subject,
        _anchor="timeline",
    ),
    "duplicate": lambda one: (
        _("It says nearly the same as %(key)s.", key=one.params["other"]), _("Compare them"), "requirements.duplicates", {}
    ),
    "over_capacity": lambda one: (
        pair(one.params["phase"], _("%(days)s person-days too many", days=one.params["days"])), _("Make room"),
        "requirements.board", {},
    ),
    "steps_bare": lambda one: _item(
        ngettext(
            "No scenario tells step %(steps)s.", "No scenario tells steps %(steps)s.", len(one.params["steps"]),
            steps=listed(one.params["steps"]),
        ),
        _("See the process"), one.subject,
    ),
    "no_steps": lambda one: _item(_("It has no steps yet."), _("Write them down"), one.subject),
    "later": lambda one: _item(_("It can come later, and takes room in a phase."), _("Sort it again"), one.subject),
    "side_flow": lambda one: _item(
        _("A side flow of %(key)s, whose main flow is not told to its end.", key=one.params["process"]),
        _("See the process"), one.params["process"],
    ),
    "failed": lambda one: _result(one, _("failed")),
    "blocked": lambda one: _result(one, _("blocked")),
    "skipped": lambda one: _result(one, _("skipped")),
    "stale": lambda one: _result(one, _("its text changed since it was tested"), _again(one)),
    "untested": lambda one: _item(_rows(one, _("not tested yet")), _("Have it tested"), one.subject),
    "affirmed": lambda one: _result(
        one, _("the pass was let stand, not run again, and this gate wants it run"), _again(one)
    ),
    "defect": lambda one: _item(one.params["title"], _("See the defect"), one.subject),
    "walk_broken": _walked,
    "not_walked": lambda one: _item(_("Nobody has walked it with one business record."), _("See the process"), one.subject),
    "untriaged": lambda one: _item(one.params["title"], _("Triage it"), one.subject),
    "no_pilot": lambda one: (
        _("The gate of the pilot was not passed yet."), _("See that gate"), "gates.show", {"gate": "pilot"}
    ),
}  # fmt: skip


def told(project: Project, one: Finding) -> dict[str, Any]:
    """A finding as the page shows it: its key and page, the sentence, what mends it and where."""
    text, verb, endpoint, arguments = SENTENCES[one.code](one)
    keys = keys_in(one.subject)
    href = url_for(endpoint, project=project.key, **arguments) if endpoint in current_app.view_functions else ""
    return {
        "key": keys[0] if keys else "",
        "href": url_for("items.show", project=project.key, key=keys[0]) if keys else "",
        "text": text,
        "action": (verb, href) if href else None,
    }


def question(gate: str, phase: Phase | None) -> str:
    """What a gate answers, as a title."""
    if phase is None:
        whole = {
            "scope": _("Can the scope be signed?"), "pilot": _("Can the pilot go live?"), "everybody": _("Can everybody go live?")
        }  # fmt: skip
        return str(whole[gate])
    of_phase = {
        "scope": _("Can the scope of “%(phase)s” be signed?", phase=phase.name),
        "pilot": _("Can the pilot go live with “%(phase)s”?", phase=phase.name),
        "everybody": _("Can everybody go live with “%(phase)s”?", phase=phase.name),
    }
    return str(of_phase[gate])


def figure(one: Outcome) -> str:
    """``13 / 15, 87%``; where only what is found can be counted, how many that are."""
    found = one.found
    if (
        not found.done
        and found.total == len(found.findings)
        and one.name in ("no_open_question", "no_duplicate", "no_blocking_defect")
    ):
        return str(ngettext("%(num)s open", "%(num)s open", found.total)) if found.total else "0"
    share = f"{found.done} / {found.total}"
    return beside(share, f"{found.done * 100 // found.total}%") if one.set.rule.share and found.total else share


def rule_title(one: Set) -> str:
    """A rule in words, with how many are enough where that can be set."""
    return beside(one.title, _("at least %(least)s%%", least=one.least)) if one.rule.share else str(one.title)


def cover(rule: str, subject: str, row: int | None) -> str:
    """A part of what a waiver covers."""
    named = [subject] if subject else []
    if row is not None:
        named.append(str(_("Row %(row)s", row=row + 1)))
    if rule and rule in RULES:
        named.append(str(RULES[rule].title))
    elif not rule:
        named.append(str(_("whatever the rule")))
    return clauses(named) if len(named) > 1 else named[0] if named else ""


def gate_names(gates: Any) -> str:
    """Gates by their names."""
    return listed(GATES[one] for one in gates if one in GATES)
