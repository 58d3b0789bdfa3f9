"""What can go wrong, in sentences.

A ``Reason`` is one sentence (an English message id with named parameters, translated when shown). A ``Verdict`` holds every
reason why something may not be done; it is true when there is none. The exceptions carry reasons and the HTTP status they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One sentence why not: ``code`` for machines, ``message`` (msgid) with ``params`` for people, ``field`` where it is.

    ``mend``: a second message id, of what to do about it, with the same parameters.
    A parameter that names several things is a list or a tuple: each language parts them in its own way.
    """

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str | None = None
    mend: str = ""

    def __str__(self) -> str:
        told = {
            name: ", ".join(map(str, one)) if isinstance(one, list | tuple) else one
            for name, one in self.params.items()
        }
        said = " ".join(msgid for msgid in (self.message, self.mend) if msgid)
        return said % told if told else said


@dataclass(frozen=True)
class Verdict:
    """Every reason why something may not be done. True when it may."""

    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        return not self.reasons

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(self.reasons + other.reasons)

    def require(self, status: int = 403) -> None:
        """Go on, or raise ``Refused`` with every reason."""
        if self.reasons:
            raise Refused(self.reasons, status)


YES = Verdict()
ARCHIVED = Reason(
    "archived", "This project is archived: it can be read and exported, not changed. Its project manager may reopen it."
)


def no(code: str, message: str, field: str | None = None, **params: Any) -> Verdict:
    """A verdict with one reason."""
    return Verdict((Reason(code, message, params, field),))


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """All reasons of several verdicts together."""
    return Verdict(tuple(reason for verdict in verdicts for reason in verdict.reasons))


class ReqtrackError(Exception):
    """The root of everything this program refuses on purpose."""

    status = 400

    def __init__(self, reasons: Iterable[Reason] = (), status: int | None = None) -> None:
        self.reasons = tuple(reasons)
        if status is not None:
            self.status = status
        super().__init__("; ".join(str(reason) for reason in self.reasons))


class Refused(ReqtrackError):
    """A rule says no: 403 for who asks, 409 for the state of things."""

    status = 403


class NotFound(ReqtrackError):
    """No such thing, or none that the actor may see: the two are not told apart."""

    status = 404

    def __init__(self, what: str = "") -> None:
        super().__init__((Reason("not_found", "There is no %(what)s here, or you may not see it.", {"what": what}),))


class Invalid(ReqtrackError):
    """What was sent does not make sense; each reason names its field."""

    status = 422


class Stale(ReqtrackError):
    """Somebody else saved in between. ``current`` and ``mine`` map field names to the two texts."""

    status = 409

    def __init__(self, key: str, seen: int, version: int, mine: Mapping[str, Any], current: Mapping[str, Any]) -> None:
        self.key, self.seen, self.version, self.mine, self.current = key, seen, version, mine, current
        message = "%(key)s was changed while you edited it: you saw version %(seen)s, it is now version %(version)s."
        super().__init__((Reason("stale", message, {"key": key, "seen": seen, "version": version}),))


class TooBusy(ReqtrackError):
    """The write lock could not be had in time."""

    status = 503


def invalid(field: str | None, message: str, code: str = "invalid", **params: Any) -> Invalid:
    """An ``Invalid`` with one reason."""
    return Invalid((Reason(code, message, params, field),))


def unseen() -> Invalid:
    """What is raised of a form that does not say which version it shows: nobody could tell what it would write over."""
    return invalid("seen", "This form does not say which version it shows. Load the page again.")
