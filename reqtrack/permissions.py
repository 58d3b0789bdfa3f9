"""Who may do what: roles, permissions, and the actor that asks. Object rules (policies) narrow these, never widen them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = (
    "project_manager",
    "business_owner",
    "analyst",
    "tester",
    "contributor",
    "implementer",
    "sponsor",
    "auditor",
)

# A permission is "<thing>.<verb>", checked at the route; what it means for one object is the area's policy.
READ = "project.read"
_READER = {READ, "export.make"}
_SPEAKER = _READER | {"comment.write", "change.create"}

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "project_manager": frozenset(
        _SPEAKER
        | {
            "project.manage", "project.reopen", "member.manage", "interview.read", "interview.write", "stakeholder.write",
            "scenario.write", "requirement.write", "requirement.decide", "requirement.implement", "acceptance.write",
            "baseline.take", "signoff.request", "change.decide", "change.manage", "round.manage", "import.run", "cost.read",
            "sign", "feedback.triage", "radar.accept", "review.manage", "acceptance.review", "defect.raise", "defect.mend",
        }
    ),
    "business_owner": frozenset(
        _SPEAKER
        | {
            "interview.read", "requirement.decide", "change.decide", "sign", "cost.read", "signoff.request", "feedback.triage",
            "radar.accept", "acceptance.review", "defect.raise",
        }
    ),
    "analyst": frozenset(
        _SPEAKER
        | {
            "interview.read", "interview.write", "stakeholder.write", "name.read", "scenario.write", "requirement.write",
            "acceptance.write", "baseline.take", "signoff.request", "change.assess", "round.manage", "import.run", "cost.read",
            "feedback.triage", "radar.accept", "review.manage", "acceptance.review", "defect.raise",
        }
    ),
    "tester": frozenset(_READER | {"comment.write", "interview.read", "result.record", "defect.raise"}),
    "contributor": frozenset(
        _SPEAKER | {"interview.read", "scenario.draft", "requirement.draft", "acceptance.draft", "defect.raise"}
    ),
    "implementer": frozenset({READ, "comment.write", "change.assess", "requirement.implement", "defect.mend"}),
    "sponsor": frozenset(_READER | {"interview.read", "comment.write", "change.decide", "sign", "cost.read"}),
    "auditor": frozenset(_READER | {"interview.read", "cost.read", "audit.read"}),
}  # fmt: skip

# What the administrator of the site may do in a project of others, at the one change whose decision falls to them: nobody is
# ever given this role.
ADMINISTRATOR = "administrator"
GUEST_PERMISSIONS = {ADMINISTRATOR: frozenset({"change.decide", "comment.write", "cost.read"})}
_GIVEN = {**ROLE_PERMISSIONS, **GUEST_PERMISSIONS}

# What the administrator of the site may do outside of any project.
SITE_PERMISSIONS = frozenset({"site.manage", "user.manage", "project.create"})
# Who may do what, and how a project and the site are set up: what a token does of it needs the scope ``admin``.
ADMINISTRATION = frozenset({"site.manage", "user.manage", "member.manage", "project.manage", "project.reopen"})
# What is done in an archived project: it is read, what is read is written out, and it is reopened.
ARCHIVE_WRITES = frozenset({"export.make", "project.reopen"})
ARCHIVE_PERMISSIONS = ARCHIVE_WRITES | {READ, "interview.read", "name.read", "cost.read", "audit.read"}
# What everybody with an account may do outside of any project.
USER_PERMISSIONS = frozenset({"self", "project.create"})
# The command line does all but decide, assess, sign and confirm.
_PERSONAL = {"change.decide", "change.assess", "sign", "result.record"}
OPERATOR_PERMISSIONS = frozenset().union(*ROLE_PERMISSIONS.values()) - _PERSONAL | SITE_PERMISSIONS | USER_PERMISSIONS
ANYBODY = "anybody"
PERMISSIONS = frozenset().union(*ROLE_PERMISSIONS.values()) | SITE_PERMISSIONS | USER_PERMISSIONS | {ANYBODY}


@dataclass(frozen=True)
class Actor:
    """Who asks. ``roles`` maps a project's id to the roles held there; ``kind`` is user, operator (command line) or system.

    ``proved_by``: by what they were proved anew (password, totp, passkey, sso), where they are ``reauthenticated``.
    ``scope`` is None in a browser, else the token's: read, write or admin. ``archived``: those of their projects that are.
    """

    id: int
    login: str
    name: str
    roles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    is_admin: bool = False
    kind: str = "user"
    locale: str = ""
    scope: str | None = None
    sign_in: str | None = None
    reauthenticated: bool = False
    proved_by: str = "password"
    on_behalf: str = ""
    archived: frozenset[int] = frozenset()

    def roles_in(self, project_id: int) -> frozenset[str]:
        return self.roles.get(project_id, frozenset())

    def may(self, permission: str, project_id: int | None = None) -> bool:
        """Whether a role gives the permission, in a project (while it is not archived) or (without one) on the site."""
        return self.holds(permission, project_id) and (
            project_id not in self.archived or permission in ARCHIVE_PERMISSIONS
        )

    def holds(self, permission: str, project_id: int | None = None) -> bool:
        """As ``may``, also where the project is archived: who could write there still looks at what they wrote."""
        if permission == ANYBODY:
            return True
        if self.kind != "user":
            return permission in OPERATOR_PERMISSIONS
        if permission in USER_PERMISSIONS or (self.is_admin and permission in SITE_PERMISSIONS):
            return True
        if project_id is None:
            return False
        return any(permission in _GIVEN[role] for role in self.roles_in(project_id))


SYSTEM = Actor(id=0, login="system", name="reqtrack", kind="system")
