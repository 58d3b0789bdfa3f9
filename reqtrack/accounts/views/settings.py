"""A project's settings: what it is called and counts in, who is in it and in which role, who is invited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack import workdays
from reqtrack.accounts import actions, forms, parts, policy, queries
from reqtrack.accounts.links import absolute
from reqtrack.accounts.roles import ROLE_NAMES, ROLE_SENTENCES
from reqtrack.accounts.views.area import area, errors_of, local_path
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, NotFound, Reason, Refused, invalid, unseen
from reqtrack.permissions import ROLES
from reqtrack.web.answers import answer, page


def show(status: int = 200, form: str = "", reasons: tuple[Reason, ...] = ()) -> Any:
    """The page of the settings; ``form`` names the one whose typed values and reasons are shown."""
    g.place = "settings"
    actor, project = g.actor, g.project
    may_invite = bool(policy.may_manage_members(actor, project.id))
    sections = [(part, part.query(actor, project)) for part in parts.SETTINGS]
    return page(
        "accounts/settings.html",
        status,
        may_manage=bool(policy.may_manage_project(actor, project.id)),
        may_invite=may_invite,
        may_archive=bool(policy.may_archive(actor, project.id, project.archived_at is not None)),
        may_reopen=bool(policy.may_reopen(actor, project.id, project.archived_at is not None)),
        sees_cost=actor.may("cost.read", project.id),
        calendar=_days(project.calendar),
        members=queries.members(project.id),
        invitations=queries.invitations(project.id) if may_invite else [],
        role_names=ROLE_NAMES,
        role_sentences=ROLE_SENTENCES,
        zones=[(one, one) for one in sorted({*forms.ZONES, project.zone})],
        currencies=[(one, one) for one in sorted({*forms.CURRENCIES, project.currency})],
        sections=[(part.template, context) for part, context in sections if context is not None],
        form=form,
        typed=request.form if form else {},
        **errors_of(reasons),
    )


@area.page("/p/<project>/settings", "project.read")
def settings(project: str) -> Any:
    return show()


@area.act("/p/<project>/settings", "project.manage")
def change_settings(project: str) -> Any:
    try:
        seen = whole_number(request.form.get("seen", ""))
        if seen is None:
            raise unseen()
        actions.change_project(g.actor, g.project, forms.project_settings(request.form), seen)
    except Invalid as problem:
        return show(422, "days" if request.form.get("part") == "days" else "settings", problem.reasons)
    except Refused as problem:
        if problem.status != 409:
            raise
        return _conflict()
    flash(_("Saved"))
    return answer(url_for("accounts.settings", project=project))


@area.act("/p/<project>/archiving", "project.manage")
def archive(project: str) -> Any:
    actions.archive_project(g.actor, g.project)
    flash(_("%(name)s is archived: it is read, and nothing in it changes.", name=g.project.name))
    return answer(url_for("accounts.settings", project=project))


@area.act("/p/<project>/reopening", "project.reopen")
def reopen(project: str) -> Any:
    actions.reopen_project(g.actor, g.project)
    flash(_("%(name)s is open again.", name=g.project.name))
    return answer(url_for("accounts.settings", project=project))


def _conflict() -> Any:
    """409: what stands now and what was typed, for each setting that differs."""
    g.place = "settings"
    labels = {
        "name": _("Name"), "starts_on": _("Begins on"), "ends_on": _("Ends on"), "day_rate": _("Cost of a person-day"),
        "currency": _("Currency"), "zone": _("Time zone"), "most_pages": _("Pages for one job"),
        "most_required_fields": _("Required fields in a step"), "most_approvals": _("Approvals for one job"),
        "reply_days": _("Days to reply"), "machine_counts": _("What a machine's pass is worth"),
        "days_off": _("Days off"), "days_on": _("Days worked instead"),
        "most_must": _("Must share at most"), "change_budget_days": _("Budget of all changes, in person-days"),
        "change_budget_cost": _("Budget of all changes, in money"),
    }  # fmt: skip
    typed = forms.project_settings(request.form)
    mine = _texts(typed)
    theirs = _texts({name: getattr(g.project, name) for name in typed})
    fields = [
        {"name": name, "label": labels[name], "mine": text, "theirs": theirs[name]}
        for name, text in mine.items()
        if text != theirs[name]
    ]
    differing = {one["name"] for one in fields}
    rest = {name: text for name, text in mine.items() if name not in differing}
    if request.form.get("part"):
        rest["part"] = request.form["part"]
    return page("accounts/settings_conflict.html", 409, fields=fields, rest=rest)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Settings as their fields hold them."""
    told = {name: "" if value is None else str(value) for name, value in values.items() if name != "calendar"}
    return {**told, **_days(values["calendar"])} if "calendar" in values else told


def _days(kept: Mapping[str, Any] | None) -> dict[str, str]:
    """A calendar as its two fields hold it."""
    told = workdays.of(kept)
    return {"days_off": workdays.written(told.off), "days_on": workdays.written(told.on)}


@area.act("/p/<project>/members", "member.manage")
def add_member(project: str) -> Any:
    roles = [role for role in ROLES if role in request.form.getlist("roles")]
    try:
        if not roles:
            raise invalid("roles", "Choose at least one role.", "required")
        try:
            user = queries.user_by_login(request.form.get("login", ""))
        except NotFound:
            raise invalid("login", "Nobody has this login. Invite them by a link instead.") from None
        for role in roles:
            actions.set_role(g.actor, g.project, user, role)
    except (Invalid, Refused) as problem:
        return show(problem.status, "member", problem.reasons)
    flash(_("%(name)s is in the project.", name=user.name))
    return answer(url_for("accounts.settings", project=project, _anchor="people"))


@area.act("/p/<project>/members/<int:number>/end", "member.manage")
def end_role(project: str, number: int) -> Any:
    actions.end_role(g.actor, g.project, queries.user_by_id(number), request.form.get("role", ""))
    flash(_("The role is taken back; it ends with the next page they open."))
    return answer(url_for("accounts.settings", project=project, _anchor="people"))


@area.act("/p/<project>/invitations", "member.manage")
def invite(project: str) -> Any:
    roles = [role for role in ROLES if role in request.form.getlist("roles")]
    name = request.form.get("name", "").strip()
    try:
        secret = actions.invite(g.actor, g.project, roles, name)
    except Invalid as problem:
        return show(422, "invite", problem.reasons)
    g.place = "settings"
    return page(
        "accounts/invitation.html", 201, name=name, roles=[ROLE_NAMES[role] for role in roles],
        days=actions.INVITATION_DAYS, link=absolute(url_for("accounts.join", secret=secret)),
        next_href=local_path(request.form["next"]) if request.form.get("next") else "",
        qr=url_for("accounts.join_qr", secret=secret),
    )  # fmt: skip


@area.act("/p/<project>/invitations/<int:number>/revoke", "member.manage")
def revoke_invitation(project: str, number: int) -> Any:
    actions.revoke_invitation(g.actor, queries.invitation_of(g.project.id, number))
    flash(_("The link is worth nothing from now on."))
    return answer(url_for("accounts.settings", project=project, _anchor="people"))
