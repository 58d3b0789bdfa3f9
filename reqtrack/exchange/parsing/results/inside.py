"""The child's side of reading results: bytes in, plain data out; which format it is told by what stands in it."""

from __future__ import annotations

import gc
import json
import re
from dataclasses import replace
from typing import Any

from reqtrack.exchange.parsing.results.found import ResultsFile
from reqtrack.files.limits import Limits
from reqtrack.files.problems import N_, FileProblem, Place, refuse
from reqtrack.files.text import Decoded, read_text

_TEXT = ("text", "xml", "html", "json")
_MEND = N_("Send the report as the test runner wrote it: JUnit XML, Cucumber JSON or Cucumber messages (.ndjson).")
_NOT_RESULTS = N_("The file holds no test results: it is neither JUnit XML nor Cucumber JSON nor Cucumber messages.")


def read(payload: dict[str, Any]) -> dict[str, Any]:
    """The results in a payload of ``reading``, as plain data.

    Raises:
        FileProblem: what ``reading.read_results`` documents.
    """
    # Nothing here makes cycles, and to look for some in a tree that grows takes a third of the time.
    gc.disable()
    limits, name = Limits(**payload["limits"]), payload["name"]
    return read_bytes(payload["data"], payload["content"], name, limits).to_plain()


def read_bytes(data: bytes, content: str, name: str, limits: Limits) -> ResultsFile:
    """The results in these bytes, which the door took for ``content``.

    Raises:
        FileProblem: what ``reading.read_results`` documents.
    """
    place = Place(file=name)
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        message = N_("The file is empty.")
        raise refuse("empty", message, Place(file=name, line=1), N_("Look whether the test run came to its end."))
    if content == "html":
        message = N_("The file is a web page, which is a report for people to read.")
        raise refuse("not_results", message, place, _MEND)
    if content not in _TEXT:
        raise refuse("not_results", _NOT_RESULTS, place, _MEND)
    if content == "xml":
        # Each format's reader is imported where it is needed: the others do not wait for it.
        from reqtrack.exchange.parsing.results.junit import read_junit

        return read_junit(data, name, limits)
    # Screenshots stand inside such reports as text, so that their size is what counts.
    decoded = read_text(data, place, replace(limits, text_chars=limits.size))
    return _with_notes(_read_json(decoded.unix.lstrip("\ufeff"), name), decoded)


def _with_notes(found: ResultsFile, decoded: Decoded) -> ResultsFile:
    return ResultsFile(**{**vars(found), "warnings": (*decoded.warnings, *found.warnings)})


def _read_json(text: str, name: str) -> ResultsFile:
    place = Place(file=name)
    start = re.compile(r"\s*").match(text)
    at = start.end() if start else 0
    if text[at : at + 1] not in ("{", "["):
        raise refuse("not_results", _NOT_RESULTS, Place(file=name, line=text.count("\n", 0, at) + 1), _MEND)
    if text[at] == "{" and _is_messages(text):
        from reqtrack.exchange.parsing.results.messages import read_messages

        return read_messages(_lines(text, name), name)
    found = _parsed(text, name)
    # One feature alone, as some runners write it, is a report of one.
    features = [found] if isinstance(found, dict) and ("elements" in found or "keyword" in found) else found
    if not isinstance(features, list) or (features and not any(map(_is_feature, features))):
        raise refuse("not_results", _NOT_RESULTS, place, _MEND)
    from reqtrack.exchange.parsing.results.cucumber_json import read_cucumber_json

    return read_cucumber_json(features, name)


def _is_feature(value: Any) -> bool:
    return isinstance(value, dict) and bool({"elements", "keyword", "uri"} & value.keys())


def _is_messages(text: str) -> bool:
    """Whether each line is a message of its own: the first one is whole, and has one of the names that messages have."""
    from reqtrack.exchange.parsing.results.messages import KINDS

    first = next(line for line in text.split("\n") if line.strip())
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        # Cut off or broken in its first line, or one JSON over many lines: the next reader says where.
        started = re.match(r'\s*\{\s*"(\w+)"\s*:\s*\{.', first)
        return started is not None and started[1] in KINDS
    return isinstance(value, dict) and bool(KINDS & value.keys())


def _lines(text: str, name: str) -> list[tuple[int, Any]]:
    """The messages with the numbers of their lines."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    return [(number, _parsed(line, name, number)) for number, line in lines]


def _parsed(text: str, name: str, line: int = 1) -> Any:
    mend = N_("Export it again, and look whether the test run came to its end.")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = Place(file=name, line=line + error.lineno - 1, column=str(error.colno))
        raise refuse("json", N_("The JSON is broken here."), where, mend) from None
    except RecursionError:
        raise _too_deep(name, line) from None
    except ValueError:
        # A number of thousands of digits, which Python refuses to read.
        message = N_("The JSON holds a number that is too long.")
        raise refuse("json", message, Place(file=name, line=line), mend) from None


def _too_deep(name: str, line: int) -> FileProblem:
    message = N_("The JSON is nested deeper than can be read.")
    return refuse("json_depth", message, Place(file=name, line=line), _MEND)
