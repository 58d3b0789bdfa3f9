"""How it was proved whose word a signature is, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.accounts.models import User
from reqtrack.signoff.models import Signature

# By the method that a signature carries; a refusal needs no more than being signed in.
METHODS = {
    "password": _l("password"),
    "totp": _l("code of the authenticator app"),
    "passkey": _l("passkey"),
    "sso": _l("signed in again at the provider"),
    "sign_in": _l("by being signed in"),
    "link": _l("one-time link and code"),
}


def proved_by(given: Signature, people: Mapping[str, User] | None = None, on: str = "") -> str:
    """How; on paper, who brought it in and who compared it. A method of a later program stands as it is.

    Args:
        people: accounts by login; whoever is not among them is told by the login.
        on: the day on the sheet as the reader writes it; without, as it is kept.
    """
    if given.way == "paper":
        known = {login: one.name for login, one in (people or {}).items()}
        one, other = (known.get(login or "", login) for login in (given.recorded_by, given.compared_by))
        return str(
            _("on paper of %(day)s, brought in by %(one)s, compared by %(other)s", day=on or given.signed_on, one=one,
              other=other)
        )  # fmt: skip
    return str(METHODS.get(given.method, given.method))
