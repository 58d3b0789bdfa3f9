"""What keeps the append-only tables so: their triggers. And the mark that says which migrations were made."""

from __future__ import annotations

from pathlib import Path

from reqtrack.audit import triggers
from reqtrack.audit.checks.run import Run
from reqtrack.audit.seals import APPEND_ONLY
from reqtrack.errors import Reason

MARK = "migration_mark"
MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"


def check_guards(run: Run) -> None:
    """Each append-only table has its two triggers, and they do what they should."""
    found = _sqlite(run) if run.reader.dialect == "sqlite" else _postgres(run)
    for table in sorted(set(APPEND_ONLY)):
        for name in triggers.names(table):
            if name not in found:
                run.report.add(table, "", Reason("unguarded", "The guard trigger %(name)s is missing.", {"name": name}))
            elif not found[name]:
                run.report.add(
                    table,
                    "",
                    Reason("unguarded", "The guard trigger %(name)s does not refuse any more.", {"name": name}),
                )


def _sqlite(run: Run) -> dict[str, bool]:
    """Triggers by name, and whether each is word for word the one that we make."""
    wanted = {_name(statement): statement for statement in triggers.create("sqlite", sorted(set(APPEND_ONLY)))}
    rows = run.reader.rows("sqlite_master", "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row["name"]: _plain(row["sql"]) == _plain(wanted.get(row["name"], "")) for row in rows}


def _name(statement: str) -> str:
    return statement.split()[2]


def _plain(sql: object) -> str:
    return " ".join(str(sql).split()).rstrip(";")


def _postgres(run: Run) -> dict[str, bool]:
    """Triggers by name, and whether each is on and raises."""
    rows = run.reader.rows(
        "pg_trigger",
        "SELECT t.tgname AS name, t.tgenabled IN ('O', 'A') AND p.prosrc LIKE '%RAISE EXCEPTION%' AS works "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace",
    )
    return {row["name"]: bool(row["works"]) for row in rows}


def check_mark(run: Run) -> None:
    """The database says which migration made it, and it is one of ours."""
    marks = run.reader.values(MARK, "SELECT version_num FROM migration_mark")
    if len(marks) != 1:
        run.report.add(MARK, "", Reason("no_mark", "The mark of the migrations is missing."))
        return
    known = {path.name.partition("_")[0] for path in MIGRATIONS.glob("*.py")}
    if known and str(marks[0]) not in known:
        reason = Reason(
            "no_mark", "The mark of the migrations is %(mark)s, which is none of ours.", {"mark": str(marks[0])}
        )
        run.report.add(MARK, str(marks[0])[:40], reason, "version_num")


def check_file(run: Run, table: str) -> None:
    """On SQLite, that the file is whole there, and that the table's indexes say the same as the table."""
    if run.reader.dialect != "sqlite":
        return
    for line in run.reader.values(table, f"PRAGMA integrity_check({table})"):
        if line != "ok":
            run.report.add(
                table, "", Reason("damaged", "The file is damaged here: %(what)s", {"what": str(line)[:200]})
            )
