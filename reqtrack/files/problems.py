"""What is wrong with a file, in sentences with a place.

A ``Problem`` is one sentence (an English message id with named parameters, translated when shown), where it is, and how
to mend it. ``FileProblem`` is raised when a file as a whole is refused; it holds every problem that was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from reqtrack.errors import Reason, ReqtrackError


def N_(msgid: str) -> str:
    """Mark a message id for the catalogues (Babel knows this name); it is translated when shown."""
    return msgid


@dataclass(frozen=True)
class Place:
    """Where in a file: what is not known stays empty. Rows and lines count from 1, as programs that show them do."""

    file: str = ""
    member: str = ""
    sheet: str = ""
    row: int | None = None
    line: int | None = None
    column: str = ""

    def parts(self) -> list[tuple[str, dict[str, Any]]]:
        """The place as message ids with parameters, from the large to the small."""
        words = (
            (N_("%(file)s"), "file"),
            (N_("part “%(member)s”"), "member"),
            (N_("sheet “%(sheet)s”"), "sheet"),
            (N_("row %(row)s"), "row"),
            (N_("line %(line)s"), "line"),
            (N_("column “%(column)s”"), "column"),
        )
        # A row says it for people; its line in the text file stays for machines.
        known = [(msgid, name) for msgid, name in words if getattr(self, name) and not (name == "line" and self.row)]
        return [(msgid, {name: getattr(self, name)}) for msgid, name in known]

    def words(self, translate: Callable[[str], str] = str) -> str:
        """The place as one phrase; ``translate`` maps a message id to its words."""
        return translate(N_(", ")).join(translate(msgid) % params for msgid, params in self.parts())


@dataclass(frozen=True)
class Problem:
    """One sentence about one place. ``severity``: an *error* keeps the row (or file) out, a *warning* lets it in.

    ``mend`` is a second message id with the same parameters: what to do about it. ``code`` is for machines and tests.
    """

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)
    place: Place = Place()
    mend: str = ""
    severity: str = "error"
    code: str = "file"

    def __str__(self) -> str:
        return self.sentence()

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """The place, what is wrong and how to mend it, in the words of ``translate`` (gettext; else English)."""
        said = " ".join(translate(msgid) % dict(self.params) for msgid in (self.msgid, self.mend) if msgid)
        where = self.place.words(translate)
        return translate(N_("%(place)s: %(sentence)s")) % {"place": where, "sentence": said} if where else said

    def at(self, **where: Any) -> Problem:
        """The same problem with more of the place known; what is known already stays."""
        known = {name: value for name, value in asdict(self.place).items() if value}
        return replace(self, place=Place(**{**where, **known}))

    def reason(self) -> Reason:
        """The problem as a ``Reason`` of ``reqtrack.errors``; its field is the place."""
        return Reason(self.code, self.msgid, dict(self.params), self.place.words() or None, self.mend)

    def to_plain(self) -> dict[str, Any]:
        """Only dicts, strings and numbers, as a child process may hand over."""
        return {**asdict(self), "params": dict(self.params)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Problem:
        """The opposite of ``to_plain``."""
        return cls(**{**plain, "place": Place(**plain["place"])})


class FileProblem(ReqtrackError):
    """The file is refused as a whole; ``problems`` holds every reason, each with its place."""

    status = 422

    def __init__(self, problems: Iterable[Problem] | Problem, status: int | None = None) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__((problem.reason() for problem in self.problems), status)

    def __str__(self) -> str:
        return " ".join(str(problem) for problem in self.problems)

    def at(self, **where: Any) -> FileProblem:
        """The same refusal with more of the place known."""
        return FileProblem((problem.at(**where) for problem in self.problems), self.status)


def refuse(code: str, msgid: str, place: Place | None = None, mend: str = "", **params: Any) -> FileProblem:
    """A ``FileProblem`` with one problem, to be raised by the caller."""
    return FileProblem(Problem(msgid, params, place or Place(), mend, "error", code))


def warning(code: str, msgid: str, place: Place | None = None, mend: str = "", **params: Any) -> Problem:
    """A problem that lets the file in."""
    return Problem(msgid, params, place or Place(), mend, "warning", code)
