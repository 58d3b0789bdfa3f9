"""The verbs of the story that are about change requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions
from reqtrack.changes.dossier import load
from reqtrack.changes.models import Change
from reqtrack.changes.queries.templates import template_for
from reqtrack.demo.content import PROJECT
from reqtrack.demo.content import model as told
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor
from reqtrack.signoff import actions as signoff

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling


def open_change(telling: Telling, actor: Actor, one: told.Change) -> None:
    """Log a change with its edits."""
    change = actions.log(
        actor,
        telling.here(),
        title=telling.text(one.title),
        reason=telling.text(one.reason),
        asked_by=_asker(telling, one.asked_by),
        assessors=[telling.login(login) for login in one.assessors],
        tier=one.tier,
        phase=telling.named(one.phase),
        edits=[_edit(telling, edit) for edit in one.edits],
    )
    telling.keys[one.ref] = change.key


def _asker(telling: Telling, asked_by: str) -> str | int:
    return telling.ids[asked_by] if asked_by in telling.ids else telling.login(asked_by)


def _edit(telling: Telling, edit: told.Edit) -> dict[str, Any]:
    """An edit as the API takes it."""
    if isinstance(edit, told.FieldEdit):
        return {"item": telling.keys[edit.item], "field": edit.field, "new": telling.text(edit.new)}
    if isinstance(edit, told.Retire):
        return {"retire": telling.keys[edit.item]}
    if isinstance(edit, told.LinkEdit):
        add, remove = ([telling.keys[ref] for ref in refs] for refs in (edit.add, edit.remove))
        return {"item": telling.keys[edit.item], "link": edit.link, "add": add, "remove": remove}
    return {"new_item": {"kind": edit.kind, "fields": _fields(telling, edit.fields)}}


def _fields(telling: Telling, fields: Mapping[str, Any]) -> dict[str, Any]:
    phases = {phase.ref for phase in PROJECT.phases}
    given: dict[str, Any] = {}
    for name, value in fields.items():
        text = telling.text(value)
        if name == "phase" and value in phases:
            text = telling.named(value)
        elif name in ("scenarios", "accepts"):
            text = [telling.keys[ref] for ref in value]
        elif name == "evidence":
            text = [telling.ids[ref] for ref in value]
        elif name == "owner":
            text = telling.login(value)
        given[name] = text
    return given


def _change(telling: Telling, actor: Actor, one: told.Change) -> Any:
    return item_for(actor, telling.here().id, telling.keys[one.ref], "change")


def submit_change(telling: Telling, actor: Actor, one: told.Change) -> None:
    """Hand it in."""
    actions.submit(actor, _change(telling, actor, one))


def ask_back(telling: Telling, actor: Actor, one: told.Change) -> None:
    """Ask its author."""
    assert one.exchange is not None
    actions.ask(actor, _change(telling, actor, one), telling.text(one.exchange.question))


def answer_back(telling: Telling, actor: Actor, one: told.Change) -> None:
    """Answer what was asked."""
    assert one.exchange is not None and one.exchange.answer is not None
    actions.answer(actor, _change(telling, actor, one), telling.text(one.exchange.answer))


def assess_change(telling: Telling, actor: Actor, one: told.Change) -> None:
    """Say what it costs."""
    said = one.assessment
    assert said is not None
    actions.assess(
        actor,
        _change(telling, actor, one),
        likely=said.likely,
        best=said.best or None,
        worst=said.worst or None,
        note=telling.text(said.note),
        cost=said.cost or None,
        risk=telling.text(said.risk) if said.risk else "",
        probability=said.probability,
        effect=said.effect,
        schedule_note=telling.text(said.schedule) if said.schedule else "",
        options=[{"name": one.name, "days": one.days, "note": telling.text(one.note)} for one in said.options],
    )


def decide_change(telling: Telling, actor: Actor, one: told.Change) -> None:
    """Vote; what an applied change adds gets its key."""
    decision = one.decision
    assert decision is not None
    change = _change(telling, actor, one)
    done = actions.decide(
        actor,
        change,
        decision.outcome,
        tier=decision.tier,
        phase=telling.named(decision.phase),
        reason=telling.text(decision.reason),
        until=decision.until,
        address="10.20.4.17",
    )
    if done.stage == "applied":
        _take_keys(telling, change, one)


def _take_keys(telling: Telling, change: Any, one: told.Change) -> None:
    made = [edit.made_key for edit in load(change).edits if edit.op == "new"]
    for new, key in zip([edit for edit in one.edits if isinstance(edit, told.NewItem)], made, strict=True):
        if key:
            telling.keys[new.ref] = key


def close_change(telling: Telling, actor: Actor, one: told.Change) -> None:
    """Close it."""
    reason = telling.text(one.close_reason) if one.close_reason else ""
    actions.close(actor, _change(telling, actor, one), reason)


def write_template(telling: Telling, actor: Actor, one: told.Template) -> None:
    """Write what standard changes keep to."""
    given = {name: getattr(one, name) for name in ("most_days", "most_items", "fields", "tiers")}
    given |= {"name": telling.text(one.name), "reason": telling.text(one.reason)}
    telling.ids[one.ref] = actions.write_template(actor, telling.here(), given).id


def approve_template(telling: Telling, actor: Actor, one: told.Template) -> None:
    """Approve beforehand whatever keeps to it."""
    actions.approve_template(actor, template_for(telling.here().id, telling.ids[one.ref]))


def pass_by_template(telling: Telling, actor: Actor, one: told.Rush) -> None:
    """Log a standard change and hand it in: it is in effect."""
    change = _rush(telling, actor, one, kind="standard", template=telling.ids[one.template])
    actions.submit(actor, change, days=one.days)


def cry_for_help(telling: Telling, actor: Actor, one: told.Rush) -> None:
    """Log an emergency and hand it in."""
    actions.submit(actor, _rush(telling, actor, one, kind="emergency"))


def hand_in(telling: Telling, actor: Actor, one: told.Rush) -> None:
    """Log a change and hand it in, to be assessed."""
    actions.submit(actor, _rush(telling, actor, one))


def let_through(telling: Telling, actor: Actor, one: told.Rush) -> None:
    """Let an emergency take effect; it is assessed and reviewed afterwards."""
    change = item_for(actor, telling.here().id, telling.keys[one.ref], "change")
    actions.decide(actor, change, "approved", tier="should", phase=telling.named("p1"), address="10.20.4.17")


def go_away(telling: Telling, actor: Actor, one: told.Absence) -> None:
    """Say who decides while one is away."""
    first, last = date.fromisoformat(one.starts_on), date.fromisoformat(one.ends_on)
    delegate = user_by_login(telling.login(one.delegate))
    signoff.set_away(
        actor, user_by_login(actor.login), delegate, first, last, project=telling.here(), scope=one.scope, reason=telling.text(one.reason)
    )  # fmt: skip


def agree_elsewhere(telling: Telling, actor: Actor, one: told.Meeting) -> None:
    """Write up what was agreed in a meeting; who decided it is asked to confirm."""
    change = _rush(telling, actor, one)
    deciders = [telling.login(login) for login in one.deciders]
    actions.agree_elsewhere(actor, change, one.agreed_on, telling.text(one.where), deciders, days=one.days)


def _rush(telling: Telling, actor: Actor, one: told.Rush | told.Meeting, **more: Any) -> Change:
    given = {"title": telling.text(one.title), "reason": telling.text(one.reason)}
    edits = [_edit(telling, edit) for edit in one.edits]
    change = actions.log(actor, telling.here(), **given, edits=edits, **more)
    telling.keys[one.ref] = change.key
    return change


def add_stage(telling: Telling, actor: Actor, one: told.AddedStage) -> None:
    """Let the changes of a kind pass through one stage more."""
    names = {"en": one.name.en, "zh": one.name.zh}
    stage = {"category": one.category, "names": names, "roles": list(one.roles), "asks": list(one.asks)}
    actions.set_flows(actor, telling.here(), {one.kind: {"added": [stage]}})


def touch_by_hand(telling: Telling, actor: Actor, one: told.Touch) -> None:
    """Put an item into what a change touches, or take one out."""
    change = item_for(actor, telling.here().id, telling.keys[one.change], "change")
    verb = actions.touch if one.added else actions.leave_out
    verb(actor, change, telling.keys[one.item], telling.text(one.reason))


VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {
    "open_change": open_change,
    "submit_change": submit_change,
    "ask_back": ask_back,
    "answer_back": answer_back,
    "assess_change": assess_change,
    "decide_change": decide_change,
    "close_change": close_change,
    "touch_by_hand": touch_by_hand,
    "go_away": go_away,
    "agree_elsewhere": agree_elsewhere,
    "add_stage": add_stage,
    "write_template": write_template,
    "approve_template": approve_template,
    "pass_by_template": pass_by_template,
    "cry_for_help": cry_for_help,
    "hand_in": hand_in,
    "let_through": let_through,
}
