"""What a flow may say: it narrows what is hard and loosens nothing, and nothing can be stuck in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.errors import Reason, Verdict
from reqtrack.permissions import ROLE_PERMISSIONS
from reqtrack.workflow.flows import (
    ASKS,
    BY_ROLE,
    CATEGORIES,
    LANGUAGES,
    NAMES,
    NO_CATEGORY,
    PASSES,
    as_flow,
)

# More of them and nobody finds the way; a name longer than this fits on no card.
MOST_ADDED, LONGEST = 6, 40
_CODE = re.compile(r"[a-z][a-z0-9_]{0,23}")
PARTS = ("names", "added", "asks", "roles")
MOVES: dict[str, Any] = {
    "submit": _l("Submit"),
    "assess": _l("Assess"),
    "ask": _l("Ask back"),
    "approve": _l("Approve"),
    "reject": _l("Reject"),
    "defer": _l("Defer"),
    "withdraw": _l("Withdraw"),
    "close": _l("Close"),
    "pass_on": _l("Pass on"),
}
ROLE_WORDS: dict[str, Any] = {
    "project_manager": _l("project manager"),
    "business_owner": _l("business owner"),
    "analyst": _l("analyst"),
    "tester": _l("tester"),
    "contributor": _l("contributor"),
    "implementer": _l("implementer"),
    "sponsor": _l("sponsor"),
    "auditor": _l("auditor"),
}


def check(kind: str, body: Any) -> Verdict:
    """Every reason why changes of a kind cannot go by this (a body as ``flows.as_flow`` takes it)."""
    if shape := unreadable(body):
        return Verdict(tuple(shape))
    wrong = [
        *_names(body.get("names") or {}),
        *_added(kind, body.get("added") or []),
        *_asks(kind, body.get("asks") or {}),
        *_roles(body.get("roles") or {}),
    ]
    return Verdict(tuple(wrong or _twice(body)))


def unreadable(body: Any) -> list[Reason]:
    """Whether it is made as a flow is: by what is unreadable nothing further is said."""
    message = "This is no flow: it takes names, added, asks and roles."
    if not isinstance(body, Mapping) or any(part not in PARTS for part in body):
        return [Reason("invalid", message)]
    lists = [body.get("asks") or {}, body.get("roles") or {}]
    fits = all(isinstance(one, Mapping) and all(_texts(told or []) for told in one.values()) for one in lists)
    names, added = body.get("names") or {}, body.get("added") or []
    fits = fits and isinstance(names, Mapping) and all(_named(one) for one in names.values())
    fits = fits and isinstance(added, Sequence) and not isinstance(added, str)
    fits = fits and all(
        isinstance(one, Mapping)
        and _named(one.get("names") or {})
        and all(isinstance(one.get(part) or "", str) for part in ("code", "category"))
        and all(_texts(one.get(part) or []) for part in ("roles", "asks"))
        for one in added
    )
    return [] if fits else [Reason("invalid", message)]


def _texts(given: Any) -> bool:
    return isinstance(given, list | tuple) and all(isinstance(one, str) for one in given)


def _named(given: Any) -> bool:
    return isinstance(given, Mapping) and all(
        name in LANGUAGES and isinstance(text, str | None) for name, text in given.items()
    )


def _names(names: Mapping[str, Mapping[str, str]]) -> list[Reason]:
    found: list[Reason] = []
    for stage, given in names.items():
        if stage not in NAMES:
            message = "There is no stage %(stage)s: %(known)s."
            found.append(
                Reason("unknown_stage", message, {"stage": str(stage)[:40], "known": tuple(NAMES)}, f"names.{stage}")
            )
        found += _long(given, f"names.{stage}")
    return found


def _long(given: Mapping[str, str], where: str) -> list[Reason]:
    message = "A stage’s name has %(most)s characters at most."
    return [
        Reason("too_long", message, {"most": LONGEST}, f"{where}.{language}")
        for language, name in given.items()
        if len(name or "") > LONGEST
    ]


def _added(kind: str, added: Sequence[Mapping[str, Any]]) -> list[Reason]:
    found: list[Reason] = []
    if len(added) > MOST_ADDED:
        found.append(Reason("too_many", "At most %(most)s added stages.", {"most": MOST_ADDED}, "added"))
    codes = [one.get("code") or "" for one in added]
    for at, one in enumerate(added):
        where = f"added.{at}"
        names, category, code = one.get("names") or {}, one.get("category") or "", codes[at]
        if not any((name or "").strip() for name in names.values()):
            found.append(
                Reason("required", "An added stage needs a name, in one language at least.", {}, f"{where}.names.en")
            )
        found += _long(names, f"{where}.names")
        if code in NAMES or not _CODE.fullmatch(code) or codes.count(code) > 1:
            message = "The code of an added stage is made of small letters, digits and _, is its own and no stage’s: %(code)s."
            found.append(Reason("code", message, {"code": code[:40] or "–"}, f"{where}.code"))
        found += _category(kind, category, f"{where}.category")
        found += _holders(PASSES, one.get("roles") or (), "pass_on", f"{where}.roles")
        if not one.get("roles"):
            message = "Say who passes on what stands in it: else nothing gets out again."
            found.append(Reason("nobody", message, {}, f"{where}.roles"))
        found += _askable("pass_on", one.get("asks") or (), f"{where}.asks")
    return found


def _category(kind: str, category: str, where: str) -> list[Reason]:
    if category not in CATEGORIES:
        message = "A stage is added to one of these, so that it is known what it counts as: %(known)s."
        return [Reason("category", message, {"known": tuple(NAMES[one] for one in CATEGORIES)}, where)]
    if category in NO_CATEGORY.get(kind, ()):
        if kind == "emergency":
            message = "An emergency is decided at once and assessed afterwards: no stage is added to assessing."
            return [Reason("category", message, {}, where)]
        return [
            Reason(
                "category", "A standard change takes effect when it is handed in: nothing stands between.", {}, where
            )
        ]
    return []


def _asks(kind: str, asks: Mapping[str, Sequence[str]]) -> list[Reason]:
    found: list[Reason] = []
    for move, wanted in asks.items():
        if move not in ASKS or move == "pass_on":
            message = "Nothing more can be asked of this move: %(move)s."
            found.append(Reason("unknown_move", message, {"move": MOVES.get(move, str(move)[:40])}, f"asks.{move}"))
        elif kind == "standard" and move in ("assess", "approve", "defer"):
            message = "A standard change takes effect when it is handed in: nothing stands between."
            found.append(Reason("unknown_move", message, {}, f"asks.{move}"))
        else:
            found += _askable(move, wanted, f"asks.{move}")
    return found


def _askable(move: str, wanted: Sequence[str], where: str) -> list[Reason]:
    message = "“%(move)s” cannot ask for this: %(what)s."
    return [
        Reason("unknown_field", message, {"move": MOVES[move], "what": one[:40]}, where)
        for one in wanted
        if one not in ASKS[move]
    ]


def _roles(roles: Mapping[str, Sequence[str]]) -> list[Reason]:
    found: list[Reason] = []
    for move, wanted in roles.items():
        where = f"roles.{move}"
        if move in ("approve", "reject", "defer"):
            found.append(Reason("hard", "Who decides a change is said by the delegation table alone.", {}, where))
        elif move == "assess":
            message = "Who assesses is asked at each change, by name or by role."
            found.append(Reason("hard", message, {}, where))
        elif move not in BY_ROLE:
            message = "Who makes this move is not set up here: %(move)s."
            found.append(Reason("unknown_move", message, {"move": str(move)[:40]}, where))
        else:
            found += _holders(BY_ROLE[move], wanted, move, where)
    return found


def _holders(permission: str, roles: Sequence[str], move: str, where: str) -> list[Reason]:
    """Nobody gets by a flow what their role does not give them."""
    able = [role for role, given in ROLE_PERMISSIONS.items() if permission in given]
    message = (
        "“%(role)s” may not do this (%(move)s), and stages give nobody more than their role does. It may be: %(able)s."
    )
    return [
        Reason(
            "loosens",
            message,
            {
                "role": ROLE_WORDS.get(role, role[:40]),
                "move": MOVES[move],
                "able": tuple(ROLE_WORDS[one] for one in able),
            },
            where,
        )
        for role in roles
        if role not in able
    ]


def _twice(body: Mapping[str, Any]) -> list[Reason]:
    """Two stages of one name cannot be told apart."""
    flow = as_flow(body)
    found: list[Reason] = []
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        own = [(f"names.{stage}", name) for stage, name in flow.names.items()]
        added = [(f"added.{at}.names", one.name) for at, one in enumerate(flow.added)]
        for where, name in (*own, *added):
            said = name.of(language).casefold().strip()
            if said in seen:
                message = "Two stages have this name: %(name)s."
                found.append(Reason("twice", message, {"name": name.of(language)}, f"{where}.{language}"))
            seen[said] = where
        if found:
            return found
    return found
