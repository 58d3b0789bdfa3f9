"""What a rule is, and the registry of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from reqtrack.requirements.text.reading import Reading


@dataclass(frozen=True)
class Finding:
    """What a rule found: ``words`` are those of the statement from ``start`` to before ``end``; ``language`` is theirs."""

    rule: str
    start: int
    end: int
    words: str
    language: str = "en"


class Rule:
    """One rule. A subclass with ``@register`` is all that a new one takes.

    ``label``, ``reason``, ``better`` are in the reader's language; ``form`` is the pattern to write after, in the language of
    the text, which ``better`` quotes as ``%(form)s``. ``terms``: phrases by language; each begins with a plain word (English) or a
    plain character (Chinese), the rest is a regular expression over the text in lower case. ``needs``: words and characters of which
    one must be there for ``find`` to find anything (none: it is always asked).
    """

    name: ClassVar[str]
    guide: ClassVar[str]
    label: ClassVar[Any]
    reason: ClassVar[Any]
    better: ClassVar[Any]
    form: ClassVar[Mapping[str, str]]
    terms: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    needs: ClassVar[frozenset[str]] = frozenset()

    def keeps(self, reading: Reading, start: int, end: int) -> bool:
        """Whether a term found there is meant as the rule takes it."""
        return True

    def find(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """The places that are found otherwise than by terms."""
        return iter(())


# By name, in the order in which they are shown.
RULES: dict[str, Rule] = {}
R = TypeVar("R", bound=type[Rule])


def register(rule: R) -> R:
    """Make a rule known."""
    RULES[rule.name] = rule()
    return rule
