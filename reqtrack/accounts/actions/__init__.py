"""Verbs on users, projects, members, tokens and invitations. Passwords arrive hashed: hashing is never done under the lock."""

from __future__ import annotations

from reqtrack.accounts.actions.members import (
    INVITATION_DAYS,
    accept_invitation,
    end_role,
    invite,
    join_as_new,
    revoke_invitation,
    set_role,
)
from reqtrack.accounts.actions.projects import (
    PROJECT_MADE,
    SETTINGS,
    archive_project,
    change_project,
    create_project,
    propose_key,
    reopen_project,
)
from reqtrack.accounts.actions.users import (
    PASSWORD_LINK_DAYS,
    TOKEN_DAYS,
    change_account,
    create_first_user,
    create_token,
    create_user,
    disable_user,
    enable_user,
    end_token,
    make_password_link,
    set_administrator,
    set_password,
    use_password_link,
)
from reqtrack.accounts.actions.ways import (
    begin_authenticator,
    confirm_authenticator,
    end_authenticator,
    renew_recovery_codes,
)

__all__ = [
    "INVITATION_DAYS",
    "PASSWORD_LINK_DAYS",
    "PROJECT_MADE",
    "SETTINGS",
    "TOKEN_DAYS",
    "accept_invitation",
    "archive_project",
    "begin_authenticator",
    "change_account",
    "change_project",
    "confirm_authenticator",
    "create_first_user",
    "create_project",
    "create_token",
    "create_user",
    "disable_user",
    "enable_user",
    "end_authenticator",
    "end_role",
    "end_token",
    "invite",
    "join_as_new",
    "make_password_link",
    "propose_key",
    "renew_recovery_codes",
    "reopen_project",
    "revoke_invitation",
    "set_administrator",
    "set_password",
    "set_role",
    "use_password_link",
]
