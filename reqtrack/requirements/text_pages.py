"""What pages and the API show of the text checker's findings: the words in their place, why, and what would be better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.errors import Reason
from reqtrack.items import forms, present
from reqtrack.items.pages import href_of
from reqtrack.permissions import Actor
from reqtrack.requirements import policy, queries
from reqtrack.requirements.text import RULES, Finding, check
from reqtrack.web.context import day
from reqtrack.web.problems import sentence

# How much of a statement is shown around the words, and of long words.
AROUND = 48
LONG_WORDS = 140
SAID = 60
ROWS = 25


def told(finding: Finding, statement: str) -> dict[str, Any]:
    """One finding in the reader's language, its pattern in the text's."""
    rule = RULES[finding.rule]
    before, words, after = _place(statement, finding)
    return {
        "rule": finding.rule,
        "guide": rule.guide,
        "label": str(rule.label),
        "reason": str(rule.reason) % {"words": _cut(finding.words, SAID)},
        "better": str(rule.better) % {"form": rule.form[finding.language]},
        "before": before,
        "words": words,
        "after": after,
        "whole": finding.words[: queries.LONGEST],
        "lang": {"zh": "zh-Hans"}.get(finding.language, finding.language),
        "start": finding.start,
        "end": finding.end,
    }


def _place(statement: str, finding: Finding) -> tuple[str, str, str]:
    """The words with what stands around them, in one line."""
    start, end = max(finding.start - AROUND, 0), min(finding.end + AROUND, len(statement))
    before, after = statement[start : finding.start], statement[finding.end : end]
    if len(finding.words) > LONG_WORDS:
        return ("… " if start else "") + _line(before), _cut(finding.words, LONG_WORDS), ""
    return (
        ("…" if start else "") + _line(before),
        _line(finding.words),
        _line(after) + ("…" if end < len(statement) else ""),
    )


def _line(text: str) -> str:
    return text.replace("\r", "").replace("\n", " ")


def _cut(words: str, most: int) -> str:
    line = _line(words).strip()
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


# -- while one writes --------------------------------------------------------------------------------------------------


def hints(
    actor: Actor, statement: str, standing: Iterable[Mapping[str, str]], item: Any = None
) -> list[dict[str, Any]]:
    """What is found in what is being typed; ``why``: what lets it stand (chosen in this form, or kept at the item)."""
    chosen = {(str(one.get("rule")), queries.folded(str(one.get("words")))): str(one.get("reason")) for one in standing}
    stands = queries.silenced(item.project_id) if item is not None else queries.Silenced()
    shown = []
    for number, finding in enumerate(check(statement)):
        kept = stands.of(item.id, finding) if item is not None else None
        here = chosen.get((finding.rule, queries.folded(finding.words)))
        why = here or (present.mask(actor, item.project_id, kept.reason) if kept is not None else "")
        shown.append({**told(finding, statement), "id": f"hint-{number}", "why": why, "chosen": bool(here)})
    return shown


# -- on the page of a requirement --------------------------------------------------------------------------------------


def panel(actor: Actor, item: Any) -> Mapping[str, Any] | None:
    """What is found in a requirement's statement; None where there is nothing to say."""
    if item.retired or item.stage in policy.OUT:
        return None
    found = queries.found_at(item.project_id, item)
    if not found:
        return None
    may = {everywhere: bool(policy.may_silence(actor, item.project_id, everywhere)) for everywhere in (False, True)}
    return {
        "loud": [told(finding, item.statement) for finding, why in found if why is None],
        "quiet": [
            {
                **told(finding, item.statement),
                "why": _why(actor, item.project_id, why),
                "may_end": may[why.item_id is None],
            }
            for finding, why in found
            if why is not None
        ],
        "may": may[False],
    }


def _why(actor: Actor, project_id: int, one: queries.Standing) -> dict[str, Any]:
    return {
        "id": one.id,
        "reason": present.mask(actor, project_id, one.reason),
        "author": one.author,
        "day": day(one.at),
        "everywhere": one.item_id is None,
    }


def silence_form(given: Mapping[str, str], away: str, reasons: Sequence[Reason]) -> dict[str, Any]:
    """The form by which something is let stand, with what was typed and what is the matter with it."""
    rule = RULES.get(given.get("rule", ""))
    kept = ("rule", "item", "words", "reason", "back", *(f"at_{name}" for name in (*queries.FILTERS, "show")))
    return {
        "given": {name: given[name] for name in kept if given.get(name)},
        "label": str(rule.label) if rule else "",
        "away": away,
        "summary": [{"field": one.field or "", "sentence": sentence(one)} for one in reasons],
        "errors": {one.field: sentence(one) for one in reasons},
    }


# -- the report --------------------------------------------------------------------------------------------------------


def report(actor: Actor, project: Project, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The page: how many statements read well, how often each rule fires, the findings of one page, what stands."""
    asked = {name: arguments[name] for name in queries.FILTERS if arguments.get(name)}
    quiet = arguments.get("show") == "standing"
    found = queries.report(actor, project.id, asked)
    after = _number(arguments.get("after"))
    lines, more = ([], None) if quiet else _lines(project, found, after)
    owners = [(one.login, one.name) for one in queries.owners(project.id)]
    return {
        "report": found,
        "lede": _lede(found),
        "rules": _rules(actor, project, found, asked),
        "lines": lines,
        "standing": _standing(actor, project) if quiet else [],
        "quiet": quiet,
        "views": [
            {"label": _("Findings"), "href": _here(project, asked), "current": not quiet, "count": found.counts.total()},
            {"label": _("Let stand"), "href": _here(project, asked, show="standing"), "current": quiet,
             "count": len(queries.stands_for(actor, project.id))},
        ],
        "filters": _filters(project, asked, owners),
        "kept": asked,
        "next_href": _here(project, asked, after=str(more)) if more else None,
        "first_href": _here(project, asked) if after else None,
        "person_names": {one.login: one.name for one in members(project.id)} if quiet else {},
        "may": {everywhere: bool(policy.may_silence(actor, project.id, everywhere)) for everywhere in (False, True)},
    }  # fmt: skip


def _here(project: Project, asked: Mapping[str, str], **more: str) -> str:
    arguments: dict[str, Any] = {**asked, **more}
    return url_for("requirements.text", project=project.key, **arguments)


def _number(given: str | None) -> int:
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 10 else 0


def _lede(found: queries.Report) -> str:
    if not found.read:
        return str(_("No requirement has a statement yet."))
    return str(_("%(clean)s of %(read)s statements read well.", clean=found.clean, read=found.read))


def _rules(actor: Actor, project: Project, found: queries.Report, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """How often each rule fires, the most frequent first; those that find nothing and let nothing stand are left out."""
    rest = {name: value for name, value in asked.items() if name != "rule"}
    stands = queries.silenced(project.id).rules
    shown = []
    for name, rule in RULES.items():
        number, silent, off = found.counts[name], found.silent[name], stands.get(name)
        if not number and not silent and off is None:
            continue
        href, kept = _here(project, rest, rule=name), _why(actor, project.id, off) if off else None
        shown.append({"name": name, "label": str(rule.label), "guide": rule.guide, "number": number, "silent": silent,
                      "href": href, "current": asked.get("rule") == name, "off": kept})  # fmt: skip
    return sorted(shown, key=lambda one: -one["number"])


def _lines(project: Project, found: queries.Report, after: int) -> tuple[list[dict[str, Any]], int | None]:
    """The requirements of one page, each with its findings that count; and where the next page goes on."""
    lines: list[dict[str, Any]] = []
    for one in found.found:
        if one.standing is not None or one.at.number <= after:
            continue
        if not lines or lines[-1]["key"] != one.at.key:
            if len(lines) == ROWS:
                return lines, lines[-1]["number"]
            lines.append({"key": one.at.key, "number": one.at.number, "title": one.at.title, "stage": one.at.stage,
                          "href": href_of(project.key, one.at.key), "findings": []})  # fmt: skip
        lines[-1]["findings"].append(told(one.finding, one.at.statement))
    return lines, None


def _standing(actor: Actor, project: Project) -> list[dict[str, Any]]:
    shown = []
    for one in queries.stands_for(actor, project.id):
        rule = RULES.get(one.rule)
        shown.append(
            {
                **_why(actor, project.id, one),
                "label": str(rule.label) if rule else one.rule,
                "words": _cut(one.words, LONG_WORDS),
                "key": one.key,
                "title": one.title,
                "href": href_of(project.key, one.key) if one.key else "",
                "may_end": bool(policy.may_silence(actor, project.id, one.item_id is None)),
            }
        )
    return shown


def _filters(project: Project, asked: Mapping[str, str], owners: list[tuple[str, str]]) -> list[dict[str, Any]]:
    phases = [(one["name"], one["name"]) for one in forms.phases(project.id)]
    offered: list[tuple[str, Any, list[tuple[str, Any]]]] = [
        ("rule", _("Rule"), [(name, str(rule.label)) for name, rule in RULES.items()]),
        ("owner", _("Owner"), [*owners, ("none", _("Nobody yet"))]),
        ("phase", _("Phase"), [*phases, ("none", _("Not in a phase yet"))]),
    ]
    return [
        {"name": name, "label": label, "options": options, "value": asked.get(name, "")}
        for name, label, options in offered
    ]


# -- as a table --------------------------------------------------------------------------------------------------------

HEADS = (
    "key",
    "title",
    "stage",
    "phase",
    "owner",
    "rule",
    "guide",
    "words",
    "start",
    "reason",
    "better",
    "stands_because",
)


def table(actor: Actor, project: Project) -> list[list[Any]]:
    """The whole report as rows below ``HEADS``: for a file."""
    logins = {one.id: one.login for one in queries.owners(project.id)}
    rows: list[list[Any]] = []
    for at, finding, standing in queries.report(actor, project.id).found:
        one = told(finding, at.statement)
        why = present.mask(actor, project.id, standing.reason) if standing else ""
        rows.append([at.key, at.title, at.stage, at.phase, logins.get(at.owner_id or 0, ""), finding.rule, one["guide"],
                     finding.words, finding.start, one["reason"], one["better"], why])  # fmt: skip
    return rows
