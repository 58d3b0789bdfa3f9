"""Projects, phases, members, invitations."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for

from reqtrack import clock
from reqtrack.acceptance.actions import hook
from reqtrack.accounts import actions, queries
from reqtrack.accounts.links import absolute
from reqtrack.accounts.models import Project
from reqtrack.api.area import PROJECT, answered, area, check_version, created, short
from reqtrack.api.schemas import InvitationBody, MemberBody, PhaseBody, ProjectBody, ProjectPatch
from reqtrack.db import db, plain_decimal
from reqtrack.errors import NotFound
from reqtrack.requirements import actions as phase_actions
from reqtrack.requirements import queries as phase_queries
from reqtrack.requirements.models import Phase


def _days(value: Any) -> Any:
    """A decimal as a JSON number: an integer where it is one."""
    if value is None:
        return None
    text = plain_decimal(value)
    return float(text) if "." in text else int(text)


def _project(project: Project) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "key": project.key, "version": project.version, "name": project.name, "zone": project.zone,
        "currency": project.currency, "starts_on": _date(project.starts_on), "ends_on": _date(project.ends_on),
        "reply_days": project.reply_days, "machine_counts": project.machine_counts,
        "most_pages": project.most_pages, "most_required_fields": project.most_required_fields,
        "most_approvals": project.most_approvals, "most_must": project.most_must,
        "change_budget_days": _days(project.change_budget_days),
        "waiting_days": project.waiting_days, "emergency_days": project.emergency_days,
        "calendar": project.calendar or {"off": [], "on": []},
        "archived_at": clock.iso(project.archived_at) if project.archived_at else None,
    }  # fmt: skip
    if g.actor.may("project.manage", project.id):
        shown["defect_hook"] = project.defect_hook
    if g.actor.may("cost.read", project.id):
        shown["day_rate"] = _days(project.day_rate)
        shown["change_budget_cost"] = _days(project.change_budget_cost)
    return shown


def _date(value: Any) -> str | None:
    return value.isoformat() if value else None


@area.listing("/projects", "self")
@area.doc(summary="My projects", tags=["projects"])
def list_projects() -> Response:
    return short([_project(project) for _key, project in sorted(g.projects.items())], "key")


@area.act("/projects", "project.create", makes="read_project")
@area.input(ProjectBody, location="json", arg_name="body")
@area.doc(summary="Make a project; a name is enough", tags=["projects"])
def create_project(body: ProjectBody) -> Response:
    settings = body.model_dump(exclude_unset=True, exclude={"name", "key"})
    made = actions.create_project(g.actor, body.name, body.key or "", settings)
    shown = {"key": made.key, "version": made.version, "name": made.name, "zone": made.zone, "currency": made.currency}
    return created(shown)


@area.page(PROJECT, "project.read")
@area.doc(summary="Read a project", tags=["projects"])
def read_project(project: str) -> Response:
    return answered(_project(g.project))


@area.act(PROJECT, "project.manage", methods=("PATCH",))
@area.input(ProjectPatch, location="json", arg_name="body")
@area.doc(summary="Change a project's settings", tags=["projects"])
def update_project(project: str, body: ProjectPatch) -> Response:
    check_version(g.project.key, g.project.version)
    given = body.model_dump(exclude_unset=True)
    secret = ""
    if "defect_hook" in given:
        secret = hook.set_hook(g.actor, g.project, given.pop("defect_hook") or "")
    actions.change_project(g.actor, g.project, given, g.project.version)
    shown = _project(g.project)
    return answered({**shown, "defect_hook_secret": secret}, once="defect_hook_secret") if secret else answered(shown)


@area.act(f"{PROJECT}/archiving", "project.manage")
@area.doc(summary="Put a project away: it is read from now on", tags=["projects"])
def archive_project(project: str) -> Response:
    actions.archive_project(g.actor, g.project)
    return created(_project(g.project))


@area.act(f"{PROJECT}/reopening", "project.reopen")
@area.doc(summary="Take a project out of the archive", tags=["projects"])
def reopen_project(project: str) -> Response:
    actions.reopen_project(g.actor, g.project)
    return created(_project(g.project))


def phase(row: Phase) -> dict[str, Any]:
    """A phase as the API shows it."""
    return {
        "id": row.id, "number": row.number, "version": row.version, "name": row.name, "starts_on": _date(row.starts_on),
        "ends_on": _date(row.ends_on), "capacity_days": _days(row.capacity_days),
    }  # fmt: skip


@area.listing(f"{PROJECT}/phases", "project.read")
@area.doc(summary="List phases", tags=["phases"])
def list_phases(project: str) -> Response:
    return short([phase(row) for row in phase_queries.phases(g.project_id)], "id")


@area.page(f"{PROJECT}/phases/<int:number>", "project.read")
@area.doc(summary="Read a phase by its id", tags=["phases"])
def read_phase(project: str, number: int) -> Response:
    return answered(phase(phase_at(number)))


@area.act(f"{PROJECT}/phases", "requirement.write", makes="read_phase")
@area.input(PhaseBody, location="json", arg_name="body")
@area.doc(summary="Add a phase", tags=["phases"])
def create_phase(project: str, body: PhaseBody) -> Response:
    row = phase_actions.add_phase(g.actor, g.project, body.model_dump(exclude_none=True))
    db.session.flush()
    return created(phase(row))


@area.act(f"{PROJECT}/phases/<int:number>", "requirement.write", methods=("PATCH",))
@area.input(PhaseBody, location="json", arg_name="body")
@area.doc(summary="Change a phase", tags=["phases"])
def update_phase(project: str, number: int, body: PhaseBody) -> Response:
    row = phase_at(number)
    check_version(str(number), row.version)
    phase_actions.change_phase(g.actor, g.project, row, body.model_dump(exclude_unset=True), seen=row.version)
    return answered(phase(row))


def phase_at(number: int) -> Phase:
    """The phase of an address, by its id."""
    row = db.session.get(Phase, number)
    if row is None or row.project_id != g.project_id:
        raise NotFound(f"phase {number}")
    return row


def _member(one: queries.Member) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": 1,
        "login": one.login,
        "name": one.name,
        "roles": list(one.roles),
        "active": one.active,
    }


@area.listing(f"{PROJECT}/members", "project.read")
@area.doc(summary="List members", tags=["members"])
def list_members(project: str) -> Response:
    return short([_member(one) for one in queries.members(g.project_id)], "id")


@area.act(f"{PROJECT}/members", "member.manage")
@area.input(MemberBody, location="json", arg_name="body")
@area.doc(summary="Give a user a role", tags=["members"])
def create_member(project: str, body: MemberBody) -> Response:
    user = queries.user_by_login(body.login)
    actions.set_role(g.actor, g.project, user, body.role)
    return created(next(_member(one) for one in queries.members(g.project_id) if one.id == user.id))


@area.act(f"{PROJECT}/members/<login>/<role>", "member.manage", methods=("DELETE",))
@area.doc(summary="Take a role from a member", tags=["members"])
def end_member(project: str, login: str, role: str) -> Response:
    actions.end_role(g.actor, g.project, queries.user_by_login(login), role)
    return Response(status=204)


@area.listing(f"{PROJECT}/invitations", "member.manage")
@area.doc(summary="List invitations that may still be used", tags=["invitations"])
def list_invitations(project: str) -> Response:
    rows = queries.invitations(g.project_id)
    return short([{"id": row.id, "version": 1, "name": row.name, "roles": row.roles.split()} for row in rows], "id")


@area.act(f"{PROJECT}/invitations", "member.manage")
@area.input(InvitationBody, location="json", arg_name="body")
@area.doc(summary="Invite somebody; the link is shown this once", tags=["invitations"])
def create_invitation(project: str, body: InvitationBody) -> Response:
    secret = actions.invite(g.actor, g.project, body.roles, body.name)
    db.session.flush()
    newest = queries.invitations(g.project_id)[0]
    link = absolute(url_for("accounts.join", secret=secret))
    shown = {"id": newest.id, "version": 1, "roles": newest.roles.split(), "name": newest.name, "link": link}
    return created(shown, once="link")
