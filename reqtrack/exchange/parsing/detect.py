"""Which reader a file is for: by its content where that tells, by the ending of its name where it does not."""

from __future__ import annotations

import re

from reqtrack.exchange.parsing.delimited import sniff
from reqtrack.files.door import Upload
from reqtrack.files.problems import N_, FileProblem, Place, refuse
from reqtrack.files.text import read_text

# What this folder reads; the others are told apart so that their readers, or a plain refusal, can take over.
READABLE = ("table", "gherkin", "notes")
# What ``results.reading`` reads.
RESULTS = ("junit", "cucumber")

_BY_ENDING = {
    ".feature": "gherkin",
    ".feature.md": "gherkin",
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
    ".md": "notes",
    ".markdown": "notes",
    ".sdoc": "strictdoc",
    ".sgra": "strictdoc",
    ".reqif": "reqif",
}
_BY_CONTENT = {"xlsx": "table", "xls": "table", "reqifz": "reqif"}
_TEXTS = ("text", "xml", "html", "json")
_HEAD = 20_000
_GHERKIN = re.compile(
    r"(?:\s*(?:#.*|@\S.*)?\n)*\s*(?:#\s*language\s*:|Feature:|功能:|Business Need:|Ability:)", re.IGNORECASE
)
_STRICTDOC = re.compile(r"\s*\[DOCUMENT\]\s*\n")
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")

_IMPORTED = N_("Files that can be imported: tables (.xlsx, .xls, .csv, .tsv), features (.feature), notes (.md, .txt).")
_RESULTS = N_("These are a machine's test results, which belong to a round of acceptance.")
_TO_A_ROUND = N_("Open the round under “Accept” and choose “Bring in machine results”.")
_REFUSED = {
    "empty": (N_("The file is empty."), ""),
    "pdf": (N_("PDF files cannot be imported."), N_("Attach it, or send the table or text it was made from.")),
    "docx": (N_("Word files cannot be imported."), N_("Save the text as .md or .txt, or copy the table and paste it.")),
    "doc": (N_("Word files cannot be imported."), N_("Save the text as .md or .txt, or copy the table and paste it.")),
    "pptx": (N_("Presentations cannot be imported."), N_("Attach it instead.")),
    "ppt": (N_("Presentations cannot be imported."), N_("Attach it instead.")),
    "opendocument": (N_("OpenDocument files cannot be imported."), N_("Save the table as .xlsx or .csv.")),
    "xlsb": (N_("Binary workbooks (.xlsb) cannot be imported."), N_("Save it as .xlsx.")),
    "picture": (N_("Pictures cannot be imported."), N_("Attach it instead.")),
    "html": (N_("Web pages cannot be imported."), N_("Copy the table and paste it, or save the text as .md.")),
    "xml": (N_("This kind of XML file cannot be imported."), _IMPORTED),
    "json": (N_("This kind of JSON file cannot be imported."), _IMPORTED),
    "strictdoc": (N_("StrictDoc text files cannot be imported."), N_("Export them from StrictDoc as Excel.")),
    "zip": (N_("Archives cannot be imported."), N_("Unpack it and send the files one by one.")),
    "reqif": (N_("ReqIF files cannot be imported."), _IMPORTED),
    "junit": (_RESULTS, _TO_A_ROUND),
    "cucumber": (_RESULTS, _TO_A_ROUND),
    "archive": (N_("A project archive cannot be imported into a project."), _IMPORTED),
}
_ALIKE = {
    **dict.fromkeys(("png", "jpeg", "gif", "bmp", "webp"), "picture"),
    **dict.fromkeys(("7z", "rar", "gzip", "xz", "bzip2"), "zip"),
}


def detect(upload: Upload) -> str:
    """``table``, ``gherkin`` or ``notes``; or ``reqif``, ``junit``, ``cucumber``, ``archive``, for other readers.

    Raises:
        FileProblem: nothing here or elsewhere reads such a file; one sentence says what it is and what to do.
    """
    if upload.kind == "empty" and _BY_ENDING.get(upload.ending) == "gherkin":
        return "gherkin"
    if upload.kind in _BY_CONTENT:
        return _BY_CONTENT[upload.kind]
    if upload.kind not in _TEXTS:
        raise refuse_kind(upload.kind, upload.place)
    by_ending = _BY_ENDING.get(upload.ending)
    if by_ending == "strictdoc":
        raise refuse_kind("strictdoc", upload.place)
    return by_ending or _by_text(upload)


def refuse_kind(kind: str, place: Place) -> FileProblem:
    """The refusal for a kind of file that the caller cannot take, to be raised by it."""
    message, mend = _REFUSED.get(_ALIKE.get(kind, kind), (N_("This kind of file cannot be imported."), _IMPORTED))
    return refuse("kind", message, place, mend)


def _by_text(upload: Upload) -> str:
    text = read_text(upload.data, upload.place, upload.limits).text
    head = text[:_HEAD].lstrip("\ufeff")
    if upload.kind == "html":
        raise refuse_kind("html", upload.place)
    if upload.kind == "xml":
        return _xml_kind(head, upload)
    if upload.kind == "json":
        return _json_kind(head, upload)
    if _GHERKIN.match(head):
        return "gherkin"
    if _STRICTDOC.match(head):
        raise refuse_kind("strictdoc", upload.place)
    return "table" if _is_table(head) else "notes"


def _xml_kind(head: str, upload: Upload) -> str:
    root = _ROOT.search(re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL))
    kind = {"REQ-IF": "reqif", "testsuites": "junit", "testsuite": "junit"}.get(root.group(1) if root else "")
    if kind is None:
        raise refuse_kind("xml", upload.place)
    return kind


def _json_kind(head: str, upload: Upload) -> str:
    if '"reqtrack"' in head[:500]:
        return "archive"
    if re.search(r'"(?:elements|gherkinDocument|testCaseStarted|testRunStarted)"', head) or '"meta"' in head[:200]:
        return "cucumber"
    if head.lstrip().startswith("[") and '"keyword"' in head and '"uri"' in head:
        return "cucumber"  # features that hold no scenario
    raise refuse_kind("json", upload.place)


def _is_table(head: str) -> bool:
    """Most lines cut into the same number of cells, more than two of them or by tabs: prose has no such habit."""
    lines = [line for line in head.splitlines()[:30] if line.strip()]
    delimiter = sniff(head)
    counts = [line.count(delimiter) for line in lines]
    if len(lines) < 2 or not counts[0]:
        return False
    same = counts.count(counts[0])
    return same * 10 >= len(lines) * 9 if delimiter != "\t" else same * 2 >= len(lines)
