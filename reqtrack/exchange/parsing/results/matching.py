"""Which acceptance scenario, and which of its example rows, a machine's case is about.

First by a key of the project, which a tag, a JUnit name or a property gives; then by feature and scenario name together, never
by one of them alone. What is not clear is not matched, and each such case says why (5-contracts.md, Gherkin and results).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reqtrack.exchange.parsing.results.found import MachineCase
from reqtrack.exchange.parsing.results.matched import Known, Match, Matched, Unmatched
from reqtrack.exchange.parsing.results.names import key_words, plain, without_table
from reqtrack.exchange.parsing.results.rows import row_of, why
from reqtrack.files.problems import N_, Problem


def match_results(cases: Iterable[MachineCase], known: Iterable[Known]) -> Matched:
    """Match the cases of a file of results to the scenarios of a project."""
    index = _Index(known)
    matches: list[Match] = []
    unmatched: list[Unmatched] = []
    for case in cases:
        found = index.find(case)
        if isinstance(found, Problem):
            unmatched.append(Unmatched(case, found))
        else:
            matches += found
    return Matched(tuple(matches), tuple(unmatched))


@dataclass
class _Named:
    """The scenarios of one name: those whose title it is, and those that have it with the values of some rows."""

    titled: list[Known] = field(default_factory=list)
    filled: list[tuple[Known, int]] = field(default_factory=list)


class _Index:
    """The scenarios by key and by name."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._keys: dict[str, Known] = {}
        self._names: dict[str, _Named] = {}
        for one in known:
            self._keys[one.key.upper()] = one
            self._named(one.title).titled.append(one)
            for row, title in enumerate(one.filled()):
                self._named(title).filled.append((one, row))

    def _named(self, name: str) -> _Named:
        return self._names.setdefault(plain(name), _Named())

    def find(self, case: MachineCase) -> list[Match] | Problem:
        """What a case is about, or why that cannot be told."""
        words = [*key_words(case.tags), *case.ids]
        keyed = list(dict.fromkeys(self._keys[word].key for word in words if word in self._keys))
        if keyed:
            found = [_matched(case, self._keys[key.upper()], "key") for key in keyed]
            refused = [each for each in found if isinstance(each, Problem)]
            # Of several keys, those that are clear still count.
            clear = [each for each in found if isinstance(each, Match)]
            return clear or refused[0]
        return self._by_name(case)

    def _by_name(self, case: MachineCase) -> list[Match] | Problem:
        if not case.name:
            return why(case, "no_name", N_("The test case has no name, so there is nothing to find it by."))
        elsewhere = False
        for name, is_outline in _names(case):
            named = self._names.get(plain(name))
            if named is None:
                continue
            candidates = [one for one in named.titled if _is_feature_of(case, one)]
            rows = [(one, row) for one, row in named.filled if _is_feature_of(case, one)]
            if candidates:
                return _one_of(case, candidates, None if is_outline else ())
            if rows:
                return _one_of(case, list(dict.fromkeys(one for one, _ in rows)), rows)
            elsewhere = True
        if elsewhere:
            return why(case, "other_feature", N_("A scenario is named so, but in another feature."))
        return why(case, "no_scenario", N_("No acceptance scenario is named so."))


def _names(case: MachineCase) -> list[tuple[str, bool]]:
    """The names to look for, and whether what the case says of its row then holds."""
    names = [(case.name, not case.outline or plain(case.outline) == plain(case.name))]
    if case.outline:
        # Messages say for certain which outline it was; elsewhere a name may end like that of a row by itself.
        names.insert(0 if case.columns else 1, (case.outline, True))
        names.append((without_table(case.outline), True))
    for owner in (case.feature, *case.suites):
        names += [(name[len(owner) + 3 :], holds) for name, holds in names if owner and name.startswith(f"{owner} - ")]
    return names


def _is_feature_of(case: MachineCase, known: Known) -> bool:
    """Whether the case stands in the scenario's feature: by its name, also behind the name of a module as behave writes it."""
    feature = plain(known.feature)
    if not feature:
        return False
    return any(owner == feature or owner.endswith(f".{feature}") for owner in map(plain, (case.feature, *case.suites)))


def _one_of(
    case: MachineCase, candidates: list[Known], rows: Sequence[tuple[Known, int]] | None
) -> list[Match] | Problem:
    """The one scenario among several of one name; ``rows`` are those that the name itself points to, None: ask the case."""
    for narrowed in _narrowed(case, candidates):
        if len(narrowed) == 1:
            known = narrowed[0]
            own = None if rows is None else [row for one, row in rows if one is known]
            found = _matched(case, known, "name", own)
            return found if isinstance(found, Problem) else [found]
    if len(candidates) == 2:
        message = N_("Two scenarios are named so: %(keys)s.")
    else:
        message = N_("Several scenarios are named so: %(keys)s.")
    return why(case, "ambiguous", message, N_("Give the test a tag with the key."), keys=_listed(candidates))


def _narrowed(case: MachineCase, candidates: list[Known]) -> Iterator[list[Known]]:
    """The candidates, then those that also share the rule, the columns of the examples, or all the tags."""
    yield candidates
    if case.rule:
        candidates = [one for one in candidates if plain(one.rule) == plain(case.rule)] or candidates
        yield candidates
    if case.columns:
        wanted = sorted(map(plain, case.columns))
        candidates = [one for one in candidates if sorted(map(plain, one.columns)) == wanted] or candidates
        yield candidates
    if case.tags:
        yield [one for one in candidates if set(one.tags) == set(case.tags)]


def _matched(case: MachineCase, known: Known, by: str, named: Sequence[int] | None = None) -> Match | Problem:
    row = row_of(case, known, named)
    return row if isinstance(row, Problem) else Match(case, known.key, row, by)


def _listed(known: list[Known]) -> str:
    shown = ", ".join(one.key for one in known[:5])
    return f"{shown} …" if len(known) > 5 else shown
