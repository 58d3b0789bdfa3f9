"""What the rules of gates look at, as plain data: what stands in a project, loaded once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property


@dataclass(frozen=True)
class Walk:
    """How far a process was walked. ``broken_at``: the place (from 1) of the step where it breaks, None where it is done or nobody
    came through a step; ``acceptance``: the key of what did not pass there, "" where nothing was run."""

    done: bool
    broken_at: int | None = None
    acceptance: str = ""


@dataclass(frozen=True)
class Required:
    """A requirement in use. ``scenarios``: ids of those in use that it arises from."""

    id: int
    key: str
    tier: str | None = None
    phase_id: int | None = None
    owned: bool = False
    evidence: bool = False
    scenarios: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Accepting:
    """An acceptance scenario in use. ``open``: its rows that did not pass on the text as it is, with their status; ``affirmed``:
    those whose pass was let stand. A row is None where it has no examples."""

    id: int
    key: str
    accepts: frozenset[int] = frozenset()
    open: Mapping[int | None, str] = field(default_factory=dict)
    affirmed: frozenset[int | None] = frozenset()


@dataclass(frozen=True)
class Scene:
    """A business scenario in use: of which processes it tells which steps."""

    id: int
    key: str
    kind: str | None = None
    processes: frozenset[int] = frozenset()
    steps: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Flow:
    """A process in use, with the numbers of its steps in their order."""

    id: int
    key: str
    kind: str | None = None
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Named:
    """Something that is told by its key: an open question's item (``number`` of them), feedback nobody triaged."""

    key: str
    title: str = ""
    number: int = 1
    item_id: int = 0


@dataclass(frozen=True)
class Broken:
    """An open blocking defect, and the acceptance scenarios in which it shows."""

    key: str
    title: str = ""
    scenarios: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Stage:
    """A phase and what it carries. ``days_over``: how many person-days too many, "" where it fits; ``capacity``: whether it is given."""

    id: int
    number: int
    name: str
    capacity: bool = False
    days_over: str = ""


@dataclass(frozen=True)
class Facts:
    """All of it; ``phase`` is what a gate is asked for, None the whole project."""

    requirements: Sequence[Required] = ()
    acceptance: Sequence[Accepting] = ()
    scenes: Sequence[Scene] = ()
    processes: Sequence[Flow] = ()
    phases: Sequence[Stage] = ()
    questions: Sequence[Named] = ()
    pairs: Sequence[tuple[str, str]] = ()
    defects: Sequence[Broken] = ()
    feedback: int = 0
    untriaged: Sequence[Named] = ()
    walks: Mapping[int, Walk] = field(default_factory=dict)
    # Phases whose pilot was passed; None among them: that of the whole project.
    piloted: frozenset[int | None] = frozenset()
    phase: int | None = None

    def of(self, phase: int | None) -> Facts:
        """The same, asked for a phase."""
        return replace(self, phase=phase)

    def asked(self, tier: str | None = None) -> list[Required]:
        """The requirements in question, of a tier where one is given."""
        return [
            one
            for one in self.requirements
            if self.phase in (None, one.phase_id) and (tier is None or one.tier == tier)
        ]

    @cached_property
    def accepted(self) -> frozenset[int]:
        """The ids of what an acceptance scenario in use accepts."""
        return frozenset(each for one in self.acceptance for each in one.accepts)

    def main(self) -> list[Flow]:
        """The main processes in question: of a phase, those that its requirements arise from."""
        found = [one for one in self.processes if one.kind != "side"]
        if self.phase is None:
            return found
        arising = {scene for one in self.asked() for scene in one.scenarios}
        mine = {process for scene in self.scenes if scene.id in arising for process in scene.processes}
        return [one for one in found if one.id in mine]

    def told(self, process: int, *kinds: str) -> frozenset[int]:
        """The steps of a process that its scenarios (of some kinds) tell."""
        mine = [one for one in self.scenes if process in one.processes and (not kinds or one.kind in kinds)]
        return frozenset(step for one in mine for step in one.steps)

    def elsewhere(self) -> frozenset[str]:
        """The keys of the requirements that are not in question."""
        asked = {one.key for one in self.asked()}
        return frozenset(one.key for one in self.requirements if one.key not in asked)
