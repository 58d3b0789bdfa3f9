"""``verify``: proves that what the tables hold is what was written, and names the first place where it is not.

It reads raw values, recomputes every hash and seal, and never ends in a traceback: what cannot be read is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reqtrack.audit.checks import chains, guards, rows
from reqtrack.audit.checks.reader import Unreadable, opened
from reqtrack.audit.checks.report import Problem, Report
from reqtrack.audit.checks.run import CHECKS, Run
from reqtrack.audit.seals import SEALED
from reqtrack.db import mode, reading
from reqtrack.errors import NotFound, Reason

__all__ = ["CERTIFICATES", "Problem", "Report", "verify", "verify_certificate"]

# Set by the area of signatures: checks the data of a certificate against the database.
CERTIFICATES: list[Callable[[Mapping[str, Any], Report], None]] = []


def verify(project_key: str | None = None) -> Report:
    """Check chains, access log, versions, baselines, results, decisions, signatures, and what stands on them.

    Args:
        project_key: only this project's; without it the whole site.

    Raises:
        NotFound: there is no such project.
    """
    if mode() is None:
        with reading():
            return _verify(project_key)
    return _verify(project_key)


def _verify(project_key: str | None) -> Report:
    report = Report()
    with opened() as reader:
        run = Run(reader, report, None)
        _try(run, "projects", lambda: _projects(run, project_key))
        if project_key is not None and run.project_id is None and report.ok:
            raise NotFound(project_key)
        _try(run, guards.MARK, lambda: guards.check_mark(run))
        _try(run, "triggers", lambda: guards.check_guards(run))
        for table in ("events", "access_events", *sorted(SEALED), "personal_texts"):
            _try(run, table, lambda table=table: guards.check_file(run, table))  # type: ignore[misc]
        _try(run, "personal_texts", lambda: _personal(run))
        _try(run, "events", lambda: chains.check_events(run))
        _try(run, "access_events", lambda: chains.check_access(run))
        for table in sorted(SEALED):
            _try(run, table, lambda table=table: rows.check_sealed(run, table))  # type: ignore[misc]
        for table, check in CHECKS:
            _try(run, table, lambda check=check: check(run))  # type: ignore[misc]
    return report


def _try(run: Run, table: str, check: Callable[[], None]) -> None:
    """Make one check; whatever goes wrong in it is a finding at its place."""
    try:
        check()
    except Unreadable as problem:
        reason = Reason("unreadable", "This cannot be read: %(why)s", {"why": problem.why})
        run.report.add(problem.table, "", reason)
    except NotFound:
        raise
    except Exception as problem:  # noqa: BLE001 - tampered values may break any assumption; that is a finding, not an end
        reason = Reason(
            "unreadable", "This cannot be checked: %(why)s", {"why": f"{type(problem).__name__}: {problem}"[:300]}
        )
        run.report.add(table, "", reason)


def _projects(run: Run, project_key: str | None) -> None:
    for row in run.reader.rows("projects", "SELECT id, key FROM projects"):
        run.projects.add(row["id"])
        if project_key is not None and row["key"] == project_key.upper():
            run.project_id = row["id"]


def _personal(run: Run) -> None:
    run.personal = {row["digest"] for row in run.rows("personal_texts", "digest")}


def verify_certificate(data: Mapping[str, Any]) -> Report:
    """Check what a certificate's file says (``rendering.pdf.read_certificate``) against the database.

    The report is not ok when the sign-off is unknown, says something else, or its content has been changed; a signature that
    was superseded since is genuine, and told as such in ``report.counts["superseded"]``.
    """
    report = Report()

    def check() -> None:
        for one in CERTIFICATES:
            one(data, report)

    def guarded() -> None:
        with opened() as reader:
            _try(Run(reader, report, None), "certificate", check)

    if mode() is None:
        with reading():
            guarded()
    else:
        guarded()
    return report
