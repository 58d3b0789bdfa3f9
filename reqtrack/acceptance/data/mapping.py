"""Which column holds which field of the dictionary: by name, then by what stands in it. A proposal; a person says yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from reqtrack.acceptance.data.dictionary import Entry, check, key_of
from reqtrack.acceptance.data.masks import is_masked
from reqtrack.acceptance.data.profile import Column, HiddenProfile, Profile
from reqtrack.errors import Reason
from reqtrack.files.problems import N_

LEAST = 40
_SAMPLE = 100
_SIMILAR = 85


@dataclass(frozen=True)
class Match:
    """What a column is thought to hold: ``entry`` (None: nothing in the dictionary), how sure that is (0 to 100), and why."""

    column: int
    entry: Entry | None
    confidence: int
    reason: Reason


def propose(profile: Profile | HiddenProfile, entries: Sequence[Entry]) -> list[Match]:
    """A match for each column, in their order. An entry is given to one column, the surest; an equal name beats everything else."""
    pairs = [(*_score(column, entry), column.index, entry) for column in profile.columns for entry in entries]
    pairs.sort(key=lambda pair: (-pair[0], pair[2], pair[3].name))
    chosen: dict[int, Match] = {}
    given: set[str] = set()
    for confidence, reason, index, entry in pairs:
        if confidence >= LEAST and index not in chosen and entry.name not in given:
            chosen[index] = Match(index, entry, confidence, reason)
            given.add(entry.name)
    nothing = Reason("no_match", N_("No field of the dictionary has this name or such values."))
    return [chosen.get(column.index) or Match(column.index, None, 0, nothing) for column in profile.columns]


def _score(column: Column, entry: Entry) -> tuple[int, Reason]:
    score, reason = _by_name(column.name, entry)
    values = _values(column)
    fit = _fit(values, entry)
    if score:
        # Values that do not fit make an equal name doubtful, not wrong: that they do not fit may be what is to be found out.
        return (score if fit is None or fit >= 50 else max(score - 20, LEAST if score == 100 else 0)), reason
    # Any text fits an entry that asks for nothing.
    if fit is None or not _asks(entry):
        return 0, reason
    message = N_("%(share)s %% of the values looked at are as “%(field)s” wants them.")
    most = 75 if entry.type == "choice" or entry.allowed or (entry.type == "text" and entry.format) else 45
    return fit * most // 100 if fit >= 80 else 0, Reason("values", message, {"share": fit, "field": entry.name})


def _by_name(name: str, entry: Entry) -> tuple[int, Reason]:
    key = key_of(name)
    keys = [key_of(one) for one in entry.names]
    if not key:
        return 0, Reason("no_match", N_("The column has no name."))
    if key == keys[0]:
        return 100, Reason("name", N_("The column has the name of the field “%(field)s”."), {"field": entry.name})
    if key in keys:
        return 95, Reason(
            "alias", N_("“%(column)s” is another name of “%(field)s”."), {"column": name[:80], "field": entry.name}
        )
    best = max(keys, key=lambda one: fuzz.ratio(key, one))
    similar = int(fuzz.ratio(key, best))
    message = N_("“%(column)s” is much like “%(name)s”.")
    reason = Reason("similar", message, {"column": name[:80], "name": entry.names[keys.index(best)]})
    if similar >= _SIMILAR:
        return similar - 10, reason
    # 客户手机 for 手机: one name within the other, where that is more than one character or short word.
    within = [
        one
        for one in keys
        if len(one) >= (2 if not one.isascii() else 4) and (one in key or (key in one and len(key) >= 2))
    ]
    return (60, reason) if within and similar >= 50 else (0, reason)


def _values(column: Column) -> list[str]:
    """What to look at: distinct values where they are at hand, else the examples; masks tell nothing."""
    values = list(column.values) or [one.example for one in column.seen]
    step = max(len(values) // _SAMPLE, 1)
    return [value for value in values[::step][:_SAMPLE] if not is_masked(value)]


def _fit(values: list[str], entry: Entry) -> int | None:
    """How many in a hundred values pass the entry's check; None where there is nothing to look at."""
    filled = [found for found in (check(value, entry) for value in values) if found.text or found.problem]
    if not filled:
        return None
    return 100 * sum(found.problem is None for found in filled) // len(filled)


def _asks(entry: Entry) -> bool:
    return entry.type != "text" or bool(entry.format or entry.allowed)
