"""What the pages show on which one sees what is there twice, merges, splits, and works off what came by import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.db import whole_number
from reqtrack.errors import Reason, Refused, Verdict
from reqtrack.interviews.queries import people, quotes_of_item
from reqtrack.items import forms, present, successions
from reqtrack.items.brought import visible_changes
from reqtrack.items.kinds import KINDS, LINKS
from reqtrack.items.likeness import groups
from reqtrack.items.models import Item
from reqtrack.items.pages import in_words
from reqtrack.items.queries import items_by_key, visible
from reqtrack.permissions import Actor
from reqtrack.requirements import plan, policy, queries
from reqtrack.requirements.actions import following, joining
from reqtrack.requirements.models import Requirement
from reqtrack.requirements.queries import duplicates
from reqtrack.requirements.queries.compared import MOST, whole_of
from reqtrack.requirements.queries.imported import PAGE, progress, waiting
from reqtrack.requirements.queries.joining import excerpts_of, raw_of, split_plan, ties
from reqtrack.web.problems import sentence

SHOWN = 40  # groups on a page
MOST_PAIRS = 12  # of one group


def _item_href(project: Project, key: str) -> str:
    return url_for("items.show", project=project.key, key=key)


# -- duplicates --------------------------------------------------------------------------------------------------------


def report(actor: Actor, project: Project, begin: int = 0, *, counted: bool = False) -> dict[str, Any]:
    """The report: groups of what may be one, ``SHOWN`` at a time; and what somebody said are two. ``counted``: as the radar counts."""
    found = queries.duplicates_for(actor, project.id)
    pairs = [one for one in found if not (counted and one.aside)]
    kept = {"counted": "yes"} if counted else {}

    def here(start: int = 0) -> str:
        return url_for("requirements.duplicates", project=project.key, **kept, **({"from": start} if start else {}))  # type: ignore[arg-type]

    told = duplicates.answered(project) if pairs else {}
    open_pairs = [one for one in pairs if one.subject not in told]
    families = groups((one.first, one.second) for one in open_pairs)
    shown = families[begin : begin + SHOWN]
    apart = [one for one in pairs if one.subject in told][:200]
    wanted = {key for family in shown for key in family} | {key for one in apart for key in (one.first, one.second)}
    ends = _ends(actor, project, wanted)
    of_end = {key: at for at, family in enumerate(shown) for key in family}
    lines: dict[int, list[duplicates.Twin]] = {}
    for one in open_pairs:
        if one.first in of_end:
            lines.setdefault(of_end[one.first], []).append(one)
    return {
        "families": [
            {
                "ends": [ends[key] for key in sorted(family, key=_order) if key in ends],
                "pairs": [_pair(project, one, ends) for one in lines[at][:MOST_PAIRS]],
                "more": max(0, len(lines[at]) - MOST_PAIRS),
                "kind": lines[at][0].kind,
            }
            for at, family in enumerate(shown)
        ],
        "apart": [
            {**_pair(project, one, ends), "why": present.mask(actor, project.id, told[one.subject][0])} for one in apart
        ],
        "number": len(families),
        "kept": kept,
        "left": len(found) - len(pairs),
        "compared": MOST if whole_of(project.id) > MOST else 0,
        "start_href": here() if begin else "",
        "next_href": here(begin + SHOWN) if len(families) > begin + SHOWN else "",
        "may_answer": actor.may("radar.accept", project.id),
        "may_merge": actor.may("change.create", project.id),
    }  # fmt: skip


def _order(key: str) -> tuple[str, int]:
    kind, _part, number = key.replace(":", "-").rpartition("-")
    return kind, int(number)


def _pair(project: Project, one: duplicates.Twin, ends: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    merge = ""
    if one.kind in plan.KINDS_JOINED:
        merge = url_for("requirements.merge", project=project.key, key=one.second, into=one.first)
    return {
        "subject": one.subject, "word": duplicates.WORDS[one.word], "degree": one.degree, "merge_href": merge,
        "first": ends.get(one.first), "second": ends.get(one.second), "kind": one.kind,
    }  # fmt: skip


def _ends(actor: Actor, project: Project, keys: set[str]) -> dict[str, dict[str, Any]]:
    """What is shown of each end, by its key."""
    found: dict[str, dict[str, Any]] = {}
    items, own = Item.__table__, Requirement.__table__
    wanted = sorted(key for key in keys if ":" not in key)
    shown = (
        select(items.c.key, items.c.title, items.c.stage, items.c.kind, own.c.statement)
        .select_from(items.outerjoin(own, own.c.id == items.c.id))
        .where(visible(actor, project.id))
    )
    for row in duplicates.rows_in(shown, items.c.key, wanted):
        found[row.key] = {
            "key": row.key, "title": row.title, "stage": row.stage, "text": row.statement or "",
            "href": _item_href(project, row.key),
        }  # fmt: skip
    if len(wanted) < len(keys):
        for one in people(actor, project.id):
            key = f"{duplicates.STAKEHOLDER}:{one.id}"
            if key in keys:
                facts = [part for part in (one.department, one.job_role, one.region) if part]
                found[key] = {
                    "key": "", "title": one.name or one.label, "stage": "", "text": " · ".join(facts),
                    "href": url_for("interviews.stakeholders", project=project.key),
                }  # fmt: skip
    return found


def hints(actor: Actor, project: Project, kind: str, form: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is there already and reads like what is being typed: ``{key, href, title, word}``."""
    if kind == duplicates.STAKEHOLDER:
        found = queries.like_person(
            actor, project.id, form.get("name", ""), form.get("department", ""), form.get("job_role", ""),
            whole_number(form.get("but", "")) or 0,
        )  # fmt: skip
        href = url_for("interviews.stakeholders", project=project.key)
        return [
            {"key": "", "href": href, "word": duplicates.WORDS[word],
             "title": " · ".join(part for part in (one.name, one.department, one.job_role) if part)}
            for one, word in found
        ]  # fmt: skip
    near = queries.like_text(
        actor,
        project.id,
        kind,
        form.get("title", "")[:400],
        form.get("statement", "")[:4_000],
        form.get("but", "").upper(),
    )
    return [
        {"key": one.key, "href": _item_href(project, one.key), "word": duplicates.WORDS[one.word], "title": one.title}
        for one in near
    ]


# -- merging and splitting ---------------------------------------------------------------------------------------------


def merge_form(
    actor: Actor,
    project: Project,
    gone: Item,
    kept: Item | None,
    given: Mapping[str, str],
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """The form on which two items become one; ``given`` is what was chosen before, so that nothing of it is lost."""
    page: dict[str, Any] = {
        "item": gone, "kept": kept, "kind": KINDS[gone.kind], "given": given, "fields": [], "refused": [],
        "into": given.get("into", ""), "errors": _errors(reasons), "summary": _summary(reasons),
    }  # fmt: skip
    if kept is None:
        near = queries.like_text(
            actor, project.id, gone.kind, gone.title, raw_of(actor, gone).get("statement") or "", gone.key
        )
        return {**page, "near": near}
    verdict = policy.may_merge(kept, gone, ())
    if not verdict:
        return {**page, "refused": [sentence(one) for one in verdict.reasons]}
    mine, theirs = raw_of(actor, kept), raw_of(actor, gone)
    kind = KINDS[gone.kind]
    words = _words(actor, project, gone)
    fields = []
    for name in plan.differing(kind, mine, theirs):
        field = kind.field(name)
        chosen = given.get(f"field-{name}", plan.GONE if mine.get(name) in (None, "", []) else plan.KEPT)
        fields.append(
            {
                "name": name, "label": field.label, "chosen": chosen, "both": plan.can_both(kind, name),
                "mine": forms.as_text(field, in_words(words.get(name, {}), mine.get(name))),
                "theirs": forms.as_text(field, in_words(words.get(name, {}), theirs.get(name))),
            }
        )  # fmt: skip
    locks, refused = _locks(actor, lambda: joining.planned_merge(actor, gone, kept, {}, {}))
    comes = [tie for tie in ties(gone) if tie.other.id != kept.id]
    return {
        **page, "fields": fields, "locks": locks, "refused": refused, "comes": [_tie(project, tie) for tie in comes],
        "quotes": len(excerpts_of(gone)),
    }  # fmt: skip


def _words(actor: Actor, project: Project, item: Item) -> dict[str, dict[Any, Any]]:
    options = forms.choices(actor, project.id, KINDS[item.kind])
    return {name: {one["value"]: str(one["label"]) for one in listed} for name, listed in options.items()}


def _locks(actor: Actor, planned: Any) -> tuple[list[str], list[str]]:
    """Why it takes a change request, and why it cannot be done at all, in sentences."""
    try:
        verdict: Verdict = joining.locks(actor, planned())
    except Refused as refused:
        rights = all(one.code == "no_permission" for one in refused.reasons)
        # Who may not write proposes it.
        told = [sentence(one) for one in refused.reasons]
        return (told, []) if rights else ([], told)
    return [sentence(one) for one in verdict.reasons], []


def _errors(reasons: Sequence[Reason]) -> dict[str, str]:
    return {(reason.field or ""): sentence(reason) for reason in reasons}


def _summary(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    return [
        {
            "field": (one.field or "").replace(".", "-").replace("parts-", "part-").replace("fields-", "field-"),
            "sentence": sentence(one),
        }
        for one in reasons
    ]


def _tie(project: Project, tie: Any) -> dict[str, Any]:
    link = LINKS[tie.kind]
    return {
        "id": tie.id, "word": link.label if tie.outgoing else link.inverse, "key": tie.other.key, "title": tie.other.title,
        "href": _item_href(project, tie.other.key),
    }  # fmt: skip


def split_form(
    actor: Actor, project: Project, old: Item, given: Mapping[str, str], reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The form on which one item becomes two."""
    kind = KINDS[old.kind]
    verdict = policy.may_split(old, ())
    page: dict[str, Any] = {
        "item": old, "kind": kind, "given": given, "errors": _errors(reasons), "summary": _summary(reasons),
        "refused": [sentence(one) for one in verdict.reasons], "parts": [],
    }  # fmt: skip
    if not verdict:
        return page
    whole = raw_of(actor, old)
    for at in (0, 1):
        fields = []
        for name in plan.fields_of(old.kind):
            value = given.get(f"part-{at}-{name}")
            if value is None:
                value = _half(whole, name, at)
            fields.append({"field": kind.field(name), "name": f"part-{at}-{name}", "value": value,
                           "error": page["errors"].get(f"parts.{at}.{name}", "")})  # fmt: skip
        page["parts"].append(fields)
    sample = [{"title": "a"}, {"title": "b"}]
    locks, refused = _locks(actor, lambda: split_plan(actor, old, sample, {}, {}, quotes=()))
    may_read = actor.may("interview.read", project.id)
    return {
        **page, "locks": locks, "refused": refused, "ties": [_tie(project, tie) for tie in ties(old)],
        "quotes": quotes_of_item(actor, old) if may_read else [],
    }  # fmt: skip


def _half(whole: Mapping[str, Any], name: str, at: int) -> Any:
    """What a part begins with: the estimate in halves, all else as it stands."""
    value = whole.get(name)
    if name == "effort_days" and value is not None:
        half = round(value / 2, 2)
        return half if at == 0 else round(value - half, 2)
    if name == "title":
        # Two parts are told apart by their titles.
        return value if at == 0 else f"{value} (2)"
    return "\n".join(value) if isinstance(value, list) else value or ""


# -- on item pages -----------------------------------------------------------------------------------------------------


def led_on(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """Of a retired item: what it was merged into or split into, and whether that can be taken back."""
    if not item.retired:
        return None
    led = successions.heirs(actor, item.project_id, [item.id]).get(item.id)
    if not led:
        return None
    done = following.done_to(item) or {}
    change = str(done.get("change", ""))
    return {
        "led": led,
        "way": led[0].way,
        "change": change,
        "sees_change": bool(visible_changes(actor, item.project_id, [change] if change else [])),
        "may_undo": not change and actor.may(KINDS[item.kind].write, item.project_id),
    }


def joins(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """In the rail: what lives on in this item, and the ways to merge and split it."""
    if item.retired:
        return None
    may = actor.may("change.create", item.project_id)
    came = successions.origins(actor, item)
    return {"origins": came, "may": may, "key": item.key} if came or may else None


# -- imported ----------------------------------------------------------------------------------------------------------


def imported(actor: Actor, project: Project, arguments: Mapping[str, str], after: int = 0) -> dict[str, Any]:
    """The page on which imported items are worked off: one at a time (the first, or that of ``after``), or as a list."""
    kind = arguments.get("kind", "")
    kind = kind if kind in KINDS else ""
    one = arguments.get("view") == "one"
    rows, more = waiting(actor, project.id, kind, after, 1 if one else PAGE)
    far = progress(actor, project.id)
    base: dict[str, Any] = {
        "endpoint": "requirements.imported",
        "project": project.key,
        **({"kind": kind} if kind else {}),
    }
    return {
        "rows": rows, "kind": kind, "one": one, "progress": far, "kinds": KINDS, "after": after,
        "next_href": url_for(**base, after=more, view="one" if one else None) if more else None,
        "list_href": url_for(**base), "one_href": url_for(**base, view="one"),
        "people": [(member.login, member.name) for member in members(project.id) if member.active],
        "may_write": {name for name, known in KINDS.items() if actor.may(known.write, project.id)},
        "may_ask": actor.may("comment.write", project.id),
    }  # fmt: skip


def imported_items(actor: Actor, project: Project, keys: Sequence[str]) -> list[Item]:
    """The items of these keys that the actor may see, in this order."""
    found = items_by_key(actor, project.id, keys)
    return [found[key.upper()] for key in keys if key.upper() in found]
