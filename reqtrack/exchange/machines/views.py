"""A machine's results into a round, on pages: choose the file → what it says of which scenario → brought in."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.acceptance import actions, policy, queries
from reqtrack.acceptance.models import Round
from reqtrack.acceptance.queries.machines import bringing, taken
from reqtrack.db import reading
from reqtrack.errors import NotFound, Reason, Refused
from reqtrack.exchange.machines import pages
from reqtrack.exchange.machines.reports import ReadFile, read_upload, report_of
from reqtrack.files.door import open_upload
from reqtrack.files.problems import N_, FileProblem, refuse
from reqtrack.files.storage import Storage
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("machines", __name__, url_prefix="/p/<project>/rounds/<int:number>/machine-runs")


def _store() -> Storage:
    return Storage(current_app.config["SETTINGS"].data / "files")


def _round(number: int) -> Round:
    """The round, for somebody who may bring results into it.

    Raises:
        Refused: they may not, or it is closed.
    """
    g.place = "accept"
    found = queries.round_for(g.actor, g.project_id, number)
    may = policy.may_bring(g.actor, bringing(g.actor, found))
    may.require(policy.status_of(may))
    return found


def _asked() -> None:
    """Before a file is read for them: may they bring anything in here at all?"""
    with reading():
        _round((request.view_args or {})["number"])


def _kept(digest: str, name: str) -> ReadFile:
    """Read a file that was sent before.

    Raises:
        Refused: 404, it is not kept any more.
    """
    try:
        data = _store().read(digest)
    except NotFound:
        message = "The file is not kept any more. Choose it again."
        raise Refused((Reason("not_kept", message, {}, "file"),), 404) from None
    return read_upload(open_upload(data, name))


def _received() -> tuple[str, str] | FileProblem:
    """Read what was chosen, before the transaction; its bytes wait under their digest until it is brought in. What is wrong with
    it is for its page to say."""
    _asked()
    file = request.files.get("file")
    if file is None or not file.filename:
        return refuse("required", N_("Choose the file that the test runner wrote."))
    try:
        upload = open_upload(file.stream, file.filename)  # type: ignore[arg-type]
        read_upload(upload)
    except FileProblem as problem:
        return problem
    return _store().put(upload.data), upload.name


def _again() -> ReadFile:
    """Read what was sent before, before the transaction."""
    _asked()
    return _kept(request.form.get("file", ""), request.form.get("name", ""))


def _href(number: int, read: ReadFile) -> str:
    return url_for("machines.new", project=g.project.key, number=number, file=read.digest, name=read.name)


@area.page("/new", "project.read")
def new(project: str, number: int) -> Response:
    found = _round(number)
    digest = request.args.get("file", "")
    shown: dict[str, Any] = {}
    if digest:
        read = _kept(digest, request.args.get("name", ""))
        shown = {"read": read, **pages.preview(g.actor, found, report_of(g.actor, g.project, read))}
    return page("exchange/machines.html", found=found, **shown)


@area.act("/files", "project.read", prepare=_received)
def read(project: str, number: int) -> Response:
    if isinstance(g.prepared, FileProblem):
        told = [one.sentence(_) for one in g.prepared.problems]
        return page("exchange/machines.html", 422, found=_round(number), errors=told)
    digest, name = g.prepared
    return answer(url_for("machines.new", project=project, number=number, file=digest, name=name))


@area.act("/scenarios", "round.manage", prepare=_again)
def add(project: str, number: int) -> Response:
    """Put the scenarios into the round that the file knows and the round does not hold."""
    found = _round(number)
    missing = taken(found, report_of(g.actor, g.project, g.prepared), None).missing
    actions.change_round(g.actor, found, add=missing)
    return answer(_href(number, g.prepared))


@area.act("", "project.read", prepare=_again)
def bring(project: str, number: int) -> Response:
    found = _round(number)
    run = actions.bring(g.actor, found, report_of(g.actor, g.project, g.prepared))
    results = run.counts["results"]
    flash(
        ngettext("%(num)s result recorded", "%(num)s results recorded", results) if results else _("No result recorded")
    )
    return answer(url_for("acceptance.machine_run", project=project, number=run.number))
