"""The presets of a project: how many stages a change shows, what its flows are unless the project sets them up, how strict its
decisions are. A preset only ever adds to what is hard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reqtrack.workflow.flows import KINDS, Added, Flow, Flows, Name, as_flow
from reqtrack.workflow.tables import LEAN


@dataclass(frozen=True)
class Preset:
    """``shown``: the stages that lists and boards show, each with those folded into it. ``proof``: each decision takes the
    password. ``two``: each decision but an emergency's takes two people."""

    name: str
    shown: tuple[tuple[str, tuple[str, ...]], ...] = LEAN
    flows: Mapping[str, Flow] = field(default_factory=dict)
    proof: bool = False
    two: bool = False

    def folded(self, stage: str, came_from: str | None = None) -> str:
        """The shown stage in which a change's stage stands; ``came_from``: where an asked-back one was."""
        own = {one for _shown, stages in self.shown for one in stages}
        if stage == "needs_information" and stage not in own:
            stage = came_from or "assessing"
        return next(shown for shown, stages in self.shown if stage in stages)


_STANDARD = (
    ("draft", ("draft",)),
    ("submitted", ("submitted",)),
    ("assessing", ("assessing",)),
    ("deciding", ("deciding", "approved")),
    ("deferred", ("deferred",)),
    ("applied", ("applied",)),
    ("closed", ("closed",)),
    ("rejected", ("rejected", "withdrawn")),
)
_ALL = (
    ("draft", ("draft",)),
    ("submitted", ("submitted",)),
    ("assessing", ("assessing",)),
    ("needs_information", ("needs_information",)),
    ("deciding", ("deciding", "approved")),
    ("deferred", ("deferred",)),
    ("applied", ("applied",)),
    ("closed", ("closed",)),
    ("rejected", ("rejected",)),
    ("withdrawn", ("withdrawn",)),
)
_WHY = {"approve": ("reason",), "defer": ("reason",), "withdraw": ("reason",), "close": ("reason",)}
_QUALITY = Added(
    "quality_check",
    "assessing",
    Name({"en": "Quality check", "zh": "质量检查"}),
    ("project_manager", "analyst"),
    ("reason",),
)

PRESETS = {
    "lean": Preset("lean"),
    "standard": Preset(
        "standard",
        _STANDARD,
        {"normal": Flow(asks={"submit": ("tier", "phase"), "assess": ("schedule_note",), "withdraw": ("reason",)})},
    ),
    "regulated": Preset(
        "regulated",
        _ALL,
        {
            "normal": Flow(
                added=(_QUALITY,),
                asks={"submit": ("tier", "phase"), "assess": ("three_point", "schedule_note", "risk"), **_WHY},
            ),
            "standard": Flow(asks={"withdraw": ("reason",), "close": ("reason",)}),
            "emergency": Flow(asks=_WHY),
        },
        proof=True,
        two=True,
    ),
}


def flows_of(preset: str, own: Mapping[str, Mapping[str, Any]]) -> Flows:
    """The flows of a project: those of its preset, but of the kinds that it has set up itself (``own``, by kind) its own."""
    held = PRESETS[preset].flows
    found = {kind: as_flow(own[kind]) if kind in own else held.get(kind, Flow()) for kind in KINDS}
    return Flows(preset, found, frozenset(own) & frozenset(KINDS))
