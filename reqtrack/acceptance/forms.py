"""What the pages of rounds and of run mode send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request
from werkzeug.datastructures import Headers, MultiDict

from reqtrack.acceptance.policy import Evidence
from reqtrack.db import whole_number
from reqtrack.errors import invalid, unseen
from reqtrack.files.door import open_upload
from reqtrack.files.storage import Storage

MOST_FILES = 5
FILTERS = ("tier", "phase", "process", "change", "round", "q", "only")


@dataclass(frozen=True)
class Sent:
    """A result as a page sent it. ``once`` names the sending; ``by_script``: sent by run mode's script, which shows no page;
    ``author``: the login of whom the page was made for, "" where it does not say; ``walk``: the id of the planned walk taken."""

    key: str
    row: int | None
    verdict: str
    note: str
    whom: str
    steps: tuple[str, ...]
    once: str
    by_script: bool
    seen: int | None
    author: str
    walk: int | None


def received() -> list[Evidence]:
    """Check and keep the photos of a result before the transaction begins."""
    files = [file for file in request.files.getlist("photo") if file.filename]
    if len(files) > MOST_FILES:
        raise invalid("photo", "A result takes at most %(most)s files.", most=MOST_FILES)
    kept = []
    for file in files:
        upload = open_upload(file.stream, file.filename or "")  # type: ignore[arg-type]
        digest = Storage(current_app.config["SETTINGS"].data / "files").put(upload.data)
        kept.append(Evidence(digest, upload.name, upload.kind, upload.size))
    return kept


def further(form: MultiDict[str, str]) -> list[Sent]:
    """The results that a page which is left sends with its first one, in the order in which they were given. That order tells whether
    a process was walked (walking.py), and requests of their own would overtake each other.

    Raises:
        Invalid: what no script of ours sends.
    """
    given = form.get("further", "")
    if not given:
        return []
    try:
        told = json.loads(given)
        several = [
            (MultiDict((str(name), str(value)) for name, value in one["fields"]),
             dict(parse_qsl(urlsplit(str(one["url"])).query)), Headers({"Idempotency-Key": str(one["id"])}))
            for one in told
        ]  # fmt: skip
    except (ValueError, TypeError, KeyError, RecursionError):
        raise invalid("further", "The results that were sent together cannot be read. Load the page again.") from None
    return [result(*one) for one in several]


def result(form: MultiDict[str, str], arguments: Mapping[str, str], headers: Headers) -> Sent:
    """Read a result from a card of run mode.

    Raises:
        Invalid: a row or sequence that is no number.
    """
    verdict = form.get("verdict", "")
    key = headers.get("Idempotency-Key", "").strip()
    # A card's own mark, so that a double click counts once; with the verdict, so that a second thought is a second result.
    once = key or (f"{arguments['once']}:{verdict}" if arguments.get("once") else "")
    return Sent(
        key=form.get("acceptance", ""),
        row=_number(form.get("row", ""), "row"),
        verdict=verdict,
        note=form.get("note", "").strip(),
        whom=form.get("whom", "").strip(),
        steps=_marks(form),
        once=once,
        by_script=bool(key),
        seen=_number(arguments.get("seen", ""), "seen"),
        author=form.get("author", ""),
        walk=_number(arguments.get("walk", ""), "walk"),
    )


def _marks(form: MultiDict[str, str]) -> tuple[str, ...]:
    """The marks of the steps; none at all where no step was marked."""
    marks = tuple(form.getlist("mark"))
    return marks if any(marks) else ()


def _number(given: str, field: str) -> int | None:
    if given == "":
        return None
    number = whole_number(given)
    if number is None:
        raise invalid(field, "%(given)s is not a number.", given=given[:40])
    return number


def seen_version(form: Mapping[str, str]) -> int:
    """The version of a round that a form was made from.

    Raises:
        Invalid: the form does not say.
    """
    seen = _number(form.get("seen", ""), "seen")
    if seen is None:
        raise unseen()
    return seen


def details(form: MultiDict[str, str]) -> dict[str, Any]:
    """Name, facts and testers of a round, as the actions take them.

    Raises:
        Invalid: a day that is none.
    """
    return {
        "name": form.get("name", ""),
        "testers": form.getlist("testers"),
        **{name: form.get(name, "") for name in ("environment", "address", "account", "group_name")},
        "tester_roles": form.getlist("tester_roles"),
        "due_on": _day(form.get("due_on", "")),
    }


def _day(given: str) -> date | None:
    if not given.strip():
        return None
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise invalid("due_on", "%(given)s is not a day such as 2026-11-20.", given=given.strip()[:40]) from None


def copied(form: Mapping[str, str]) -> int | None:
    """The number of the round that a new one repeats."""
    return whole_number(form.get("round", "").upper().removeprefix("RND-")) if form.get("round") else None


def wanted(arguments: Mapping[str, str]) -> dict[str, str]:
    """The filter of acceptance scenarios that is in force."""
    return {name: arguments[name].strip() for name in FILTERS if arguments.get(name, "").strip()}
