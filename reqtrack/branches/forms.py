"""From the forms of branches to plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from reqtrack.accounts.models import Project
from reqtrack.baselines.compare import Point
from reqtrack.baselines.forms import NOW
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import baseline_for
from reqtrack.branches.content import NEWEST, OUT
from reqtrack.branches.drift import points
from reqtrack.branches.queries import branch_for
from reqtrack.db import whole_number
from reqtrack.errors import NotFound, invalid
from reqtrack.items import naming
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.requirements.queries import phase_for

TYPED = ("name", "purpose", "phase", "pilot", "from", "owner", "reason")


def branch(form: MultiDict[str, str]) -> dict[str, str]:
    """What the form of a new branch holds, as it was typed."""
    return {name: form.get(name, "").strip() for name in TYPED}


def opened(actor: Actor, project: Project, given: Mapping[str, str]) -> dict[str, Any]:
    """The typed values as the action takes them.

    Raises:
        Invalid: there is no such phase or baseline.
    """
    told: dict[str, Any] = {name: given[name] for name in ("name", "purpose", "pilot", "owner", "reason")}
    return {**told, "phase": phase(project, given["phase"]), "baseline": baseline(actor, project, given["from"])}


def phase(project: Project, given: Any) -> Phase | None:
    """The phase that is named, if any.

    Raises:
        Invalid: there is none such.
    """
    if given in ("", None):
        return None
    try:
        return phase_for(project.id, given)
    except NotFound:
        raise invalid("phase", "There is no phase %(given)s in this project.", given=str(given)[:40]) from None


def baseline(actor: Actor, project: Project, given: str | None) -> Baseline | None:
    """The baseline that is named; None for ``now``.

    Raises:
        Invalid: there is none such.
    """
    if not given or given.lower() == "now":
        return None
    try:
        return baseline_for(actor, project.id, given)
    except NotFound:
        raise invalid("from", "There is no baseline %(given)s in this project.", given=given[:40]) from None


def pair(actor: Actor, project: Project, old: str, new: str) -> tuple[Point, Point] | None:
    """The hook of ``baselines.forms.PAIRS``: ``BR-1`` and ``now`` are the branch and what of the main line stands beside it.

    Raises:
        NotFound: there is no such branch.
    """
    if not old.upper().startswith("BR-") or new.lower() not in ("", NOW):
        return None
    return points(branch_for(actor, project.id, old), actor)


def _named(given: str) -> tuple[str, int]:
    """``REQ-3:5`` → the key, and the version that the page showed (``NEWEST``: none)."""
    key, _colon, number = given.partition(":")
    version = whole_number(number)
    return key, version if version else NEWEST


def wanted(actor: Actor, project_id: int, form: MultiDict[str, str]) -> dict[str, int]:
    """What is decided of which items: those ticked, or those typed into ``named``.

    Raises:
        Invalid: it is neither of the two decisions, what was typed names nothing, the version is no number.
    """
    decision = form.get("decision", "")
    if decision not in ("left_out", "taken"):
        raise invalid("decision", "An item is left out, or taken at a version.")
    chosen = dict(_named(one) for one in form.getlist("items") if one)
    typed = form.get("item_version", "").strip()
    version = whole_number(typed) if typed else NEWEST
    if version is None or version == 0:
        raise invalid("item_version", "%(given)s is not the number of a version, such as 3.", given=typed[:40])
    chosen |= dict.fromkeys(naming.meant(actor, project_id, form.get("named", ""), field="named"), version)
    return dict.fromkeys(chosen, OUT) if decision == "left_out" else chosen


def keys(form: MultiDict[str, str]) -> list[str]:
    """The keys of the items that were ticked."""
    return [_named(one)[0] for one in form.getlist("items") if one]
