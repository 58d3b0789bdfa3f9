"""Full-text search that finds Chinese by any two characters.

Text is folded (NFKC, lower case) and indexed as words for Latin script and as overlapping pairs for Han script: ``登录失败`` →
``登录 录失 失败 败``. The trailing single lets one character be found by prefix and parts runs, so a phrase of pairs never
runs over punctuation. SQLite holds it in an FTS5 table, PostgreSQL in a tsvector; the project is a token of the document. Hits
are re-checked on the folded text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from reqtrack.db import at_last, db
from reqtrack.items.kinds import Field, Kind
from reqtrack.items.models import Item

HAN = "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(f"[{HAN}]+|[^\\W_{HAN}]+")
MOST_TERMS = 12


def fold(value: str) -> str:
    """NFKC and lower case: full-width digits and letters are found by their plain forms."""
    return unicodedata.normalize("NFKC", value).lower()


def _is_han(run: str) -> bool:
    return re.match(f"[{HAN}]", run) is not None


def tokens(value: str) -> Iterator[str]:
    """The index tokens of a text, in order."""
    for run in _TOKEN.findall(fold(value)):
        if _is_han(run):
            yield from (run[at : at + 2] for at in range(len(run) - 1))
            yield run[-1]
        else:
            yield run[:60]


def terms(query: str) -> list[str]:
    """The runs that a query asks for: Han runs whole, words whole."""
    return list(dict.fromkeys(run[:60] for run in _TOKEN.findall(fold(query))))[:MOST_TERMS]


def text_of(kind: Kind, item: Item, content: Mapping[str, Any]) -> str:
    """What is searched in an item: its key and its texts, but for personal ones and links."""
    parts = [item.key]
    for field in kind.fields:
        if field.search and field.name in content:
            parts.extend(_strings(field, content[field.name]))
    if kind.more_text is not None:
        parts.append(kind.more_text(item))
    return "\n".join(parts)


def _strings(field: Field, value: Any) -> Iterator[str]:
    if field.type in ("line", "text", "markdown"):
        yield value
    elif field.type in ("lines", "tags"):
        yield from value
    elif field.type == "examples":
        yield from value["header"]
        for row in value["rows"]:
            yield from row
    elif field.type == "steps":
        for step in value:
            yield from (step[name] for name in ("name", "actor", "data") if name in step)


def put(kind: Kind, item: Item, content: Mapping[str, Any]) -> None:
    """Index an item (again)."""
    put_text(item.project_id, item.id, text_of(kind, item, content))


def put_text(project_id: int, item_id: int, body: str) -> None:
    """Index a text as that of an item."""
    folded = fold(body)[:100_000]
    words = " ".join(tokens(folded))
    values = {"id": item_id, "project": project_id, "folded": folded, "words": f"{project_word(project_id)} {words}"}
    at_last("search", item_id, values, _put_all)


def _put_all(values: Iterable[Mapping[str, Any]]) -> None:
    # Past the session: nothing of what it was told meanwhile concerns the index, and the items themselves are written.
    connection = db.session.connection()
    for statement in _putting(connection.dialect.name):
        connection.execute(statement, list(values))


@cache
def _putting(dialect: str) -> list[TextClause]:
    return [text(statement) for statement in STATEMENTS[dialect]["put"]]


def project_word(project_id: int) -> str:
    """The word of a project: it begins with a full-width letter, which folded texts and queries never hold."""
    return f"\uff50{project_id}"


STATEMENTS: dict[str, Any] = {
    "sqlite": {
        "put": (
            "DELETE FROM search_index WHERE rowid = :id",
            "INSERT INTO search_index (rowid, words) VALUES (:id, :words)",
            "INSERT INTO search_texts (item_id, project_id, folded) VALUES (:id, :project, :folded) "
            "ON CONFLICT (item_id) DO UPDATE SET folded = excluded.folded",
        ),
        "find": "SELECT rowid FROM search_index WHERE search_index MATCH :match",
    },
    "postgresql": {
        "put": (
            "INSERT INTO search_texts (item_id, project_id, folded, words) "
            "VALUES (:id, :project, :folded, to_tsvector('simple', :words)) "
            "ON CONFLICT (item_id) DO UPDATE SET folded = excluded.folded, words = excluded.words",
        ),
        "find": "SELECT item_id FROM search_texts WHERE words @@ to_tsquery('simple', :match)",
    },
}


def matching(project_id: int, query: str) -> tuple[str, dict[str, Any]] | None:
    """``(SQL that selects item ids, its parameters)`` for a query in a project; None when the query has no searchable term."""
    wanted = terms(query)
    if not wanted:
        return None
    return _finding(project_id, _all_of(wanted))


def matching_any(project_id: int, queries: Iterable[str]) -> tuple[str, dict[str, Any]] | None:
    """As ``matching``, what matches one of several queries."""
    wanted = [found for query in queries if (found := terms(query))]
    return _finding(project_id, (" | " if _postgres() else " OR ").join(map(_all_of, wanted))) if wanted else None


def _finding(project_id: int, match: str) -> tuple[str, dict[str, Any]]:
    word = project_word(project_id)
    match = f"'{word}' & ({match})" if _postgres() else f'"{word}" AND ({match})'
    return str(STATEMENTS[db.engine.dialect.name]["find"]), {"match": match}


def _all_of(wanted: Iterable[str]) -> str:
    parts = [_phrase(term, _postgres()) for term in wanted]
    return f"({(' & ' if _postgres() else ' AND ').join(parts)})"


def _postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


def _phrase(term: str, postgres: bool) -> str:
    if not _is_han(term):
        return f"'{term}':*" if postgres else f'"{term}" *'
    if len(term) == 1:
        return f"'{term}':*" if postgres else f'"{term}" *'
    pairs = [term[at : at + 2] for at in range(len(term) - 1)]
    if postgres:
        return "(" + " <-> ".join(f"'{pair}'" for pair in pairs) + ")"
    return '"' + " ".join(pairs) + '"'


def holds(folded: str, wanted: list[str]) -> bool:
    """Whether a folded text really holds every term (words from their beginning)."""
    return all(
        term in folded if _is_han(term) else re.search(rf"(?<![^\W_{HAN}]){re.escape(term)}", folded) for term in wanted
    )


# What migrations make; the tables are no models, because each database has its own.
TABLES = ("search_texts", "search_index")
SCHEMA = {
    "sqlite": (
        "CREATE TABLE search_texts (item_id INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE RESTRICT, "
        "project_id INTEGER NOT NULL, folded TEXT NOT NULL)",
        'CREATE VIRTUAL TABLE search_index USING fts5(words, tokenize="unicode61 remove_diacritics 0")',
    ),
    "postgresql": (
        "CREATE TABLE search_texts (item_id INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE RESTRICT, "
        "project_id INTEGER NOT NULL, folded TEXT NOT NULL, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_texts_words ON search_texts USING gin (words)",
    ),
}
