"""The registry of kinds of item and kinds of link.

A ``Kind`` says which fields an item has and what each is part of; the store, the forms, the API, the import, the change
requests and the search read it from here, so that a field is declared once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from reqtrack.errors import YES, Verdict
from reqtrack.items.models import Item
from reqtrack.permissions import Actor

# What a field holds, and its Python value:
#   line, text, markdown: str · choice: one of `choices` · decimal: Decimal ≥ 0 · date: date · number: int ≥ 0
#   lines: list[str] · tags: list[str] · examples: {"header": [str], "rows": [[str]]} · phase: phase id · user: user id
#   links: list[Item], kept as links · personal: str, kept by digest · stakeholders: list of ids · numbers: list[int]
#   steps: list of the steps of a process, see `items.steps`
TYPES = (
    "line", "text", "markdown", "choice", "decimal", "number", "date", "lines", "tags", "examples", "phase", "user",
    "links", "personal", "stakeholders", "numbers", "steps",
)  # fmt: skip

# Of these a change is one value instead of another, not an edit of a text.
VALUES = frozenset({"choice", "decimal", "number", "date", "phase", "user"})


@dataclass(frozen=True)
class Field:
    """One field of a kind.

    ``text``: part of what a tester tests; ``scope``: part of what a signature covers (text is always part of it too).
    ``column``: the model's attribute when it is not the name. ``link``: (link kind, "source" | "target"): which end of the
    link this item is. ``linked``: the kind at the other end.
    """

    name: str
    type: str
    label: Any
    text: bool = False
    scope: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    link: tuple[str, str] = ("", "")
    linked: str = ""
    hint: Any = ""
    search: bool = True
    # At what stage or gate it is needed: a msgid shown as "still needed before …".
    needed: Any = ""

    @property
    def attribute(self) -> str:
        return self.column or self.name


def sample_keys(kind: str) -> str:
    """Two keys of items of that kind, as an example in a form."""
    prefix = KINDS[kind].prefix if kind in KINDS else "REQ"
    return f"{prefix}-1 {prefix}-2"


def _free(actor: Actor, item: Item | None, changed: Sequence[str], values: Mapping[str, Any], change: str) -> Verdict:
    return YES


@dataclass(frozen=True)
class Kind:
    """One kind of item.

    ``read``/``create``/``write``: the permissions for it. ``guard(actor, item, changed field names, values, change key)`` is
    asked before each save: the one place where a lock is enforced for pages, API, import and command line alike.
    ``implementer_sees``: the clause for items of this kind that an implementer may see (None: none of them).
    """

    name: str
    plural: str
    prefix: str
    model: type[Item]
    fields: tuple[Field, ...]
    label: Any
    label_plural: Any
    place: str
    icon: str
    first_stage: str
    create: str
    write: str
    read: str = "project.read"
    draft: str = ""
    guard: Callable[[Actor, Item | None, Sequence[str], Mapping[str, Any], str], Verdict] = _free
    implementer_sees: Callable[[Actor], ColumnElement[bool]] | None = None
    # What a new item has where nothing was said: (actor, project id, values) → values.
    defaults: Callable[[Actor, int, Mapping[str, Any]], Mapping[str, Any]] | None = None
    # What becomes of values before they are kept, at every save: (actor, project id, values, the item as it was or None)
    # → values.
    clean: Callable[[Actor, int, Mapping[str, Any], Any], Mapping[str, Any]] | None = None
    # Called after a save that made a version, in its transaction: (actor, item, changed field names).
    saved: Callable[[Actor, Any, Sequence[str]], None] | None = None
    # Called once an item was made, in its transaction: (actor, item).
    made: Callable[[Actor, Any], None] | None = None
    # What else of an item is searched, beside its fields: (item) → text.
    more_text: Callable[[Any], str] | None = None
    empty: Any = ""
    columns: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            KeyError: the kind has none.
        """
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(candidate.name for candidate in self.fields)


@dataclass(frozen=True)
class LinkKind:
    """A kind of link: ``drives`` names the end whose change makes the other look again (source, target, both, none)."""

    name: str
    source: str  # kind name or "*"
    target: str
    drives: str
    label: Any
    inverse: Any
    acyclic: bool = False
    # A change of the target's text is a change of what the source tests.
    carries_text: bool = False


KINDS: dict[str, Kind] = {}
LINKS: dict[str, LinkKind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; called once at import by the area that owns it."""
    KINDS[kind.name] = kind
    return kind


def register_link(link: LinkKind) -> LinkKind:
    LINKS[link.name] = link
    return link


def by_plural(plural: str) -> Kind | None:
    return next((kind for kind in KINDS.values() if kind.plural == plural), None)


def by_key(key: str) -> Kind | None:
    """The kind that a key such as ``REQ-12`` belongs to."""
    prefix = key.partition("-")[0].upper()
    return next((kind for kind in KINDS.values() if kind.prefix == prefix), None)


def label_of(key: str, name: str) -> Any:
    """How people call a field of the item with that key."""
    kind = by_key(key)
    return kind.field(name).label if kind is not None and name in kind.names else name


def driven_directions() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Link kinds that are walked source → target, and those walked target → source, when going from driver to driven."""
    forward = tuple(name for name, link in LINKS.items() if link.drives in ("source", "both"))
    backward = tuple(name for name, link in LINKS.items() if link.drives in ("target", "both"))
    return forward, backward
