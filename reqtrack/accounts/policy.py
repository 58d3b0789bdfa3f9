"""What may be done to accounts, projects and members, and why not. Pure: everything it needs to know comes in."""

from __future__ import annotations

from dataclasses import dataclass

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import ADMINISTRATION, Actor


@dataclass(frozen=True)
class Standing:
    """What is to be known of an account before it is disabled: is it the last administrator that can sign in?"""

    user_id: int
    login: str
    active: bool
    last_admin: bool


def within_scope(actor: Actor, permission: str, writes: bool) -> Verdict:
    """Whether the token that is used lets its owner act (a browser always does): ``read`` writes nothing, ``write`` everything
    but who may do what and how projects and the site are set up."""
    if not writes or actor.scope in (None, "admin"):
        return YES
    if actor.scope == "read":
        return no("token_scope", "This token may only read.")
    if permission in ADMINISTRATION:
        return no("token_scope", "This token may not manage people, projects or the site: its scope is not admin.")
    return YES


def may_administer(actor: Actor) -> bool:
    """Whether there is anything, on the site or in a project, for which a token of theirs needs the scope ``admin``."""
    return any(actor.may(one, project) for one in ADMINISTRATION for project in (None, *actor.roles))


def may_manage_users(actor: Actor) -> Verdict:
    """Whether the actor may make and disable accounts."""
    if actor.may("user.manage"):
        return YES
    return no("no_permission", "Only administrators make and disable accounts.")


def may_disable(actor: Actor, standing: Standing) -> Verdict:
    """Whether the actor may disable this account now."""
    verdict = may_manage_users(actor)
    if not standing.active:
        verdict += no("disabled", "%(login)s is disabled already.", login=standing.login)
    if standing.user_id == actor.id and actor.kind == "user":
        verdict += no("self", "Nobody disables their own account; ask another administrator.")
    elif standing.last_admin:
        verdict += no("last_admin", "This is the last administrator; make another one first.")
    return verdict


def may_change_administrator(actor: Actor, standing: Standing, is_admin: bool) -> Verdict:
    """Whether the actor may make this account an administrator's, or no longer."""
    verdict = may_manage_users(actor)
    if standing.last_admin and not is_admin:
        verdict += no("last_admin", "This is the last administrator; make another one first.")
    return verdict


def may_add_way(actor: Actor, user_id: int) -> Verdict:
    """Whether the actor may set up a further way to prove to be this person: it is their own account, nobody else's."""
    if actor.id == user_id and actor.kind == "user" and actor.scope is None:
        return YES
    return no("no_permission", "Only you, in a browser, say by what you prove that it is you.")


def may_set_password(actor: Actor, user_id: int) -> Verdict:
    """Whether the actor may set this account's password: it is theirs, or they run the site."""
    if actor.id == user_id and actor.kind == "user":
        return YES
    return may_manage_users(actor)


def may_create_project(actor: Actor) -> Verdict:
    """Whether the actor may make projects."""
    if actor.may("project.create"):
        return YES
    return no("no_permission", "Your account does not let you make projects.")


def may_manage_project(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may change a project's settings."""
    if actor.may("project.manage", project_id):
        return YES
    return no("no_permission", "The project manager changes these settings.")


def may_archive(actor: Actor, project_id: int, archived: bool) -> Verdict:
    """Whether the actor may put a project away: it is read from then on."""
    if archived:
        return no("archived", "This project is archived already.")
    return may_manage_project(actor, project_id)


def may_reopen(actor: Actor, project_id: int, archived: bool) -> Verdict:
    """Whether the actor may take a project out of the archive."""
    verdict = YES
    if not archived:
        verdict += no("not_archived", "This project is not archived.")
    if not actor.may("project.reopen", project_id):
        verdict += no("no_permission", "The project manager reopens an archived project.")
    return verdict


def may_manage_members(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may give and take roles, and invite."""
    if actor.may("member.manage", project_id):
        return YES
    return no("no_permission", "The project manager decides who is in the project and in which role.")


def may_end_role(actor: Actor, project_id: int, role: str, holders: int) -> Verdict:
    """Whether a role may be taken from one of its ``holders``."""
    verdict = may_manage_members(actor, project_id)
    if role == "project_manager" and holders == 1:
        message = "A project needs a project manager; give the role to somebody else first."
        verdict += no("last_manager", message)
    return verdict
