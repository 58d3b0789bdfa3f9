"""How it was proved whose word a signature is, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

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


def proved_by(given: Signature) -> str:
    """How; on paper, who brought it in and who compared it. A method of a later program stands as it is."""
    if given.way == "paper":
        return str(
            _("on paper of %(day)s, brought in by %(one)s, compared by %(other)s", day=given.signed_on,
              one=given.recorded_by, other=given.compared_by)
        )  # fmt: skip
    return str(METHODS.get(given.method, given.method))
