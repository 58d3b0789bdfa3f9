"""What the acceptance pages show: plain dicts for templates, loaded in a constant number of queries."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reqtrack.acceptance import example_pages, forms, machine_pages, offers, policy, queries, walk_pages
from reqtrack.acceptance.actions.round_facts import FACTS
from reqtrack.acceptance.models import AFFIRMED, VERDICTS, Round
from reqtrack.acceptance.queries import days, readiness, walks
from reqtrack.acceptance.queries import run as walk
from reqtrack.acceptance.queries.choice import MOST_CANDIDATES
from reqtrack.acceptance.queries.rounds import PAGE
from reqtrack.acceptance.queries.sources import Source, print_of, sources_of
from reqtrack.acceptance.queries.status import data_of
from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.clock import today
from reqtrack.errors import NotFound, Reason
from reqtrack.items.queries import item_for, sees_all
from reqtrack.permissions import Actor
from reqtrack.rendering.redline import Segment
from reqtrack.requirements.models import TIERS
from reqtrack.requirements.queries import phases
from reqtrack.web.context import moment
from reqtrack.web.problems import sentence

# So many cards go to a phone at once; they are what can be tested while the network is gone.
CARDS = 30
# Changes in these stages may concern what is tested.
CONCERNING = ("assessing", "deciding", "applied", "closed")
# So many rows of one scenario are listed on its round's page; all of them are on the scenario's own.
ROWS = 40


def overview(actor: Actor, project: Project) -> dict[str, Any]:
    """The place: rounds with their progress, and what no round has run yet."""
    rounds = queries.list_rounds(actor, project.id)
    missing, missing_count = queries.in_no_round(actor, project.id)
    tally = queries.tally(actor, project.id)
    return {
        "rounds": rounds,
        "testers": queries.testers([one.id for one in rounds]),
        "missing": missing,
        "missing_count": missing_count,
        "tally": tally,
        # The days are those of the whole project: for who sees all of it.
        "days": days.by_day(project.id, today(project.zone), tally) if sees_all(actor, project.id) else [],
        "may_manage": actor.may("round.manage", project.id),
        "may_test": actor.may("result.record", project.id),
        "may_write": actor.may("acceptance.write", project.id),
    }


def chooser(actor: Actor, project: Project, wanted: Mapping[str, str], found: Round | None = None) -> dict[str, Any]:
    """Scenarios to choose from: what a filter finds, and the filters offered. ``found``: the round that they would go into."""
    rows, count = queries.candidates(actor, project.id, {**wanted, **({"not_in": str(found.id)} if found else {})})
    statuses = queries.statuses(actor, project.id, [row.id for row in rows])
    return {
        "found": found,
        "rows": rows,
        "count": count,
        "most": MOST_CANDIDATES,
        "statuses": statuses,
        "wanted": wanted,
        "tiers": list(TIERS.items()),
        "phases": [(one.name, one.name) for one in phases(project.id)],
        "processes": queries.of_kind(actor, project.id, "process"),
        "changes": queries.of_kind(actor, project.id, "change", CONCERNING),
        "rounds": [(str(one.number), f"{one.key} {one.name}") for one in queries.round_names(project.id)],
    }


def round_form(
    actor: Actor, project: Project, found: Round | None, given: Mapping[str, Any] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:  # fmt: skip
    """Name, facts and testers of a new or existing round; ``given`` wins over what is kept."""
    held = queries.named_testers(found) if found else []
    kept: dict[str, Any] = {name: getattr(found, name) for name in ("name", *FACTS)} if found else {}
    kept["tester_roles"] = found.tester_roles.split() if found else []
    return {
        "found": found,
        "given": {**kept, "testers": [one.login for one in held], **(given or {})},
        "roles": {role: ROLE_NAMES[role] for role in policy.TESTING_ROLES},
        "people": queries.may_test(project.id),
        "reasons": reasons,
        "errors": {reason.field: reason for reason in reasons if reason.field},
    }


def repeated(actor: Actor, project: Project, wanted: Mapping[str, str]) -> dict[str, Any]:
    """What a new round takes over from the one that it repeats: where and with what is tested, and by whom."""
    number = forms.copied(wanted)
    if number is None:
        return {}
    try:
        found = queries.round_for(actor, project.id, number)
    except NotFound:
        return {}
    kept = round_form(actor, project, found)["given"]
    return {**kept, "name": "", "due_on": None}


def chosen_keys(actor: Actor, project: Project, form: Any, found: Round | None = None) -> list[str]:
    """The keys that a chooser sent: those ticked, or all that its filter finds."""
    if form.get("all") != "1":
        return list(form.getlist("acceptance"))
    wanted = {**forms.wanted(form), **({"not_in": str(found.id)} if found else {})}
    rows, _count = queries.candidates(actor, project.id, wanted, limit=None)
    return [row.key for row in rows]


def show(actor: Actor, project: Project, found: Round, after: int = -1) -> dict[str, Any]:
    """A round: its matrix, what did not pass, what may be done with it."""
    lines = queries.matrix(actor, found, after=after, limit=PAGE + 1)
    testers = queries.testers([found.id]).get(found.id, [])
    mine = any(one.id == actor.id for one in testers)
    return {
        "found": found,
        "progress": queries.progress(actor, found),
        "lines": lines[:PAGE],
        "shown_rows": ROWS,
        "next_after": lines[PAGE - 1].position if len(lines) > PAGE else None,
        "first": after < 0,
        "not_passed": queries.not_passed(actor, found),
        "unready": readiness.unready(found) if found.stage != "closed" else [],
        "testers": testers,
        "may_change": policy.may_change(actor, project.id, found.key, found.stage),
        "runs": machine_pages.runs(found),
        "may_bring": policy.may_bring(actor, policy.Bringing(project.id, found.key, found.stage, mine)),
        "may_close": policy.may_close(actor, project.id, found.key, found.stage),
        "may_run": found.stage != "closed" and mine and actor.may("result.record", project.id),
        "role_names": [ROLE_NAMES[role] for role in found.tester_roles.split()],
        "overdue": found.stage != "closed" and found.due_on is not None and found.due_on < today(project.zone),
        "may_manage": actor.may("round.manage", project.id),
        "may_request": actor.may("signoff.request", project.id),
        **walk_pages.round_part(actor, found),
    }


def course(actor: Actor, project: Project, found: Round, after: int = -1) -> dict[str, Any]:
    """How a round went so far: how many rows stood how at the end of each day, and each row of each scenario as a coloured cell."""
    lines = queries.matrix(actor, found, after=after, limit=PAGE + 1)
    days = queries.by_day(actor, found, project.zone)
    widest = max((len(line.cells) for line in lines[:PAGE]), default=0)
    return {
        "found": found,
        "progress": queries.progress(actor, found),
        "days": days,
        "lines": lines[:PAGE],
        "columns": range(min(widest, ROWS)),
        "next_after": lines[PAGE - 1].position if len(lines) > PAGE else None,
        "first": after < 0,
    }


def result(
    actor: Actor, project: Project, found: queries.Recorded, reasons: Sequence[Reason] = (),
    defect_reasons: Sequence[Reason] = (),
) -> dict[str, Any]:  # fmt: skip
    """One result: the text that was tested with the marks given, what was seen, its files, and what came before and after it."""
    text = queries.text_tested(found)
    data = data_of(text.get("examples"), found.result.row)
    marks = [*(found.result.steps or ()), *[""] * 2_000]
    moved = walk.moved_since({found.scenario.id: found.result.seq}) if found.status == "stale" else {}
    return {
        "found": found,
        "data": data,
        "source": example_pages.said(_source(sources_of([found.scenario.id]) if data else {}, found.scenario.id, data)),
        "steps": [{**step, "mark": mark} for step, mark in zip(_steps(walk.filled(text, data)), marks, strict=False)],
        "files": queries.evidence_of(found),
        "beside": queries.beside(found),
        "moved": moved.get(found.scenario.id, []),
        "may_revoke": policy.may_revoke(actor, found.round, found.result, found.revoked is not None),
        "reasons": reasons,
        "offers": offers.offers(actor, project, found),
        "defect_errors": {reason.field: sentence(reason) for reason in defect_reasons if reason.field},
    }


# -- run mode ------------------------------------------------------------------------------------------------------------


def run(
    actor: Actor, project: Project, found: Round, at: str = "", done: int | None = None, walking: int | None = None
) -> dict[str, Any]:
    """Run mode: cards from the one asked for (or the first open one) on. ``walking``: the id of a planned walk to take, step by
    step with its record.

    Raises:
        Refused: the actor does not test in this round.
    """
    testers = queries.testers([found.id]).get(found.id, [])
    may = policy.may_walk(actor, project.id, found.key, any(one.id == actor.id for one in testers))
    may.require(policy.status_of(may))
    slots, way = _way(actor, found, walking)
    start = walk.place_of(slots, at) if at else None
    start = walk.first_open(slots) if start is None else start
    places = walk.window(slots, start, CARDS) if start is not None and found.stage != "closed" else []
    rest = [slot for number, slot in enumerate(slots) if slot.open and number not in places]
    return {
        "found": found,
        "cards": _cards(project, found, slots, places, walking),
        "way": way,
        "position": _position(start, slots) if start is not None else "",
        "rest": len(rest),
        "next_href": _run_href(project, found, rest[0].name, walk=walking) if rest else "",
        "done": _done(actor, project, found, slots, done, walking) if done is not None else None,
        "total": len(slots),
        "newest": queries.newest_number(project.id),
    }


def _way(actor: Actor, found: Round, walking: int | None) -> tuple[list[walk.Slot], walks.Planned | None]:
    """What is to be tried, in order: along a planned walk of the round, else all of it."""
    slots = walk.slots(actor, found)
    if walking is None:
        return slots, None
    way = walks.planned_for(actor, found.project_id, walking)
    if way.round != found.key:
        raise NotFound(f"walk {walking}")
    return walk.along(slots, way.walk.stops), way


def _position(at: int, slots: Sequence[walk.Slot]) -> str:
    return str(_("%(position)s of %(count)s", position=at + 1, count=len(slots)))


def _run_href(project: Project, found: Round, at: str, **more: Any) -> str:
    return str(url_for("acceptance.run", project=project.key, number=found.number, at=at, **more))


def _cards(
    project: Project, found: Round, slots: Sequence[walk.Slot], places: Sequence[int], walking: int | None = None
) -> list[dict[str, Any]]:
    """The cards of the slots at these places, as components/run.html takes them, with the address that each is sent to."""
    chosen = [slots[at] for at in places]
    ids = sorted({slot.id for slot in chosen})
    texts = walk.texts(ids) if ids else {}
    tested = sorted({slot.id for slot in chosen if slot.status != "untested"})
    newest = walk.newest(found, tested) if tested else {}
    seen = {
        slot.id: newest[slot.id, slot.row].seq
        for slot in chosen
        if slot.status == "stale" and (slot.id, slot.row) in newest
    }
    moved = walk.moved_since(seen)
    sources = sources_of(ids)
    cards = []
    for at, slot in zip(places, chosen, strict=True):
        text = texts[slot.id]
        data = data_of(text.examples, slot.row)
        last = newest.get((slot.id, slot.row))
        cards.append(
            {
                "acceptance": slot.key,
                "title": text.title,
                "row": slot.row,
                "rows": len((text.examples or {}).get("rows", ())),
                "data": data,
                "source": example_pages.said(_source(sources, slot.id, data)),
                "steps": _steps(walk.steps_of(text, data)),
                "href": url_for("items.show", project=project.key, key=slot.key),
                "rows_href": url_for("acceptance.round", project=project.key, number=found.number) + f"#{slot.key}",
                "position": _position(at, slots),
                "last": {"verdict": slot.status, "words": _said(last)} if last is not None else None,
                "redline": _redline(moved[slot.id]) if slot.status == "stale" and moved.get(slot.id) else None,
                "affirm": slot.status == "stale" and last is not None and last.verdict == "passed",
                "action": record_href(project, found, slot.text_seq, walking),
            }
        )
    return cards


def _source(
    sources: Mapping[tuple[int, str], Source], acceptance_id: int, data: Sequence[tuple[str, str]]
) -> Source | None:
    return sources.get((acceptance_id, print_of([value for _name, value in data]))) if data else None


def record_href(project: Project, found: Round, seen: int, walking: int | None = None) -> str:
    """Where a card is sent: it says which text was read, and carries a mark of its own."""
    once = secrets.token_urlsafe(12)
    return str(
        url_for("acceptance.record", project=project.key, number=found.number, seen=seen, once=once, walk=walking)
    )


def _steps(steps: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Steps for a card; the second and further ones of a part say *And*."""
    shown = []
    before = ""
    for part, text in steps:
        shown.append({"part": _("And") if part == before else part, "text": text})
        before = part
    return shown


def _said(result: Any) -> str:
    who = f"{result.tester_name} {moment(result.at)}"
    return f"{who} · {result.note}" if result.note else who


def _redline(moved: Sequence[walk.Moved]) -> list[Segment]:
    """All changes one below the other, each under its name."""
    segments: list[Segment] = []
    for one in moved:
        head = f"{one.key} {one.field.label}: "
        segments += [Segment("same", f"\n{head}" if segments else head), *one.segments]
    return segments


def _done(
    actor: Actor, project: Project, found: Round, slots: Sequence[walk.Slot], number: int, walking: int | None
) -> dict[str, Any] | None:
    """What was recorded just now, with the way back to it; where it failed, what may become of that."""
    result = walk.result_of(found, number)
    slot = next((one for one in slots if result and (one.id, one.row) == (result.acceptance_id, result.row)), None)
    if result is None or slot is None:
        return None
    failed = offers_of(actor, project, result.number, walking) if result.verdict == "failed" else None
    return {"key": slot.key, "row": slot.row, "verdict": result.verdict, "name": result.tester_name,
            "href": _run_href(project, found, slot.name, walk=walking), "offers": failed}  # fmt: skip


def offers_of(actor: Actor, project: Project, number: int, walking: int | None) -> dict[str, Any] | None:
    """What a result that failed may become, for a tester who goes on with the round, or the walk."""
    return offers.offers(actor, project, queries.result_for(actor, project.id, number), "run", walking)


def after_record(
    actor: Actor, project: Project, found: Round, result: Any, told: bool = True, walking: int | None = None
) -> str:
    """Where a page goes on after a result: the next open slot behind it. ``told``: saying there what was recorded."""
    slots, _planned = _way(actor, found, walking)
    here = next((n for n, one in enumerate(slots) if (one.id, one.row) == (result.acceptance_id, result.row)), -1)
    following = walk.first_open(slots, here)
    done: dict[str, Any] = {"done": result.number if told else None, "walk": walking}
    if following is None:
        return str(url_for("acceptance.run", project=project.key, number=found.number, **done))
    return _run_href(project, found, slots[following].name, **done)


def verdicts(actor: Actor, found: Round, after: int, newest: int) -> dict[str, Any]:
    """What others recorded in a round meanwhile, in words, for run mode to show at its cards."""
    rows = []
    for row in queries.since(actor, found, after):
        said = _("affirmed, not re-run") if row.affirms else VERDICTS[row.verdict]
        rows.append(
            {
                "place": row.key if row.row is None else f"{row.key}.{row.row}",
                "verdict": row.verdict,
                "words": f"{said} · {row.tester_name} {moment(row.at)}",
            }
        )
    return {"after": newest, "rows": rows}


def again(actor: Actor, project: Project, found: Round, sent: forms.Sent, reasons: Sequence[Reason]) -> dict[str, Any]:
    """A verdict that lacks something, asked again with what was typed."""
    return _one(actor, project, found, sent, reasons)


def moved(actor: Actor, project: Project, found: Round, sent: forms.Sent, error: policy.TextMoved) -> dict[str, Any]:
    """A verdict on a text that moved meanwhile: what changed, and the verdict as it was meant."""
    shown = _one(actor, project, found, sent, error.reasons)
    scenario = shown["scenario"]
    return {**shown, "moved": walk.moved_since({scenario.id: error.seen}).get(scenario.id, [])}


def _one(actor: Actor, project: Project, found: Round, sent: forms.Sent, reasons: Sequence[Reason]) -> dict[str, Any]:
    scenario = item_for(actor, project.id, sent.key, "acceptance")
    name = sent.key if sent.row is None else f"{sent.key}.{sent.row}"
    data = data_of(scenario.examples, sent.row)
    return {
        "found": found,
        "scenario": scenario,
        "sent": sent,
        "data": data,
        "steps": _steps(walk.steps_of(scenario, data)),
        "word": _("It still holds") if sent.verdict == AFFIRMED else VERDICTS.get(sent.verdict, sent.verdict),
        "reasons": reasons,
        "action": record_href(project, found, scenario.text_seq, sent.walk),
        "back_href": _run_href(project, found, name, walk=sent.walk),
    }


def item_days(actor: Actor, project: Project, key: str) -> dict[str, Any]:
    """How a requirement or an acceptance scenario stood, by day, the newest first.

    Raises:
        NotFound: it is neither, or not the actor's to see.
    """
    item = item_for(actor, project.id, key)
    if item.kind not in ("requirement", "acceptance"):
        raise NotFound(key[:40])
    return {"item": item, "days": days.of_item(actor, item, project.zone)[::-1]}
