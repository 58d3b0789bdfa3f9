"""Runs of machines: files of test results brought into a round."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, current_app, g, request

from reqtrack import clock
from reqtrack.acceptance import actions, policy, queries
from reqtrack.acceptance.machine_pages import FORMATS
from reqtrack.acceptance.machines import WARNING
from reqtrack.acceptance.models import MachineRun, Round
from reqtrack.acceptance.queries.machines import bringing, seen_by
from reqtrack.api.area import PROJECT, after_number, answered, area, created, limit, listed
from reqtrack.api.schemas import MachineRunBody, read_now
from reqtrack.db import db, reading
from reqtrack.errors import invalid
from reqtrack.exchange.machines.reports import ReadFile, read_upload, report_of
from reqtrack.files.door import open_upload
from reqtrack.files.problems import Problem
from reqtrack.files.storage import Storage


def _short(run: MachineRun, found: Round) -> dict[str, Any]:
    """A run as lists show it."""
    counts = {name: number for name, number in run.counts.items() if name != "all_passed"}
    return {
        "key": str(run.number), "number": run.number, "version": 1, "round": found.key, "name": run.name,
        "format": run.format, "format_name": FORMATS.get(run.format, run.format), "digest": run.digest, "counts": counts,
        "all_passed": bool(run.counts.get("all_passed")), "author": run.author, "at": clock.iso(run.at),
    }  # fmt: skip


def _whole(run: MachineRun, found: Round) -> dict[str, Any]:
    """A run with everything that is kept of it; its results are those with its number in ``GET rounds/…/results``."""
    unmatched = [{**one, "reason": _detail(one)} for one in seen_by(g.actor, run)]
    failures = [one for one in run.failures if one["kind"] != WARNING]
    warnings = [_detail(one) for one in run.failures if one["kind"] == WARNING]
    return {**_short(run, found), "unmatched": unmatched, "failures": failures, "warnings": warnings}


def _detail(one: dict[str, Any]) -> str:
    return str(Problem.from_plain(one["reason"]))


@area.listing(f"{PROJECT}/rounds/<key>/machine-runs", "project.read")
@area.doc(summary="The machines' runs of a round", tags=["results"])
def list_machine_runs(project: str, key: str) -> Response:
    found = queries.round_for(g.actor, g.project_id, key)
    size = limit()
    rows = queries.runs_of(found, after=after_number(), limit=size + 1)
    return listed([_short(row, found) for row in rows[:size]], rows[size - 1].number if len(rows) > size else None)


@area.page(f"{PROJECT}/machine-runs/<int:number>", "project.read")
@area.doc(
    summary="Read a machine's run: its counts, what failed outside of any case, what was not recorded", tags=["results"]
)
def read_machine_run(project: str, number: int) -> Response:
    return answered(_whole(*queries.run_for(g.actor, g.project_id, number)))


def _read() -> ReadFile:
    """Read the file before the transaction begins, for somebody who may bring it in."""
    given = read_now(MachineRunBody)
    with reading():
        found = queries.round_for(g.actor, g.project_id, (request.view_args or {})["key"])
        may = policy.may_bring(g.actor, bringing(g.actor, found))
    if any(one.code != "closed" for one in may.reasons):
        may.require(policy.status_of(may))
    try:
        data = base64.b64decode(given.file, validate=True)
    except ValueError:
        raise invalid("file", "The file is not base64.") from None
    read = read_upload(open_upload(data, given.name))
    Storage(current_app.config["SETTINGS"].data / "files").put(data)
    return read


@area.act(f"{PROJECT}/rounds/<key>/machine-runs", "project.read", prepare=_read, makes="read_machine_run")
@area.input(MachineRunBody, location="json", arg_name="body")
@area.doc(
    summary="Bring a machine's results into a round; the same file again answers the run that it made", tags=["results"]
)
def create_machine_run(project: str, key: str, body: MachineRunBody) -> Response:
    found = queries.round_for(g.actor, g.project_id, key)
    run = actions.bring(g.actor, found, report_of(g.actor, g.project, g.prepared))
    db.session.flush()
    return created(_whole(run, found))
