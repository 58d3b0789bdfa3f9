"""What ``verify`` looks at besides seals: that versions are canonical and have their prints, that baselines have their
fingerprints, that items show their newest version, that personal texts have their digests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import select

from reqtrack.audit.checks.reader import Row
from reqtrack.audit.checks.run import Run, register_check, register_rows
from reqtrack.audit.seals import digest
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import prepare_at
from reqtrack.db import canonical, clean_text, db
from reqtrack.errors import Reason
from reqtrack.interviews.models import Correction, Excerpt, Stakeholder
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.models import Comment
from reqtrack.items.store import SCHEMA
from reqtrack.scenarios.models import FlowReply

# Columns that hold the digest of a personal text.
CITING = (
    (Comment, "body"), (Stakeholder, "name"), (Excerpt, "quote"), (FlowReply, "asked"), (Correction, "body"),
    (Correction, "passage"),
)  # fmt: skip
# The event that erases a personal text tells its digest.
ERASED = ".erased"


def register() -> None:
    """Add these checks to ``verify``."""
    register_rows("versions", versions)
    register_check("items", check_items)
    register_check("baselines", check_baselines)
    register_check("personal_texts", check_personal)


def versions(run: Run) -> Callable[[Row], Iterator[tuple[str, Reason]]]:
    """Looks at a version's content: canonical JSON with the prints that its row tells."""
    kinds = {row["id"]: KINDS.get(row["kind"]) for row in run.reader.rows("items", "SELECT id, kind FROM items")}
    personal = {kind.name: [field.name for field in kind.fields if field.type == "personal"] for kind in KINDS.values()}
    plans = {kind.name: _plan(kind) for kind in KINDS.values()}

    def look(row: Row) -> Iterator[tuple[str, Reason]]:
        kind = kinds.get(row["item_id"])
        if kind is None:
            yield "item_id", Reason("stray", "It belongs to no item.")
            return
        read = _read(row["content"])
        if read is None:
            yield "content", Reason("not_canonical", "Its content is not canonical JSON.")
            return
        if row["schema"] != SCHEMA:
            yield "schema", Reason("unknown_schema", "Its content is of a form that is not known here.")
            return
        content, pieces = read
        for name in personal[kind.name]:
            if name in content:
                run.cited.add((row["project_id"], content[name]))
        for column, wanted in zip(
            ("text_print", "scope_print"), _prints(plans[kind.name], content, pieces), strict=True
        ):
            if row[column] != wanted:
                yield column, Reason("wrong_print", "It is not the print of its content.")

    return look


def _plan(kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the fields in each of the two prints."""
    text = tuple(field.name for field in kind.fields if field.text)
    return text, tuple(field.name for field in kind.fields if field.text or field.scope)


def _prints(
    plan: tuple[tuple[str, ...], tuple[str, ...]], content: dict[str, Any], pieces: dict[str, str]
) -> tuple[str, str]:
    """As ``items.store.prints``; the content is known to be canonical, so that it need not be made so again."""
    text = [name for name in plan[0] if name in pieces]
    scope = [name for name in plan[1] if name in pieces]
    if content.get("retired"):
        scope.append("retired")
    return digest(_joined(text, pieces)), digest(_joined(scope, pieces))


def _joined(names: Iterable[str], pieces: dict[str, str]) -> str:
    """The canonical JSON of an object of which each value is dumped already: each is dumped once for three texts."""
    return "{" + ",".join([f"{encode_basestring(name)}:{pieces[name]}" for name in sorted(names)]) + "}"


_dumped = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _read(text: Any) -> tuple[dict[str, Any], dict[str, str]] | None:
    """A content and its values as JSON, when the text is the one canonical form of it."""
    if not isinstance(text, str):
        return None
    try:
        content = _loaded(text)
        if not isinstance(content, dict):
            return None
        pieces = {
            name: encode_basestring(value) if isinstance(value, str) else _dumped(value)
            for name, value in content.items()
        }
        same = _joined(pieces, pieces) == text
        # Normal form only matters where a text could be out of it.
        if same and not (text.isascii() and "\\r" not in text):
            same = clean_text(text) == text and ("\\r" not in text or canonical(content) == text)
    except (ValueError, TypeError, RecursionError):
        return None
    return (content, pieces) if same else None


def _refuse(text: str) -> Any:
    raise ValueError(text)


_loaded = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).decode


def check_items(run: Run) -> None:
    """Items show what their newest versions say."""
    sql = (
        "SELECT i.project_id, i.key, i.version, v.number, i.text_print, v.text_print AS wanted_text, i.scope_print, "
        "v.scope_print AS wanted_scope, w.number AS newer FROM items i "
        "LEFT JOIN versions v ON v.item_id = i.id AND v.number = i.version "
        "LEFT JOIN versions w ON w.item_id = i.id AND w.number = i.version + 1 "
        "WHERE v.number IS NULL OR w.number IS NOT NULL OR i.text_print <> v.text_print OR i.scope_print <> v.scope_print"
    )
    for row in run.reader.rows("items", sql):
        if run.project_id not in (None, row["project_id"]):
            continue
        key = f"{row['project_id']}:{row['key']}"
        if row["number"] is None or row["newer"] is not None:
            run.report.add("items", key, Reason("not_newest", "It does not show its newest version."), "version")
        elif row["text_print"] != row["wanted_text"]:
            run.report.add(
                "items", key, Reason("wrong_print", "It is not the print of its newest version."), "text_print"
            )
        else:
            run.report.add(
                "items", key, Reason("wrong_print", "It is not the print of its newest version."), "scope_print"
            )


def check_baselines(run: Run) -> None:
    """The content of each baseline, as the versions and links of its point tell it, has its fingerprint."""
    wanted = select(Baseline.project_id, Baseline.number, Baseline.seq, Baseline.keys, Baseline.fingerprint)
    if run.project_id is not None:
        wanted = wanted.where(Baseline.project_id == run.project_id)
    for row in db.session.execute(wanted.order_by(Baseline.project_id, Baseline.number)).all():
        key = f"{row.project_id}:{row.number}"
        try:
            found = prepare_at(row.project_id, row.seq, json.loads(row.keys)).fingerprint
        except (ValueError, TypeError):
            run.report.add("baselines", key, Reason("unreadable", "Its list of keys cannot be read."), "keys")
            continue
        if found != row.fingerprint:
            reason = Reason("wrong_print", "The versions and links of its point do not have its fingerprint.")
            run.report.add("baselines", key, reason, "fingerprint")


def check_personal(run: Run) -> None:
    """Personal texts have their digests, something tells of each, and what is told of is there."""
    for model, column in CITING:
        for row in run.rows(model.__tablename__, f"id, project_id, {column} AS told"):
            if row["told"]:
                run.cited.add((row["project_id"], row["told"]))
                if row["told"] not in run.personal:
                    reason = Reason("missing", "The personal text that it tells of is not there.")
                    run.report.add(model.__tablename__, row["id"], reason, column)
    present: set[tuple[Any, Any]] = set()
    for row in run.rows("personal_texts"):
        run.report.count("personal_texts")
        present.add((row["project_id"], row["digest"]))
        for column, reason in _personal(run, row):
            run.report.add("personal_texts", row["digest"], reason, column)
    for project_id, told in sorted(run.cited - present, key=str):
        if run.project_id in (None, project_id):
            reason = Reason(
                "missing", "Project %(project)s tells of this personal text, and it is gone.", {"project": project_id}
            )
            run.report.add("personal_texts", told, reason)


def _personal(run: Run, row: Row) -> Iterator[tuple[str, Reason]]:
    if (row["project_id"], row["digest"]) not in run.cited:
        yield "project_id", Reason("stray", "Nothing in its project tells of this personal text.")
    if row["body"] is None:
        if not _erased(run, row):
            yield "body", Reason("missing", "It is gone, and no event says that it was erased.")
    elif digest(f"{row['salt']}{row['body']}") != row["digest"]:
        yield "body", Reason("changed", "It was changed: it does not have its digest.")


def _erased(run: Run, row: Row) -> bool:
    sql = "SELECT action FROM events WHERE project_id = :project AND action LIKE :erased AND (after LIKE :told OR subject = :digest)"
    values = {
        "project": row["project_id"], "erased": f"%{ERASED}", "told": f"%{row['digest']}%", "digest": row["digest"]
    }  # fmt: skip
    return bool(run.reader.values("events", sql, values))
