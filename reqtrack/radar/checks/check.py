"""Check: one thing that the radar looks for, as the one place that knows of it. ``register`` makes it part of the radar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.permissions import Actor
from reqtrack.radar.checks.facts import Facts

SEVERITIES = ("serious", "attention", "note")
# What is known of a subject beside its name.
Details = Mapping[str, Any]
Way = tuple[str, dict[str, str]]


class Check:
    """A check. ``find`` says what is the matter; the rest says it in words.

    Attributes:
        name: as the API tells it. area: elicitation, process, data, change, acceptance, scope.
        severity: serious, attention or note.
        title, meaning, mending: what it looks for, why that matters, how to mend it.
        text: the sentence behind the count (``lead``). verb: of the link that mends.
        permission: what one must be allowed to, to be told. needed: the same, to be shown the link that mends.
        setting: the project's field with its threshold, "" where it has none.
        early: shown on the Overview already while the first week leads there.
        apart: each subject is a finding of its own, with the items that belong to it.
        each: each subject is mended in a place of its own; ``arguments`` of its details name it.
    """

    name: ClassVar[str]
    area: ClassVar[str]
    severity: ClassVar[str] = "attention"
    title: ClassVar[Any]
    meaning: ClassVar[Any]
    mending: ClassVar[Any]
    text: ClassVar[Any]
    verb: ClassVar[Any]
    permission: ClassVar[str] = "project.read"
    needed: ClassVar[str] = "project.read"
    setting: ClassVar[str] = ""
    early: ClassVar[bool] = False
    apart: ClassVar[bool] = False
    each: ClassVar[bool] = False

    def find(self, facts: Facts) -> Mapping[str, Details]:
        """What is found: the keys of items (or names of what is no item) in the order to show them, with what is known of each."""
        raise NotImplementedError

    def finds(self, facts: Facts, subject: str) -> bool:
        """Whether it is found of a subject that the reader may be told, or of anything ("")."""
        found = self.find(facts)
        if not subject:
            return bool(found)
        return subject in found and not self.veiled(facts.actor, facts.project.id, subject, found[subject])

    def threshold(self, project: Project) -> int | None:
        """The threshold in force."""
        return getattr(project, self.setting) if self.setting else None

    # -- in words (in the reader's language) ---------------------------------------------------------------------------

    def lead(self, count: int) -> str:
        """``3 requirements``: what is counted."""
        return str(ngettext("%(num)s requirement", "%(num)s requirements", count))

    def way(self, names: list[str]) -> Way | None:
        """Where it is mended: an endpoint and its arguments; None is the check's own page."""
        return None

    def subject(self, name: str, details: Details) -> str:
        """How a subject that is no item is called."""
        return str(details.get("label", name))

    def detail(self, project: Project, details: Details) -> str:
        """What is the matter with one subject, "" where the check's text says it all."""
        return ""

    def veiled(self, actor: Actor, project_id: int, name: str, details: Details) -> bool:
        """Whether a reader may not be told which subject it is."""
        return False


CHECKS: dict[str, Check] = {}
_Made = TypeVar("_Made", bound=Check)


def register(check: type[_Made]) -> type[_Made]:
    """Make a check part of the radar."""
    CHECKS[check.name] = check()
    return check


def of_kind(kind: str) -> Callable[[int], str]:
    """How many of an item: ``2 processes``."""
    return {
        "interview": lambda count: str(ngettext("%(num)s interview", "%(num)s interviews", count)),
        "process": lambda count: str(ngettext("%(num)s process", "%(num)s processes", count)),
        "acceptance": lambda count: str(ngettext("%(num)s acceptance scenario", "%(num)s acceptance scenarios", count)),
    }[kind]
