"""Addresses for every route: samples for the parts of a rule that are not fixed, found by their names.

A route that comes later is walked without a word here as long as its parts are called as those of others are. A part with a
new name, or a thing of a new kind, is missed by ``test_walks.py``, which asks for a sample here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from reqtrack.items.kinds import KINDS
from reqtrack.web.area import Route, route_of
from tests.architecture.prepared import MACHINE_DIGEST, Prepared

# Things with a key that are no items, by the part of the address that stands before it.
KEYED = {"baselines": "BL-1", "datasets": "DAT-1", "signoffs": "SGN-1", "rounds": "RND-1", "imports": "IMP-2", "results": "1",
         "reviews": "REV-2", "waivers": "WVR-1", "branches": "BR-1"}  # fmt: skip
# Numbers: in CRM, where a thing has two, they differ in kind or in state.
NUMBERS = (1, 2)
# What an address says behind its question mark, where it must say something.
ARGUMENTS = {
    "signoff.new": "?subject=BL-1", "walks.new": "?process=PRC-2", "scenarios.steps": "?process=PRC-1",
    "machines.new": f"?file={MACHINE_DIGEST}&name=night.xml",
}  # fmt: skip
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


@dataclass(frozen=True)
class Stop:
    """One request of a walk."""

    method: str
    url: str
    endpoint: str
    rule: str
    arguments: Mapping[str, object]
    route: Route

    def __str__(self) -> str:
        return f"{self.method} {self.url}"

    @property
    def is_api(self) -> bool:
        return self.route.api or self.url.startswith("/api/")


def alike(stop: Stop) -> str:
    """What is the same of requests whose answers look alike: the route, and of pages of items also the kind."""
    if stop.endpoint not in ("items.show", "items.edit", "items.new", "items.listing"):
        return f"{stop.method} {stop.rule}"
    kind = stop.arguments.get("plural") or str(stop.arguments["key"]).partition("-")[0]
    return f"{stop.method} {stop.rule} {kind}"


def stops(made: Prepared, *, methods: Iterable[str] = ("GET",), project: str = "CRM") -> list[Stop]:
    """Every route of the app with these methods, with every sample of its parts."""
    return list(_stops(made.app, values_of(made, project), set(methods)))


def refusable(made: Prepared, *, methods: Iterable[str] = METHODS) -> list[Stop]:
    """One stop for each route and method, where the permission is the same whatever it is asked for: else all of them."""
    seen: set[tuple[str, str]] = set()
    found = []
    for stop in stops(made, methods=methods):
        if isinstance(stop.route.permission, str) and (stop.method, stop.rule) in seen:
            continue
        seen.add((stop.method, stop.rule))
        found.append(stop)
    return found


def _stops(app: Flask, samples: Mapping[str, tuple[object, ...]], methods: set[str]) -> Iterator[Stop]:
    # What puts a project away comes last: nothing can be done in it after that.
    last = ("/archiving", "/reopening")
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule.endswith(last), one.rule, one.endpoint)):
        route = route_of(rule.endpoint)
        assert route is not None, f"{rule.endpoint} has no permission"
        for method in sorted((rule.methods or set()) & methods - {"HEAD", "OPTIONS"}):
            for arguments in arguments_of(rule, samples):
                url = "".join(
                    quote(str(arguments[part]), safe="/") if is_variable else part for is_variable, part in parts(rule)
                )
                url += ARGUMENTS.get(rule.endpoint, "")
                yield Stop(method, url, rule.endpoint, rule.rule, arguments, route)


def parts(rule: Rule) -> list[tuple[bool, str]]:
    """A rule as ``(is it a variable, its text)``."""
    found: list[tuple[bool, str]] = []
    rest = rule.rule
    while rest:
        fixed, opened, rest = rest.partition("<")
        if fixed:
            found.append((False, fixed))
        if opened:
            inner, _, rest = rest.partition(">")
            found.append((True, inner.rpartition(":")[2]))
    return found


def arguments_of(rule: Rule, samples: Mapping[str, tuple[object, ...]]) -> Iterator[dict[str, object]]:
    """Every combination of samples for the variables of a rule."""
    names, choices, before = [], [], ""
    for is_variable, part in parts(rule):
        if not is_variable:
            before = part.strip("/").rpartition("/")[2]
            continue
        names.append(part)
        choices.append(samples.get(f"{before}/{part}") or samples.get(part) or _guess(rule, part))
    for chosen in product(*choices):
        yield dict(zip(names, chosen, strict=True))


def _guess(rule: Rule, name: str) -> tuple[object, ...]:
    # A number where the rule wants one; else a word that leads nowhere, so that test_walks.py names the route.
    return NUMBERS if isinstance(rule._converters[name], IntegerConverter) else ("no-sample",)


def values_of(made: Prepared, project: str) -> dict[str, tuple[object, ...]]:
    """Samples by the name of a variable, and by ``the part before/name`` where that decides."""
    firsts = {kind.name: f"{kind.prefix}-1" for kind in KINDS.values()}
    samples: dict[str, tuple[object, ...]] = {
        "project": (project,),
        "plural": tuple(kind.plural for kind in KINDS.values()),
        "key": (*firsts.values(), "REQ-3", *KEYED.values()),
        "into/key": (firsts["acceptance"],),
        "i/key": (*firsts.values(), "REQ-3"),
        "items/key": tuple(firsts.values()),
        "interview/key": (firsts["interview"],),
        "moves/name": ("review",),
        "line": ("list",),
        "check": ("requirement_without_evidence",),
        "gate": ("pilot",),
        "passages/number": (1,),
        "login": ("tester",),
        "role": ("tester",),
        "item": ("REQ-1",),
        "kind": ("requirement",),
        "code": (made.secrets["code"],),
        "special-flows/code": ("duplicate", "own-1"),
        "sign_in": ("0" * 64,),
        "filename": ("css/areas.css",),
        "documents/number": (1,),
        "machine-runs/number": (1,),
        "walks/number": (1,),
        "lines/number": (1, int(made.secrets["line"])),
        "pictures/number": tuple(range(1, 9)),
        "join/secret": (made.secrets["join"],),
        "password/secret": (made.secrets["password"],),
        "set-up/secret": ("no-sample",),
        "f/secret": (made.secrets["feedback"],),
        "F/secret": (made.secrets["feedback"].upper(),),
        "r/secret": (made.secrets["receipt"],),
        "R/secret": (made.secrets["receipt"].upper(),),
        "confirm/secret": (made.secrets["confirm"],),
        "CONFIRM/secret": (made.secrets["confirm"].upper(),),
        "ask/secret": (made.secrets["ask"],),
        "ASK/secret": (made.secrets["ask"].upper(),),
        "sign/secret": (made.secrets["sign"],),
        "SIGN/secret": (made.secrets["sign"].upper(),),
        "JOIN/secret": (made.secrets["join"].upper(),),
        "PASSWORD/secret": (made.secrets["password"].upper(),),
    }
    samples |= {f"{kind.plural}/key": (f"{kind.prefix}-1",) for kind in KINDS.values()}
    samples |= {f"{before}/key": (key,) for before, key in KEYED.items()}
    # In other stages: being decided, not agreed.
    samples["changes/key"] = ("CR-1", "CR-2")
    samples["requirements/key"] = ("REQ-1", "REQ-3")
    # Complete, and waiting with people outside, links and sheets.
    samples["signoffs/key"] = ("SGN-1", "SGN-2")
    # Planned, held.
    samples["reviews/key"] = ("REV-2", "REV-1")
    return samples
